// SPDX-License-Identifier: MIT
// Stands in front of the compiler's <immintrin.h>: AVX-512 through SIMDe, which computes each
// intrinsic in plain code or AVX2. So the AVX-512 kernels run on machines that do not have it.
#pragma once

#include_next <immintrin.h>

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>

// What SIMDe 0.7.4 does not have yet, from its AVX2 halves. The names are the compiler's own, so
// macros are the only way to put something in their place.
namespace emulated {

union Halves {
    simde__m512 f;
    simde__m512i i;
    __m256 f256[2];
    __m256i i256[2];
    float lanes[16];
};

inline simde__m512 join(__m256 low, __m256 high)
{
    Halves r;
    r.f256[0] = low;
    r.f256[1] = high;
    return r.f;
}

inline simde__m512i join(__m256i low, __m256i high)
{
    Halves r;
    r.i256[0] = low;
    r.i256[1] = high;
    return r.i;
}

inline simde__m512 cvtphPs(__m256i x)
{
    return join(_mm256_cvtph_ps(_mm256_castsi256_si128(x)),
        _mm256_cvtph_ps(_mm256_extracti128_si256(x, 1)));
}

template <int kRounding>
inline __m256i cvtpsPh(simde__m512 x)
{
    Halves r;
    r.f = x;
    return _mm256_set_m128i(
        _mm256_cvtps_ph(r.f256[1], kRounding), _mm256_cvtps_ph(r.f256[0], kRounding));
}

inline simde__m512i cvtepu16Epi32(__m256i x)
{
    return join(_mm256_cvtepu16_epi32(_mm256_castsi256_si128(x)),
        _mm256_cvtepu16_epi32(_mm256_extracti128_si256(x, 1)));
}

inline simde__m512i cvtepu8Epi32(__m128i x)
{
    return join(_mm256_cvtepu8_epi32(x), _mm256_cvtepu8_epi32(_mm_srli_si128(x, 8)));
}

inline simde__m512i cvtepi8Epi32(__m128i x)
{
    return join(_mm256_cvtepi8_epi32(x), _mm256_cvtepi8_epi32(_mm_srli_si128(x, 8)));
}

inline simde__m512i cvtpsEpi32(simde__m512 x)
{
    Halves r;
    r.f = x;
    return join(_mm256_cvtps_epi32(r.f256[0]), _mm256_cvtps_epi32(r.f256[1]));
}

inline simde__m512 cvtepi32Ps(simde__m512i x)
{
    Halves r;
    r.i = x;
    return join(_mm256_cvtepi32_ps(r.i256[0]), _mm256_cvtepi32_ps(r.i256[1]));
}

inline float reduceAddPs(simde__m512 x)
{
    Halves r;
    r.f = x;
    for (int width = 8; width > 0; width /= 2) {
        for (int i = 0; i < width; ++i) {
            r.lanes[i] += r.lanes[i + width];
        }
    }
    return r.lanes[0];
}

inline float reduceMaxPs(simde__m512 x)
{
    Halves r;
    r.f = x;
    float largest = r.lanes[0];
    for (const float lane : r.lanes) {
        largest = lane > largest ? lane : largest;
    }
    return largest;
}

inline int reduceAddEpi32(simde__m512i x)
{
    Halves r;
    r.i = x;
    int sum = 0;
    for (const __m256i half : r.i256) {
        alignas(32) int lanes[8];
        _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), half);
        for (const int lane : lanes) {
            sum += lane;
        }
    }
    return sum;
}

} // namespace emulated

#define _mm512_cvtph_ps(x) emulated::cvtphPs(x)
#define _mm512_cvtps_ph(x, rounding) emulated::cvtpsPh<rounding>(x)
#define _mm512_cvtepu16_epi32(x) emulated::cvtepu16Epi32(x)
#define _mm512_cvtepu8_epi32(x) emulated::cvtepu8Epi32(x)
#define _mm512_cvtepi8_epi32(x) emulated::cvtepi8Epi32(x)
#define _mm512_cvtps_epi32(x) emulated::cvtpsEpi32(x)
#define _mm512_cvtepi32_ps(x) emulated::cvtepi32Ps(x)
#define _mm512_reduce_add_ps(x) emulated::reduceAddPs(x)
#define _mm512_reduce_max_ps(x) emulated::reduceMaxPs(x)
#define _mm512_reduce_add_epi32(x) emulated::reduceAddEpi32(x)
