// SPDX-License-Identifier: MIT
// From the logits of one position to the next token.
#pragma once

#include "engine/base/result.h"
#include "engine/sampling/penalties.h"
#include "engine/sampling/random.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace atelier {

class TokenMask;
struct SamplingOptions;

// InvalidUse, naming the option, when a number is outside its range or not a number, or a token
// outside a vocabulary of this size.
Status validateSampling(const SamplingOptions& options, uint32_t vocab = UINT32_MAX);

// The chain, in this order: forbidden ids, logit bias, penalties (repetition, presence and
// frequency, DRY), mask, temperature, top-k, top-p, min-p, draw.
//
// Probabilities are integers (a share of 2^40 of the likeliest token's), so that sums are exact
// whatever the order of addition, and a seed gives the same draws on every platform. Nothing is
// sorted: top-k and top-p find their border by partial selection.
//
// Threads: one thread at a time; one per reply.
class Sampler
{
public:
    // `options` must be valid. `forbidden` ids are never drawn. These and `mask`, which may be
    // null, must outlive the sampler.
    Sampler(const SamplingOptions& options,
        uint64_t seed,
        std::span<const int32_t> forbidden,
        TokenTexts texts = {},
        TokenMask* mask = nullptr);

    // What stands before the first token to draw: penalties count it.
    void begin(std::span<const int32_t> prompt) { m_penalties.accept(prompt); }

    // The id of the token drawn, which penalties and mask take note of; -1 when nothing can be
    // drawn: all logits are NaN or -infinity, or the mask allows none.
    // Equal logits count as ordered by id, lowest first. NaN counts as -infinity.
    //
    //   logits  [vocab], changed
    int32_t draw(std::span<float> logits);

private:
    struct Candidate
    {
        uint64_t weight = 0; // of 2^40
        int32_t id = 0;

        bool precedes(const Candidate& other) const
        {
            return weight != other.weight ? weight > other.weight : id < other.id;
        }
    };

    int32_t choose(std::span<float> logits);
    int32_t likeliest(std::span<const float> logits) const;
    int32_t likeliestAllowed(std::span<float> logits);
    void collect(std::span<const float> logits, float largest);
    void keepTopK(std::span<const float> logits);
    void weigh(std::span<const float> logits, float largest);
    void keepTopP();
    void keepMinP();
    int32_t drawCandidate();

    float m_temperature;
    int32_t m_topK;
    float m_topP;
    float m_minP;
    std::vector<std::pair<int32_t, float>> m_bias;
    CounterRandom m_random;
    std::span<const int32_t> m_forbidden;
    Penalties m_penalties;
    TokenMask* m_mask;
    std::vector<int32_t> m_ids; // what is left, in no order
    std::vector<Candidate> m_candidates;
};

} // namespace atelier
