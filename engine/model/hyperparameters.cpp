// SPDX-License-Identifier: MIT
#include "engine/model/hyperparameters.h"

#include "engine/base/text.h"
#include "engine/formats/model_file.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

namespace atelier {

namespace {

// Far above any model there is, and small enough that products of two of them fit 32 bits where
// one of the factors is a head count.
constexpr uint32_t kMaxLayers = 1024;
constexpr uint32_t kMaxWidth = 1u << 20; // hidden, ffn
constexpr uint32_t kMaxHeads = 4096;
constexpr uint32_t kMaxHeadDim = 1024;
constexpr uint32_t kMaxVocab = 1u << 22;
constexpr uint32_t kMaxContext = 1u << 26;

// Reads keys one by one and remembers the first thing that was wrong.
class Reader
{
public:
    Reader(const ModelFile& file, std::string_view architecture)
        : m_file(file),
          m_prefix(std::string(architecture) + ".")
    {
    }

    uint32_t count(std::string_view key, uint32_t largest, std::optional<uint32_t> fallback = {})
    {
        const std::string full = m_prefix + std::string(key);
        if (const auto value = m_file.unsignedInteger(full)) {
            if (*value >= 1 && *value <= largest) {
                return uint32_t(*value);
            }
            fail(ErrorCode::InvalidFormat,
                full + " is " + std::to_string(*value) + "; it must be between 1 and " +
                    std::to_string(largest) + ".");
            return 1;
        }
        if (m_file.integers(full)) {
            fail(ErrorCode::Unsupported,
                full + " differs from layer to layer, which this version cannot compute.");
        } else if (!fallback) {
            fail(ErrorCode::InvalidFormat, full + " is missing from the model file.");
        }
        return fallback.value_or(1);
    }

    double number(std::string_view key, double fallback)
    {
        return m_file.number(m_prefix + std::string(key)).value_or(fallback);
    }
    std::optional<double> numberIfAny(std::string_view key)
    {
        return m_file.number(m_prefix + std::string(key));
    }
    std::optional<std::string_view> string(std::string_view key)
    {
        return m_file.string(m_prefix + std::string(key));
    }

