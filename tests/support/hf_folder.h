// SPDX-License-Identifier: MIT
// Writes a model as a Hugging Face folder: what a converter to GGUF does, backwards. The names and
// the order of rows are written down here once more, so that a mistake in the engine shows.
#pragma once

#include "engine/base/half.h"
#include "engine/formats/model_file.h"
#include "engine/ops/dequantize.h"
#include "tests/support/gguf_writer.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atelier::test {

using OrderedJson = nlohmann::ordered_json;

// One safetensors file, put together tensor by tensor.
class SafetensorsWriter
{
public:
    void tensor(const std::string& name,
        const std::string& dtype,
        const std::vector<uint64_t>& shape,
        std::span<const std::byte> bytes)
    {
        header[name] = {{"dtype", dtype},
            {"shape", shape},
            {"data_offsets", {m_data.size(), m_data.size() + bytes.size()}}};
        m_data.insert(m_data.end(), bytes.begin(), bytes.end());
    }

    // `padTo`: the header is filled with spaces, as the format's own writer does to align data.
    std::vector<std::byte> bytes(size_t padTo = 8) const
    {
        std::string text = header.dump();
        text.resize((text.size() + padTo - 1) / padTo * padTo, ' ');
        ByteWriter out;
        out.number(uint64_t(text.size()));
        out.raw(std::as_bytes(std::span(text)));
        out.raw(m_data);
        return out.bytes();
    }

    OrderedJson header = OrderedJson::object(); // for tests to break

private:
    std::vector<std::byte> m_data;
};

inline bool writeFile(const std::filesystem::path& path, std::span<const std::byte> bytes)
{
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
    return bool(file.flush());
}

inline bool writeFile(const std::filesystem::path& path, std::string_view text)
{
    return writeFile(path, std::as_bytes(std::span(text.data(), text.size())));
}

struct HfOptions
{
    std::string architecture;             // of config.json: "Glm4ForCausalLM"
    DType type = DType::F16;              // of matrices
    std::optional<DType> vectorType = {}; // of norms and biases; nothing: the same
    size_t shards = 1;                    // above 1 with an index
    bool tiktoken = false;                // tokenizer.model instead of tokenizer.json
    bool pairMerges = false;              // merges as ["a", "b"], as newer files have them
    bool newRope = false;     // "rope_parameters" instead of "rope_theta" and "rope_scaling"
    size_t headerPadding = 8; // 1: data that is not aligned
};

// "model.layers.3.self_attn.q_proj.weight" for "blk.3.attn_q.weight".
inline std::string hfName(const std::string& gguf, const std::string& architecture)
{
    const bool chatGlm = architecture.starts_with("ChatGLM");
    const bool glm4 = architecture == "Glm4ForCausalLM";
    const bool fusedGate = glm4 || architecture == "GlmForCausalLM";
    static const std::map<std::string, std::string> kUsual{
        {"token_embd.weight", "model.embed_tokens.weight"},
        {"output_norm.weight", "model.norm.weight"},
        {"output.weight", "lm_head.weight"},
        {"attn_norm.weight", "input_layernorm.weight"},
        {"ffn_norm.weight", "post_attention_layernorm.weight"},
        {"post_attention_norm.weight", "post_self_attn_layernorm.weight"},
        {"post_ffw_norm.weight", "post_mlp_layernorm.weight"},
        {"attn_q.weight", "self_attn.q_proj.weight"},
        {"attn_q.bias", "self_attn.q_proj.bias"},
        {"attn_k.weight", "self_attn.k_proj.weight"},
        {"attn_k.bias", "self_attn.k_proj.bias"},
        {"attn_v.weight", "self_attn.v_proj.weight"},
        {"attn_v.bias", "self_attn.v_proj.bias"},
        {"attn_output.weight", "self_attn.o_proj.weight"},
        {"ffn_gate.weight", "mlp.gate_proj.weight"},
        {"ffn_up.weight", "mlp.up_proj.weight"},
        {"ffn_down.weight", "mlp.down_proj.weight"}};
    static const std::map<std::string, std::string> kChatGlm{
        {"token_embd.weight", "transformer.embedding.word_embeddings.weight"},
        {"output_norm.weight", "transformer.encoder.final_layernorm.weight"},
        {"output.weight", "transformer.output_layer.weight"},
        {"attn_norm.weight", "input_layernorm.weight"},
        {"ffn_norm.weight", "post_attention_layernorm.weight"},
        {"attn_qkv.weight", "self_attention.query_key_value.weight"},
        {"attn_qkv.bias", "self_attention.query_key_value.bias"},
        {"attn_output.weight", "self_attention.dense.weight"},
        {"ffn_up.weight", "mlp.dense_h_to_4h.weight"},
        {"ffn_down.weight", "mlp.dense_4h_to_h.weight"}};
    const auto& names = chatGlm ? kChatGlm : kUsual;
    if (!gguf.starts_with("blk.")) {
        return names.at(gguf);
    }
    const size_t dot = gguf.find('.', 4);
    const std::string inside = gguf.substr(dot + 1);
    const std::string name =
        fusedGate && inside == "ffn_up.weight" ? "mlp.gate_up_proj.weight" : names.at(inside);
    return (chatGlm ? "transformer.encoder.layers." : "model.layers.") + gguf.substr(4, dot - 3) +
           name;
}

