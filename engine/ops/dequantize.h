// SPDX-License-Identifier: MIT
// The exact values of a stored row, for every DType. Slow, plain, and the judge of every kernel.
#pragma once

#include "engine/base/dtype.h"

#include <cstddef>
#include <span>

namespace atelier {

// Decodes one row. Every value is computed in F32 in the order the format defines it: first the
// scale of the sub-block, then times the stored integer, then minus (or plus) the offset.
//
//   row  rowBytes(type, out.size()) bytes, of any alignment
//   out  [cols], a multiple of the type's block
void dequantizeRow(DType type, std::span<const std::byte> row, std::span<float> out);

// Values of the 16 codes of IQ4_NL and IQ4_XS.
inline constexpr signed char kIq4Values[16] = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

} // namespace atelier
