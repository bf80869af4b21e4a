// SPDX-License-Identifier: MIT
// What a model thought of one position: the likeliest tokens and their probabilities.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace atelier {

struct TokenProbability
{
    int32_t token = 0;
    double probability = 0.0;
};

// The softmax of the logits: first of `drawn`, then of the `count` likeliest tokens, likeliest
// first and equal ones by id. Fewer when there are not as many. NaN counts as -infinity.
//
//   logits     [vocab], as computed
//   forbidden  ids that count as -infinity
std::vector<TokenProbability> tokenProbabilities(std::span<const float> logits,
    std::span<const int32_t> forbidden,
    int32_t drawn,
    uint32_t count);

} // namespace atelier