// The tensor in its stored order and as `type`: [rows, cols], row-major.
inline std::vector<std::byte> hfBytes(const TensorInfo& tensor, DType type, uint32_t unpermuteHeads)
{
    const size_t rows = size_t(tensor.rows == 1 ? tensor.cols : tensor.rows);
    const size_t cols = size_t(tensor.rows == 1 ? 1 : tensor.cols);
    std::vector<float> values(size_t(tensor.rows * tensor.cols));
    for (uint64_t row = 0; row < tensor.rows; ++row) {
        const size_t bytes = rowBytes(tensor.type, size_t(tensor.cols));
        dequantizeRow(tensor.type,
            tensor.bytes.subspan(size_t(row) * bytes, bytes),
            std::span(values).subspan(size_t(row * tensor.cols), size_t(tensor.cols)));
    }
    std::vector<float> ordered = values;
    if (unpermuteHeads > 0) {
        const size_t inHead = rows / unpermuteHeads;
        for (size_t head = 0; head < unpermuteHeads; ++head) {
            for (size_t j = 0; j < inHead / 2; ++j) {
                for (size_t i = 0; i < 2; ++i) { // neighbors in GGUF, halves apart here
                    const size_t from = head * inHead + 2 * j + i;
                    const size_t to = head * inHead + i * (inHead / 2) + j;
                    std::copy_n(values.begin() + ptrdiff_t(from * cols),
                        cols,
                        ordered.begin() + ptrdiff_t(to * cols));
                }
            }
        }
    }
    std::vector<std::byte> out(ordered.size() * dtypeInfo(type).bytesPerBlock);
    for (size_t i = 0; i < ordered.size(); ++i) {
        if (type == DType::F32) {
            std::memcpy(out.data() + 4 * i, &ordered[i], 4);
        } else {
            const uint16_t half =
                type == DType::F16 ? floatToHalf(ordered[i]) : floatToBf16(ordered[i]);
            std::memcpy(out.data() + 2 * i, &half, 2);
        }
    }
    return out;
}

