// SPDX-License-Identifier: MIT
#include "engine/sampling/sampler.h"

#include "engine/api/generation.h"
#include "engine/base/check.h"
#include "engine/sampling/token_mask.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace atelier {

namespace {

constexpr double kUnit = double(uint64_t(1) << 40); // weight of the likeliest token
constexpr double kLeastExponent = -28.0;            // e^-28 < 2^-40: weighs nothing
constexpr float kNever = -std::numeric_limits<float>::infinity();

Error outOfRange(const char* option, double value, const char* allowed)
{
    return Error{ErrorCode::InvalidUse,
        std::string(option) + " is " + std::to_string(value) + "; it must be " + allowed + "."};
}

} // namespace

static Status validatePenalties(const SamplingOptions& options, uint32_t vocab)
{
    if (!(options.repetitionPenalty >= 0.1f && options.repetitionPenalty <= 10.0f)) {
        return outOfRange(
            "Repetition penalty", options.repetitionPenalty, "between 0.1 and 10 (1: off)");
    }
    if (!(std::fabs(options.presencePenalty) <= 100.0f)) {
        return outOfRange("Presence penalty", options.presencePenalty, "between -100 and 100");
    }
    if (!(std::fabs(options.frequencyPenalty) <= 100.0f)) {
        return outOfRange("Frequency penalty", options.frequencyPenalty, "between -100 and 100");
    }
    if (!(options.dry.multiplier >= 0.0f && options.dry.multiplier <= 100.0f)) {
        return outOfRange("DRY multiplier", options.dry.multiplier, "between 0 (off) and 100");
    }
    if (!(options.dry.base >= 1.0f && options.dry.base <= 100.0f)) {
        return outOfRange("DRY base", options.dry.base, "between 1 and 100");
    }
    for (const LogitBias& bias : options.logitBias) {
        if (!(std::fabs(bias.bias) <= 100.0f)) {
            return outOfRange("Logit bias", bias.bias, "between -100 (never) and 100");
        }
        if (bias.token < 0 || uint32_t(bias.token) >= vocab) {
            return Error{ErrorCode::InvalidUse,
                "Logit bias names the token " + std::to_string(bias.token) +
                    ", which is outside the vocabulary."};
        }
    }
    return Done{};
}

Status validateSampling(const SamplingOptions& options, uint32_t vocab)
{
    if (!(options.temperature >= 0.0f && options.temperature <= 100.0f)) {
        return outOfRange("Temperature", options.temperature, "between 0 and 100");
    }
    if (options.topK < 0) {
        return outOfRange("Top-k", options.topK, "0 (off) or more");
    }
    if (!(options.topP > 0.0f && options.topP <= 1.0f)) {
        return outOfRange("Top-p", options.topP, "above 0 and at most 1 (off)");
    }
    if (!(options.minP >= 0.0f && options.minP <= 1.0f)) {
        return outOfRange("Min-p", options.minP, "between 0 (off) and 1");
    }
    return validatePenalties(options, vocab);
}

Sampler::Sampler(const SamplingOptions& options,
    uint64_t seed,
    std::span<const int32_t> forbidden,
    TokenTexts texts,
    TokenMask* mask)
    : m_temperature(options.temperature),
      m_topK(options.topK),
      m_topP(options.topP),
      m_minP(options.minP),
      m_random(seed),
      m_forbidden(forbidden),
      m_penalties(options, std::move(texts)),
      m_mask(mask)
{
    check(bool(validateSampling(options)), "sampling options must be validated before use");
    for (const LogitBias& bias : options.logitBias) {
        m_bias.emplace_back(bias.token, bias.bias <= -100.0f ? kNever : bias.bias);
    }
}

int32_t Sampler::draw(std::span<float> logits)
{
    const int32_t token = choose(logits);
    if (token >= 0) {
        m_penalties.accept({&token, 1});
        if (m_mask != nullptr) {
            m_mask->accept(token);
        }
    }
    return token;
}

int32_t Sampler::choose(std::span<float> logits)
{
    for (const auto& [id, bias] : m_bias) {
        if (size_t(id) < logits.size()) {
            logits[size_t(id)] += bias;
        }
    }
    m_penalties.apply(logits);
    for (const int32_t id : m_forbidden) {
        if (id >= 0 && size_t(id) < logits.size()) {
            logits[size_t(id)] = kNever;
        }
    }
    const int32_t best = likeliestAllowed(logits);
    // An infinite logit leaves no room for chance, as temperature 0 does.
    if (m_temperature == 0.0f || best < 0 || std::isinf(logits[size_t(best)])) {
        return best;
    }
    const float largest = logits[size_t(best)];
    collect(logits, largest);
    if (m_mask != nullptr) {
        m_mask->keepAllowed(m_ids);
    }
    keepTopK(logits);
    weigh(logits, largest);
    keepTopP();
    keepMinP();
    return drawCandidate();
}

