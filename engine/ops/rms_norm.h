// SPDX-License-Identifier: MIT
// Reference of RmsNormOp.
#pragma once

#include "engine/ops/matrix_view.h"

#include <span>

namespace atelier {

// y[t, :] = x[t, :] / sqrt(mean(x[t, :]^2) + epsilon) * weight[:];  out = y, or out += y
//
//   x           [T, N]  finite values
//   weight      [N]
//   epsilon     > 0; keeps a row of zeros at zero
//   out         [T, N]  may be x itself unless `accumulate`
//
// This is the plain reference. It is not fast and stays that way: it computes in double, so that
// it is more exact than every backend that is compared with it.
void rmsNormReference(MatrixView<const float> x,
    std::span<const float> weight,
    float epsilon,
    bool accumulate,
    MatrixView<float> out);

} // namespace atelier
