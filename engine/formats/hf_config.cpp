// SPDX-License-Identifier: MIT
// Source: the configuration classes of transformers, and glm-4-9b-chat's own (ChatGLMConfig).
#include "engine/formats/hf_config.h"

#include "engine/base/text.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace atelier::hf {

namespace {

struct KnownArchitecture
{
    std::string_view name; // in config.json
    std::string_view gguf;
    Layout layout;
};

constexpr KnownArchitecture kArchitectures[] = {
    {"Glm4ForCausalLM", "glm4", Layout::Glm4},
    {"GlmForCausalLM", "chatglm", Layout::Glm},
    {"ChatGLMModel", "chatglm", Layout::ChatGlm},
    {"ChatGLMForConditionalGeneration", "chatglm", Layout::ChatGlm},
    {"LlamaForCausalLM", "llama", Layout::Llama},
    {"Qwen2ForCausalLM", "qwen2", Layout::Qwen2},
};

// Far beyond all models; what the numbers mean together is checked by readHyperparameters().
constexpr uint64_t kMaxCount = 1u << 26;
constexpr uint64_t kMaxHeadDim = 1024;

Error unsupported(const std::string& what)
{
    return Error{ErrorCode::Unsupported, "The model cannot be used: " + what};
}

Error invalid(const std::string& what)
{
    return Error{ErrorCode::InvalidFormat, "\"config.json\" is damaged: " + what};
}

Result<const KnownArchitecture*> findArchitecture(const Json& json)
{
    const Json* list = member(json, "architectures");
    const bool named =
        list != nullptr && list->is_array() && !list->empty() && list->front().is_string();
    std::string known;
    for (const KnownArchitecture& row : kArchitectures) {
        if (named && list->front().get_ref<const std::string&>() == row.name) {
            return &row;
        }
        known += (known.empty() ? "" : ", ") + std::string(row.name);
    }
    if (!named) {
        return invalid("it does not name the model's \"architectures\".");
    }
    return unsupported("its architecture is " +
                       shownName(list->front().get_ref<const std::string&>()) +
                       ". This version runs " + known + ".");
}

// Reads members one by one and remembers the first that was missing or wrong.
class Reader
{
public:
    explicit Reader(const Json& json) : m_json(json) {}

    uint32_t count(
        const char* key, std::optional<uint64_t> fallback = {}, uint64_t most = kMaxCount)
    {
        const Json* value = member(m_json, key);
        const bool given = value != nullptr && !value->is_null();
        const auto number = given ? unsignedMember(m_json, key) : fallback;
        if (!number || *number < 1 || *number > most) {
            fail(given
                     ? std::string("\"") + key + "\" must be a number from 1 to " + grouped(most) +
                           ", not " + shownName(value->dump(-1, ' ', true, kReplace)) + "."
                     : std::string("\"") + key + "\" is missing.");
            return 1;
        }
        return uint32_t(*number);
    }
    double number(const char* key, double fallback) const
    {
        return numberMember(m_json, key).value_or(fallback);
    }
    bool flag(const char* key, bool fallback) const
    {
        return booleanMember(m_json, key).value_or(fallback);
    }
    std::string text(const char* key) const { return stringMember(m_json, key).value_or(""); }
    const Json* object(const char* key) const
    {
        const Json* value = member(m_json, key);
        return value != nullptr && value->is_object() ? value : nullptr;
    }

    void fail(const std::string& what)
    {
        if (!m_error) {
            m_error = invalid(what);
        }
    }
    const std::optional<Error>& error() const { return m_error; }

private:
    static constexpr auto kReplace = Json::error_handler_t::replace;

