// SPDX-License-Identifier: MIT
// What kernels_products.cu and kernels_float_products.cu share: products of few tokens, where every
// weight is read once, 16 bytes a thread, and meets all tokens in registers. A warp computes two
// rows of weights.
#pragma once

#include "engine/backends/cuda/formats.cuh"
#include "engine/backends/cuda/kernels_cuda.h"

#include <algorithm>

namespace atelier::cuda::products {

constexpr uint32_t kThreads = 128;
constexpr uint32_t kWarps = kThreads / 32;
constexpr uint32_t kRows = 2;         // of a warp; more bytes on their way for each activation read
constexpr uint32_t kTokensAtOnce = 4; // when there is more than one

inline uint32_t divideUp(uint32_t a, uint32_t b)
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

inline LaunchShape shapeOf(const ProductCall& call, uint32_t tokensAtOnce)
{
    const uint32_t warps = call.half != 0 ? call.half : divideUp(call.weight.rows, kRows);
    const double work = 2.0 * call.weight.rows * call.weight.blocks * 32.0 * call.tokens;
    return {divideUp(warps, kWarps), divideUp(call.tokens, tokensAtOnce), kThreads, 0, work};
}

} // namespace atelier::cuda::products
