// SPDX-License-Identifier: MIT
// Reference of AttentionOp. KvWriteOp only stores rows, so its reference is the rows themselves,
// rounded to the type of the cache: kvRoundTrip().
#pragma once

#include "engine/ops/matrix_view.h"
#include "engine/ops/tensor.h"

#include <cstdint>
#include <span>

namespace atelier {

// Causal grouped-query attention: row t sees slots 0 .. firstSlot + t.
//   out[t, h, :] = softmax_s(scale * q[t, h, :] . k[s, h / (H / K), :]) v[s, h / (H / K), :]
//
//   q     [T, H * D]
//   k, v  [S, K * D]  as the cache gives them back; S >= firstSlot + T
//   out   [T, H * D]
void attentionReference(MatrixView<const float> q,
    MatrixView<const float> k,
    MatrixView<const float> v,
    uint32_t heads,
    uint32_t kvHeads,
    uint32_t firstSlot,
    float scale,
    MatrixView<float> out);

// What is read back after writing `values` to a cache of this type. Q8_0 rounds groups of 32
// neighboring values of a head to int8 with one F16 scale, max |x| / 127.
//
//   values  [headDim], in place
void kvRoundTrip(KvType type, std::span<float> values);

} // namespace atelier