    const Json& m_json;
    std::optional<Error> m_error;
};

// The numbers that all layouts have, under whichever names.
struct Facts
{
    uint32_t context = 1;
    uint32_t hidden = 1;
    uint32_t layers = 1;
    uint32_t ffn = 1;
    uint32_t vocab = 1;
    double epsilon = 0;
    double ropeBase = 10000;
    double rotaryShare = 1; // of each head
    std::optional<Json> scaling;
};

Facts readChatGlm(Reader& reader, Config& config)
{
    Facts facts;
    facts.context = reader.count("seq_length");
    facts.hidden = reader.count("hidden_size");
    facts.layers = reader.count("num_layers");
    facts.ffn = reader.count("ffn_hidden_size");
    facts.vocab = reader.count("padded_vocab_size", 151'552);
    facts.epsilon = reader.number("layernorm_epsilon", 1e-5);
    facts.ropeBase = 10000.0 * reader.number("rope_ratio", 1.0);
    facts.rotaryShare = 0.5;
    config.heads = reader.count("num_attention_heads");
    const bool grouped = reader.flag("multi_query_attention", false);
    config.kvHeads = grouped ? reader.count("multi_query_group_num") : config.heads;
    config.headDim = reader.count("kv_channels", 128, kMaxHeadDim);
    return facts;
}

Facts readUsual(Reader& reader, Config& config)
{
    Facts facts;
    facts.context = reader.count("max_position_embeddings");
    facts.hidden = reader.count("hidden_size");
    facts.layers = reader.count("num_hidden_layers");
    facts.ffn = reader.count("intermediate_size");
    facts.vocab = reader.count("vocab_size");
    facts.epsilon = reader.number("rms_norm_eps", 1e-6);
    config.heads = reader.count("num_attention_heads");
    config.kvHeads = reader.count("num_key_value_heads", config.heads);
    const uint64_t usualDim = std::max<uint64_t>(1, facts.hidden / config.heads);
    config.headDim = reader.count("head_dim", usualDim, kMaxHeadDim);
    // Half of each head rotates in the Glm family, also where its files do not say so.
    const bool isGlm = config.layout == Layout::Glm4 || config.layout == Layout::Glm;
    facts.rotaryShare = reader.number("partial_rotary_factor", isGlm ? 0.5 : 1.0);
    facts.ropeBase = reader.number("rope_theta", 10000.0);
    const Json* scaling = reader.object("rope_scaling");
    // Newer files put everything about RoPE in one place.
    if (const Json* rope = reader.object("rope_parameters")) {
        facts.ropeBase = numberMember(*rope, "rope_theta").value_or(facts.ropeBase);
        facts.rotaryShare =
            numberMember(*rope, "partial_rotary_factor").value_or(facts.rotaryShare);
        scaling = rope;
    }
    if (scaling != nullptr) {
        facts.scaling = *scaling;
    }
    return facts;
}

// What the engine does not compute, said before anything is read.
std::optional<Error> findUnsupported(const Json& json, const Reader& reader, Layout layout)
{
    if (reader.object("quantization_config") != nullptr) {
        return unsupported("its weights are quantized (\"quantization_config\"). Use the original "
                           "weights, or a GGUF file.");
    }
    if (reader.object("vision_config") != nullptr) {
        return unsupported("it is a model for images; this version reads text models.");
    }
    const std::string activation = reader.text("hidden_act");
    if (!activation.empty() && activation != "silu" && activation != "swiglu") {
        return unsupported("its activation function is " + shownName(activation) +
                           "; this version computes \"silu\".");
    }
    if (layout == Layout::Qwen2 && reader.flag("use_sliding_window", false)) {
        return unsupported("it uses sliding-window attention.");
    }
    if (layout == Layout::ChatGlm) {
        const bool usual = reader.flag("rmsnorm", true) && !reader.flag("add_bias_linear", false) &&
                           reader.flag("post_layer_norm", true) &&
                           !reader.flag("apply_residual_connection_post_layernorm", false);
        if (!usual) {
            return unsupported("it is a ChatGLM of an older kind than GLM-4.");
        }
    }
    if (const Json* bias = member(json, "mlp_bias"); bias != nullptr && *bias == Json(true)) {
        return unsupported("its feed-forward blocks have biases.");
    }
    return std::nullopt;
}

// The factor YaRN multiplies queries and keys by, where the file gives it in one of two ways.
std::optional<double> attentionFactor(const Json& scaling, double factor)
{
    if (const auto given = numberMember(scaling, "attention_factor")) {
        return given;
    }
    const auto mscale = numberMember(scaling, "mscale");
    const auto mscaleAll = numberMember(scaling, "mscale_all_dim");
    if (!mscale || !mscaleAll || !(factor > 1.0)) {
        return std::nullopt;
    }
    const auto magnitude = [factor](double m) { return 0.1 * m * std::log(factor) + 1.0; };
    return magnitude(*mscale) / magnitude(*mscaleAll);
}

// Llama 3.1: long waves are stretched, short ones kept, those between blended.
std::vector<float> llama3Divisors(
    const Json& scaling, double base, uint32_t dimensions, uint32_t context)
{
    const double factor = numberMember(scaling, "factor").value_or(8.0);
    const double low = numberMember(scaling, "low_freq_factor").value_or(1.0);
    const double high = numberMember(scaling, "high_freq_factor").value_or(4.0);
    const double original =
        numberMember(scaling, "original_max_position_embeddings").value_or(context);
    std::vector<float> divisors;
    for (uint32_t i = 0; i < dimensions / 2; ++i) {
        const double wave =
            2.0 * std::numbers::pi * std::pow(base, 2.0 * double(i) / double(dimensions));
        double divisor = 1.0;
        if (wave > original / low) {
            divisor = factor;
        } else if (wave >= original / high) {
            const double blend = (original / wave - low) / (high - low);
            divisor = 1.0 / ((1.0 - blend) / factor + blend);
        }
        divisors.push_back(float(divisor));
    }
    return divisors;
}

void writeScaling(const Facts& facts, uint32_t rotated, Config& config)
{
    if (!facts.scaling) {
        return;
    }
    const Json& scaling = *facts.scaling;
    const std::string type =
        stringMember(scaling, "rope_type").value_or(stringMember(scaling, "type").value_or(""));
    const std::string prefix = config.architecture + ".rope.scaling.";
    const double factor = numberMember(scaling, "factor").value_or(1.0);
    gguf::MetadataWriter& out = config.metadata;
    if (type.empty() || type == "default") {
        return;
    }
    if (type == "llama3") {
        config.ropeDivisors = llama3Divisors(scaling, facts.ropeBase, rotated, facts.context);
        return;
    }
    // Kinds that this version cannot compute are refused by name when the number is read.
    out.string(prefix + "type", type);
    out.f32(prefix + "factor", float(factor));
    if (const auto original = unsignedMember(scaling, "original_max_position_embeddings");
        original && *original <= kMaxCount) {
        out.u32(prefix + "original_context_length", uint32_t(*original));
    }
    if (const auto magnitude = attentionFactor(scaling, factor)) {
        out.f32(prefix + "yarn_attn_factor", float(*magnitude));
    }
    for (const auto& [key, name] :
        {std::pair("beta_fast", "yarn_beta_fast"), std::pair("beta_slow", "yarn_beta_slow")}) {
        if (const auto beta = numberMember(scaling, key)) {
            out.f32(prefix + name, float(*beta));
        }
    }
}

void writeMetadata(const Facts& facts, Config& config)
{
    const std::string prefix = config.architecture + ".";
    gguf::MetadataWriter& out = config.metadata;
    out.string("general.architecture", config.architecture);
    out.string("general.type", "model");
    out.u32(prefix + "vocab_size", facts.vocab);
    out.u32(prefix + "context_length", facts.context);
    out.u32(prefix + "embedding_length", facts.hidden);
    out.u32(prefix + "block_count", facts.layers);
    out.u32(prefix + "feed_forward_length", facts.ffn);
    out.u32(prefix + "attention.head_count", config.heads);
    out.u32(prefix + "attention.head_count_kv", config.kvHeads);
    out.u32(prefix + "attention.key_length", config.headDim);
    out.u32(prefix + "attention.value_length", config.headDim);
    out.f32(prefix + "attention.layer_norm_rms_epsilon", float(facts.epsilon));
    const auto rotated = uint32_t(facts.rotaryShare * config.headDim);
    out.u32(prefix + "rope.dimension_count", rotated);
    out.f32(prefix + "rope.freq_base", float(facts.ropeBase));
    writeScaling(facts, rotated, config);
}

} // namespace

Result<Config> readConfig(const Json& json)
{
    const auto architecture = findArchitecture(json);
    if (!architecture) {
        return architecture.error();
    }
    Config config;
    config.layout = architecture.value()->layout;
    config.architecture = architecture.value()->gguf;
    Reader reader(json);
    if (auto found = findUnsupported(json, reader, config.layout)) {
        return *found;
    }
    const Facts facts =
        config.layout == Layout::ChatGlm ? readChatGlm(reader, config) : readUsual(reader, config);
    config.tied = reader.flag("tie_word_embeddings", false);
    if (!(facts.rotaryShare > 0.0 && facts.rotaryShare <= 1.0)) {
        reader.fail("\"partial_rotary_factor\" must be above 0 and at most 1.");
    }
    if (!(facts.ropeBase > 1.0 && facts.ropeBase < 1e15)) {
        reader.fail("the base of RoPE must be a number above 1.");
    }
    if (config.layout == Layout::Llama && facts.rotaryShare != 1.0) {
        return unsupported(
            "only a part of each head rotates, which this version knows of GLM only.");
    }
    if (reader.error()) {
        return *reader.error();
    }
    writeMetadata(facts, config);
    return config;
}

} // namespace atelier::hf
