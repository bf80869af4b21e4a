// SPDX-License-Identifier: MIT
// Products of few tokens that round nothing (products.cuh): weights of 16 and 32 bits, and
// quantized ones that MatMulOp::exact asks for.
#include "engine/backends/cuda/products.cuh"

namespace atelier::cuda {

namespace {

using namespace products;

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

void addFloatProduct(LaunchList& list, Stored stored, const ProductCall& call, const float* x)
{
    forStored<FloatProduct>(stored, list, call, x);
}

} // namespace atelier::cuda
