// SPDX-License-Identifier: MIT
#include "engine/formats/huggingface.h"

#include "engine/base/aligned_memory.h"
#include "engine/base/checked_math.h"
#include "engine/base/mapped_file.h"
#include "engine/base/text.h"
#include "engine/formats/hf_config.h"
#include "engine/formats/hf_shards.h"
#include "engine/formats/hf_tensors.h"
#include "engine/formats/hf_tokenizer.h"
#include "engine/formats/model_metadata.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <system_error>
#include <utility>

namespace atelier {

namespace hf {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDivisorsName = "rope_freqs.weight";
constexpr uint64_t kMaxTemplateBytes = uint64_t(4) << 20;
constexpr size_t kCopiedAtOnce = size_t(1) << 20;

bool isThere(const fs::path& path)
{
    std::error_code ignored;
    return fs::exists(path, ignored);
}

std::string_view textOf(const MappedFile& file)
{
    return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

// A tensor that is not the file's bytes as they lie.
struct Computed
{
    std::span<const std::byte> from;
    uint32_t permutedHeads = 0;
    uint64_t outputs = 0; // rows that change places
    AlignedMemory memory; // as much as `from`
    bool done = false;
    std::mutex mutex; // of `done`, and of what `memory` holds

    // A head or a few pages at a time, so that it can be stopped while a disk is slow.
    Status compute(const std::stop_token& stop)
    {
        const std::lock_guard lock(mutex);
        const size_t piece = permutedHeads > 0 ? from.size() / permutedHeads : kCopiedAtOnce;
        for (size_t at = 0; at < from.size() && !done; at += piece) {
            if (stop.stop_requested()) {
                return Error{ErrorCode::Cancelled, "Loading was stopped."};
            }
            const auto part = from.subspan(at, std::min(piece, from.size() - at));
            const std::span to(memory.data() + at, part.size());
            if (permutedHeads > 0) {
                permuteRows(part, 1, outputs / permutedHeads, to);
            } else {
                std::memcpy(to.data(), part.data(), part.size());
            }
        }
        done = true;
        return Done{};
    }
};

class HuggingFaceFile final : public ModelFileWithMetadata
{
public:
    explicit HuggingFaceFile(fs::path folder) : m_path(std::move(folder)) {}

    Status addTensors(std::vector<TensorPlan> plans, std::vector<float> divisors)
    {
        m_divisors = std::move(divisors);
        std::vector<TensorInfo> tensors;
        for (TensorPlan& plan : plans) {
            if (plan.permutedHeads > 0 || plan.isMisaligned) {
                if (const Status added = addComputed(plan); !added) {
                    return added;
                }
            }
            tensors.push_back(std::move(plan.info));
        }
        if (!m_divisors.empty()) {
            tensors.push_back({std::string(kDivisorsName),
                DType::F32,
                1,
                m_divisors.size(),
                std::as_bytes(std::span(m_divisors))});
        }
        m_tensors = NamedTensors(std::move(tensors));
        if (const TensorInfo* twin = m_tensors.twins().first) {
            return Error{ErrorCode::InvalidFormat,
                "Two tensors of the folder " + shownName(utf8(m_path)) + " mean the same one, " +
                    shownName(twin->name) + "."};
        }
        return Done{};
    }

    Status addMetadata(gguf::MetadataWriter writer)
    {
        const uint64_t keys = writer.keys();
        m_metadataBytes = writer.take();
        gguf::Cursor cursor(m_metadataBytes);
        auto metadata =
            gguf::Metadata::read({m_metadataBytes, shownName(utf8(m_path))}, cursor, keys);
        if (!metadata) {
            return metadata.error();
        }
        m_metadata = metadata.take();
        return Done{};
    }

    void keep(Shards shards) { m_shards = std::move(shards); }

    const fs::path& path() const override { return m_path; }
    uint64_t fileBytes() const override { return m_shards.bytes; }
    std::string_view formatName() const override { return "Safetensors"; }

    Status load(std::string_view name, const std::stop_token& stop) const override
    {
        const auto found = m_computed.find(name);
        return found != m_computed.end() ? found->second->compute(stop) : Status(Done{});
    }
    uint64_t heldBytes(std::string_view name) const override
    {
        const auto found = m_computed.find(name);
        return found != m_computed.end()
                   ? AlignedMemory::allocatedBytes(found->second->memory.bytes())
                   : 0;
    }

protected:
    const gguf::Metadata& metadata() const override { return m_metadata; }
    const NamedTensors& named() const override { return m_tensors; }

private:
    // Takes address space now and pages when load() writes them.
    Status addComputed(TensorPlan& plan)
    {
        auto computed = std::make_unique<Computed>();
        computed->from = plan.info.bytes;
        computed->permutedHeads = plan.permutedHeads;
        computed->outputs = plan.info.rows == 1 ? plan.info.cols : plan.info.rows;
        auto memory = AlignedMemory::create(
            plan.info.bytes.size(), "The tensor " + shownName(plan.info.name));
        if (!memory) {
            return memory.error();
        }
        computed->memory = memory.take();
        plan.info.bytes = {computed->memory.data(), plan.info.bytes.size()};
        m_computed.emplace(plan.info.name, std::move(computed));
        return Done{};
    }

    fs::path m_path;
    Shards m_shards;
    std::vector<float> m_divisors;
    std::map<std::string, std::unique_ptr<Computed>, std::less<>> m_computed; // by GGUF's name
    NamedTensors m_tensors;                                                   // views of these
    std::vector<std::byte> m_metadataBytes;
    gguf::Metadata m_metadata; // views of the bytes
};

Result<Json> readJsonFile(const fs::path& path)
{
    const auto file = MappedFile::open(path);
    if (!file) {
        return file.error();
    }
    return parseJson(textOf(file.value()), shownName(fileNameUtf8(path)), {});
}

// Null when the file is not there.
Result<Json> readJsonIfAny(const fs::path& path)
{
    return isThere(path) ? readJsonFile(path) : Result<Json>(Json());
}

// "chat_template" is a text, or a list of named ones.
std::string templateOf(const Json& tokenizerConfig)
{
    const Json* value = member(tokenizerConfig, "chat_template");
    if (value != nullptr && value->is_array()) {
        for (const Json& entry : *value) {
            if (stringMember(entry, "name") == "default") {
                return stringMember(entry, "template").value_or("");
            }
        }
    }
    return stringMember(tokenizerConfig, "chat_template").value_or("");
}

Result<TokenizerFiles> readTokenizerFiles(const fs::path& folder, Json config)
{
    auto generation = readJsonIfAny(folder / "generation_config.json");
    if (!generation) {
        return generation.error();
    }
    auto tokenizer = readJsonIfAny(folder / "tokenizer_config.json");
    if (!tokenizer) {
        return tokenizer.error();
    }
    TokenizerFiles files{std::move(config), generation.take(), tokenizer.take(), {}};
    files.chatTemplate = templateOf(files.tokenizerConfig);
    if (const fs::path path = folder / "chat_template.jinja"; isThere(path)) {
        const auto file = MappedFile::open(path);
        if (!file) {
            return file.error();
        }
        files.chatTemplate = textOf(file.value());
    }
    if (files.chatTemplate.size() > kMaxTemplateBytes) {
        return Error{ErrorCode::InvalidFormat,
            "The chat template is " + readableBytes(files.chatTemplate.size()) +
                " long; the limit is " + readableBytes(kMaxTemplateBytes) + "."};
    }
    return files;
}

Result<VocabularyTables> readVocabulary(const fs::path& folder)
{
    for (const char* name : {"tokenizer.json", "tokenizer.model"}) {
        if (!isThere(folder / name)) {
            continue;
        }
        const auto file = MappedFile::open(folder / name);
        if (!file) {
            return file.error();
        }
        const std::string shown = shownName(name);
        return std::string_view(name) == "tokenizer.json"
                   ? readTokenizerJson(textOf(file.value()), shown)
                   : readTiktoken(textOf(file.value()), shown);
    }
    return Error{ErrorCode::Io,
        "The folder " + shownName(utf8(folder)) +
            " has no tokenizer: neither \"tokenizer.json\" nor \"tokenizer.model\" is in it. Copy "
            "or download it there."};
}

// The folder's own name, also for "models/glm-4/" and ".".
std::string modelName(const fs::path& folder)
{
    std::error_code failed;
    fs::path whole = fs::weakly_canonical(folder, failed);
    return fileNameUtf8(failed ? folder : whole);
}

uint64_t embeddingRows(std::span<const TensorPlan> plans)
{
    const auto found = std::ranges::find_if(
        plans, [](const TensorPlan& plan) { return plan.info.name == "token_embd.weight"; });
    return found == plans.end() ? 0 : found->info.rows;
}

} // namespace

} // namespace hf

bool isHuggingFaceFolder(const std::filesystem::path& folder)
{
    return hf::isThere(folder / "config.json");
}

Result<std::shared_ptr<const ModelFile>> openHuggingFace(const std::filesystem::path& folder)
{
    auto json = hf::readJsonFile(folder / "config.json");
    if (!json) {
        return json.error();
    }
    auto config = hf::readConfig(json.value());
    if (!config) {
        return config.error();
    }
    auto shards = hf::openShards(folder);
    if (!shards) {
        return shards.error();
    }
    auto plans = hf::planTensors(shards.value().tensors, config.value());
    if (!plans) {
        return plans.error();
    }
    auto vocabulary = hf::readVocabulary(folder);
    if (!vocabulary) {
        return vocabulary.error();
    }
    const auto files = hf::readTokenizerFiles(folder, json.take());
    if (!files) {
        return files.error();
    }
    gguf::MetadataWriter& metadata = config.value().metadata;
    metadata.string("general.name", hf::modelName(folder));
    const Status written = hf::writeTokenizer(vocabulary.take(),
        files.value(),
        config.value().architecture,
        hf::embeddingRows(plans.value()),
        metadata);
    if (!written) {
        return written.error();
    }
    auto file = std::make_shared<hf::HuggingFaceFile>(folder);
    if (const Status read = file->addMetadata(std::move(metadata)); !read) {
        return read.error();
    }
    const Status added = file->addTensors(plans.take(), std::move(config.value().ropeDivisors));
    if (!added) {
        return added.error();
    }
    file->keep(shards.take());
    return std::shared_ptr<const ModelFile>(std::move(file));
}

} // namespace atelier
