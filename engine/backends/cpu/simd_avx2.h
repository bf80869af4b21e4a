// SPDX-License-Identifier: MIT
// SimdAvx2: the vocabulary of the kernels in AVX2, FMA and F16C; see simd_portable.h. A vector of
// 16 lanes is two registers: `a` has lanes 0..7, `b` lanes 8..15.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace atelier {
namespace {

// Transposes 8 rows of 8 lanes of 32 bits, rows `stride` bytes apart, columns 64 bytes apart.
inline void transpose8x8(const uint8_t* in, size_t stride, uint8_t* out)
{
    __m256 r[8];
    for (size_t i = 0; i < 8; ++i) {
        r[i] = _mm256_loadu_ps(reinterpret_cast<const float*>(in + i * stride));
    }
    __m256 t[8];
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
        t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        r[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
        r[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
        r[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
        r[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
    }
    for (size_t i = 0; i < 4; ++i) {
        _mm256_storeu_ps(
            reinterpret_cast<float*>(out + i * 64), _mm256_permute2f128_ps(r[i], r[i + 4], 0x20));
        _mm256_storeu_ps(reinterpret_cast<float*>(out + (i + 4) * 64),
            _mm256_permute2f128_ps(r[i], r[i + 4], 0x31));
    }
}

// Eight F16 numbers, `stride` bytes apart, as F32.
inline __m256 gatherHalves(const uint8_t* p, size_t stride)
{
    const auto at = [&](size_t i) {
        uint16_t bits;
        std::memcpy(&bits, p + i * stride, sizeof(bits));
        return int(bits);
    };
    __m128i h = _mm_cvtsi32_si128(at(0));
    h = _mm_insert_epi16(h, at(1), 1);
    h = _mm_insert_epi16(h, at(2), 2);
    h = _mm_insert_epi16(h, at(3), 3);
    h = _mm_insert_epi16(h, at(4), 4);
    h = _mm_insert_epi16(h, at(5), 5);
    h = _mm_insert_epi16(h, at(6), 6);
    h = _mm_insert_epi16(h, at(7), 7);
    return _mm256_cvtph_ps(h);
}

struct SimdAvx2
{
    static constexpr const char* kName = "avx2";
    static constexpr int kQuantTile = 3; // 16 registers: two per token for each of three sums
    static constexpr int kFloatTile = 6; // 12 sums, 2 weights, 1 activation
    static constexpr bool kStreamsTokensTogether = true;
    static constexpr int kSignedBias = 0;

    struct F
    {
        __m256 a, b;
    };
    struct I
    {
        __m256i a, b;
    };
    using B = I;
    using N = I; // int16 lanes: room for 4 products of u <= 31, or 2 of u <= 63
    struct W
    {
        I magnitude, sign;
    };

    static __m256i load32(const void* p)
    {
        return _mm256_loadu_si256(static_cast<const __m256i*>(p));
    }
    static __m128i load16(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
    static const float* floats(const void* p) { return static_cast<const float*>(p); }

    static F zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
    static F set(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
    static F load(const void* p)
    {
        return {_mm256_loadu_ps(floats(p)), _mm256_loadu_ps(floats(p) + 8)};
    }
    static void store(float* p, F x)
    {
        _mm256_storeu_ps(p, x.a);
        _mm256_storeu_ps(p + 8, x.b);
    }
    static F loadHalf(const void* p)
    {
        const auto* bytes = static_cast<const uint8_t*>(p);
        return {_mm256_cvtph_ps(load16(bytes)), _mm256_cvtph_ps(load16(bytes + 16))};
    }
    static void storeHalf(void* p, F x)
    {
        auto* to = static_cast<__m128i*>(p);
        _mm_storeu_si128(to, _mm256_cvtps_ph(x.a, _MM_FROUND_TO_NEAREST_INT));
        _mm_storeu_si128(to + 1, _mm256_cvtps_ph(x.b, _MM_FROUND_TO_NEAREST_INT));
    }
    static F loadBf16(const void* p)
    {
        const auto* bytes = static_cast<const uint8_t*>(p);
        const auto widened = [](__m128i x) {
            return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(x), 16));
        };
        return {widened(load16(bytes)), widened(load16(bytes + 16))};
    }
    static float half(uint16_t bits) { return _cvtsh_ss(bits); }
    static F add(F x, F y) { return {_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b)}; }
    static F sub(F x, F y) { return {_mm256_sub_ps(x.a, y.a), _mm256_sub_ps(x.b, y.b)}; }
    static F mul(F x, F y) { return {_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b)}; }
    static F div(F x, F y) { return {_mm256_div_ps(x.a, y.a), _mm256_div_ps(x.b, y.b)}; }
    static F max(F x, F y) { return {_mm256_max_ps(x.a, y.a), _mm256_max_ps(x.b, y.b)}; }
    static F min(F x, F y) { return {_mm256_min_ps(x.a, y.a), _mm256_min_ps(x.b, y.b)}; }
    static F abs(F x)
    {
        const __m256 sign = _mm256_set1_ps(-0.0f);
        return {_mm256_andnot_ps(sign, x.a), _mm256_andnot_ps(sign, x.b)};
    }
    static F fma(F x, F y, F z)
    {
        return {_mm256_fmadd_ps(x.a, y.a, z.a), _mm256_fmadd_ps(x.b, y.b, z.b)};
    }
    static float sum(F x)
    {
        const __m256 eight = _mm256_add_ps(x.a, x.b);
        __m128 r = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
        r = _mm_add_ps(r, _mm_movehl_ps(r, r));
        return _mm_cvtss_f32(_mm_add_ss(r, _mm_movehdup_ps(r)));
    }
    static float maximum(F x)
    {
        const __m256 eight = _mm256_max_ps(x.a, x.b);
        __m128 r = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
        r = _mm_max_ps(r, _mm_movehl_ps(r, r));
        return _mm_cvtss_f32(_mm_max_ss(r, _mm_movehdup_ps(r)));
    }
    static F quads(const float* s)
    {
        const __m256 four = _mm256_broadcast_ps(reinterpret_cast<const __m128*>(s));
        return {_mm256_permutevar_ps(four, _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1)),
            _mm256_permutevar_ps(four, _mm256_setr_epi32(2, 2, 2, 2, 3, 3, 3, 3))};
    }
    static F halvesTwice(const uint8_t* p, size_t stride)
    {
        const __m256 h = gatherHalves(p, stride);
        return {_mm256_permutevar8x32_ps(h, _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3)),
            _mm256_permutevar8x32_ps(h, _mm256_setr_epi32(4, 4, 5, 5, 6, 6, 7, 7))};
    }

