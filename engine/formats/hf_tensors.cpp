// SPDX-License-Identifier: MIT
// Source of the names: glm-facts 2, which follows transformers and llama.cpp's converters.
#include "engine/formats/hf_tensors.h"

#include "engine/base/checked_math.h"
#include "engine/base/text.h"
#include "engine/formats/gguf_tensors.h"

#include <charconv>
#include <cstring>

namespace atelier::hf {

namespace {

constexpr uint32_t bit(Layout layout)
{
    return 1u << uint32_t(layout);
}

constexpr uint32_t kGlm4 = bit(Layout::Glm4);
constexpr uint32_t kGlm = bit(Layout::Glm);
constexpr uint32_t kChatGlm = bit(Layout::ChatGlm);
constexpr uint32_t kLlama = bit(Layout::Llama);
constexpr uint32_t kQwen2 = bit(Layout::Qwen2);
constexpr uint32_t kUsual = kGlm4 | kGlm | kLlama | kQwen2;

struct NamePair
{
    std::string_view theirs;
    std::string_view gguf;
    uint32_t layouts;
};

constexpr NamePair kOutside[] = {
    {"model.embed_tokens.weight", "token_embd.weight", kUsual},
    {"model.norm.weight", "output_norm.weight", kUsual},
    {"lm_head.weight", "output.weight", kUsual},
    {"transformer.embedding.word_embeddings.weight", "token_embd.weight", kChatGlm},
    {"transformer.encoder.final_layernorm.weight", "output_norm.weight", kChatGlm},
    {"transformer.output_layer.weight", "output.weight", kChatGlm},
};

// In the layers. Careful: Glm4's post_attention_layernorm stands before the feed-forward block,
// and GGUF's post_attention_norm is its post_self_attn_layernorm.
constexpr NamePair kInLayers[] = {
    {"input_layernorm.weight", "attn_norm.weight", kUsual | kChatGlm},
    {"post_attention_layernorm.weight", "ffn_norm.weight", kUsual | kChatGlm},
    {"post_self_attn_layernorm.weight", "post_attention_norm.weight", kGlm4},
    {"post_mlp_layernorm.weight", "post_ffw_norm.weight", kGlm4},
    {"self_attn.q_proj.weight", "attn_q.weight", kUsual},
    {"self_attn.q_proj.bias", "attn_q.bias", kUsual},
    {"self_attn.k_proj.weight", "attn_k.weight", kUsual},
    {"self_attn.k_proj.bias", "attn_k.bias", kUsual},
    {"self_attn.v_proj.weight", "attn_v.weight", kUsual},
    {"self_attn.v_proj.bias", "attn_v.bias", kUsual},
    {"self_attn.o_proj.weight", "attn_output.weight", kUsual},
    {"self_attn.o_proj.bias", "attn_output.bias", kLlama},
    {"mlp.gate_up_proj.weight", "ffn_up.weight", kGlm4 | kGlm},
    {"mlp.gate_proj.weight", "ffn_gate.weight", kLlama | kQwen2},
    {"mlp.up_proj.weight", "ffn_up.weight", kLlama | kQwen2},
    {"mlp.down_proj.weight", "ffn_down.weight", kUsual},
    {"self_attention.query_key_value.weight", "attn_qkv.weight", kChatGlm},
    {"self_attention.query_key_value.bias", "attn_qkv.bias", kChatGlm},
    {"self_attention.dense.weight", "attn_output.weight", kChatGlm},
    {"mlp.dense_h_to_4h.weight", "ffn_up.weight", kChatGlm},
    {"mlp.dense_4h_to_h.weight", "ffn_down.weight", kChatGlm},
};

std::string_view lookUp(std::span<const NamePair> pairs, std::string_view name, Layout layout)
{
    for (const NamePair& pair : pairs) {
        if (pair.theirs == name && (pair.layouts & bit(layout)) != 0) {
            return pair.gguf;
        }
    }
    return {};
}

Error unusable(ErrorCode code, const SafeTensor& tensor, const std::string& what)
{
    return Error{code, "The tensor " + shownName(tensor.name) + what};
}

bool isQueryOrKey(std::string_view ggufName)
{
    return ggufName.find(".attn_q.") != std::string_view::npos ||
           ggufName.find(".attn_k.") != std::string_view::npos;
}

Status readShape(const SafeTensor& tensor, TensorInfo& info)
{
    CheckedSize rows = 1;
    for (size_t i = 0; i + 1 < tensor.shape.size(); ++i) {
        rows *= tensor.shape[i];
    }
    info.rows = rows.valueOrMax();
    info.cols = tensor.shape.empty() ? 1 : tensor.shape.back();
    if (info.rows == 0 || info.cols == 0 || tensor.shape.size() > 2) {
        return unusable(ErrorCode::InvalidFormat,
            tensor,
            " has " + grouped(tensor.shape.size()) +
                " dimensions or an empty one; a vector or a matrix was expected.");
    }
    return Done{};
}

Result<TensorPlan> planOne(const SafeTensor& tensor, std::string name, const Config& config)
{
    TensorPlan plan;
    plan.info.name = std::move(name);
    plan.info.bytes = tensor.bytes;
    const auto type = dtypeFromName(tensor.dtype);
    if (!type || dtypeInfo(*type).valuesPerBlock != 1) {
        return unusable(ErrorCode::Unsupported,
            tensor,
            " has the element type " + shownName(tensor.dtype) +
                ". This version reads F32, F16 and BF16.");
    }
    plan.info.type = *type;
    if (const Status shape = readShape(tensor, plan.info); !shape) {
        return shape.error();
    }
    const auto address = reinterpret_cast<uintptr_t>(tensor.bytes.data());
    plan.isMisaligned = address % dtypeInfo(*type).bytesPerBlock != 0;
    if (config.layout == Layout::Llama && isQueryOrKey(plan.info.name)) {
        const bool isQuery = plan.info.name.find(".attn_q.") != std::string::npos;
        plan.permutedHeads = isQuery ? config.heads : config.kvHeads;
        const uint64_t outputs = tensor.shape.size() == 1 ? plan.info.cols : plan.info.rows;
        if (outputs % plan.permutedHeads != 0 || outputs / plan.permutedHeads % 2 != 0) {
            return unusable(ErrorCode::InvalidFormat,
                tensor,
                " has " + grouped(outputs) + " rows, which " + grouped(plan.permutedHeads) +
                    " heads cannot share evenly.");
        }
    }
    return plan;
}

} // namespace

std::string ggufName(std::string_view name, Layout layout)
{
    if (const auto outside = lookUp(kOutside, name, layout); !outside.empty()) {
        return std::string(outside);
    }
    const std::string_view prefix =
        layout == Layout::ChatGlm ? "transformer.encoder.layers." : "model.layers.";
    if (!name.starts_with(prefix)) {
        return {};
    }
    const std::string_view rest = name.substr(prefix.size());
    uint32_t layer = 0;
    const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), layer);
    const size_t digits = size_t(end - rest.data());
    const bool isNumber = failed == std::errc() && digits < rest.size() && *end == '.' &&
                          (digits == 1 || rest.front() != '0');
    const std::string_view inside =
        isNumber ? lookUp(kInLayers, rest.substr(digits + 1), layout) : std::string_view();
    return inside.empty() ? std::string()
                          : "blk." + std::to_string(layer) + "." + std::string(inside);
}