inline OrderedJson hfConfig(const ModelFile& file, const HfOptions& options)
{
    const std::string prefix = std::string(*file.string("general.architecture")) + ".";
    const auto count = [&](const char* key) { return *file.unsignedInteger(prefix + key); };
    const auto number = [&](const char* key) { return *file.number(prefix + key); };
    const uint64_t heads = count("attention.head_count");
    const auto headDim = file.unsignedInteger(prefix + "attention.key_length");
    const uint64_t dim = headDim.value_or(count("embedding_length") / heads);
    const double base = number("rope.freq_base");
    OrderedJson json{{"architectures", {options.architecture}},
        {"hidden_size", count("embedding_length")},
        {"num_attention_heads", heads},
        {"eos_token_id", {*file.unsignedInteger("tokenizer.ggml.eos_token_id")}},
        {"torch_dtype", "bfloat16"}};
    if (options.architecture.starts_with("ChatGLM")) {
        json["seq_length"] = count("context_length");
        json["num_layers"] = count("block_count");
        json["ffn_hidden_size"] = count("feed_forward_length");
        json["padded_vocab_size"] = file.findTensor("token_embd.weight")->rows;
        json["layernorm_epsilon"] = number("attention.layer_norm_rms_epsilon");
        json["rope_ratio"] = base / 10000.0;
        json["multi_query_attention"] = true;
        json["multi_query_group_num"] = count("attention.head_count_kv");
        json["kv_channels"] = dim;
        json["add_qkv_bias"] = true;
        json["add_bias_linear"] = false;
        json["rmsnorm"] = true;
        return json;
    }
    json["max_position_embeddings"] = count("context_length");
    json["num_hidden_layers"] = count("block_count");
    json["intermediate_size"] = count("feed_forward_length");
    json["vocab_size"] = file.findTensor("token_embd.weight")->rows;
    json["rms_norm_eps"] = number("attention.layer_norm_rms_epsilon");
    json["num_key_value_heads"] = count("attention.head_count_kv");
    json["head_dim"] = dim;
    json["hidden_act"] = "silu";
    json["tie_word_embeddings"] = file.findTensor("output.weight") == nullptr;
    OrderedJson rope = OrderedJson::object();
    if (file.string(prefix + "rope.scaling.type") == "yarn") {
        rope = {{"rope_type", "yarn"},
            {"factor", number("rope.scaling.factor")},
            {"original_max_position_embeddings", count("rope.scaling.original_context_length")}};
    }
    if (options.newRope) {
        rope["rope_theta"] = base;
        rope["partial_rotary_factor"] = double(count("rope.dimension_count")) / double(dim);
        json["rope_parameters"] = rope;
    } else {
        json["rope_theta"] = base;
        if (!rope.empty()) {
            json["rope_scaling"] = rope;
        }
    }
    return json;
}

inline std::string toBase64(std::string_view bytes)
{
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (size_t at = 0; at < bytes.size(); at += 3) {
        uint32_t bits = 0;
        for (size_t i = 0; i < 3; ++i) {
            bits = bits << 8 | (at + i < bytes.size() ? uint8_t(bytes[at + i]) : 0u);
        }
        for (size_t i = 0; i < 4; ++i) {
            text += at + i > bytes.size() ? '=' : kDigits[bits >> (18 - 6 * i) & 63];
        }
    }
    return text;
}