    static I toInt(F x) { return {_mm256_cvtps_epi32(x.a), _mm256_cvtps_epi32(x.b)}; }
    static F toFloat(I x) { return {_mm256_cvtepi32_ps(x.a), _mm256_cvtepi32_ps(x.b)}; }
    static F powerOfTwo(I n)
    {
        const __m256i bias = _mm256_set1_epi32(127);
        return {_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n.a, bias), 23)),
            _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n.b, bias), 23))};
    }
    static int32_t sumInt(I x)
    {
        const __m256i eight = _mm256_add_epi32(x.a, x.b);
        __m128i r =
            _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
        r = _mm_add_epi32(r, _mm_shuffle_epi32(r, 0x4e));
        return _mm_cvtsi128_si32(_mm_add_epi32(r, _mm_shuffle_epi32(r, 0xb1)));
    }
    static I widenRegister(__m128i x)
    {
        return {_mm256_cvtepu8_epi32(x), _mm256_cvtepu8_epi32(_mm_srli_si128(x, 8))};
    }
    static I widen(const uint8_t* p) { return widenRegister(load16(p)); }
    static I widenSigned(const uint8_t* p)
    {
        const __m128i x = load16(p);
        return {_mm256_cvtepi8_epi32(x), _mm256_cvtepi8_epi32(_mm_srli_si128(x, 8))};
    }
    static I widenTwice(uint64_t bytes)
    {
        const __m128i x = _mm_cvtsi64_si128(int64_t(bytes));
        return widenRegister(_mm_unpacklo_epi8(x, x));
    }
    static void storeInt8(int8_t* p, I x)
    {
        // Packing works within 128-bit halves: 0-3 8-11 4-7 12-15, put in order afterwards.
        const __m256i words =
            _mm256_permute4x64_epi64(_mm256_packs_epi32(x.a, x.b), 0xd8); // 0-7 8-15
        _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
            _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
    }

    static B loadBytes(const void* p)
    {
        return {load32(p), load32(static_cast<const uint8_t*>(p) + 32)};
    }
    static void storeBytes(void* p, B x)
    {
        _mm256_storeu_si256(static_cast<__m256i*>(p), x.a);
        _mm256_storeu_si256(static_cast<__m256i*>(p) + 1, x.b);
    }
    static B join(const uint8_t* a, const uint8_t* b) { return {load32(a), load32(b)}; }
    static B twice(const uint8_t* p)
    {
        const __m256i x = load32(p);
        return {x, x};
    }
    static B nibbles(const uint8_t* p)
    {
        const __m256i mask = _mm256_set1_epi8(15);
        const __m256i x = load32(p);
        return {_mm256_and_si256(x, mask), _mm256_and_si256(_mm256_srli_epi16(x, 4), mask)};
    }
    static B nibblePairs(const uint8_t* a, const uint8_t* b)
    {
        const __m256i mask = _mm256_set1_epi8(15);
        const auto spread = [&](const uint8_t* p) {
            const __m128i x = load16(p);
            return _mm256_and_si256(_mm256_set_m128i(_mm_srli_epi16(x, 4), x), mask);
        };
        return {spread(a), spread(b)};
    }
    template <int kLow, int kHigh>
    static B shiftRight(B x, int mask)
    {
        const __m256i m = _mm256_set1_epi8(char(mask));
        return {_mm256_and_si256(_mm256_srli_epi16(x.a, kLow), m),
            _mm256_and_si256(_mm256_srli_epi16(x.b, kHigh), m)};
    }
    template <int kCount>
    static B shiftLeft(B x)
    {
        return {_mm256_slli_epi16(x.a, kCount), _mm256_slli_epi16(x.b, kCount)};
    }
    static B bitAnd(B x, int mask)
    {
        const __m256i m = _mm256_set1_epi8(char(mask));
        return {_mm256_and_si256(x.a, m), _mm256_and_si256(x.b, m)};
    }
    static B bitOr(B x, B y) { return {_mm256_or_si256(x.a, y.a), _mm256_or_si256(x.b, y.b)}; }
    static B sixteens(uint32_t a, uint32_t b)
    {
        // Byte i gets the mask byte i / 8, keeps bit i % 8, and becomes 16 where it is not zero.
        const __m256i spread = _mm256_setr_epi8(0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            2,
            2,
            2,
            2,
            2,
            2,
            2,
            2,
            3,
            3,
            3,
            3,
            3,
            3,
            3,
            3);
        const __m256i bits = _mm256_set1_epi64x(int64_t(0x8040201008040201u));
        const auto expand = [&](uint32_t word) {
            const __m256i x = _mm256_shuffle_epi8(_mm256_set1_epi32(int(word)), spread);
            return _mm256_and_si256(
                _mm256_cmpeq_epi8(_mm256_and_si256(x, bits), bits), _mm256_set1_epi8(16));
        };
        return {expand(a), expand(b)};
    }
    static B lookUp(const int8_t* table16, B index)
    {
        const __m256i table = _mm256_broadcastsi128_si256(load16(table16));
        return {_mm256_shuffle_epi8(table, index.a), _mm256_shuffle_epi8(table, index.b)};
    }
    static B broadcastQuad(const int8_t* p)
    {
        int32_t quad;
        std::memcpy(&quad, p, sizeof(quad));
        const __m256i x = _mm256_set1_epi32(quad);
        return {x, x};
    }

    static __m256i sumPairs(__m256i words)
    {
        return _mm256_madd_epi16(words, _mm256_set1_epi16(1));
    }
    static I dot(B u, B s) { return narrowSum(narrowProduct(u, s)); }
    static N narrowProduct(B u, B s)
    {
        return {_mm256_maddubs_epi16(u.a, s.a), _mm256_maddubs_epi16(u.b, s.b)};
    }
    static N narrowZero() { return zeroInt(); }
    static N narrowDot(N n, B u, B s)
    {
        const N p = narrowProduct(u, s);
        return inOrder({_mm256_add_epi16(n.a, p.a), _mm256_add_epi16(n.b, p.b)});
    }
    // Keeps the compiler from computing all products first and adding them up as a tree, which
    // takes more registers than there are.
    static N inOrder(N n)
    {
#if defined(__GNUC__)
        __asm__("" : "+x"(n.a), "+x"(n.b));
#endif
        return n;
    }
    static I narrowSum(N n)
    {
        return {sumPairs(n.a), sumPairs(n.b)};
    }
    static I addInt(I x, I y)
    {
        return {_mm256_add_epi32(x.a, y.a), _mm256_add_epi32(x.b, y.b)};
    }
    static I zeroInt()
    {
        return {_mm256_setzero_si256(), _mm256_setzero_si256()};
    }
    // |w| . (s with the sign of w): a magnitude of 128 still fits the unsigned side.
    static W signedWeights(B w)
    {
        return {{_mm256_abs_epi8(w.a), _mm256_abs_epi8(w.b)}, w};
    }
    static I signedDot(I x, W w, B s)
    {
        const B signedS{_mm256_sign_epi8(s.a, w.sign.a), _mm256_sign_epi8(s.b, w.sign.b)};
        return inOrder(addInt(x, dot(w.magnitude, signedS)));
    }

    static void transpose(const uint8_t* in, size_t stride, uint8_t* out)
    {
        transpose8x8(in, stride, out);
        transpose8x8(in + 32, stride, out + 8 * 64);
        transpose8x8(in + 8 * stride, stride, out + 32);
        transpose8x8(in + 8 * stride + 32, stride, out + 8 * 64 + 32);
    }

    static void prefetch(const void* p)
    {
        _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0);
    }
};

} // namespace
} // namespace atelier