// Frequencies that older code kept as tensors; they follow from the configuration.
bool isIgnored(std::string_view name)
{
    return name.ends_with("rotary_emb.inv_freq") || name.ends_with("rotary_pos_emb.inv_freq");
}

Result<std::vector<TensorPlan>> planTensors(
    std::span<const SafeTensor> tensors, const Config& config)
{
    std::vector<TensorPlan> plans;
    for (const SafeTensor& tensor : tensors) {
        std::string name = ggufName(tensor.name, config.layout);
        // Some files hold the embedding twice, although the model computes with one.
        if (isIgnored(tensor.name) || (config.tied && name == "output.weight")) {
            continue;
        }
        if (name.empty()) {
            return unusable(ErrorCode::Unsupported,
                tensor,
                " has no place in a model of the architecture " + shownName(config.architecture) +
                    " as this version knows it. Leaving it out would give wrong replies.");
        }
        auto plan = planOne(tensor, std::move(name), config);
        if (!plan) {
            return plan.error();
        }
        plans.push_back(plan.take());
    }
    if (plans.size() > gguf::kMaxTensors) {
        return Error{ErrorCode::InvalidFormat,
            "The model has " + grouped(plans.size()) + " tensors; the limit is " +
                grouped(gguf::kMaxTensors) + "."};
    }
    return plans;
}

void permuteRows(
    std::span<const std::byte> from, uint32_t heads, uint64_t rows, std::span<std::byte> to)
{
    const size_t rowBytes = size_t(from.size() / rows);
    const uint64_t inHead = rows / heads;
    for (uint64_t row = 0; row < rows; ++row) {
        const uint64_t head = row / inHead;
        const uint64_t pair = row % inHead / 2;
        const uint64_t half = row % 2;
        const uint64_t source = head * inHead + half * (inHead / 2) + pair;
        std::memcpy(
            to.data() + size_t(row) * rowBytes, from.data() + size_t(source) * rowBytes, rowBytes);
    }
}

} // namespace atelier::hf
