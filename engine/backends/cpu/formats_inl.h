// SPDX-License-Identifier: MIT
// How each quantized type is read, in the vocabulary of a Simd* policy. Included by kernels only.
//
// A chunk is 256 values of a row: one block of the K types, eight blocks of the others. Each
// format says what its values are before scaling, and gives, per group of 16 values, a scale and
// (kHasOffset) an offset:  weight = scale * value + offset.
//
//   kMaximum  the largest unsigned value; decides how many byte products fit in 16 bits
//   kSigned   values are signed bytes, of any size
//   kGroup    values that share a scale: 16 or 32; lanes 2i and 2i + 1 are equal when it is 32
#pragma once

#include "engine/ops/dequantize.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace atelier {
namespace {

inline constexpr int kChunk = 256;

template <class P>
struct Head
{
    typename P::F scale;  // [16], one lane for each group of 16 values
    typename P::F offset; // [16]; set only when kHasOffset
};

inline uint32_t loadU32(const uint8_t* p)
{
    uint32_t word;
    std::memcpy(&word, p, sizeof(word));
    return word;
}

inline uint16_t loadU16(const uint8_t* p)
{
    uint16_t word;
    std::memcpy(&word, p, sizeof(word));
    return word;
}

template <class P>
struct FormatQ8_0
{
    static constexpr int kBlockBytes = 34;
    static constexpr int kChunkBytes = 8 * kBlockBytes;
    static constexpr int kGroup = 32;
    static constexpr int kMaximum = 255;
    static constexpr bool kSigned = true;
    static constexpr bool kHasOffset = false;

    static Head<P> head(const uint8_t* chunk)
    {
        return {P::halvesTwice(chunk, kBlockBytes), P::zero()};
    }
    template <int kStep>
    static typename P::B values(const uint8_t* chunk)
    {
        const uint8_t* pair = chunk + 2 * kStep * kBlockBytes + 2;
        return P::join(pair, pair + kBlockBytes);
    }
};

template <class P>
struct FormatQ4_0
{
    static constexpr int kBlockBytes = 18;
    static constexpr int kChunkBytes = 8 * kBlockBytes;
    static constexpr int kGroup = 32;
    static constexpr int kMaximum = 15;
    static constexpr bool kSigned = false;
    static constexpr bool kHasOffset = true;

    static Head<P> head(const uint8_t* chunk)
    {
        const auto scale = P::halvesTwice(chunk, kBlockBytes);
        return {scale, P::mul(scale, P::set(-8.0f))};
    }
    template <int kStep>
    static typename P::B values(const uint8_t* chunk)
    {
        const uint8_t* pair = chunk + 2 * kStep * kBlockBytes + 2;
        return P::nibblePairs(pair, pair + kBlockBytes);
    }
};

template <class P>
struct FormatQ4_1
{
    static constexpr int kBlockBytes = 20;
    static constexpr int kChunkBytes = 8 * kBlockBytes;
    static constexpr int kGroup = 32;
    static constexpr int kMaximum = 15;
    static constexpr bool kSigned = false;
    static constexpr bool kHasOffset = true;

    static Head<P> head(const uint8_t* chunk)
    {
        return {P::halvesTwice(chunk, kBlockBytes), P::halvesTwice(chunk + 2, kBlockBytes)};
    }
    template <int kStep>
    static typename P::B values(const uint8_t* chunk)
    {
        const uint8_t* pair = chunk + 2 * kStep * kBlockBytes + 4;
        return P::nibblePairs(pair, pair + kBlockBytes);
    }
};

template <class P>
struct FormatQ5_0
{
    static constexpr int kBlockBytes = 22;
    static constexpr int kChunkBytes = 8 * kBlockBytes;
    static constexpr int kGroup = 32;
    static constexpr int kMaximum = 31;
    static constexpr bool kSigned = false;
    static constexpr bool kHasOffset = true;

    static Head<P> head(const uint8_t* chunk)
    {
        const auto scale = P::halvesTwice(chunk, kBlockBytes);
        return {scale, P::mul(scale, P::set(-16.0f))};
    }
    template <int kStep>
    static typename P::B values(const uint8_t* chunk)
    {
        const uint8_t* a = chunk + 2 * kStep * kBlockBytes;
        const uint8_t* b = a + kBlockBytes;
        return P::bitOr(P::nibblePairs(a + 6, b + 6), P::sixteens(loadU32(a + 2), loadU32(b + 2)));
    }
};

template <class P>
struct FormatQ5_1
{
    static constexpr int kBlockBytes = 24;
    static constexpr int kChunkBytes = 8 * kBlockBytes;
    static constexpr int kGroup = 32;
    static constexpr int kMaximum = 31;
    static constexpr bool kSigned = false;
    static constexpr bool kHasOffset = true;

