// SPDX-License-Identifier: MIT
// The operations a backend may be asked to run. A forward pass is a flat list of them.
//
// T = tokens of this batch, N = a model dimension, H = query heads, K = kv heads, D = head
// dimension
//
// Each has a plain double-precision reference in engine/ops/ of the same name; a backend agrees
// with it within the tolerance that `atelier-cli check` derives from the types involved.
#pragma once

#include "engine/ops/tensor.h"

#include <span>
#include <variant>
#include <vector>

namespace atelier {

// out[t, :] = table[tokens[t], :], widened to F32
struct EmbedOp
{
    const Weight* table = nullptr;   // [vocab, N]
    std::span<const int32_t> tokens; // [T], each in [0, vocab)
    Activation out;                  // [T, N]
};

// y[t, :] = x[t, :] / sqrt(mean(x[t, :]^2) + epsilon) * weight[:]
// out = y, or out += y when `accumulate` (the sandwich norms of GLM-4-0414 feed the residual so).
struct RmsNormOp
{
    Activation x;                   // [T, N]
    const Weight* weight = nullptr; // [1, N]
    float epsilon = 1e-5f;          // > 0
    Activation out;                 // [T, N]; may be x itself unless `accumulate`
    bool accumulate = false;
};

// out[t, :] += x[t, :]
struct AddOp
{
    Activation x;   // [T, N]
    Activation out; // [T, N]
};

// out[t, o] = sum_i x[t, i] * weight[o, i] + bias[o], accumulated in F32 or better.
struct MatMulOp
{
    Activation x;                   // [T, in]
    const Weight* weight = nullptr; // [out, in]
    const Weight* bias = nullptr;   // [1, out] or null
    Activation out;                 // [T, out]
    // Quantized weights: do not round the activations either (slower; for research and tests).
    bool exact = false;
};

enum class RopePairing : uint8_t {
    Adjacent, // (0,1), (2,3), ...: glm4, chatglm
    Halves,   // (i, i + rotary/2): llama (as converted for NeoX), qwen2
};

// Rotates pairs of the first 2 * F dimensions of each head, in place:
//   angle = positions[t] * frequencies[j];  (a, b) -> magnitude * (a cos - b sin, a sin + b cos)
// cos and sin are computed at least in F32 from an angle reduced in double.
struct RopeOp
{
    Activation x; // [T, heads * headDim]
    uint32_t heads = 0;
    uint32_t headDim = 0;
    RopePairing pairing = RopePairing::Adjacent;
    std::span<const int32_t> positions; // [T]
    std::span<const float> frequencies; // [F], radians per position; YaRN is already in them
    float magnitude = 1.0f;             // YaRN attention factor
};

// Stores row t of k and v in slot firstSlot + t of `layer`.
struct KvWriteOp
{
    Activation k; // [T, K * D], after RoPE
    Activation v; // [T, K * D]
    KvStore* kv = nullptr;
    uint32_t layer = 0;
    uint32_t firstSlot = 0; // firstSlot + T <= slots
};

// Causal grouped-query attention: row t sees slots 0 .. firstSlot + t.
//   out[t, h, :] = softmax_s(scale * q[t, h, :] . K[s, h / (H / K), :]) V[s, h / (H / K), :]
// Scores, softmax and sums are F32 or better.
struct AttentionOp
{
    Activation q; // [T, H * D]
    KvStore* kv = nullptr;
    uint32_t layer = 0;
    uint32_t heads = 0; // H, a multiple of the cache's heads
    uint32_t firstSlot = 0;
    float scale = 1.0f; // 1 / sqrt(D)
    Activation out;     // [T, H * D]
};

// out[t, i] = silu(gateUp[t, i]) * gateUp[t, N + i]
struct SwiGluOp
{
    Activation gateUp; // [T, 2 * N], gate first
    Activation out;    // [T, N]
};

using Op =
    std::variant<EmbedOp, RmsNormOp, AddOp, MatMulOp, RopeOp, KvWriteOp, AttentionOp, SwiGluOp>;

using Program = std::vector<Op>;

} // namespace atelier
