// SPDX-License-Identifier: MIT
// Attention: the query heads that share a kv head, of one token or several, are the rows of a
// matrix, so that every key and value is read once for all of them. Slots are taken in tiles with a
// running maximum; long caches are split among blocks, and a second kernel merges the parts.
#include "engine/backends/cuda/formats.cuh"
#include "engine/backends/cuda/kernels_cuda.h"

#include <cmath>

namespace atelier::cuda {

namespace {

constexpr uint32_t kThreads = 128;
constexpr uint32_t kWarps = kThreads / 32;
constexpr uint32_t kRowsOfWarp = 4;
constexpr uint32_t kRows = kWarps * kRowsOfWarp; // of a block
constexpr uint32_t kSlots = 32;                  // of a tile: one for each thread of a warp

__host__ __device__ constexpr uint32_t divideUp(uint32_t a, uint32_t b)
{
    return (a + b - 1) / b;
}

// Floats from one row of a tile to the next: whole float4, and not a multiple of 32 banks for the
// usual head sizes.
__host__ __device__ constexpr uint32_t pitchOf(uint32_t headDim)
{
    return divideUp(headDim, 4) * 4 + 4;
}

constexpr uint32_t sharedBytesOf(uint32_t headDim)
{
    return ((kRows + kSlots) * pitchOf(headDim) + kRows * kSlots) * 4;
}

// Eight F16 values, or sixteen int8 with a scale, into a row of the tile.
__device__ __forceinline__ void storeHalves(float* to, uint4 v)
{
    const uint32_t words[4] = {v.x, v.y, v.z, v.w};
#pragma unroll
    for (int j = 0; j < 4; ++j) {
        to[j * 2] = widenHalf(uint16_t(words[j] & 0xffffu));
        to[j * 2 + 1] = widenHalf(uint16_t(words[j] >> 16));
    }
}

__device__ __forceinline__ void storeRounded(float* to, uint4 v, float scale)
{
    const uint32_t words[4] = {v.x, v.y, v.z, v.w};
#pragma unroll
    for (int j = 0; j < 16; ++j) {
        to[j] = scale * float(int8_t(words[j / 4] >> (j % 4 * 8) & 0xffu));
    }
}

// Slots [first, first + count) of one kv head into tile rows; rows beyond are zero, because a
// weight of zero times whatever lay there could be undefined.
__device__ __forceinline__ void loadTile(float* tile,
    uint32_t pitch,
    const KvPlanes& kv,
    bool keys,
    uint32_t head,
    uint32_t first,
    uint32_t count)
{
    const uint8_t* plane = keys ? kv.keys : kv.values;
    const uint32_t step = kv.form == KvForm::Q8_0 ? 16 : kv.form == KvForm::F16 ? 8 : 1;
    const bool whole = kv.form == KvForm::Q8_0 || kv.headDim % step == 0;
    const uint32_t pieces = whole ? kv.paddedDim / step : kv.headDim;
    for (uint32_t i = threadIdx.x; i < kSlots * pieces; i += kThreads) {
        const uint32_t slot = i / pieces;
        const uint32_t d = i % pieces * (whole ? step : 1);
        float* to = tile + slot * pitch + d;
        const size_t at =
            ((size_t(first) + slot) * kv.heads + head) * kv.paddedDim + d; // of the plane
        if (kv.form == KvForm::Q8_0) {
            // The padding of a head is stored, but the tile has no room for it.
            float values[16];
            const uint16_t* scales = keys ? kv.keyScales : kv.valueScales;
            const bool inside = slot < count;
            const uint4 bytes = inside ? load16(plane + at) : uint4{0, 0, 0, 0};
            storeRounded(values, bytes, inside ? widenHalf(load2(scales + at / 32)) : 0.0f);
#pragma unroll
            for (uint32_t j = 0; j < 16; ++j) {
                if (d + j < kv.headDim) {
                    to[j] = values[j];
                }
            }
        } else if (kv.form == KvForm::F16 && whole) {
            storeHalves(to, slot < count ? load16(plane + at * 2) : uint4{0, 0, 0, 0});
        } else if (kv.form == KvForm::F16) {
            *to = slot < count ? widenHalf(load2(plane + at * 2)) : 0.0f;
        } else {
            *to = slot < count ? bitsToFloat(load4(plane + at * 4)) : 0.0f;
        }
    }
}

// Where the columns of a pitch that are beyond the head lie: four at most, always zero.
__device__ __forceinline__ void clearPadding(float* rows, uint32_t count, uint32_t headDim)
{
    const uint32_t pitch = pitchOf(headDim);
    const uint32_t pad = pitch - headDim;
    for (uint32_t i = threadIdx.x; i < count * pad; i += kThreads) {
        rows[i / pad * pitch + headDim + i % pad] = 0.0f;
    }
}

// The softmax of one row so far; the same in every thread of its warp.
struct RunningRow
{
    float largest = -INFINITY;
    float total = 0.0f;
};

// blockIdx.x: kv head and block of rows; blockIdx.y: part of the slots. A thread sums kDims
// dimensions, `lane`, lane + 32, ..., of the four rows of its warp.
template <uint32_t kDims>
__global__ void __launch_bounds__(kThreads) attentionKernel(AttentionCall call)
{
    ATELIER_BLOCK_MEMORY(memory);
    const KvPlanes& kv = call.kv;
    const uint32_t dims = kv.headDim;
    const uint32_t pitch = pitchOf(dims);
    float* queries = reinterpret_cast<float*>(memory);
    float* tile = queries + kRows * pitch;
    float* weights = tile + kSlots * pitch; // [kRows][kSlots]

    const uint32_t group = call.heads / kv.heads;
    const uint32_t allRows = call.tokens * group;
    const uint32_t rowBlocks = divideUp(allRows, kRows);
    const uint32_t head = blockIdx.x / rowBlocks;
    const uint32_t firstRow = blockIdx.x % rowBlocks * kRows;
    const uint32_t lane = threadIdx.x % 32;
    const uint32_t warp = threadIdx.x / 32;
    const uint32_t before = *call.firstSlot;

    for (uint32_t i = threadIdx.x; i < kRows * dims; i += kThreads) {
        const uint32_t row = firstRow + i / dims;
        const uint32_t d = i % dims;
        float q = 0.0f;
        if (row < allRows) {
            const size_t column = size_t(head * group + row % group) * dims + d;
            q = call.q.data[row / group * call.q.stride + column] * call.scale;
        }
        queries[i / dims * pitch + d] = q;
    }
    clearPadding(queries, kRows, dims);
    clearPadding(tile, kSlots, dims);

    // Slots of this block: what its last row sees, of this part of what the last token sees.
    const uint32_t lastRow = min(firstRow + kRows, allRows) - 1;
    const uint32_t seen = before + lastRow / group + 1;
    const uint32_t part = divideUp(divideUp(before + call.tokens, call.splits), kSlots) * kSlots;
    const uint32_t begin = blockIdx.y * part;
    const uint32_t end = min(begin + part, seen);

    uint32_t visible[kRowsOfWarp]; // slots that each row of this warp sees
    RunningRow running[kRowsOfWarp];
    float sums[kRowsOfWarp][kDims] = {};
#pragma unroll
    for (uint32_t r = 0; r < kRowsOfWarp; ++r) {
        const uint32_t row = firstRow + warp * kRowsOfWarp + r;
        visible[r] = row < allRows ? before + row / group + 1 : 0;
    }

    for (uint32_t slot = begin; slot < end; slot += kSlots) {
        const uint32_t count = min(kSlots, end - slot);
        blockBarrier(); // the tile's last reader is done
        loadTile(tile, pitch, kv, true, head, slot, count);
        blockBarrier();
        float scores[kRowsOfWarp] = {}; // of slot + lane
        for (uint32_t d = 0; d < dims; d += 4) {
            const float4 k = loadFloats(tile + lane * pitch + d);
#pragma unroll
            for (uint32_t r = 0; r < kRowsOfWarp; ++r) {
                const float4 q = loadFloats(queries + (warp * kRowsOfWarp + r) * pitch + d);
                scores[r] = fmaf(q.x, k.x, scores[r]);
                scores[r] = fmaf(q.y, k.y, scores[r]);
                scores[r] = fmaf(q.z, k.z, scores[r]);
                scores[r] = fmaf(q.w, k.w, scores[r]);
            }
        }
#pragma unroll
        for (uint32_t r = 0; r < kRowsOfWarp; ++r) {
            const bool sees = slot + lane < min(visible[r], end);
            const float largest = fmaxf(running[r].largest, warpMax(sees ? scores[r] : -INFINITY));
            const float weight = sees ? expf(scores[r] - largest) : 0.0f;
            // Equal also while both are minus infinity, where the exponential is undefined.
            const float factor =
                largest == running[r].largest ? 1.0f : expf(running[r].largest - largest);
            running[r].largest = largest;
            running[r].total = running[r].total * factor + warpSum(weight);
#pragma unroll
            for (uint32_t i = 0; i < kDims; ++i) {
                sums[r][i] *= factor;
            }
            weights[(warp * kRowsOfWarp + r) * kSlots + lane] = weight;
        }
        blockBarrier(); // keys are read, weights written
        loadTile(tile, pitch, kv, false, head, slot, count);
        blockBarrier();
        for (uint32_t s = 0; s < count; ++s) {
            float w[kRowsOfWarp];
#pragma unroll
            for (uint32_t r = 0; r < kRowsOfWarp; ++r) {
                w[r] = weights[(warp * kRowsOfWarp + r) * kSlots + s];
            }
#pragma unroll
            for (uint32_t i = 0; i < kDims; ++i) {
                const uint32_t d = lane + 32 * i;
                const float v = d < dims ? tile[s * pitch + d] : 0.0f;
#pragma unroll
                for (uint32_t r = 0; r < kRowsOfWarp; ++r) {
                    sums[r][i] = fmaf(w[r], v, sums[r][i]);
                }
            }
        }
    }

#pragma unroll
    for (uint32_t r = 0; r < kRowsOfWarp; ++r) {
        const uint32_t row = firstRow + warp * kRowsOfWarp + r;
        if (row >= allRows) {
            continue;
        }
        const uint32_t queryHead = head * group + row % group;
        const size_t token = row / group;
        float* to = call.out.data + token * call.out.stride + size_t(queryHead) * dims;
        float divisor = running[r].total;
        if (call.splits > 1) { // [T][H][splits] of the sums, then their maximum and total
            const size_t index = (token * call.heads + queryHead) * call.splits + blockIdx.y;
            to = call.partials + index * (dims + 2);
            divisor = 1.0f;
            if (lane == 0) {
                to[dims] = running[r].largest;
                to[dims + 1] = running[r].total;
            }
        }
#pragma unroll
        for (uint32_t i = 0; i < kDims; ++i) {
            if (lane + 32 * i < dims) {
                to[lane + 32 * i] = sums[r][i] / divisor;
            }
        }
    }
}

// One block for each query head (x) of each token (y).
__global__ void __launch_bounds__(kThreads) mergeKernel(AttentionCall call)
{
    const uint32_t dims = call.kv.headDim;
    const size_t index = size_t(blockIdx.y) * call.heads + blockIdx.x;
    const float* parts = call.partials + index * call.splits * (dims + 2);
    float largest = -INFINITY;
    for (uint32_t s = 0; s < call.splits; ++s) {
        largest = fmaxf(largest, parts[s * size_t(dims + 2) + dims]);
    }
    for (uint32_t d = threadIdx.x; d < dims; d += kThreads) {
        float sum = 0.0f;
        float total = 0.0f;
        for (uint32_t s = 0; s < call.splits; ++s) {
            const float* part = parts + s * size_t(dims + 2);
            const float factor = expf(part[dims] - largest); // 0 for a part that saw nothing
            sum = fmaf(factor, part[d], sum);
            total = fmaf(factor, part[dims + 1], total);
        }
        call.out.data[blockIdx.y * call.out.stride + size_t(blockIdx.x) * dims + d] = sum / total;
    }
}

} // namespace

uint32_t attentionBlocks(uint32_t heads, uint32_t kvHeads, uint32_t tokens)
{
    return kvHeads * divideUp(tokens * (heads / kvHeads), kRows);
}

size_t partialFloats(uint32_t heads, uint32_t headDim, uint32_t tokens, uint32_t splits)
{
    return size_t(tokens) * heads * splits * (headDim + 2);
}

void addAttention(LaunchList& list, const AttentionCall& call, uint32_t slots)
{
    const uint32_t dims = call.kv.headDim;
    const double work = 4.0 * call.tokens * call.heads * dims * slots;
    const LaunchShape shape{attentionBlocks(call.heads, call.kv.heads, call.tokens),
        call.splits,
        kThreads,
        sharedBytesOf(dims),
        work};
    if (dims <= 128) {
        list.add(attentionKernel<4>, shape, call);
    } else {
        list.add(attentionKernel<8>, shape, call);
    }
    if (call.splits > 1) {
        const LaunchShape merge{call.heads, call.tokens, kThreads, 0, 0.0};
        list.add(mergeKernel, merge, call);
    }
}

} // namespace atelier::cuda
