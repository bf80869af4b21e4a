// SPDX-License-Identifier: MIT
// Reference of EmbedOp.
#pragma once

#include "engine/ops/matrix_view.h"

#include <cstdint>
#include <span>

namespace atelier {

// out[t, :] = table[tokens[t], :]
//
//   table   [vocab, N]  values as dequantizeRow() gives them
//   tokens  [T], each in [0, vocab)
//   out     [T, N]
void embedReference(
    MatrixView<const float> table, std::span<const int32_t> tokens, MatrixView<float> out);

} // namespace atelier
