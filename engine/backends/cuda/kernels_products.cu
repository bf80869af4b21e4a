// SPDX-License-Identifier: MIT
// Products of few tokens whose activations are rounded to int8 (products.cuh). Those that round
// nothing are in a file of their own, because nvcc takes minutes for either.
#include "engine/backends/cuda/products.cuh"

namespace atelier::cuda {

namespace {

using namespace products;

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

} // namespace

void addRoundedProduct(
    LaunchList& list, Stored stored, const ProductCall& call, const RoundedRows& x)
{
    forStored<RoundedProduct>(stored, list, call, x);
}

} // namespace atelier::cuda
