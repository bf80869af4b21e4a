// SPDX-License-Identifier: MIT
// Products in F32: weights of float types, and quantized ones when nothing may be rounded.
// Included by kernels_<isa>.cpp only.
#pragma once

#include "engine/backends/cpu/kernels.h"

#include <cstring>

namespace atelier {
namespace {

template <class P>
struct LoadF32
{
    static constexpr size_t kBytes = 4;
    static typename P::F load(const uint8_t* p) { return P::load(p); }
};

template <class P>
struct LoadF16
{
    static constexpr size_t kBytes = 2;
    static typename P::F load(const uint8_t* p) { return P::loadHalf(p); }
};

template <class P>
struct LoadBf16
{
    static constexpr size_t kBytes = 2;
    static typename P::F load(const uint8_t* p) { return P::loadBf16(p); }
};

// c[r][0..15] += sum_k a[r][k] * b[k][0..15]; strides in elements. The innermost loop of every F32
// product, of attention scores and of attention outputs.
template <class P, int R>
inline void multiplyFloats(const float* a,
    size_t aStride,
    const float* b,
    size_t bStride,
    size_t count,
    float* c,
    size_t cStride)
{
    typename P::F sum[R];
    for (int r = 0; r < R; ++r) {
        sum[r] = P::load(c + size_t(r) * cStride);
    }
    for (size_t k = 0; k < count; ++k) {
        const auto w = P::load(b + k * bStride);
        for (int r = 0; r < R; ++r) {
            sum[r] = P::fma(P::set(a[size_t(r) * aStride + k]), w, sum[r]);
        }
    }
    for (int r = 0; r < R; ++r) {
        P::store(c + size_t(r) * cStride, sum[r]);
    }
}

template <class P, int R>
void multiplyFloatsRest(const float* a,
    size_t aStride,
    const float* b,
    size_t bStride,
    size_t count,
    float* c,
    size_t cStride,
    uint32_t rows)
{
    if (rows == uint32_t(R)) {
        multiplyFloats<P, R>(a, aStride, b, bStride, count, c, cStride);
    } else if constexpr (R > 1) {
        multiplyFloatsRest<P, R - 1>(a, aStride, b, bStride, count, c, cStride, rows);
    }
}

// The same for any number of rows.
template <class P>
void multiplyFloatRows(const float* a,
    size_t aStride,
    const float* b,
    size_t bStride,
    size_t count,
    float* c,
    size_t cStride,
    uint32_t rows)
{
    constexpr uint32_t kTile = uint32_t(P::kFloatTile);
    uint32_t r = 0;
    for (; r + kTile <= rows; r += kTile) {
        multiplyFloats<P, P::kFloatTile>(
            a + r * aStride, aStride, b, bStride, count, c + r * cStride, cStride);
    }
    multiplyFloatsRest<P, P::kFloatTile - 1>(
        a + r * aStride, aStride, b, bStride, count, c + r * cStride, cStride, rows - r);
}

template <class P, class Load, int T>
void streamFloatRows(const ProductJob& job)
{
    constexpr size_t kAheadBytes = 2048; // as for quantized rows
    const size_t wholeChunks = job.cols / kChunkValues;
    const size_t rest = job.cols % kChunkValues;
    for (uint32_t row = 0; row < job.rows; ++row) {
        const uint8_t* w = job.weights + row * job.rowBytes;
        const FloatChunk* x = job.x.floats;
        // Two sums per token hide the latency of the fused multiply-add.
        typename P::F sum[T][2];
        for (int t = 0; t < T; ++t) {
            sum[t][0] = P::zero();
            sum[t][1] = P::zero();
        }
        for (size_t c = 0; c < wholeChunks; ++c, x += job.x.tokens) {
            for (size_t k = 0; k < kChunkValues; k += 32, w += 32 * Load::kBytes) {
                for (size_t line = 0; line < 32 * Load::kBytes; line += 64) {
                    P::prefetch(w + kAheadBytes + line);
                }
                const auto w0 = Load::load(w);
                const auto w1 = Load::load(w + 16 * Load::kBytes);
                for (int t = 0; t < T; ++t) {
                    sum[t][0] = P::fma(w0, P::load(x[t].x + k), sum[t][0]);
                    sum[t][1] = P::fma(w1, P::load(x[t].x + k + 16), sum[t][1]);
                }
            }
        }
        if (rest > 0) {
            uint8_t padded[kChunkValues * Load::kBytes] = {};
            std::memcpy(padded, w, rest * Load::kBytes);
            for (size_t k = 0; k < rest; k += 16) {
                const auto w0 = Load::load(padded + k * Load::kBytes);
                for (int t = 0; t < T; ++t) {
                    sum[t][0] = P::fma(w0, P::load(x[t].x + k), sum[t][0]);
                }
            }
        }
        for (int t = 0; t < T; ++t) {
            const float bias = job.bias != nullptr ? job.bias[row] : 0.0f;
            job.out[size_t(t) * job.outStride + row] = P::sum(P::add(sum[t][0], sum[t][1])) + bias;
        }
    }
}

template <class P, class Load>
inline void widenChunk(const uint8_t* w, uint32_t values, float* out)
{
    uint8_t padded[kChunkValues * Load::kBytes];
    if (values < kChunkValues) {
        std::memset(padded, 0, sizeof(padded));
        std::memcpy(padded, w, values * Load::kBytes);
        w = padded;
    }
    for (size_t k = 0; k < kChunkValues; k += 16) {
        P::store(out + k, Load::load(w + k * Load::kBytes));
    }
}

// One chunk of up to 16 rows as F32, [256][16]. Missing rows and values become zero.
template <class P>
void unpackFloatPanel(const ProductJob& job, size_t chunkIndex, KernelScratch& scratch)
{
    const size_t left = job.cols - chunkIndex * kChunkValues;
    const uint32_t values = uint32_t(left < kChunkValues ? left : kChunkValues);
    const size_t offset = chunkIndex * rowBytes(job.type, kChunkValues);
    auto* rows = reinterpret_cast<float*>(scratch.rows);
    for (uint32_t row = 0; row < kPanelRows; ++row) {
        float* to = rows + row * kChunkValues;
        if (row >= job.rows) {
            std::memset(to, 0, sizeof(FloatChunk));
            continue;
        }
        const uint8_t* w = job.weights + row * job.rowBytes + offset;
        switch (job.type) {
        case DType::F32:
            widenChunk<P, LoadF32<P>>(w, values, to);
            break;
        case DType::F16:
            widenChunk<P, LoadF16<P>>(w, values, to);
            break;
        case DType::BF16:
            widenChunk<P, LoadBf16<P>>(w, values, to);
            break;
        default:
            std::memset(to + values, 0, (kChunkValues - values) * sizeof(float));
            dequantizeValues(job.type, w, values, to);
        }
    }
    for (size_t k = 0; k < kChunkValues; k += 16) {
        P::transpose(scratch.rows + k * sizeof(float),
            kChunkValues * sizeof(float),
            scratch.panel + k * kPanelRows * sizeof(float));
    }
}

template <class P>
void multiplyFloatChunk(const ProductJob& job,
    size_t chunkIndex,
    uint32_t firstToken,
    uint32_t tokens,
    KernelScratch& scratch)
{
    unpackFloatPanel<P>(job, chunkIndex, scratch);
    const FloatChunk* x = job.x.floats + chunkIndex * job.x.tokens + firstToken;
    multiplyFloatRows<P>(x->x,
        kChunkValues,
        reinterpret_cast<const float*>(scratch.panel),
        kPanelRows,
        kChunkValues,
        scratch.tile,
        kPanelRows,
        tokens);
}

} // namespace
} // namespace atelier
