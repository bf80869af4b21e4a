// SPDX-License-Identifier: MIT
#include "engine/ops/rope.h"

#include <cmath>

namespace atelier {

void ropeReference(MatrixView<float> x,
    uint32_t heads,
    uint32_t headDim,
    RopePairing pairing,
    std::span<const int32_t> positions,
    std::span<const float> frequencies,
    float magnitude)
{
    const size_t pairs = frequencies.size();
    for (size_t t = 0; t < x.rows; ++t) {
        for (uint32_t head = 0; head < heads; ++head) {
            float* values = x.row(t) + size_t(head) * headDim;
            for (size_t j = 0; j < pairs; ++j) {
                const double angle = double(positions[t]) * double(frequencies[j]);
                const bool adjacent = pairing == RopePairing::Adjacent;
                float& first = values[adjacent ? 2 * j : j];
                float& second = values[adjacent ? 2 * j + 1 : j + pairs];
                const double a = first;
                const double b = second;
                first = float(magnitude * (a * std::cos(angle) - b * std::sin(angle)));
                second = float(magnitude * (a * std::sin(angle) + b * std::cos(angle)));
            }
        }
    }
}

} // namespace atelier
