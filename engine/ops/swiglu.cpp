// SPDX-License-Identifier: MIT
#include "engine/ops/swiglu.h"

#include <cmath>

namespace atelier {

void swiGluReference(MatrixView<const float> gateUp, MatrixView<float> out)
{
    for (size_t t = 0; t < out.rows; ++t) {
        for (size_t i = 0; i < out.cols; ++i) {
            const double gate = gateUp.row(t)[i];
            const double up = gateUp.row(t)[out.cols + i];
            out.row(t)[i] = float(gate / (1.0 + std::exp(-gate)) * up);
        }
    }
}

} // namespace atelier
