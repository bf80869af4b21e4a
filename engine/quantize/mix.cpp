// SPDX-License-Identifier: MIT
// Source of the choices: llama.cpp, src/llama-quant.cpp, without importance matrix and experts.
#include "engine/quantize/mix.h"

#include "engine/base/text.h"
#include "engine/formats/model_file.h"
#include "engine/model/hyperparameters.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace atelier {

namespace {

constexpr Mix kMixes[] = {
    {"F32", DType::F32, 0},
    {"F16", DType::F16, 1},
    {"BF16", DType::BF16, 32},
    {"Q8_0", DType::Q8_0, 7},
    {"Q6_K", DType::Q6_K, 18},
    {"Q5_K_M", DType::Q5_K, 17},
    {"Q5_K_S", DType::Q5_K, 16},
    {"Q5_1", DType::Q5_1, 9},
    {"Q5_0", DType::Q5_0, 8},
    {"Q4_K_M", DType::Q4_K, 15},
    {"Q4_K_S", DType::Q4_K, 14},
    {"Q4_1", DType::Q4_1, 3},
    {"Q4_0", DType::Q4_0, 2},
    {"IQ4_NL", DType::IQ4_NL, 25},
    {"IQ4_XS", DType::IQ4_XS, 30},
    {"Q3_K_L", DType::Q3_K, 13},
    {"Q3_K_M", DType::Q3_K, 12},
    {"Q3_K_S", DType::Q3_K, 11},
    {"Q2_K", DType::Q2_K, 10},
};

// Short names mean the medium mix.
constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"Q3_K", "Q3_K_M"},
    {"Q4_K", "Q4_K_M"},
    {"Q5_K", "Q5_K_M"},
};

bool sameName(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, [](char x, char y) {
        return std::toupper(static_cast<unsigned char>(x)) ==
               std::toupper(static_cast<unsigned char>(y));
    });
}

enum class TensorRole : uint8_t { Embedding, Output, Value, AttentionOutput, Down, Other };

TensorRole roleOf(std::string_view name)
{
    if (name == "output.weight") {
        return TensorRole::Output;
    }
    if (name == "token_embd.weight") {
        return TensorRole::Embedding;
    }
    if (name.ends_with("attn_v.weight") || name.ends_with("attn_qkv.weight")) {
        return TensorRole::Value;
    }
    if (name.ends_with("attn_output.weight")) {
        return TensorRole::AttentionOutput;
    }
    return name.ends_with("ffn_down.weight") ? TensorRole::Down : TensorRole::Other;
}

// 31 of "blk.31.ffn_down.weight"; 0 outside the layers.
uint32_t layerOf(std::string_view name)
{
    constexpr std::string_view kPrefix = "blk.";
    uint32_t layer = 0;
    if (name.starts_with(kPrefix)) {
        std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), layer);
    }
    return layer;
}

// The first and last eighth of the layers, and every third one between: where errors cost most.
bool deservesMoreBits(uint32_t layer, uint32_t layers)
{
    const uint32_t eighth = layers / 8;
    return layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2;
}

DType valueType(const Mix& mix, uint32_t layer, const MixFacts& facts)
{
    const std::string_view name = mix.name;
    DType type = mix.base;
    if (name == "Q2_K") {
        type = facts.headsPerKv >= 4 ? DType::Q4_K : DType::Q3_K;
    } else if (name == "Q3_K_M") {
        type = layer < 2 ? DType::Q5_K : DType::Q4_K;
    } else if (name == "Q3_K_L") {
        type = DType::Q5_K;
    } else if ((name == "IQ4_NL" || name == "IQ4_XS") && facts.headsPerKv >= 4) {
        type = DType::Q5_K;
    } else if ((name == "Q4_K_M" || name == "Q5_K_M") &&
               deservesMoreBits(layer, facts.attentionValues)) {
        type = DType::Q6_K;
    } else if (name == "Q4_K_S" && layer < 4) {
        type = DType::Q5_K;
    }
    if (facts.isLlama70B && (type == DType::Q3_K || type == DType::Q4_K)) {
        type = DType::Q5_K;
    }
    return type;
}