    static Head<P> head(const uint8_t* chunk)
    {
        return {P::halvesTwice(chunk, kBlockBytes), P::halvesTwice(chunk + 2, kBlockBytes)};
    }
    template <int kStep>
    static typename P::B values(const uint8_t* chunk)
    {
        const uint8_t* a = chunk + 2 * kStep * kBlockBytes;
        const uint8_t* b = a + kBlockBytes;
        return P::bitOr(P::nibblePairs(a + 8, b + 8), P::sixteens(loadU32(a + 4), loadU32(b + 4)));
    }
};

template <class P>
struct FormatIq4Nl
{
    static constexpr int kBlockBytes = 18;
    static constexpr int kChunkBytes = 8 * kBlockBytes;
    static constexpr int kGroup = 32;
    static constexpr int kMaximum = 255;
    static constexpr bool kSigned = true;
    static constexpr bool kHasOffset = false;

    static Head<P> head(const uint8_t* chunk)
    {
        return {P::halvesTwice(chunk, kBlockBytes), P::zero()};
    }
    template <int kStep>
    static typename P::B values(const uint8_t* chunk)
    {
        const uint8_t* pair = chunk + 2 * kStep * kBlockBytes + 2;
        return P::lookUp(kIq4Values, P::nibblePairs(pair, pair + kBlockBytes));
    }
};

template <class P>
struct FormatIq4Xs
{
    static constexpr int kBlockBytes = 136;
    static constexpr int kChunkBytes = kBlockBytes;
    static constexpr int kGroup = 32;
    static constexpr int kMaximum = 255;
    static constexpr bool kSigned = true;
    static constexpr bool kHasOffset = false;

    static Head<P> head(const uint8_t* chunk)
    {
        const uint32_t high = loadU16(chunk + 2);
        const uint32_t low = loadU32(chunk + 4);
        uint64_t scales = 0;
        for (unsigned i = 0; i < 8; ++i) {
            const uint64_t scale = (low >> (4 * i) & 15) | (high >> (2 * i) & 3) << 4;
            scales |= scale << (8 * i);
        }
        const auto centered = P::sub(P::toFloat(P::widenTwice(scales)), P::set(32.0f));
        return {P::mul(P::set(P::half(loadU16(chunk))), centered), P::zero()};
    }
    template <int kStep>
    static typename P::B values(const uint8_t* chunk)
    {
        const uint8_t* pair = chunk + 8 + 32 * kStep;
        return P::lookUp(kIq4Values, P::nibblePairs(pair, pair + 16));
    }
};

// Q4_K and Q5_K: eight 6-bit scales and eight 6-bit minimums in 12 bytes.
template <class P>
inline Head<P> headOfMinimums(const uint8_t* chunk)
{
    const uint32_t a = loadU32(chunk + 4);
    const uint32_t b = loadU32(chunk + 8);
    const uint32_t c = loadU32(chunk + 12);
    const uint64_t scaleHigh = (c & 0x0f0f0f0fu) | (a >> 2 & 0x30303030u);
    const uint64_t minimumHigh = (c >> 4 & 0x0f0f0f0fu) | (b >> 2 & 0x30303030u);
    const uint64_t scales = (a & 0x3f3f3f3fu) | scaleHigh << 32;
    const uint64_t minimums = (b & 0x3f3f3f3fu) | minimumHigh << 32;
    const auto d = P::set(P::half(loadU16(chunk)));
    const auto negative = P::set(-P::half(loadU16(chunk + 2)));
    return {P::mul(d, P::toFloat(P::widenTwice(scales))),
        P::mul(negative, P::toFloat(P::widenTwice(minimums)))};
}

template <class P>
struct FormatQ4_K
{
    static constexpr int kBlockBytes = 144;
    static constexpr int kChunkBytes = kBlockBytes;
    static constexpr int kGroup = 32;
    static constexpr int kMaximum = 15;
    static constexpr bool kSigned = false;
    static constexpr bool kHasOffset = true;

    static Head<P> head(const uint8_t* chunk) { return headOfMinimums<P>(chunk); }
    template <int kStep>
    static typename P::B values(const uint8_t* chunk)
    {
        return P::nibbles(chunk + 16 + 32 * kStep);
    }
};

template <class P>
struct FormatQ5_K
{
    static constexpr int kBlockBytes = 176;
    static constexpr int kChunkBytes = kBlockBytes;
    static constexpr int kGroup = 32;
    static constexpr int kMaximum = 31;
    static constexpr bool kSigned = false;
    static constexpr bool kHasOffset = true;