    void fail(ErrorCode code, std::string message)
    {
        if (!m_error) {
            m_error = Error{code, std::move(message)};
        }
    }
    const std::optional<Error>& error() const { return m_error; }

private:
    const ModelFile& m_file;
    std::string m_prefix;
    std::optional<Error> m_error;
};

// Llama 3.1 and later ship the divisors of their long-context scaling as a tensor.
void readRopeDivisors(const ModelFile& file, Reader& reader, RopeSettings& rope)
{
    const TensorInfo* tensor = file.findTensor("rope_freqs.weight");
    if (tensor == nullptr) {
        return;
    }
    const size_t count = rope.dimensions / 2;
    if (tensor->type != DType::F32 || tensor->rows != 1 || tensor->cols != count ||
        tensor->bytes.size() != count * sizeof(float)) {
        reader.fail(ErrorCode::InvalidFormat,
            "rope_freqs.weight must hold " + std::to_string(count) +
                " F32 numbers, one for each pair of rotated dimensions.");
        return;
    }
    rope.divisors.resize(count);
    std::memcpy(rope.divisors.data(), tensor->bytes.data(), tensor->bytes.size());
}

RopeSettings readRope(Reader& reader, const Hyperparameters& hyper)
{
    RopeSettings rope;
    // The Glm family rotates half of each head when the key is absent; the others all of it.
    const bool half = hyper.architecture == "glm4" || hyper.architecture == "chatglm";
    rope.dimensions =
        reader.count("rope.dimension_count", kMaxHeadDim, half ? hyper.headDim / 2 : hyper.headDim);
    rope.base = reader.number("rope.freq_base", 10000.0);
    // A factor without a type means linear scaling, as in files from before YaRN.
    const std::string_view scaling = reader.string("rope.scaling.type").value_or("linear");
    if (scaling == "yarn") {
        rope.scaling = RopeScaling::Yarn;
    } else if (scaling == "linear") {
        rope.scaling = RopeScaling::Linear;
    } else if (scaling != "none") {
        reader.fail(ErrorCode::Unsupported,
            "The model stretches its context by " + shownName(scaling) +
                ", which this version cannot compute.");
    }
    rope.factor = reader.number("rope.scaling.factor", 1.0);
    rope.originalContext =
        reader.number("rope.scaling.original_context_length", double(hyper.contextLength));
    rope.betaFast = reader.number("rope.scaling.yarn_beta_fast", 32.0);
    rope.betaSlow = reader.number("rope.scaling.yarn_beta_slow", 1.0);
    rope.extrapolationFactor = reader.number("rope.scaling.yarn_ext_factor", 1.0);
    if (rope.extrapolationFactor < 0.0) {
        rope.extrapolationFactor = 1.0; // how files say "as usual"
    }
    // yarn_attn_factor is the whole factor (attention_factor of a config.json); attn_factor, an
    // older key, multiplies the usual one.
    rope.attentionFactor = reader.numberIfAny("rope.scaling.yarn_attn_factor");
    const double multiplier = reader.number("rope.scaling.attn_factor", 1.0);
    if (rope.scaling == RopeScaling::Yarn && !rope.attentionFactor && multiplier != 1.0) {
        rope.attentionFactor = multiplier * ropeMagnitude(rope);
    }
    if (rope.factor == 1.0 && !rope.attentionFactor) {
        rope.scaling = RopeScaling::None; // a factor of one changes nothing
    }
    return rope;
}

// Names become prefixes of keys and parts of messages, so they must look like names.
bool isPlainName(std::string_view name)
{
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

void readWidths(Reader& reader, Hyperparameters& hyper)
{
    hyper.heads = reader.count("attention.head_count", kMaxHeads);
    hyper.kvHeads = reader.count("attention.head_count_kv", kMaxHeads, hyper.heads);
    if (hyper.heads % hyper.kvHeads != 0) {
        reader.fail(ErrorCode::InvalidFormat,
            "The model has " + std::to_string(hyper.heads) + " query heads and " +
                std::to_string(hyper.kvHeads) +
                " key heads; the first must be a multiple of the second.");
    }
    const bool divides = hyper.hidden % hyper.heads == 0;
    std::optional<uint32_t> headDim; // the usual one, where there is one
    if (divides) {
        headDim = hyper.hidden / hyper.heads;
    }
    hyper.headDim = reader.count("attention.key_length", kMaxHeadDim, headDim);
    const uint32_t valueDim = reader.count("attention.value_length", kMaxHeadDim, hyper.headDim);
    if (hyper.headDim != valueDim) {
        reader.fail(ErrorCode::Unsupported,
            "Keys of " + std::to_string(hyper.headDim) + " and values of " +
                std::to_string(valueDim) +
                " dimensions differ, which this version cannot compute.");
    }
    if (hyper.headDim > kMaxHeadDim) {
        reader.fail(ErrorCode::InvalidFormat,
            "A head of " + std::to_string(hyper.headDim) + " dimensions is larger than " +
                std::to_string(kMaxHeadDim) + ".");
    }
}

} // namespace

Result<Hyperparameters> readHyperparameters(const ModelFile& file)
{
    const auto architecture = file.string("general.architecture");
    if (!architecture || !isPlainName(*architecture)) {
        return Error{ErrorCode::InvalidFormat,
            "This file does not say what kind of model it is: general.architecture is " +
                (architecture ? shownName(*architecture) : std::string("missing")) + "."};
    }
    Hyperparameters hyper;
    hyper.architecture = std::string(*architecture);
    Reader reader(file, *architecture);
    hyper.layers = reader.count("block_count", kMaxLayers);
    hyper.hidden = reader.count("embedding_length", kMaxWidth);
    hyper.ffn = reader.count("feed_forward_length", kMaxWidth);
    hyper.contextLength = reader.count("context_length", kMaxContext);
    readWidths(reader, hyper);
    if (file.unsignedInteger(hyper.architecture + ".expert_count").value_or(0) > 0) {
        reader.fail(ErrorCode::Unsupported,
            "This is a mixture-of-experts model, which this version cannot compute.");
    }
    const double epsilon = reader.number("attention.layer_norm_rms_epsilon", 0.0);
    if (!(epsilon > 0.0 && epsilon < 0.1)) {
        reader.fail(ErrorCode::InvalidFormat,
            hyper.architecture + ".attention.layer_norm_rms_epsilon is " + std::to_string(epsilon) +
                "; it must be a small number above zero.");
    }
    hyper.rmsEpsilon = float(epsilon);

    if (const TensorInfo* embedding = file.findTensor("token_embd.weight")) {
        if (embedding->rows < 1 || embedding->rows > kMaxVocab) {
            reader.fail(ErrorCode::InvalidFormat,
                "token_embd.weight has " + std::to_string(embedding->rows) +
                    " rows; a vocabulary has between 1 and " + std::to_string(kMaxVocab) +
                    " tokens.");
        } else {
            hyper.vocab = uint32_t(embedding->rows);
        }
    } else {
        reader.fail(ErrorCode::InvalidFormat, "The tensor token_embd.weight is missing.");
    }
    hyper.rope = readRope(reader, hyper);
    readRopeDivisors(file, reader, hyper.rope);
    if (reader.error()) {
        return *reader.error();
    }
    if (const Status rope = validateRope(hyper.rope, hyper.headDim); !rope) {
        return rope.error();
    }
    return hyper;
}

} // namespace atelier