// Mostly the likeliest token is allowed, and nothing else has to be asked.
int32_t Sampler::likeliestAllowed(std::span<float> logits)
{
    const int32_t best = likeliest(logits);
    if (m_mask == nullptr || best < 0 || m_mask->allows(best)) {
        return best;
    }
    m_ids.clear();
    for (size_t id = 0; id < logits.size(); ++id) {
        if (logits[id] > kNever) {
            m_ids.push_back(int32_t(id));
        }
    }
    m_mask->keepAllowed(m_ids);
    const auto first = std::min_element(m_ids.begin(), m_ids.end(), [&](int32_t a, int32_t b) {
        const float x = logits[size_t(a)];
        const float y = logits[size_t(b)];
        return x != y ? x > y : a < b;
    });
    return first == m_ids.end() ? -1 : *first;
}

int32_t Sampler::likeliest(std::span<const float> logits) const
{
    int32_t best = -1;
    float largest = kNever;
    for (size_t id = 0; id < logits.size(); ++id) {
        if (logits[id] > largest) { // strictly: the lowest id wins ties; NaN never compares
            largest = logits[id];
            best = int32_t(id);
        }
    }
    return best;
}

// The ids that can weigh anything: the others would be thousands to ask a mask about.
void Sampler::collect(std::span<const float> logits, float largest)
{
    m_ids.clear();
    for (size_t id = 0; id < logits.size(); ++id) {
        if (double(logits[id]) - largest >= kLeastExponent * m_temperature) { // false for NaN
            m_ids.push_back(int32_t(id));
        }
    }
}

// Temperature does not change the order, so the k largest logits can be found before any
// exponential is computed.
void Sampler::keepTopK(std::span<const float> logits)
{
    if (m_topK > 0 && size_t(m_topK) < m_ids.size()) {
        const auto border = m_ids.begin() + m_topK;
        std::nth_element(m_ids.begin(), border, m_ids.end(), [&](int32_t a, int32_t b) {
            const float x = logits[size_t(a)];
            const float y = logits[size_t(b)];
            return x != y ? x > y : a < b;
        });
        m_ids.erase(border, m_ids.end());
    }
}

void Sampler::weigh(std::span<const float> logits, float largest)
{
    m_candidates.clear();
    for (const int32_t id : m_ids) {
        const double below = (double(logits[size_t(id)]) - largest) / m_temperature;
        const double weight = below < kLeastExponent ? 0.0 : std::exp(below) * kUnit;
        if (weight >= 1.0) {
            m_candidates.push_back({uint64_t(weight), id});
        }
    }
}

// Keeps the shortest run of likeliest candidates whose sum reaches topP of all: halves the range
// that holds the border until one candidate is left, so the whole costs a few passes, not a sort.
void Sampler::keepTopP()
{
    if (m_topP >= 1.0f) {
        return;
    }
    uint64_t total = 0;
    for (const Candidate& candidate : m_candidates) {
        total += candidate.weight;
    }
    const auto wanted = uint64_t(std::ceil(double(m_topP) * double(total)));
    uint64_t before = 0; // sum of [0, low)
    size_t low = 0;
    size_t high = m_candidates.size();
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        const auto begin = m_candidates.begin();
        std::nth_element(begin + ptrdiff_t(low),
            begin + ptrdiff_t(middle),
            begin + ptrdiff_t(high),
            [](const Candidate& a, const Candidate& b) { return a.precedes(b); });
        uint64_t upper = before;
        for (size_t i = low; i < middle; ++i) {
            upper += m_candidates[i].weight;
        }
        if (upper >= wanted) {
            high = middle;
        } else {
            before = upper;
            low = middle;
        }
    }
    m_candidates.resize(high);
}

void Sampler::keepMinP()
{
    if (m_minP <= 0.0f) {
        return;
    }
    // The likeliest weighs kUnit, or one less when its exponential was rounded down.
    const auto least = uint64_t(double(m_minP) * kUnit);
    uint64_t largest = 0;
    for (const Candidate& candidate : m_candidates) {
        largest = std::max(largest, candidate.weight);
    }
    std::erase_if(m_candidates,
        [&](const Candidate& candidate) { return candidate.weight < std::min(least, largest); });
}

// The drawn number counts through the candidates by id. A selection leaves them in an order that
// differs between standard libraries, so the one it falls on is found by halving again.
int32_t Sampler::drawCandidate()
{
    uint64_t total = 0;
    for (const Candidate& candidate : m_candidates) {
        total += candidate.weight;
    }
    uint64_t drawn = m_random.below(total);
    auto low = m_candidates.begin();
    auto high = m_candidates.end();
    while (high - low > 1) {
        const auto middle = low + (high - low) / 2;
        std::nth_element(
            low, middle, high, [](const Candidate& a, const Candidate& b) { return a.id < b.id; });
        uint64_t lower = 0;
        for (auto it = low; it != middle; ++it) {
            lower += it->weight;
        }
        if (drawn < lower) {
            high = middle;
        } else {
            drawn -= lower;
            low = middle;
        }
    }
    return low->id;
}

} // namespace atelier
