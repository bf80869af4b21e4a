// SPDX-License-Identifier: MIT
// Encodes rows of weights: the inverse of dequantizeRow(), as far as there is one.
#pragma once

#include "engine/base/dtype.h"

#include <cstddef>
#include <span>

namespace atelier {

// Chooses scales and codes so that the weighted squared error is small: large weights count more
// (fit.h says how much). Always gives the same bytes for the same values.
//
//   values  [cols], finite; cols is a multiple of the type's block
//   row     rowBytes(type, cols) bytes, of any alignment
void quantizeRow(DType type, std::span<const float> values, std::span<std::byte> row);

} // namespace atelier
