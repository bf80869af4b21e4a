// SPDX-License-Identifier: MIT
// IEEE 754 binary16 and bfloat16 as storage formats: exact widening, round-to-nearest-even
// narrowing.
#pragma once

#include <bit>
#include <cstdint>

namespace atelier {

inline float bf16ToFloat(uint16_t bits)
{
    return std::bit_cast<float>(uint32_t(bits) << 16);
}

inline uint16_t floatToBf16(float value)
{
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return uint16_t((bits >> 16) | 0x40u); // a NaN stays one, made quiet
    }
    return uint16_t((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

// Branch-free where it matters: scales of quantized blocks are read through this.
inline float halfToFloat(uint16_t half)
{
    const uint32_t sign = uint32_t(half & 0x8000u) << 16;
    const uint32_t magnitude = half & 0x7fffu;
    if (magnitude >= 0x7c00u) { // infinity or NaN
        return std::bit_cast<float>(sign | 0x7f800000u | (magnitude & 0x3ffu) << 13);
    }
    // Shift exponent and fraction into place, then multiply by 2^112 to rebias; this also
    // normalizes subnormal halves exactly.
    const float scaled = std::bit_cast<float>(magnitude << 13) * 0x1p+112f;
    return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(scaled));
}

inline uint16_t floatToHalf(float value)
{
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    const uint16_t sign = uint16_t(bits >> 16 & 0x8000u);
    uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) {
        return sign | 0x7e00u;
    }
    if (magnitude >= 0x477ff000u) { // rounds to more than 65504
        return sign | 0x7c00u;
    }
    if (magnitude < 0x38800000u) { // below 2^-14: a subnormal half
        const float shifted = std::bit_cast<float>(magnitude) + 0.5f; // 0.5 has ulp 2^-24
        return sign | uint16_t(std::bit_cast<uint32_t>(shifted) - 0x3f000000u);
    }
    magnitude += 0xfffu + (magnitude >> 13 & 1u);
    return sign | uint16_t((magnitude - 0x38000000u) >> 13);
}

} // namespace atelier
