// SPDX-License-Identifier: MIT
#include "engine/ops/add.h"

namespace atelier {

void addReference(MatrixView<const float> x, MatrixView<float> out)
{
    for (size_t t = 0; t < x.rows; ++t) {
        for (size_t i = 0; i < x.cols; ++i) {
            out.row(t)[i] += x.row(t)[i];
        }
    }
}

} // namespace atelier
