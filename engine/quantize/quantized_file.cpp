// SPDX-License-Identifier: MIT
#include "engine/quantize/quantized_file.h"

#include "engine/base/aligned_memory.h"
#include "engine/base/text.h"
#include "engine/formats/named_tensors.h"
#include "engine/model/hyperparameters.h"
#include "engine/quantize/mix.h"
#include "engine/quantize/row_encoder.h"

#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace atelier {

namespace {

constexpr std::string_view kFileType = "general.file_type";

class QuantizedFile final : public ModelFile
{
public:
    QuantizedFile(std::shared_ptr<const ModelFile> source, const Mix& mix, uint32_t threads)
        : m_source(std::move(source)),
          m_mix(mix),
          m_encoder(threads)
    {
    }

    // Takes address space only; load() fills it.
    Status plan(const MixFacts& facts)
    {
        std::vector<TensorInfo> tensors;
        for (const TensorInfo& tensor : m_source->tensors()) {
            TensorInfo info = tensor;
            const DType type = chooseType(m_mix, tensor, facts);
            Encoded encoded;
            if (tensor.rows > 1 && type != tensor.type) {
                const size_t size = size_t(tensor.rows) * rowBytes(type, size_t(tensor.cols));
                auto memory = AlignedMemory::create(size, "The tensor " + shownName(tensor.name));
                if (!memory) {
                    return memory.error();
                }
                encoded.memory = memory.take();
                info.type = type;
                info.bytes = {encoded.memory.data(), size};
            }
            tensors.push_back(std::move(info));
            m_encoded.push_back(std::move(encoded));
        }
        m_tensors = NamedTensors(std::move(tensors));
        return Done{};
    }

    const std::filesystem::path& path() const override { return m_source->path(); }
    uint64_t fileBytes() const override { return m_source->fileBytes(); }
    std::string_view formatName() const override { return m_source->formatName(); }

    std::vector<std::string> keys() const override { return m_source->keys(); }
    std::optional<std::string_view> string(std::string_view key) const override
    {
        return m_source->string(key);
    }
    std::optional<uint64_t> unsignedInteger(std::string_view key) const override
    {
        return key == kFileType ? std::optional<uint64_t>(m_mix.fileType)
                                : m_source->unsignedInteger(key);
    }
    std::optional<int64_t> integer(std::string_view key) const override
    {
        return key == kFileType ? std::optional<int64_t>(m_mix.fileType) : m_source->integer(key);
    }
    std::optional<double> number(std::string_view key) const override
    {
        return key == kFileType ? std::optional<double>(m_mix.fileType) : m_source->number(key);
    }
    std::optional<bool> boolean(std::string_view key) const override
    {
        return m_source->boolean(key);
    }
    std::optional<std::vector<std::string_view>> strings(std::string_view key) const override
    {
        return m_source->strings(key);
    }
    std::optional<std::vector<int32_t>> integers(std::string_view key) const override
    {
        return m_source->integers(key);
    }
    std::optional<std::vector<float>> numbers(std::string_view key) const override
    {
        return m_source->numbers(key);
    }
    std::optional<StoredValue> storedValue(std::string_view key) const override
    {
        return m_source->storedValue(key);
    }
    std::span<const TensorInfo> tensors() const override { return m_tensors.all(); }
    const TensorInfo* findTensor(std::string_view name) const override
    {
        return m_tensors.find(name);
    }

    Status load(std::string_view name, const std::stop_token& stop) const override
    {
        const TensorInfo* tensor = m_source->findTensor(name);
        if (tensor == nullptr) {
            return Done{};
        }
        if (const Status loaded = m_source->load(name, stop); !loaded) {
            return loaded;
        }
        const size_t index = size_t(tensor - m_source->tensors().data());
        const TensorInfo& to = m_tensors.all()[index];
        const std::lock_guard lock(m_mutex); // the encoder, and who is first
        Encoded& encoded = m_encoded[index];
        if (encoded.memory.data() == nullptr || encoded.done) {
            return Done{};
        }
        const Status written = m_encoder.encode(
            *tensor, 0, tensor->rows, to.type, {encoded.memory.data(), to.bytes.size()}, stop);
        encoded.done = bool(written);
        return written;
    }
    uint64_t heldBytes(std::string_view name) const override
    {
        const TensorInfo* tensor = m_source->findTensor(name);
        if (tensor == nullptr) {
            return 0;
        }
        const AlignedMemory& memory = m_encoded[size_t(tensor - m_source->tensors().data())].memory;
        const uint64_t own = memory.data() ? AlignedMemory::allocatedBytes(memory.bytes()) : 0;
        return own + m_source->heldBytes(name);
    }

private:
    struct Encoded
    {
        AlignedMemory memory; // none: the source's is used
        bool done = false;
    };

    std::shared_ptr<const ModelFile> m_source;
    const Mix& m_mix;
    NamedTensors m_tensors; // in the source's order
    mutable std::mutex m_mutex;
    mutable RowEncoder m_encoder;
    mutable std::vector<Encoded> m_encoded; // of each tensor
};

} // namespace

Result<std::shared_ptr<const ModelFile>> quantizeWhileLoading(
    std::shared_ptr<const ModelFile> source, const std::string& type, uint32_t threads)
{
    const Mix* mix = findMix(type);
    if (mix == nullptr) {
        return unknownMix(type);
    }
    const auto hyper = readHyperparameters(*source);
    if (!hyper) {
        return hyper.error();
    }
    const MixFacts facts = MixFacts::of(*source, hyper.value());
    auto file = std::make_shared<QuantizedFile>(std::move(source), *mix, threads);
    if (const Status planned = file->plan(facts); !planned) {
        return planned.error();
    }
    return std::shared_ptr<const ModelFile>(std::move(file));
}

} // namespace atelier