DType downType(const Mix& mix, uint32_t layer, const MixFacts& facts)
{
    const std::string_view name = mix.name;
    const bool isEarly = layer < facts.layers / 8;
    if (name == "Q2_K") {
        return DType::Q3_K;
    }
    if (name == "Q3_K_M") {
        return layer < facts.layers / 16 ? DType::Q5_K : DType::Q4_K;
    }
    if (name == "Q3_K_L") {
        return DType::Q5_K;
    }
    if (name == "Q4_K_M" || name == "Q5_K_M") {
        return deservesMoreBits(layer, facts.layers) ? DType::Q6_K : mix.base;
    }
    const bool raisesEarly = name == "IQ4_NL" || name == "IQ4_XS" || name == "Q4_K_S";
    return raisesEarly && isEarly ? DType::Q5_K : mix.base;
}

DType attentionOutputType(const Mix& mix)
{
    if (mix.name == "Q2_K") {
        return DType::Q3_K;
    }
    if (mix.name == "Q3_K_M") {
        return DType::Q4_K;
    }
    return mix.name == "Q3_K_L" ? DType::Q5_K : mix.base;
}

DType outputType(const Mix& mix, uint64_t cols)
{
    const bool fits = cols % dtypeInfo(mix.base).valuesPerBlock == 0;
    return !fits || mix.base == DType::Q8_0 ? DType::Q8_0 : DType::Q6_K;
}

// The format of 32 values that is nearest in quality.
DType withSmallBlocks(DType type)
{
    switch (type) {
    case DType::Q2_K:
    case DType::Q3_K:
        return DType::Q4_0;
    case DType::Q4_K:
        return DType::Q5_0;
    case DType::Q5_K:
        return DType::Q5_1;
    case DType::Q6_K:
        return DType::Q8_0;
    case DType::IQ4_XS:
        return DType::IQ4_NL;
    default:
        return type;
    }
}

bool fits(DType type, uint64_t cols)
{
    return cols % dtypeInfo(type).valuesPerBlock == 0;
}

} // namespace

std::span<const Mix> allMixes()
{
    return kMixes;
}

const Mix* findMix(std::string_view name)
{
    for (const auto& [alias, meant] : kAliases) {
        if (sameName(alias, name)) {
            return findMix(meant);
        }
    }
    const auto* found =
        std::ranges::find_if(kMixes, [name](const Mix& mix) { return sameName(mix.name, name); });
    return found == std::end(kMixes) ? nullptr : found;
}

std::string mixNames()
{
    std::string names;
    for (const Mix& mix : kMixes) {
        names += (names.empty() ? "" : ", ") + std::string(mix.name);
    }
    return names;
}

Error unknownMix(std::string_view name)
{
    return Error{ErrorCode::InvalidUse,
        "There is no quantization called " + shownName(name) + "; write one of " + mixNames() +
            "."};
}

MixFacts MixFacts::of(const ModelFile& file, const Hyperparameters& hyper)
{
    MixFacts facts;
    facts.layers = hyper.layers;
    for (const TensorInfo& tensor : file.tensors()) {
        facts.attentionValues += roleOf(tensor.name) == TensorRole::Value ? 1 : 0;
    }
    facts.headsPerKv = hyper.heads / hyper.kvHeads;
    facts.tied = file.findTensor("output.weight") == nullptr;
    facts.isLlama70B = (hyper.architecture == "llama" || hyper.architecture == "qwen2") &&
                       hyper.layers == 80 && hyper.heads != hyper.kvHeads;
    return facts;
}

DType chooseType(const Mix& mix, const TensorInfo& tensor, const MixFacts& facts)
{
    const bool isMatrix = tensor.rows > 1 && tensor.name.ends_with("weight") &&
                          tensor.name.find("_norm.weight") == std::string::npos;
    if (!isMatrix) {
        return DType::F32;
    }
    if (dtypeInfo(mix.base).valuesPerBlock == 1) {
        return mix.base;
    }
    const uint32_t layer = layerOf(tensor.name);
    DType type = mix.base;
    switch (roleOf(tensor.name)) {
    case TensorRole::Output:
        type = outputType(mix, tensor.cols);
        break;
    case TensorRole::Embedding:
        type = facts.tied ? outputType(mix, tensor.cols) : type;
        break;
    case TensorRole::Value:
        type = valueType(mix, layer, facts);
        break;
    case TensorRole::AttentionOutput:
        type = attentionOutputType(mix);
        break;
    case TensorRole::Down:
        type = downType(mix, layer, facts);
        break;
    case TensorRole::Other:
        break;
    }
    type = fits(type, tensor.cols) ? type : withSmallBlocks(type);
    return fits(type, tensor.cols) ? type : DType::F16;
}

} // namespace atelier
