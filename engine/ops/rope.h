// SPDX-License-Identifier: MIT
// Reference of RopeOp.
#pragma once

#include "engine/ops/matrix_view.h"
#include "engine/ops/op.h"

#include <cstdint>
#include <span>

namespace atelier {

// Rotates pairs of the first 2 * F dimensions of each head, in place, in double:
//   angle = positions[t] * frequencies[j];  (a, b) -> magnitude * (a cos - b sin, a sin + b cos)
//
//   x            [T, heads * headDim]
//   positions    [T]
//   frequencies  [F], radians per position; 2 * F <= headDim
void ropeReference(MatrixView<float> x,
    uint32_t heads,
    uint32_t headDim,
    RopePairing pairing,
    std::span<const int32_t> positions,
    std::span<const float> frequencies,
    float magnitude);

} // namespace atelier