// Writes tokenizer.json or tokenizer.model, and tokenizer_config.json.
inline bool writeHfTokenizer(const ModelFile& file,
    const std::filesystem::path& folder,
    const HfOptions& options,
    const std::function<std::string(std::string_view)>& bytesOfToken)
{
    const auto tokens = *file.strings("tokenizer.ggml.tokens");
    const auto types = *file.integers("tokenizer.ggml.token_type");
    constexpr const char* kGlmPattern =
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
    OrderedJson vocabulary = OrderedJson::object();
    OrderedJson added = OrderedJson::array();
    OrderedJson decoder = OrderedJson::object();
    nlohmann::json plainVocabulary = nlohmann::json::object(); // ordered ones insert slowly
    std::string ranks;
    for (size_t id = 0; id < tokens.size(); ++id) {
        const std::string token(tokens[id]);
        if (types[id] == 1) {
            plainVocabulary[token] = id;
            if (options.tiktoken) {
                ranks += toBase64(bytesOfToken(token)) + " " + std::to_string(id) + "\n";
            }
        } else if (types[id] == 3 || types[id] == 4) {
            added.push_back({{"id", id}, {"content", token}, {"special", types[id] == 3}});
            decoder[std::to_string(id)] = {{"content", token}, {"special", types[id] == 3}};
        }
    }
    nlohmann::json merges = nlohmann::json::array();
    for (const std::string_view line :
        file.strings("tokenizer.ggml.merges").value_or(std::vector<std::string_view>())) {
        const size_t space = line.find(' ', 1);
        if (options.pairMerges) {
            merges.push_back({line.substr(0, space), line.substr(space + 1)});
        } else {
            merges.push_back(line);
        }
    }
    const nlohmann::json tokenizer{{"version", "1.0"},
        {"added_tokens", added},
        {"normalizer", nullptr},
        {"pre_tokenizer",
            {{"type", "Sequence"},
                {"pretokenizers",
                    {{{"type", "Split"},
                         {"pattern", {{"Regex", kGlmPattern}}},
                         {"behavior", "Isolated"}},
                        {{"type", "ByteLevel"},
                            {"add_prefix_space", false},
                            {"use_regex", false}}}}}},
        {"model", {{"type", "BPE"}, {"vocab", plainVocabulary}, {"merges", merges}}}};
    const nlohmann::json config{
        {"added_tokens_decoder", decoder}, {"chat_template", "[gMASK]<sop>{{ messages }}"}};
    return (options.tiktoken ? writeFile(folder / "tokenizer.model", ranks)
                             : writeFile(folder / "tokenizer.json", tokenizer.dump())) &&
           writeFile(folder / "tokenizer_config.json", config.dump());
}

// Everything but the tokenizer.
inline bool writeHfWeights(
    const ModelFile& file, const std::filesystem::path& folder, const HfOptions& options)
{
    const std::string prefix = std::string(*file.string("general.architecture")) + ".";
    std::vector<SafetensorsWriter> shards(options.shards);
    OrderedJson map = OrderedJson::object();
    const auto shardName = [&](size_t i) {
        char name[64];
        std::snprintf(name, sizeof name, "model-%05zu-of-%05zu.safetensors", i + 1, options.shards);
        return options.shards == 1 ? std::string("model.safetensors") : std::string(name);
    };
    size_t next = 0;
    for (const TensorInfo& tensor : file.tensors()) {
        const bool isLlama = options.architecture == "LlamaForCausalLM";
        const bool isQuery = tensor.name.find(".attn_q.") != std::string::npos;
        const bool isKey = tensor.name.find(".attn_k.") != std::string::npos;
        const char* headsKey = isQuery ? "attention.head_count" : "attention.head_count_kv";
        const uint32_t heads =
            isLlama && (isQuery || isKey) ? uint32_t(*file.unsignedInteger(prefix + headsKey)) : 0;
        const size_t shard = next++ % options.shards;
        const std::string name = hfName(tensor.name, options.architecture);
        std::vector<uint64_t> shape{tensor.cols};
        if (tensor.rows > 1) {
            shape.insert(shape.begin(), tensor.rows);
        }
        const DType type =
            tensor.rows == 1 ? options.vectorType.value_or(options.type) : options.type;
        shards[shard].tensor(
            name, std::string(dtypeInfo(type).name), shape, hfBytes(tensor, type, heads));
        map[name] = shardName(shard);
    }
    bool written = writeFile(folder / "config.json", hfConfig(file, options).dump());
    for (size_t i = 0; i < shards.size(); ++i) {
        written =
            written && writeFile(folder / shardName(i), shards[i].bytes(options.headerPadding));
    }
    const OrderedJson index{{"metadata", {{"total_size", 1}}}, {"weight_map", map}};
    return written && (options.shards == 1 ||
                          writeFile(folder / "model.safetensors.index.json", index.dump()));
}

} // namespace atelier::test
