// SPDX-License-Identifier: MIT
// What all shaders share. Offsets and strides count elements of the buffer they belong to.
#extension GL_EXT_control_flow_attributes : require

precise float halfToFloat(uint h)
{
    // By bits: unpackHalf2x16() may flush small numbers to zero, and scales of weights are small.
    uint sign = (h & 0x8000u) << 16;
    uint rest = h & 0x7FFFu;
    if (rest < 0x400u) {
        float small = float(rest) * 5.9604644775390625e-8; // 2^-24
        return sign != 0u ? -small : small;
    }
    uint bits = (rest << 13) + (rest >= 0x7C00u ? 0x70000000u : 0x38000000u);
    return uintBitsToFloat(sign | bits);
}

// Rounds to nearest, ties to even, as the host does.
uint floatToHalf(float value)
{
    uint bits = floatBitsToUint(value);
    uint sign = bits >> 16 & 0x8000u;
    uint rest = bits & 0x7FFFFFFFu;
    if (rest >= 0x47800000u) { // too large, or not a number
        return sign | (rest > 0x7F800000u ? 0x7E00u : 0x7C00u);
    }
    if (rest < 0x38800000u) { // subnormal as a half
        if (rest < 0x33000000u) {
            return sign;
        }
        uint shift = 126u - (rest >> 23);
        uint mantissa = (rest & 0x7FFFFFu) | 0x800000u;
        uint kept = mantissa >> shift;
        uint lost = mantissa & ((1u << shift) - 1u);
        uint middle = 1u << (shift - 1u);
        return sign | (kept + (lost > middle || (lost == middle && (kept & 1u) != 0u) ? 1u : 0u));
    }
    uint rounded = rest + 0xFFFu + (rest >> 13 & 1u);
    return sign | ((rounded - 0x38000000u) >> 13);
}