    static Head<P> head(const uint8_t* chunk) { return headOfMinimums<P>(chunk); }
    template <int kStep>
    static typename P::B values(const uint8_t* chunk)
    {
        const auto bits = P::template shiftRight<2 * kStep, 2 * kStep + 1>(P::twice(chunk + 16), 1);
        return P::bitOr(P::nibbles(chunk + 48 + 32 * kStep), P::template shiftLeft<4>(bits));
    }
};

template <class P>
struct FormatQ6_K
{
    static constexpr int kBlockBytes = 210;
    static constexpr int kChunkBytes = kBlockBytes;
    static constexpr int kGroup = 16;
    static constexpr int kMaximum = 63;
    static constexpr bool kSigned = false;
    static constexpr bool kHasOffset = true;

    static Head<P> head(const uint8_t* chunk)
    {
        const auto d = P::set(P::half(loadU16(chunk + 208)));
        const auto scale = P::mul(d, P::toFloat(P::widenSigned(chunk + 192)));
        return {scale, P::mul(scale, P::set(-32.0f))};
    }
    // Steps 0 and 1 are the low and high nibbles of the first half, 2 and 3 of the second.
    template <int kStep>
    static typename P::B values(const uint8_t* chunk)
    {
        const uint8_t* low = chunk + 64 * (kStep / 2);
        const auto both = P::join(low, low + 32);
        const auto nibbles = P::template shiftRight<4 * (kStep % 2), 4 * (kStep % 2)>(both, 15);
        constexpr int kPair = 4 * (kStep % 2);
        const auto high =
            P::template shiftRight<kPair, kPair + 2>(P::twice(chunk + 128 + 32 * (kStep / 2)), 3);
        return P::bitOr(nibbles, P::template shiftLeft<4>(high));
    }
};

template <class P>
struct FormatQ2_K
{
    static constexpr int kBlockBytes = 84;
    static constexpr int kChunkBytes = kBlockBytes;
    static constexpr int kGroup = 16;
    static constexpr int kMaximum = 3;
    static constexpr bool kSigned = false;
    static constexpr bool kHasOffset = true;

    static Head<P> head(const uint8_t* chunk)
    {
        uint8_t scales[16];
        uint8_t minimums[16];
        for (int i = 0; i < 16; ++i) {
            scales[i] = chunk[i] & 15;
            minimums[i] = chunk[i] >> 4;
        }
        const auto d = P::set(P::half(loadU16(chunk + 80)));
        const auto negative = P::set(-P::half(loadU16(chunk + 82)));
        return {P::mul(d, P::toFloat(P::widen(scales))),
            P::mul(negative, P::toFloat(P::widen(minimums)))};
    }
    template <int kStep>
    static typename P::B values(const uint8_t* chunk)
    {
        constexpr int kShift = 4 * (kStep % 2);
        return P::template shiftRight<kShift, kShift + 2>(
            P::twice(chunk + 16 + 32 * (kStep / 2)), 3);
    }
};

template <class P>
struct FormatQ3_K
{
    static constexpr int kBlockBytes = 110;
    static constexpr int kChunkBytes = kBlockBytes;
    static constexpr int kGroup = 16;
    static constexpr int kMaximum = 7;
    static constexpr bool kSigned = false;
    static constexpr bool kHasOffset = true;

    static Head<P> head(const uint8_t* chunk)
    {
        uint8_t scales[16];
        const uint8_t* packed = chunk + 96;
        for (int i = 0; i < 8; ++i) {
            scales[i] = uint8_t((packed[i] & 15) | (packed[8 + i % 4] >> (i / 4 * 2) & 3) << 4);
            scales[i + 8] =
                uint8_t(packed[i] >> 4 | (packed[8 + i % 4] >> (i / 4 * 2 + 4) & 3) << 4);
        }
        const auto centered = P::sub(P::toFloat(P::widen(scales)), P::set(32.0f));
        const auto scale = P::mul(P::set(P::half(loadU16(chunk + 108))), centered);
        return {scale, P::mul(scale, P::set(-4.0f))};
    }
    template <int kStep>
    static typename P::B values(const uint8_t* chunk)
    {
        constexpr int kShift = 4 * (kStep % 2);
        const auto low =
            P::template shiftRight<kShift, kShift + 2>(P::twice(chunk + 32 + 32 * (kStep / 2)), 3);
        const auto third = P::template shiftRight<2 * kStep, 2 * kStep + 1>(P::twice(chunk), 1);
        return P::bitOr(low, P::template shiftLeft<2>(third));
    }
};

} // namespace
} // namespace atelier
