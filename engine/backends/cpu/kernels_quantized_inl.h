// SPDX-License-Identifier: MIT
// Products with quantized weights and rounded activations. Included by kernels_<isa>.cpp only.
#pragma once

#include "engine/backends/cpu/formats_inl.h"
#include "engine/backends/cpu/kernels.h"

#include <cstring>

namespace atelier {
namespace {

static_assert(kChunk == int(kChunkValues));

template <class P>
void quantizeRow(const float* x, size_t count, QuantizedChunk* out, size_t stride)
{
    for (size_t at = 0; at < count; at += kChunk, out += stride) {
        const float* values = x + at;
        alignas(64) float padded[kChunk];
        if (count - at < kChunk) {
            std::memset(padded, 0, sizeof(padded));
            std::memcpy(padded, values, (count - at) * sizeof(float));
            values = padded;
        }
        for (int group = 0; group < 16; ++group) {
            const auto v = P::load(values + 16 * group);
            const float largest = P::maximum(P::abs(v));
            const float inverse = largest > 0.0f ? 127.0f / largest : 0.0f;
            const auto rounded = P::toInt(P::mul(v, P::set(inverse)));
            P::storeInt8(out->q + 16 * group, rounded);
            out->scale[group] = largest / 127.0f;
            out->sum16[group] = out->scale[group] * float(P::sumInt(rounded));
        }
        for (int group = 0; group < 8; ++group) {
            out->sum32[group] = out->sum16[2 * group] + out->sum16[2 * group + 1];
        }
    }
}

// What the sums of the activations are multiplied with: the format's offset, and the correction
// for signed weights that the policy made unsigned.
template <class P, class Format>
constexpr bool kNeedsOffset = Format::kHasOffset || (Format::kSigned && P::kSignedBias != 0);

template <class P, class Format>
inline typename P::F offsetOf(const Head<P>& head)
{
    if constexpr (Format::kHasOffset) {
        return head.offset;
    } else {
        return P::mul(head.scale, P::set(-float(P::kSignedBias)));
    }
}

// The last chunk of a row may end early: its blocks are copied and followed by zeros, which
// decode to a scale of zero.
template <class Format>
inline const uint8_t* wholeChunk(const uint8_t* chunk, uint32_t values, uint8_t* padded)
{
    if (values >= uint32_t(kChunk)) {
        return chunk;
    }
    const size_t bytes = values / 32 * size_t(Format::kBlockBytes);
    std::memset(padded, 0, Format::kChunkBytes);
    std::memcpy(padded, chunk, bytes);
    return padded;
}

// 64 values of a chunk times T tokens. `combined` is the product of both scales, per group of 16.
template <class P, class Format, int T, int kStep>
ATELIER_FORCE_INLINE void streamStep(const uint8_t* chunk,
    const QuantizedChunk* x,
    const float (&combined)[T][16],
    typename P::F (&sum)[T])
{
    const auto w = Format::template values<kStep>(chunk);
    for (int t = 0; t < T; ++t) {
        const auto q = P::loadBytes(x[t].q + 64 * kStep);
        typename P::I products;
        if constexpr (Format::kSigned) {
            products = P::signedDot(P::zeroInt(), P::signedWeights(w), q);
        } else {
            products = P::dot(w, q);
        }
        sum[t] = P::fma(P::toFloat(products), P::quads(combined[t] + 4 * kStep), sum[t]);
    }
}

template <class P, class Format, int T>
ATELIER_FORCE_INLINE void streamChunk(const uint8_t* chunk,
    const QuantizedChunk* x,
    typename P::F (&sum)[T],
    typename P::F (&offset)[T])
{
    const Head<P> head = Format::head(chunk);
    alignas(64) float combined[T][16];
    for (int t = 0; t < T; ++t) {
        P::store(combined[t], P::mul(head.scale, P::load(x[t].scale)));
        if constexpr (kNeedsOffset<P, Format>) {
            offset[t] = P::fma(offsetOf<P, Format>(head), P::load(x[t].sum16), offset[t]);
        }
    }
    streamStep<P, Format, T, 0>(chunk, x, combined, sum);
    streamStep<P, Format, T, 1>(chunk, x, combined, sum);
    streamStep<P, Format, T, 2>(chunk, x, combined, sum);
    streamStep<P, Format, T, 3>(chunk, x, combined, sum);
}

// Rows are read where the file has them, each once, in order: the memory bus is the limit.
template <class P, class Format, int T>
void streamRowsOf(const ProductJob& job)
{
    // Far enough that a line arrives before it is needed; the row after this one is next in memory.
    constexpr size_t kAheadBytes = 2048;
    const size_t wholeChunks = job.cols / kChunk;
    for (uint32_t row = 0; row < job.rows; ++row) {
        const uint8_t* chunk = job.weights + row * job.rowBytes;
        const QuantizedChunk* x = job.x.quantized;
        typename P::F sum[T];
        typename P::F offset[T];
        for (int t = 0; t < T; ++t) {
            sum[t] = P::zero();
            offset[t] = P::zero();
        }
        for (size_t c = 0; c < wholeChunks; ++c) {
            for (size_t line = 0; line < size_t(Format::kChunkBytes); line += 64) {
                P::prefetch(chunk + kAheadBytes + line);
            }
            streamChunk<P, Format, T>(chunk, x, sum, offset);
            chunk += Format::kChunkBytes;
            x += job.x.tokens;
        }
        if (job.cols % kChunk != 0) {
            uint8_t padded[Format::kChunkBytes];
            streamChunk<P, Format, T>(
                wholeChunk<Format>(chunk, job.cols % kChunk, padded), x, sum, offset);
        }
        for (int t = 0; t < T; ++t) {
            const float bias = job.bias != nullptr ? job.bias[row] : 0.0f;
            job.out[size_t(t) * job.outStride + row] = P::sum(P::add(sum[t], offset[t])) + bias;
        }
    }
}

// How the byte products of a tile may be summed before they need 32 bits.
template <class Format>
constexpr int kQuadsInWords = Format::kMaximum <= 31 ? 4 : 2;

// Unpacks one chunk of up to 16 rows: [64 quads][16 rows][4 values], and the scales and offsets
// of each group of 16 values as [16 groups][16 rows]. Missing rows become zero.
template <class P, class Format>
void unpackPanel(const ProductJob& job, size_t chunkIndex, KernelScratch& scratch)
{
    const uint32_t values = uint32_t(job.cols - chunkIndex * kChunk);
    for (uint32_t row = 0; row < kPanelRows; ++row) {
        uint8_t* to = scratch.rows + row * kChunk;
        if (row >= job.rows) {
            std::memset(to, 0, kChunk);
            P::store(scratch.rowScales + 16 * row, P::zero());
            P::store(scratch.rowOffsets + 16 * row, P::zero());
            continue;
        }
        uint8_t padded[Format::kChunkBytes];
        const uint8_t* chunk = wholeChunk<Format>(
            job.weights + row * job.rowBytes + chunkIndex * Format::kChunkBytes, values, padded);
        P::storeBytes(to, Format::template values<0>(chunk));
        P::storeBytes(to + 64, Format::template values<1>(chunk));
        P::storeBytes(to + 128, Format::template values<2>(chunk));
        P::storeBytes(to + 192, Format::template values<3>(chunk));
        const Head<P> head = Format::head(chunk);
        P::store(scratch.rowScales + 16 * row, head.scale);
        P::store(scratch.rowOffsets + 16 * row, offsetOf<P, Format>(head));
    }
    for (size_t quads = 0; quads < kChunk / 4; quads += 16) {
        P::transpose(scratch.rows + 4 * quads, kChunk, scratch.panel + 64 * quads);
    }
    constexpr size_t kRowBytes = 16 * sizeof(float);
    P::transpose(reinterpret_cast<const uint8_t*>(scratch.rowScales),
        kRowBytes,
        reinterpret_cast<uint8_t*>(scratch.scales));
    P::transpose(reinterpret_cast<const uint8_t*>(scratch.rowOffsets),
        kRowBytes,
        reinterpret_cast<uint8_t*>(scratch.offsets));
}

// Sums of 16 products for T tokens and 16 rows: one group, at quad 4 * group of the panel.
template <class P, class Format, int T>
ATELIER_FORCE_INLINE void groupProducts(
    const uint8_t* panel, const QuantizedChunk* x, int group, typename P::I (&products)[T])
{
    if constexpr (Format::kSigned) {
        for (int t = 0; t < T; ++t) {
            products[t] = P::zeroInt();
        }
        for (int quad = 4 * group; quad < 4 * group + 4; ++quad) {
            const auto w = P::signedWeights(P::loadBytes(panel + 64 * quad));
            for (int t = 0; t < T; ++t) {
                products[t] = P::signedDot(products[t], w, P::broadcastQuad(x[t].q + 4 * quad));
            }
        }
    } else {
        typename P::N sums[T];
        for (int t = 0; t < T; ++t) {
            sums[t] = P::narrowZero();
        }
        for (int i = 0; i < 4; ++i) {
            const int quad = 4 * group + i;
            const auto w = P::loadBytes(panel + 64 * quad);
            for (int t = 0; t < T; ++t) {
                sums[t] = P::narrowDot(sums[t], w, P::broadcastQuad(x[t].q + 4 * quad));
            }
            if (kQuadsInWords<Format> == 2 && i == 1) {
                for (int t = 0; t < T; ++t) {
                    products[t] = P::narrowSum(sums[t]);
                    sums[t] = P::narrowZero();
                }
            }
        }
        for (int t = 0; t < T; ++t) {
            const auto last = P::narrowSum(sums[t]);
            products[t] = kQuadsInWords<Format> == 2 ? P::addInt(products[t], last) : last;
        }
    }
}

// tile[t][:] += one chunk of T tokens
template <class P, class Format, int T>
void multiplyTile(const KernelScratch& scratch, const QuantizedChunk* x, float* tile)
{
    constexpr int kSixteens = Format::kGroup / 16;
    typename P::F sum[T];
    for (int t = 0; t < T; ++t) {
        sum[t] = P::load(tile + t * kPanelRows);
    }
    for (int group = 0; group < 16; group += kSixteens) {
        typename P::F scaled[T] = {};
        for (int sixteen = group; sixteen < group + kSixteens; ++sixteen) {
            typename P::I products[T] = {};
            groupProducts<P, Format, T>(scratch.panel, x, sixteen, products);
            for (int t = 0; t < T; ++t) {
                const auto scale = P::set(x[t].scale[sixteen]);
                scaled[t] = sixteen == group ? P::mul(P::toFloat(products[t]), scale)
                                             : P::fma(P::toFloat(products[t]), scale, scaled[t]);
            }
        }
        const auto scale = P::load(scratch.scales + kPanelRows * group);
        const auto offset = P::load(scratch.offsets + kPanelRows * group);
        for (int t = 0; t < T; ++t) {
            sum[t] = P::fma(scaled[t], scale, sum[t]);
            if constexpr (kNeedsOffset<P, Format>) {
                const float ofX = kSixteens == 2 ? x[t].sum32[group / 2] : x[t].sum16[group];
                sum[t] = P::fma(offset, P::set(ofX), sum[t]);
            }
        }
    }
    for (int t = 0; t < T; ++t) {
        P::store(tile + t * kPanelRows, sum[t]);
    }
}

template <class P, class Format, int T>
void multiplyRest(
    const KernelScratch& scratch, const QuantizedChunk* x, float* tile, uint32_t tokens)
{
    if (tokens == uint32_t(T)) {
        multiplyTile<P, Format, T>(scratch, x, tile);
    } else if constexpr (T > 1) {
        multiplyRest<P, Format, T - 1>(scratch, x, tile, tokens);
    }
}

template <class P, class Format>
void multiplyChunkOf(const ProductJob& job,
    size_t chunkIndex,
    uint32_t firstToken,
    uint32_t tokens,
    KernelScratch& scratch)
{
    unpackPanel<P, Format>(job, chunkIndex, scratch);
    const QuantizedChunk* x = job.x.quantized + chunkIndex * job.x.tokens + firstToken;
    uint32_t t = 0;
    for (; t + P::kQuantTile <= tokens; t += P::kQuantTile) {
        multiplyTile<P, Format, P::kQuantTile>(scratch, x + t, scratch.tile + t * kPanelRows);
    }
    if constexpr (P::kQuantTile > 1) {
        multiplyRest<P, Format, P::kQuantTile - 1>(
            scratch, x + t, scratch.tile + t * kPanelRows, tokens - t);
    }
}

// Calls use.template operator()<Format>() with the format of `type`; false when it has none.
template <class P, class Use>
inline bool withFormat(DType type, Use use)
{
    switch (type) {
    case DType::Q4_0:
        use.template operator()<FormatQ4_0<P>>();
        return true;
    case DType::Q4_1:
        use.template operator()<FormatQ4_1<P>>();
        return true;
    case DType::Q5_0:
        use.template operator()<FormatQ5_0<P>>();
        return true;
    case DType::Q5_1:
        use.template operator()<FormatQ5_1<P>>();
        return true;
    case DType::Q8_0:
        use.template operator()<FormatQ8_0<P>>();
        return true;
    case DType::Q2_K:
        use.template operator()<FormatQ2_K<P>>();
        return true;
    case DType::Q3_K:
        use.template operator()<FormatQ3_K<P>>();
        return true;
    case DType::Q4_K:
        use.template operator()<FormatQ4_K<P>>();
        return true;
    case DType::Q5_K:
        use.template operator()<FormatQ5_K<P>>();
        return true;
    case DType::Q6_K:
        use.template operator()<FormatQ6_K<P>>();
        return true;
    case DType::IQ4_NL:
        use.template operator()<FormatIq4Nl<P>>();
        return true;
    case DType::IQ4_XS:
        use.template operator()<FormatIq4Xs<P>>();
        return true;
    case DType::F32:
    case DType::F16:
    case DType::BF16:
        return false;
    }
    return false;
}

} // namespace
} // namespace atelier
