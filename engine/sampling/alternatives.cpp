// SPDX-License-Identifier: MIT
#include "engine/sampling/alternatives.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

namespace atelier {

std::vector<TokenProbability> tokenProbabilities(std::span<const float> logits,
    std::span<const int32_t> forbidden,
    int32_t drawn,
    uint32_t count)
{
    const std::unordered_set<int32_t> never(forbidden.begin(), forbidden.end());
    std::vector<int32_t> ids;
    ids.reserve(logits.size());
    float largest = -std::numeric_limits<float>::infinity();
    for (size_t id = 0; id < logits.size(); ++id) {
        if (logits[id] > -std::numeric_limits<float>::infinity() &&
            !never.contains(int32_t(id))) { // false for NaN
            ids.push_back(int32_t(id));
            largest = std::max(largest, logits[id]);
        }
    }
    double total = 0.0;
    const auto weight = [&](int32_t id) {
        // An infinite logit has all of the probability, or shares it with others of its kind.
        const float logit = logits[size_t(id)];
        return logit == largest ? 1.0 : std::exp(double(logit) - largest);
    };
    for (const int32_t id : ids) {
        total += weight(id);
    }
    const auto kept = ids.begin() + ptrdiff_t(std::min<size_t>(count, ids.size()));
    std::partial_sort(ids.begin(), kept, ids.end(), [&](int32_t a, int32_t b) {
        const float x = logits[size_t(a)];
        const float y = logits[size_t(b)];
        return x != y ? x > y : a < b;
    });
    const bool possible = drawn >= 0 && size_t(drawn) < logits.size() && !never.contains(drawn) &&
                          !std::isnan(logits[size_t(drawn)]) && total > 0.0;
    std::vector<TokenProbability> result{{drawn, possible ? weight(drawn) / total : 0.0}};
    for (auto id = ids.begin(); id != kept; ++id) {
        result.push_back({*id, weight(*id) / total});
    }
    return result;
}

} // namespace atelier
