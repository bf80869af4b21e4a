// SPDX-License-Identifier: MIT
// Reference of AddOp.
#pragma once

#include "engine/ops/matrix_view.h"

namespace atelier {

// out[t, :] += x[t, :], both [T, N]. One rounding: every backend gives exactly this.
void addReference(MatrixView<const float> x, MatrixView<float> out);

} // namespace atelier
