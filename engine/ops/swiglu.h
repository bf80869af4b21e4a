// SPDX-License-Identifier: MIT
// Reference of SwiGluOp.
#pragma once

#include "engine/ops/matrix_view.h"

namespace atelier {

// out[t, i] = silu(gateUp[t, i]) * gateUp[t, N + i], in double; silu(x) = x / (1 + exp(-x))
//
//   gateUp  [T, 2 * N], gate first
//   out     [T, N]
void swiGluReference(MatrixView<const float> gateUp, MatrixView<float> out);

} // namespace atelier
