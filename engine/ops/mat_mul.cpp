// SPDX-License-Identifier: MIT
#include "engine/ops/mat_mul.h"

namespace atelier {

void matMulReference(MatrixView<const float> x,
    MatrixView<const float> weight,
    std::span<const float> bias,
    MatrixView<float> out)
{
    for (size_t t = 0; t < x.rows; ++t) {
        for (size_t o = 0; o < weight.rows; ++o) {
            double sum = bias.empty() ? 0.0 : bias[o];
            for (size_t i = 0; i < x.cols; ++i) {
                sum += double(x.row(t)[i]) * weight.row(o)[i];
            }
            out.row(t)[o] = float(sum);
        }
    }
}

} // namespace atelier
