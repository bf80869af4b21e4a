// SPDX-License-Identifier: MIT
// From the logits of one position to the next token.
#pragma once

#include "engine/base/result.h"
#include "engine/sampling/random.h"

#include <cstdint>
#include <span>
#include <vector>

namespace atelier {

struct SamplingOptions;

// InvalidUse, naming the option, when a number is outside its range or not a number.
Status validateSampling(const SamplingOptions& options);

// The chain, in this order: forbidden ids, temperature, top-k, top-p, min-p, draw.
//
// Probabilities are integers (a share of 2^40 of the likeliest token's), so that sums are exact
// whatever the order of addition, and a seed gives the same draws on every platform. Nothing is
// sorted: top-k and top-p find their border by partial selection.
//
// Threads: one thread at a time; one per reply.
class Sampler
{
public:
    // `options` must be valid. `forbidden` ids are never drawn; it must outlive the sampler.
    Sampler(const SamplingOptions& options, uint64_t seed, std::span<const int32_t> forbidden);

    // The id of the token drawn; -1 when nothing can be drawn (all logits are NaN or -infinity).
    // Equal logits count as ordered by id, lowest first. NaN counts as -infinity.
    //
    //   logits  [vocab], changed: forbidden ids become -infinity
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

    int32_t likeliest(std::span<const float> logits) const;
    void weigh(std::span<const float> logits, float largest);
    void keepTopK(std::span<const float> logits);
    void keepTopP();
    void keepMinP();
    int32_t drawCandidate();

    float m_temperature;
    int32_t m_topK;
    float m_topP;
    float m_minP;
    CounterRandom m_random;
    std::span<const int32_t> m_forbidden;
    std::vector<int32_t> m_ids; // what is left, in no order
    std::vector<Candidate> m_candidates;
};

} // namespace atelier
