// SPDX-License-Identifier: MIT
#include "engine/quantize/quantize_model.h"

#include "engine/base/text.h"
#include "engine/formats/gguf_writer.h"
#include "engine/model/hyperparameters.h"
#include "engine/model/network_list.h"
#include "engine/quantize/gguf_output.h"
#include "engine/quantize/merges.h"
#include "engine/quantize/mix.h"
#include "engine/quantize/row_encoder.h"

#include <algorithm>
#include <utility>

namespace atelier {

namespace {

// Encoded bytes held at once; large enough that threads rarely wait for the disk.
constexpr size_t kSlabBytes = size_t(8) << 20;
constexpr std::string_view kMergesKey = "tokenizer.ggml.merges";

Error cancelled()
{
    return Error{ErrorCode::Cancelled, "Quantizing was stopped."};
}

// Keys that say how the file is stored, which the new file says anew.
bool isAboutStorage(std::string_view key)
{
    return key.starts_with("split.") || key == "general.alignment" || key == "general.file_type" ||
           key == "general.quantization_version";
}

gguf::MetadataWriter metadataFor(const ModelFile& source, const Mix& mix)
{
    gguf::MetadataWriter writer;
    for (const std::string& key : source.keys()) {
        const auto value = source.storedValue(key);
        if (value && !isAboutStorage(key)) {
            writer.stored(key, *value);
        }
    }
    writer.u32("general.quantization_version", 2);
    writer.u32("general.file_type", mix.fileType);
    if (!source.strings(kMergesKey)) {
        if (const auto merges = mergesOf(source); !merges.empty()) {
            writer.strings(kMergesKey, merges);
        }
    }
    return writer;
}

// Encodes tensors slab by slab.
class TensorWriter
{
public:
    TensorWriter(GgufOutput& output, uint32_t threads, std::stop_token stop)
        : m_output(output),
          m_encoder(threads),
          m_stop(std::move(stop))
    {
    }

    Status write(
        const TensorInfo& from, DType to, const std::function<void(uint64_t values)>& onSlab)
    {
        const size_t outBytes = rowBytes(to, size_t(from.cols));
        const uint64_t slabRows = std::max<uint64_t>(1, kSlabBytes / outBytes);
        for (uint64_t first = 0; first < from.rows; first += slabRows) {
            const uint64_t rows = std::min(slabRows, from.rows - first);
            const size_t size = size_t(rows) * outBytes;
            const Status done = to == from.type
                                    ? copy(from.bytes.subspan(size_t(first) * outBytes, size))
                                    : encode(from, first, rows, to, size);
            if (!done) {
                return done;
            }
            onSlab(rows * from.cols);
        }
        return m_output.endTensor();
    }

private:
    Status copy(std::span<const std::byte> bytes)
    {
        return m_stop.stop_requested() ? Status(cancelled()) : m_output.write(bytes);
    }

    Status encode(const TensorInfo& from, uint64_t first, uint64_t rows, DType to, size_t size)
    {
        m_slab.resize(size);
        const Status encoded = m_encoder.encode(from, first, rows, to, m_slab, m_stop);
        return encoded ? m_output.write(m_slab) : encoded;
    }

    GgufOutput& m_output;
    RowEncoder m_encoder;
    std::stop_token m_stop;
    std::vector<std::byte> m_slab;
};

// A destination that is one of the source's own files would be read while it is replaced.
Status checkDestination(
    const ModelFile& source, const std::filesystem::path& destination, bool overwrite)
{
    std::error_code ignored;
    if (!std::filesystem::exists(destination, ignored)) {
        return Done{};
    }
    if (std::filesystem::is_directory(destination, ignored)) {
        return Error{ErrorCode::InvalidUse,
            "The destination " + shownName(utf8(destination)) +
                " is a folder; name the file to write."};
    }
    if (std::filesystem::equivalent(source.path(), destination, ignored)) {
        return Error{
            ErrorCode::InvalidUse, "The destination is the model itself; choose another name."};
    }
    if (!overwrite) {
        return Error{ErrorCode::InvalidUse,
            "The file " + shownName(utf8(destination)) +
                " exists already. Choose another name, or allow it to be replaced."};
    }
    return Done{};
}

struct Plan
{
    std::vector<GgufOutput::Tensor> tensors;
    QuantizeSummary summary;
};

Plan planFor(const ModelFile& source, const Mix& mix, const MixFacts& facts)
{
    Plan plan;
    for (const TensorInfo& tensor : source.tensors()) {
        const DType type = chooseType(mix, tensor, facts);
        plan.tensors.push_back({tensor.name, type, tensor.rows, tensor.cols});
        plan.summary.parameters += tensor.rows * tensor.cols;
        plan.summary.fallbacks +=
            tensor.rows > 1 && tensor.cols % dtypeInfo(mix.base).valuesPerBlock != 0 ? 1 : 0;
        plan.summary.wasQuantized |= dtypeInfo(tensor.type).valuesPerBlock > 1;
    }
    plan.summary.tensors = plan.tensors.size();
    return plan;
}

} // namespace

Result<QuantizeSummary> quantizeModel(std::shared_ptr<const ModelFile> source,
    const std::filesystem::path& destination,
    const QuantizeOptions& options,
    const std::function<void(const QuantizeProgress&)>& onProgress,
    std::stop_token stop)
{
    const Mix* mix = findMix(options.type);
    if (mix == nullptr) {
        return unknownMix(options.type);
    }
    const auto hyper = readHyperparameters(*source);
    if (!hyper) {
        return hyper.error();
    }
    // A model that lacks a tensor is refused now, not after minutes.
    WeightTable table(source);
    if (const auto network = createNetwork(hyper.value(), table); !network) {
        return network.error();
    }
    if (Status usable = checkDestination(*source, destination, options.overwrite); !usable) {
        return usable.error();
    }
    Plan plan = planFor(*source, *mix, MixFacts::of(*source, hyper.value()));
    auto output = GgufOutput::create(destination, metadataFor(*source, *mix), plan.tensors);
    if (!output) {
        return output.error();
    }
    plan.summary.bytes = output.value()->fileBytes();
    TensorWriter writer(*output.value(), options.threads, stop);
    uint64_t done = 0;
    for (size_t i = 0; i < plan.tensors.size(); ++i) {
        const TensorInfo& tensor = source->tensors()[i];
        if (const Status loaded = source->load(tensor.name, stop); !loaded) {
            return loaded.error();
        }
        QuantizeProgress progress{
            tensor.name, tensor.type, plan.tensors[i].type, i + 1, plan.tensors.size(), 0.0};
        const Status encoded = writer.write(tensor, plan.tensors[i].type, [&](uint64_t values) {
            done += values;
            progress.fraction = double(done) / double(plan.summary.parameters);
            if (onProgress) {
                onProgress(progress);
            }
        });
        if (!encoded) {
            return encoded.error();
        }
    }
    const Status finished = output.value()->finish();
    return finished ? Result<QuantizeSummary>(plan.summary) : finished.error();
}

} // namespace atelier
