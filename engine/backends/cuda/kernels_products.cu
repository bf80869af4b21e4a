// SPDX-License-Identifier: MIT
// Products of few tokens: every weight is read once, 16 bytes a thread, and meets all tokens in
// registers. A warp computes two rows of weights.
#include "engine/backends/cuda/formats.cuh"
#include "engine/backends/cuda/kernels_cuda.h"

#include <algorithm>

namespace atelier::cuda {

namespace {

constexpr uint32_t kThreads = 128;
constexpr uint32_t kWarps = kThreads / 32;
constexpr uint32_t kRows = 2;         // of a warp; more bytes on their way for each activation read
constexpr uint32_t kTokensAtOnce = 4; // when there is more than one

uint32_t divideUp(uint32_t a, uint32_t b)
{
    return (a + b - 1) / b;
}

// The rows of this warp: neighbors, or a gate and its up. False: there are none.
__device__ __forceinline__ bool rowsOfWarp(const ProductCall& call, uint32_t (&rows)[kRows])
{
    const uint32_t warp = blockIdx.x * kWarps + threadIdx.x / 32;
    if (call.half != 0) {
        rows[0] = warp;
        rows[1] = warp + call.half;
        return warp < call.half;
    }
    rows[0] = warp * kRows;
    rows[1] = min(rows[0] + 1, call.weight.rows - 1); // an odd last row is computed twice
    return rows[0] < call.weight.rows;
}

// Sums over the warp, adds the bias and writes. `sums` are [row][token] of each thread.
template <uint32_t kTokens>
__device__ __forceinline__ void finishRows(const ProductCall& call,
    const uint32_t (&rows)[kRows],
    uint32_t firstToken,
    float (&sums)[kRows][kTokens])
{
    const uint32_t lane = threadIdx.x % 32;
#pragma unroll
    for (uint32_t t = 0; t < kTokens; ++t) {
        float results[kRows];
#pragma unroll
        for (uint32_t r = 0; r < kRows; ++r) {
            results[r] = warpSum(sums[r][t]);
            results[r] += call.bias != nullptr ? call.bias[rows[r]] : 0.0f;
        }
        const size_t token = firstToken + t;
        if (lane == 0 && token < call.tokens) {
            float* out = call.out.data + token * call.out.stride;
            out[rows[0]] = results[0];
            out[rows[1]] = results[1];
            if (call.half != 0) {
                const float gate = results[0];
                call.inner.data[token * call.inner.stride + rows[0]] =
                    gate / (1.0f + expf(-gate)) * results[1];
            }
        }
    }
}

// Activations as int8. Thread `lane` takes the blocks lane, lane + 32, ...
template <Stored S, uint32_t kTokens>
__global__ void __launch_bounds__(kThreads) roundedProductKernel(ProductCall call, RoundedRows x)
{
    uint32_t rows[kRows];
    if (!rowsOfWarp(call, rows)) {
        return;
    }
    const uint32_t blocks = call.weight.blocks;
    const uint32_t firstToken = blockIdx.y * kTokens;
    float sums[kRows][kTokens] = {};
#pragma unroll 2
    for (uint32_t b = threadIdx.x % 32; b < blocks; b += 32) {
        DecodedBlock weights[kRows];
#pragma unroll
        for (uint32_t r = 0; r < kRows; ++r) {
            weights[r] = decodeBlock<S>(call.weight, size_t(rows[r]) * blocks + b);
        }
#pragma unroll
        for (uint32_t t = 0; t < kTokens; ++t) {
            // Beyond the last token its activations are read again and the result is dropped.
            const size_t token = min(firstToken + t, call.tokens - 1);
            const size_t at = token * blocks + b;
            const uint4 first = load16(x.q + at * 32);
            const uint4 second = load16(x.q + at * 32 + 16);
            const uint32_t q[8] = {
                first.x, first.y, first.z, first.w, second.x, second.y, second.z, second.w};
            const uint4 meta = load16(x.blocks + at);
            const float scale[2] = {bitsToFloat(meta.x), bitsToFloat(meta.y)};
            const float sum[2] = {float(int16_t(meta.z & 0xffffu)), float(int16_t(meta.z >> 16))};
#pragma unroll
            for (uint32_t r = 0; r < kRows; ++r) {
#pragma unroll
                for (uint32_t half = 0; half < 2; ++half) {
                    int dot = 0;
#pragma unroll
                    for (uint32_t j = half * 4; j < half * 4 + 4; ++j) {
                        dot = dot4(weights[r].q[j], q[j], dot);
                    }
                    float part = weights[r].scale[half] * float(dot);
                    if constexpr (kHasOffset<S>) {
                        part = fmaf(weights[r].offset[half], sum[half], part);
                    }
                    sums[r][t] = fmaf(scale[half], part, sums[r][t]);
                }
            }
        }
    }
    finishRows<kTokens>(call, rows, firstToken, sums);
}

// Activations as they are.
template <Stored S>
__global__ void __launch_bounds__(kThreads) exactProductKernel(ProductCall call, const float* x)
{
    uint32_t rows[kRows];
    if (!rowsOfWarp(call, rows)) {
        return;
    }
    const uint32_t blocks = call.weight.blocks;
    const uint32_t firstToken = blockIdx.y * kTokensAtOnce;
    float sums[kRows][kTokensAtOnce] = {};
    for (uint32_t b = threadIdx.x % 32; b < blocks; b += 32) {
#pragma unroll
        for (uint32_t r = 0; r < kRows; ++r) {
            float weights[32];
            decodeValues<S>(call.weight, size_t(rows[r]) * blocks + b, weights);
#pragma unroll
            for (uint32_t t = 0; t < kTokensAtOnce; ++t) {
                const size_t token = min(firstToken + t, call.tokens - 1);
                const float* from = x + (token * blocks + b) * 32;
#pragma unroll
                for (uint32_t i = 0; i < 32; i += 4) {
                    const float4 v = loadFloats(from + i);
                    sums[r][t] = fmaf(weights[i], v.x, sums[r][t]);
                    sums[r][t] = fmaf(weights[i + 1], v.y, sums[r][t]);
                    sums[r][t] = fmaf(weights[i + 2], v.z, sums[r][t]);
                    sums[r][t] = fmaf(weights[i + 3], v.w, sums[r][t]);
                }
            }
        }
    }
    finishRows<kTokensAtOnce>(call, rows, firstToken, sums);
}

// Two 16-bit floats of a word.
template <Stored S>
__device__ __forceinline__ float2 widenPair(uint32_t word)
{
    if constexpr (S == Stored::F16) {
        return {widenHalf(uint16_t(word & 0xffffu)), widenHalf(uint16_t(word >> 16))};
    } else {
        return {bitsToFloat(word << 16), bitsToFloat(word & 0xffff0000u)};
    }
}

// F16 and BF16: eight values, 16 bytes, a thread.
template <Stored S, uint32_t kTokens>
__global__ void __launch_bounds__(kThreads) halfProductKernel(ProductCall call, const float* x)
{
    uint32_t rows[kRows];
    if (!rowsOfWarp(call, rows)) {
        return;
    }
    const size_t cols = size_t(call.weight.blocks) * 32;
    const uint32_t firstToken = blockIdx.y * kTokens;
    float sums[kRows][kTokens] = {};
#pragma unroll 2
    for (size_t i = threadIdx.x % 32 * 8; i < cols; i += 256) {
        uint4 weights[kRows];
#pragma unroll
        for (uint32_t r = 0; r < kRows; ++r) {
            weights[r] = load16(call.weight.low + (rows[r] * cols + i) * 2);
        }
#pragma unroll
        for (uint32_t t = 0; t < kTokens; ++t) {
            const size_t token = min(firstToken + t, call.tokens - 1);
            const float4 first = loadFloats(x + token * cols + i);
            const float4 second = loadFloats(x + token * cols + i + 4);
#pragma unroll
            for (uint32_t r = 0; r < kRows; ++r) {
                const float2 a = widenPair<S>(weights[r].x);
                const float2 b = widenPair<S>(weights[r].y);
                const float2 c = widenPair<S>(weights[r].z);
                const float2 d = widenPair<S>(weights[r].w);
                float sum = sums[r][t];
                sum = fmaf(a.x, first.x, sum);
                sum = fmaf(a.y, first.y, sum);
                sum = fmaf(b.x, first.z, sum);
                sum = fmaf(b.y, first.w, sum);
                sum = fmaf(c.x, second.x, sum);
                sum = fmaf(c.y, second.y, sum);
                sum = fmaf(d.x, second.z, sum);
                sum = fmaf(d.y, second.w, sum);
                sums[r][t] = sum;
            }
        }
    }
    finishRows<kTokens>(call, rows, firstToken, sums);
}

LaunchShape shapeOf(const ProductCall& call, uint32_t tokensAtOnce)
{
    const uint32_t warps = call.half != 0 ? call.half : divideUp(call.weight.rows, kRows);
    const double work = 2.0 * call.weight.rows * call.weight.blocks * 32.0 * call.tokens;
    return {divideUp(warps, kWarps), divideUp(call.tokens, tokensAtOnce), kThreads, 0, work};
}

template <Stored S>
struct RoundedProduct
{
    static void run(LaunchList& list, const ProductCall& call, const RoundedRows& x)
    {
        if constexpr (isQuantized(S)) {
            if (call.tokens == 1) {
                list.add(roundedProductKernel<S, 1>, shapeOf(call, 1), call, x);
            } else {
                const LaunchShape shape = shapeOf(call, kTokensAtOnce);
                list.add(roundedProductKernel<S, kTokensAtOnce>, shape, call, x);
            }
        }
    }
};

template <Stored S>
struct FloatProduct
{
    static void run(LaunchList& list, const ProductCall& call, const float* x)
    {
        if constexpr (S == Stored::F16 || S == Stored::BF16) {
            if (call.tokens == 1) {
                list.add(halfProductKernel<S, 1>, shapeOf(call, 1), call, x);
            } else {
                const LaunchShape shape = shapeOf(call, kTokensAtOnce);
                list.add(halfProductKernel<S, kTokensAtOnce>, shape, call, x);
            }
        } else {
            list.add(exactProductKernel<S>, shapeOf(call, kTokensAtOnce), call, x);
        }
    }
};

} // namespace

void addRoundedProduct(
    LaunchList& list, Stored stored, const ProductCall& call, const RoundedRows& x)
{
    forStored<RoundedProduct>(stored, list, call, x);
}

void addFloatProduct(LaunchList& list, Stored stored, const ProductCall& call, const float* x)
{
    forStored<FloatProduct>(stored, list, call, x);
}

} // namespace atelier::cuda
