// SPDX-License-Identifier: MIT
#include "engine/ops/attention.h"

#include "engine/base/half.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace atelier {

void attentionReference(MatrixView<const float> q,
    MatrixView<const float> k,
    MatrixView<const float> v,
    uint32_t heads,
    uint32_t kvHeads,
    uint32_t firstSlot,
    float scale,
    MatrixView<float> out)
{
    const size_t headDim = q.cols / heads;
    const uint32_t group = heads / kvHeads;
    for (size_t t = 0; t < q.rows; ++t) {
        const size_t seen = firstSlot + t + 1;
        std::vector<double> weights(seen);
        for (uint32_t h = 0; h < heads; ++h) {
            const float* query = q.row(t) + h * headDim;
            const size_t kvColumn = h / group * headDim;
            for (size_t s = 0; s < seen; ++s) {
                double dot = 0.0;
                for (size_t d = 0; d < headDim; ++d) {
                    dot += double(query[d]) * k.row(s)[kvColumn + d];
                }
                weights[s] = scale * dot;
            }
            const double largest = *std::max_element(weights.begin(), weights.end());
            double total = 0.0;
            for (double& weight : weights) {
                weight = std::exp(weight - largest);
                total += weight;
            }
            for (size_t d = 0; d < headDim; ++d) {
                double sum = 0.0;
                for (size_t s = 0; s < seen; ++s) {
                    sum += weights[s] * v.row(s)[kvColumn + d];
                }
                out.row(t)[h * headDim + d] = float(sum / total);
            }
        }
    }
}

void kvRoundTrip(KvType type, std::span<float> values)
{
    switch (type) {
    case KvType::F32:
        return;
    case KvType::F16:
        for (float& value : values) {
            value = halfToFloat(floatToHalf(value));
        }
        return;
    case KvType::Q8_0:
        for (size_t at = 0; at < values.size(); at += 32) {
            const auto group = values.subspan(at, std::min<size_t>(32, values.size() - at));
            float largest = 0.0f;
            for (const float value : group) {
                largest = std::max(largest, std::fabs(value));
            }
            const float scale = halfToFloat(floatToHalf(largest / 127.0f));
            for (float& value : group) {
                // The rounded scale can be a little small: clamp instead of wrapping.
                const float steps = scale > 0.0f ? std::nearbyint(value / scale) : 0.0f;
                value = scale * std::clamp(steps, -127.0f, 127.0f);
            }
        }
        return;
    }
}

} // namespace atelier
