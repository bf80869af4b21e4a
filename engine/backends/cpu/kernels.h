// SPDX-License-Identifier: MIT
// The kernels of one instruction set, and the memory they share. A kernel does one thread's part
// of an operation; who does which part is decided in program_cpu.cpp.
//
// T = tokens, K = input features, N = output features
#pragma once

#include "engine/base/dtype.h"
#include "engine/ops/op.h"

#include <cstddef>
#include <cstdint>

// Inner loops live in registers only when they are part of one function.
#if defined(_MSC_VER)
#define ATELIER_FORCE_INLINE __forceinline
#else
#define ATELIER_FORCE_INLINE inline __attribute__((always_inline))
#endif

namespace atelier {

// Values of a row that are handled together: one block of the K types, eight blocks of the others.
inline constexpr uint32_t kChunkValues = 256;
// Rows of weights that one panel of a large product interleaves: the lanes of a kernel's vector.
inline constexpr uint32_t kPanelRows = 16;
// Up to here weights are streamed row by row; above, a panel is unpacked once and reused.
inline constexpr uint32_t kMaxStreamedTokens = 4;
// Tokens of one pass over a panel; bounds the scratch memory.
inline constexpr uint32_t kMaxPanelTokens = 512;

constexpr size_t chunkCount(size_t cols)
{
    return (cols + kChunkValues - 1) / kChunkValues;
}

// dequantizeRow() for the kernels, which may not call inline functions (kernels_inl.h).
void dequantizeValues(DType type, const uint8_t* row, size_t count, float* out);

// 256 activations rounded to int8, one F32 scale per 16 values: x is about scale * q. The same
// rounding serves every batch size, so a token's result does not depend on its company. Values
// beyond the row are zero.
struct alignas(64) QuantizedChunk
{
    int8_t q[kChunkValues]; // -127 .. 127
    float scale[16];
    float sum16[16]; // scale * (sum of q) of each group of 16
    float sum32[8];  // of each group of 32
};

struct alignas(64) FloatChunk
{
    float x[kChunkValues];
};

// Activations in the order in which kernels walk them: [chunks][T].
struct Activations
{
    const QuantizedChunk* quantized = nullptr; // for products with rounding
    const FloatChunk* floats = nullptr;        // for products without
    uint32_t tokens = 0;                       // T
};

// Asked between pieces of work of at most a few milliseconds.
struct StopQuestion
{
    bool (*ask)(const void* context) = nullptr;
    const void* context = nullptr;
};

// out[t, o] = sum_i x[t, i] * weight[o, i] + bias[o] for `rows` rows of weights.
struct ProductJob
{
    DType type = DType::F32;
    const uint8_t* weights = nullptr; // first row of this job; any alignment
    size_t rowBytes = 0;
    uint32_t rows = 0;
    uint32_t cols = 0; // K
    Activations x;
    const float* bias = nullptr; // [rows] or null
    float* out = nullptr;        // [T, rows]
    size_t outStride = 0;
};

// One thread's working memory.
struct alignas(64) KernelScratch
{
    uint8_t rows[kPanelRows * kChunkValues * sizeof(float)];  // unpacked, row by row
    uint8_t panel[kPanelRows * kChunkValues * sizeof(float)]; // [K / 4][16][4] or [K][16]
    float rowScales[kPanelRows * 16];
    float rowOffsets[kPanelRows * 16];
    float scales[16 * kPanelRows]; // [groups][16]
    float offsets[16 * kPanelRows];
    float tile[size_t(kMaxPanelTokens) * kPanelRows]; // [T][16]
};

// The part of the cache that one attention job reads, in the layout of kv_store_cpu.h.
struct KvHeadView
{
    KvType type = KvType::F16;
    uint32_t headDim = 0;                  // D
    const uint8_t* keys = nullptr;         // [S / 16][D][16]
    const uint16_t* keyScales = nullptr;   // [S / 16][D / 32][16], Q8_0 only
    const uint8_t* values = nullptr;       // [S][D]
    const uint16_t* valueScales = nullptr; // [S][D / 32], Q8_0 only
};

inline constexpr uint32_t kAttentionSlots = 64; // slots of one tile
inline constexpr uint32_t kAttentionRows = 64;  // query rows of one job at most
inline constexpr uint32_t kMaxHeadDim = 512;

// Query rows that share a kv head, over the slots [firstSlot, endSlot).
struct AttentionJob
{
    KvHeadView kv;
    const float* queries = nullptr;    // [rows][D], already scaled
    const uint32_t* visible = nullptr; // [rows]: slots that row may see, counted from slot 0
    uint32_t rows = 0;
    uint32_t firstSlot = 0; // a multiple of 16
    uint32_t endSlot = 0;
    // Results: softmax over these slots alone, to be merged with other ranges.
    float* out = nullptr;     // [rows][D], sum of exp(score - maximum) * v
    float* maximum = nullptr; // [rows], -infinity when the row sees no slot here
    float* total = nullptr;   // [rows], sum of exp(score - maximum)
};

struct alignas(64) AttentionScratch
{
    float keys[size_t(kAttentionSlots) * kMaxHeadDim];
    float values[size_t(kAttentionSlots) * kMaxHeadDim];
    float scores[size_t(kAttentionRows) * kAttentionSlots];
};

struct CpuKernels
{
    const char* name = nullptr; // "avx2"

    // One row of activations into chunks that lie `stride` chunks apart.
    void (*quantize)(const float* x, size_t count, QuantizedChunk* out, size_t stride);

    // T <= kMaxStreamedTokens. Rounded activations for quantized types, floats for the others.
    void (*streamRows)(const ProductJob& job);
    // Any T; at most kPanelRows rows. False when `stop` said so. With `exact`, floats for all
    // types.
    bool (*panel)(const ProductJob& job, bool exact, KernelScratch& scratch, StopQuestion stop);

    // out = x / rms(x) * weight, added to `out` when `accumulate`
    void (*rmsNorm)(const float* x,
        const float* weight,
        size_t count,
        float epsilon,
        bool accumulate,
        float* out);
    void (*add)(const float* x, size_t count, float* out);
    void (*narrow)(const float* x, size_t count, uint16_t* out); // F32 to F16
    void (*swiGlu)(const float* gate, const float* up, size_t count, float* out);

    // False when `stop` said so.
    bool (*attention)(const AttentionJob& job, AttentionScratch& scratch, StopQuestion stop);
};

const CpuKernels& portableKernels();
#if ATELIER_X86_KERNELS
const CpuKernels& avx2Kernels();
const CpuKernels& avx512Kernels();
#endif

} // namespace atelier
