// SPDX-License-Identifier: MIT
// Reference of MatMulOp.
#pragma once

#include "engine/ops/matrix_view.h"

#include <span>

namespace atelier {

// out[t, o] = sum_i x[t, i] * weight[o, i] + bias[o], summed in double.
//
//   x       [T, in]
//   weight  [out, in]  values as dequantizeRow() gives them
//   bias    [out] or empty
//   out     [T, out]
void matMulReference(MatrixView<const float> x,
    MatrixView<const float> weight,
    std::span<const float> bias,
    MatrixView<float> out);

} // namespace atelier
