// SPDX-License-Identifier: MIT
// SimdAvx512: the vocabulary of the kernels in AVX-512 (F, BW, DQ, VL) with VNNI; see
// simd_portable.h. Each function is one or two instructions on purpose: what cannot be run on
// every developer's machine must be reviewable at a glance. The logic above it is the same text
// that the other policies run.
#pragma once

#include "engine/backends/cpu/simd_avx2.h"

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace atelier {
namespace {

struct SimdAvx512
{
    static constexpr const char* kName = "avx512-vnni";
    static constexpr int kQuantTile = 8; // 32 registers: one per token for each of three sums
    static constexpr int kFloatTile = 12;
    static constexpr bool kStreamsTokensTogether = true;
    static constexpr int kSignedBias = 128; // vpdpbusd takes unsigned weights

    using F = __m512;
    using I = __m512i;
    using B = __m512i;
    using N = __m512i;
    using W = __m512i;

    static __m256i load32(const void* p)
    {
        return _mm256_loadu_si256(static_cast<const __m256i*>(p));
    }
    static __m128i load16(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
    static __m512i concat(__m256i low, __m256i high)
    {
        return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
    }

    static F zero() { return _mm512_setzero_ps(); }
    static F set(float x) { return _mm512_set1_ps(x); }
    static F load(const void* p) { return _mm512_loadu_ps(p); }
    static void store(float* p, F x) { _mm512_storeu_ps(p, x); }
    static F loadHalf(const void* p) { return _mm512_cvtph_ps(load32(p)); }
    static void storeHalf(void* p, F x)
    {
        _mm256_storeu_si256(
            static_cast<__m256i*>(p), _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT));
    }
    static F loadBf16(const void* p)
    {
        return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(load32(p)), 16));
    }
    static float half(uint16_t bits) { return _cvtsh_ss(bits); }
    static F add(F x, F y) { return _mm512_add_ps(x, y); }
    static F sub(F x, F y) { return _mm512_sub_ps(x, y); }
    static F mul(F x, F y) { return _mm512_mul_ps(x, y); }
    static F div(F x, F y) { return _mm512_div_ps(x, y); }
    static F max(F x, F y) { return _mm512_max_ps(x, y); }
    static F min(F x, F y) { return _mm512_min_ps(x, y); }
    static F abs(F x) { return _mm512_abs_ps(x); }
    static F fma(F x, F y, F z) { return _mm512_fmadd_ps(x, y, z); }
    static float sum(F x) { return _mm512_reduce_add_ps(x); }
    static float maximum(F x) { return _mm512_reduce_max_ps(x); }
    static F quads(const float* s)
    {
        const __m512i lanes = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
        return _mm512_permutexvar_ps(lanes, _mm512_castps128_ps512(_mm_loadu_ps(s)));
    }
    static F halvesTwice(const uint8_t* p, size_t stride)
    {
        const __m512i lanes = _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
        return _mm512_permutexvar_ps(lanes, _mm512_castps256_ps512(gatherHalves(p, stride)));
    }

    static I toInt(F x) { return _mm512_cvtps_epi32(x); }
    static F toFloat(I x) { return _mm512_cvtepi32_ps(x); }
    static F powerOfTwo(I n)
    {
        return _mm512_castsi512_ps(
            _mm512_slli_epi32(_mm512_add_epi32(n, _mm512_set1_epi32(127)), 23));
    }
    static int32_t sumInt(I x) { return _mm512_reduce_add_epi32(x); }
    static I widen(const uint8_t* p) { return _mm512_cvtepu8_epi32(load16(p)); }
    static I widenSigned(const uint8_t* p) { return _mm512_cvtepi8_epi32(load16(p)); }
    static I widenTwice(uint64_t bytes)
    {
        const __m128i x = _mm_cvtsi64_si128(int64_t(bytes));
        return _mm512_cvtepu8_epi32(_mm_unpacklo_epi8(x, x));
    }
    static void storeInt8(int8_t* p, I x)
    {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtsepi32_epi8(x));
    }

    static B loadBytes(const void* p) { return _mm512_loadu_si512(p); }
    static void storeBytes(void* p, B x) { _mm512_storeu_si512(p, x); }
    static B join(const uint8_t* a, const uint8_t* b) { return concat(load32(a), load32(b)); }
    static B twice(const uint8_t* p) { return _mm512_broadcast_i64x4(load32(p)); }
    static B nibbles(const uint8_t* p)
    {
        const __m256i x = load32(p);
        return bitAnd(concat(x, _mm256_srli_epi16(x, 4)), 15);
    }
    static B nibblePairs(const uint8_t* a, const uint8_t* b)
    {
        const auto spread = [](const uint8_t* p) {
            const __m128i x = load16(p);
            return _mm256_set_m128i(_mm_srli_epi16(x, 4), x);
        };
        return bitAnd(concat(spread(a), spread(b)), 15);
    }
    template <int kLow, int kHigh>
    static B shiftRight(B x, int mask)
    {
        const __m512i counts = concat(_mm256_set1_epi16(kLow), _mm256_set1_epi16(kHigh));
        return bitAnd(_mm512_srlv_epi16(x, counts), mask);
    }
    template <int kCount>
    static B shiftLeft(B x)
    {
        return _mm512_slli_epi16(x, kCount);
    }
    static B bitAnd(B x, int mask) { return _mm512_and_si512(x, _mm512_set1_epi8(char(mask))); }
    static B bitOr(B x, B y) { return _mm512_or_si512(x, y); }
    static B sixteens(uint32_t a, uint32_t b)
    {
        return _mm512_maskz_set1_epi8(__mmask64(uint64_t(b) << 32 | a), 16);
    }
    static B lookUp(const int8_t* table16, B index)
    {
        return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(load16(table16)), index);
    }
    static B broadcastQuad(const int8_t* p)
    {
        int32_t quad;
        std::memcpy(&quad, p, sizeof(quad));
        return _mm512_set1_epi32(quad);
    }

    static I dot(B u, B s) { return _mm512_dpbusd_epi32(_mm512_setzero_si512(), u, s); }
    static N narrowZero() { return _mm512_setzero_si512(); }
    static N narrowDot(N n, B u, B s) { return _mm512_dpbusd_epi32(n, u, s); }
    static I narrowSum(N n) { return n; }
    static I addInt(I x, I y) { return _mm512_add_epi32(x, y); }
    static I zeroInt() { return _mm512_setzero_si512(); }
    static W signedWeights(B w) { return _mm512_xor_si512(w, _mm512_set1_epi8(char(0x80))); }
    static I signedDot(I x, W w, B s) { return _mm512_dpbusd_epi32(x, w, s); }

    static void transpose(const uint8_t* in, size_t stride, uint8_t* out)
    {
        SimdAvx2::transpose(in, stride, out);
    }

    static void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }
};

} // namespace
} // namespace atelier
