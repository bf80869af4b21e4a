// SPDX-License-Identifier: MIT
// Small models for tests: one of random weights, and one that says what the test wants.
#pragma once

#include "engine/sampling/random.h"
#include "tests/support/gguf_writer.h"

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace atelier::test {

struct TinyShape
{
    std::string architecture = "glm4"; // or "chatglm", "llama", "qwen2"
    uint32_t layers = 2;
    uint32_t hidden = 64;
    uint32_t heads = 4;
    uint32_t kvHeads = 2;
    uint32_t headDim = 16;
    uint32_t ffn = 96;
    uint32_t context = 256;
    bool fusedQkv = false;
    bool qkvBias = true;
    bool tied = false;                   // no output.weight
    bool halves = true;                  // matrices in F16; else F32
    std::vector<std::string> words = {}; // tokens of several ASCII letters
    uint32_t padding = 6;                // ids after the last token
};

// 256 byte tokens (id = byte), then the control tokens below, then words, then padding.
inline constexpr std::string_view kTinyControls[] = {"<|endoftext|>",
    "[MASK]",
    "[gMASK]",
    "[sMASK]",
    "<sop>",
    "<eop>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|observation|>"};

inline int32_t tinyControl(std::string_view name)
{
    int32_t id = 256;
    for (const std::string_view control : kTinyControls) {
        if (control == name) {
            return id;
        }
        ++id;
    }
    return -1;
}

inline uint32_t tinyVocab(const TinyShape& shape)
{
    return 256 + uint32_t(std::size(kTinyControls) + shape.words.size()) + shape.padding;
}

// One character of the byte-to-text map of GPT-2, as UTF-8.
inline std::string byteSymbol(int byte)
{
    const auto printable = [](int b) {
        return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || (b >= 174 && b <= 255);
    };
    int code = byte;
    if (!printable(byte)) {
        code = 256;
        for (int b = 0; b < byte; ++b) {
            code += printable(b) ? 0 : 1;
        }
    }
    if (code < 128) {
        return std::string(1, char(code));
    }
    return {char(0xc0 | code >> 6), char(0x80 | (code & 63))};
}

inline void addTinyMetadata(GgufWriter& file, const TinyShape& shape)
{
    const std::string& arch = shape.architecture;
    const bool glm = arch == "glm4" || arch == "chatglm";
    file.string("general.architecture", arch);
    file.string("general.name", "tiny " + arch);
    file.u32(arch + ".context_length", shape.context);
    file.u32(arch + ".embedding_length", shape.hidden);
    file.u32(arch + ".block_count", shape.layers);
    file.u32(arch + ".feed_forward_length", shape.ffn);
    file.u32(arch + ".attention.head_count", shape.heads);
    file.u32(arch + ".attention.head_count_kv", shape.kvHeads);
    file.u32(arch + ".attention.key_length", shape.headDim);
    file.u32(arch + ".attention.value_length", shape.headDim);
    file.f32(arch + ".attention.layer_norm_rms_epsilon", 1e-5f);
    file.u32(arch + ".rope.dimension_count", glm ? shape.headDim / 2 : shape.headDim);
    file.f32(arch + ".rope.freq_base", 10000.0f);

    std::vector<std::string> tokens;
    std::vector<int32_t> types;
    for (int byte = 0; byte < 256; ++byte) {
        tokens.push_back(byteSymbol(byte));
        types.push_back(1); // normal
    }
    for (const std::string_view control : kTinyControls) {
        tokens.emplace_back(control);
        types.push_back(3); // control
    }
    for (const std::string& word : shape.words) {
        tokens.push_back(word);
        types.push_back(1);
    }
    for (uint32_t i = 0; i < shape.padding; ++i) {
        tokens.push_back("[PAD" + std::to_string(tokens.size()) + "]");
        types.push_back(5); // unused
    }
    file.string("tokenizer.ggml.model", "gpt2");
    file.string("tokenizer.ggml.pre", "glm4");
    file.strings("tokenizer.ggml.tokens", tokens);
    file.i32s("tokenizer.ggml.token_type", types);
    file.u32("tokenizer.ggml.eos_token_id", uint32_t(tinyControl("<|endoftext|>")));
}

// Fills every tensor of the architecture; `value(name)` gives a function of nothing for each.
template <class Filler>
void addTinyTensors(GgufWriter& file, const TinyShape& shape, Filler fill)
{
    const auto matrix = [&](const std::string& name, uint32_t rows, uint32_t cols) {
        const std::vector<float> values = fill(name, rows, cols);
        shape.halves ? file.matrixF16(name, rows, cols, values)
                     : file.matrixF32(name, rows, cols, values);
    };
    const auto vector = [&](const std::string& name, uint32_t size) {
        file.vectorF32(name, fill(name, 1, size));
    };
    const bool glm = shape.architecture == "glm4" || shape.architecture == "chatglm";
    const uint32_t q = shape.heads * shape.headDim;
    const uint32_t k = shape.kvHeads * shape.headDim;
    const uint32_t n = shape.hidden;
    matrix("token_embd.weight", tinyVocab(shape), n);
    for (uint32_t i = 0; i < shape.layers; ++i) {
        const std::string prefix = "blk." + std::to_string(i) + ".";
        const auto projection = [&](const std::string& name, uint32_t rows) {
            matrix(prefix + name + ".weight", rows, n);
            if (shape.qkvBias) {
                vector(prefix + name + ".bias", rows);
            }
        };
        vector(prefix + "attn_norm.weight", n);
        if (shape.fusedQkv) {
            projection("attn_qkv", q + 2 * k);
        } else {
            projection("attn_q", q);
            projection("attn_k", k);
            projection("attn_v", k);
        }
        matrix(prefix + "attn_output.weight", n, q);
        vector(prefix + "ffn_norm.weight", n);
        if (!glm) {
            matrix(prefix + "ffn_gate.weight", shape.ffn, n);
        }
        matrix(prefix + "ffn_up.weight", glm ? 2 * shape.ffn : shape.ffn, n);
        matrix(prefix + "ffn_down.weight", n, shape.ffn);
        if (shape.architecture == "glm4") {
            vector(prefix + "post_attention_norm.weight", n);
            vector(prefix + "post_ffw_norm.weight", n);
        }
    }
    vector("output_norm.weight", n);
    if (!shape.tied) {
        matrix("output.weight", tinyVocab(shape), n);
    }
}

// Uniform in [-1, 1), always the same for one seed.
class UniformNumbers
{
public:
    explicit UniformNumbers(uint64_t seed) : m_random(seed) {}
    float next() { return float(int64_t(m_random.next()) >> 40) / float(1 << 23); }

private:
    CounterRandom m_random;
};

// A network that computes something of everything it is given.
inline GgufWriter randomModel(const TinyShape& shape = {}, uint64_t seed = 1)
{
    GgufWriter file;
    addTinyMetadata(file, shape);
    UniformNumbers numbers(seed);
    addTinyTensors(file, shape, [&](const std::string& name, uint32_t rows, uint32_t cols) {
        const bool isNorm = name.find("norm") != std::string::npos;
        const float center = isNorm ? 1.0f : 0.0f;
        const float spread = isNorm ? 0.1f : (rows == 1 ? 0.5f : 2.0f / std::sqrt(float(cols)));
        std::vector<float> values(size_t(rows) * cols);
        for (float& value : values) {
            value = center + spread * numbers.next();
        }
        return values;
    });
    return file;
}

// A network whose next token depends on the last one only: `next` maps each token to its
// successor, and tokens without one are followed by <|user|>. Embeddings are the unit vectors, the
// layers add nothing, and the output matrix is the map. The logit of the successor is `strength`,
// all others are 0.
inline GgufWriter scriptedModel(
    const std::map<int32_t, int32_t>& next, TinyShape shape = {}, float strength = 20.0f)
{
    const uint32_t vocab = tinyVocab(shape);
    shape.hidden = (vocab + 31) / 32 * 32;
    GgufWriter file;
    addTinyMetadata(file, shape);
    const float scale = strength / std::sqrt(float(shape.hidden)); // a normed unit vector is longer
    addTinyTensors(file, shape, [&](const std::string& name, uint32_t rows, uint32_t cols) {
        const bool isNorm = name.find("norm") != std::string::npos;
        std::vector<float> values(size_t(rows) * cols, isNorm ? 1.0f : 0.0f);
        for (uint32_t id = 0; id < vocab; ++id) {
            if (name == "token_embd.weight") {
                values[size_t(id) * cols + id] = 1.0f;
            } else if (name == "output.weight") {
                const auto found = next.find(int32_t(id));
                const int32_t successor =
                    found != next.end() ? found->second : tinyControl("<|user|>");
                values[size_t(successor) * cols + id] = scale;
            }
        }
        return values;
    });
    return file;
}

// The map for scriptedModel() that writes `bytes` after <|assistant|>, then `end`. Every byte may
// occur once.
inline std::map<int32_t, int32_t> script(std::string_view bytes, std::string_view end = "<|user|>")
{
    std::map<int32_t, int32_t> next;
    int32_t last = tinyControl("<|assistant|>");
    for (const char c : bytes) {
        next[last] = int32_t(uint8_t(c));
        last = int32_t(uint8_t(c));
    }
    next[last] = tinyControl(end);
    return next;
}

} // namespace atelier::test
