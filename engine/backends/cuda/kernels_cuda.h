// SPDX-License-Identifier: MIT
// The kernels, as the executor sees them: each function writes the launches of one operation into
// a list. Sizes are checked by supports_cuda.cpp before.
//
// T = tokens, K = input features, N = output features, H = query heads
#pragma once

#include "engine/backends/cuda/launch_cuda.h"
#include "engine/backends/cuda/layout_cuda.h"

#include <cstdint>

namespace atelier::cuda {

// Tokens up to which weights are streamed once, without tensor cores.
inline constexpr uint32_t kMaxStreamedTokens = 8;
inline constexpr uint32_t kMaxHeadDim = 256;

// --- kernels_rows.cu: one row after the other

// out[t] = table row tokens[t], widened
void addEmbed(LaunchList& list,
    Stored stored,
    const WeightPlanes& table,
    const int32_t* tokens,
    uint32_t count,
    uint32_t cols,
    const Rows& out);

// What RmsNormOp says; `weight` is [cols] F32. With `rounded.q`, the result also as rounded rows
// (cols a multiple of 32).
struct NormCall
{
    ConstRows x;
    Rows out;
    const float* weight = nullptr;
    RoundedRows rounded;
    uint32_t cols = 0;
    float epsilon = 0.0f;
    uint32_t accumulate = 0;
    uint32_t tokens = 0;
};
void addNorm(LaunchList& list, const NormCall& call);

void addAdd(LaunchList& list, const ConstRows& x, const Rows& out, uint32_t cols, uint32_t tokens);

// With `rounded.q`, the result also as rounded rows (cols a multiple of 32).
void addSwiGlu(LaunchList& list,
    const ConstRows& gateUp,
    const Rows& out,
    const RoundedRows& rounded,
    uint32_t cols,
    uint32_t tokens);

// `table` is [T][F] of cosine and sine, times the magnitude.
struct RopeCall
{
    Rows x;
    const float* table = nullptr;
    uint32_t heads = 0;
    uint32_t headDim = 0;
    uint32_t pairs = 0; // F
    uint32_t adjacent = 0;
    uint32_t tokens = 0;
    uint32_t unused = 0;
};
void addRope(LaunchList& list, const RopeCall& call);

// Row t of k and v into slot *firstSlot + t.
struct KvWriteCall
{
    ConstRows k;
    ConstRows v;
    KvPlanes kv;
    const uint32_t* firstSlot = nullptr;
    uint32_t tokens = 0;
    uint32_t unused = 0;
};
void addKvWrite(LaunchList& list, const KvWriteCall& call);

// Activations in the forms that products read: rounded to int8, or F32 padded with zeros to whole
// blocks, [T][B][32].
void addRoundRows(
    LaunchList& list, const ConstRows& x, const RoundedRows& out, uint32_t cols, uint32_t tokens);
void addPadRows(LaunchList& list, const ConstRows& x, float* out, uint32_t cols, uint32_t tokens);

// --- kernels_products.cu, kernels_float_products.cu: weights streamed once for up to
// kMaxStreamedTokens, or again for every four tokens above

struct ProductCall
{
    WeightPlanes weight;
    const float* bias = nullptr; // [N] or null
    Rows out;                    // [T, N]
    uint32_t tokens = 0;
    // Gate and up in one weight: rows i and i + half are computed together, and their SwiGLU is
    // written to `inner` as well. 0: not so.
    uint32_t half = 0;
    Rows inner; // [T, half]
};
void addRoundedProduct(
    LaunchList& list, Stored stored, const ProductCall& call, const RoundedRows& x);
// Any form; `x` is [T][B][32] F32.
void addFloatProduct(LaunchList& list, Stored stored, const ProductCall& call, const float* x);

// --- kernels_matrix.cu: many tokens, on tensor cores

// Quantized forms; what addRoundedProduct() computes, without `half`.
void addMatrixProduct(
    LaunchList& list, Stored stored, const ProductCall& call, const RoundedRows& x);

// --- kernels_attention.cu

struct AttentionCall
{
    ConstRows q; // [T, H * D]
    Rows out;    // [T, H * D]
    KvPlanes kv;
    const uint32_t* firstSlot = nullptr;
    float* partials = nullptr; // partialFloats(); null when splits is 1
    uint32_t heads = 0;        // H
    uint32_t tokens = 0;       // T
    uint32_t splits = 1;       // parts of the slots that run side by side
    float scale = 0.0f;
};
// `slots`: how many the last row sees at most; for the estimate of work.
void addAttention(LaunchList& list, const AttentionCall& call, uint32_t slots);
uint32_t attentionBlocks(uint32_t heads, uint32_t kvHeads, uint32_t tokens); // without splits
size_t partialFloats(uint32_t heads, uint32_t headDim, uint32_t tokens, uint32_t splits);

} // namespace atelier::cuda
