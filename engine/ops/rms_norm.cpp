// SPDX-License-Identifier: MIT
#include "engine/ops/rms_norm.h"

#include <cmath>

namespace atelier {

void rmsNormReference(MatrixView<const float> x,
    std::span<const float> weight,
    float epsilon,
    bool accumulate,
    MatrixView<float> out)
{
    for (size_t t = 0; t < x.rows; ++t) {
        const float* in = x.row(t);
        double sumOfSquares = 0.0;
        for (size_t i = 0; i < x.cols; ++i) {
            sumOfSquares += double(in[i]) * in[i];
        }
        const double scale = 1.0 / std::sqrt(sumOfSquares / double(x.cols) + epsilon);
        for (size_t i = 0; i < x.cols; ++i) {
            const double y = in[i] * scale * weight[i];
            out.row(t)[i] = float(accumulate ? out.row(t)[i] + y : y);
        }
    }
}

} // namespace atelier
