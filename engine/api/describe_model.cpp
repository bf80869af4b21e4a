// SPDX-License-Identifier: MIT
#include "engine/api/describe_model.h"

#include "engine/base/dtype.h"
#include "engine/base/text.h"
#include "engine/formats/model_file.h"
#include "engine/model/hyperparameters.h"

#include <algorithm>
#include <utility>

namespace atelier {

namespace {

// Names and licenses come out of files: long ones are cut where they are shown anyway.
constexpr size_t kMaxText = 256;

// general.file_type as the GGUF specification numbers the mixes that users know by name.
constexpr std::pair<uint32_t, std::string_view> kFileTypes[] = {
    {0, "F32"},
    {1, "F16"},
    {2, "Q4_0"},
    {3, "Q4_1"},
    {7, "Q8_0"},
    {8, "Q5_0"},
    {9, "Q5_1"},
    {10, "Q2_K"},
    {11, "Q3_K_S"},
    {12, "Q3_K_M"},
    {13, "Q3_K_L"},
    {14, "Q4_K_S"},
    {15, "Q4_K_M"},
    {16, "Q5_K_S"},
    {17, "Q5_K_M"},
    {18, "Q6_K"},
    {21, "Q2_K_S"},
    {25, "IQ4_NL"},
    {30, "IQ4_XS"},
    {32, "BF16"},
};

std::vector<ModelInfo::TypeCount> countTypes(const ModelFile& file)
{
    std::vector<ModelInfo::TypeCount> types;
    for (const TensorInfo& tensor : file.tensors()) {
        const std::string_view name = dtypeInfo(tensor.type).name;
        auto found = std::find_if(
            types.begin(), types.end(), [&](const auto& type) { return type.type == name; });
        if (found == types.end()) {
            found = types.insert(types.end(), {std::string(name), 0, 0});
        }
        ++found->tensors;
        found->bytes += tensor.bytes.size();
    }
    std::stable_sort(
        types.begin(), types.end(), [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
    return types;
}

std::string textOf(const ModelFile& file, std::string_view key)
{
    const std::string_view text = file.string(key).value_or(std::string_view());
    std::string valid;
    for (size_t at = 0; at < text.size() && valid.size() < kMaxText;) {
        const size_t length = utf8SequenceLength(text, at);
        valid += length > 0 ? std::string(text.substr(at, length)) : "?";
        at += std::max<size_t>(length, 1);
    }
    return valid;
}

} // namespace

std::string quantizationName(const ModelFile& file)
{
    const auto types = countTypes(file);
    if (const auto fileType = file.unsignedInteger("general.file_type")) {
        for (const auto& [number, name] : kFileTypes) {
            if (number == *fileType) {
                return std::string(name);
            }
        }
    }
    return types.empty() ? std::string() : types.front().type;
}

ModelInfo describeModel(const ModelFile& file, const Hyperparameters& hyper)
{
    ModelInfo info;
    info.path = utf8(file.path());
    info.name = textOf(file, "general.name");
    if (info.name.empty()) {
        info.name = fileNameUtf8(file.path());
    }
    info.architecture = hyper.architecture;
    info.quantization = quantizationName(file);
    info.license = textOf(file, "general.license");
    info.fileBytes = file.fileBytes();
    for (const TensorInfo& tensor : file.tensors()) {
        info.parameters += tensor.rows * tensor.cols;
    }
    info.layers = hyper.layers;
    info.hidden = hyper.hidden;
    info.heads = hyper.heads;
    info.kvHeads = hyper.kvHeads;
    info.headDim = hyper.headDim;
    info.ffn = hyper.ffn;
    info.vocab = hyper.vocab;
    info.contextLength = hyper.contextLength;
    info.ropeBase = hyper.rope.base;
    info.ropeDimensions = hyper.rope.dimensions;
    info.rope = hyper.rope;
    info.hasChatTemplate = file.string("tokenizer.chat_template").has_value();
    info.types = countTypes(file);
    return info;
}

} // namespace atelier
