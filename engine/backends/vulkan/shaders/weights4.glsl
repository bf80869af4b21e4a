// SPDX-License-Identifier: MIT
// weightsAt4(row, column): weightAt() of four columns at once, from a column divisible by four:
// they have one scale, and their bits lie in one or two words.

// The four bytes from an even byte on.
uint wordAt(uint at)
{
    uint low = weights[at >> 2];
    return (at & 2u) == 0u ? low : low >> 16 | weights[(at >> 2) + 1u] << 16;
}

float evenScaleAt(uint at)
{
    return halfToFloat(weights[at >> 2] >> ((at & 2u) * 8u) & 0xFFFFu);
}

// The four bytes of a word; with another mask, a part of each.
vec4 bytesOf(uint word)
{
    return vec4(word & 0xFFu, word >> 8 & 0xFFu, word >> 16 & 0xFFu, word >> 24);
}

vec4 signedBytesOf(uint word)
{
    return vec4(int(word << 24) >> 24, int(word << 16) >> 24, int(word << 8) >> 24, int(word) >> 24);
}

// Bits 0 to 3 to bit 4 of a byte each: the fifth bit of four values.
uint fifthBits(uint bits)
{
    return (bits & 1u) << 4 | (bits & 2u) << 11 | (bits & 4u) << 18 | (bits & 8u) << 25;
}

vec4 weightsAt4(uint row, uint column)
{
#if WEIGHT_TYPE == 0 // F32
    uint at = row * pc.cols + column;
    return vec4(uintBitsToFloat(weights[at]),
        uintBitsToFloat(weights[at + 1u]),
        uintBitsToFloat(weights[at + 2u]),
        uintBitsToFloat(weights[at + 3u]));
#elif WEIGHT_TYPE == 1 || WEIGHT_TYPE == 30 // F16, BF16
    uint at = (row * pc.cols + column) * 2u;
    uint a = wordAt(at);
    uint b = wordAt(at + 4u);
#if WEIGHT_TYPE == 1
    return vec4(halfToFloat(a & 0xFFFFu),
        halfToFloat(a >> 16),
        halfToFloat(b & 0xFFFFu),
        halfToFloat(b >> 16));
#else
    return vec4(uintBitsToFloat(a << 16),
        uintBitsToFloat(a & 0xFFFF0000u),
        uintBitsToFloat(b << 16),
        uintBitsToFloat(b & 0xFFFF0000u));
#endif
#elif WEIGHT_TYPE == 12 || WEIGHT_TYPE == 13 // Q4_K, Q5_K
    uint bytesPerBlock = WEIGHT_TYPE == 12 ? 144u : 176u;
    uint at = (row * (pc.cols / 256u) + column / 256u) * bytesPerBlock;
    uint i = column % 256u;
    uint part = i / 32u;
    uvec2 scale = partScale(at + 4u, part);
    uint quants = at + (WEIGHT_TYPE == 12 ? 16u : 48u);
    uint q = wordAt(quants + i / 64u * 32u + i % 32u) >> ((part & 1u) * 4u) & 0x0F0F0F0Fu;
    if (WEIGHT_TYPE == 13) {
        q |= (wordAt(at + 16u + i % 32u) >> part & 0x01010101u) << 4;
    }
    return evenScaleAt(at) * float(scale.x) * bytesOf(q) - evenScaleAt(at + 2u) * float(scale.y);
#elif WEIGHT_TYPE == 14 // Q6_K
    uint at = (row * (pc.cols / 256u) + column / 256u) * 210u;
    uint i = column % 256u;
    uint side = i / 128u;
    uint part = i % 128u / 32u;
    uint lane = i % 32u;
    uint low = wordAt(at + side * 64u + (part & 1u) * 32u + lane) >> (part / 2u * 4u) & 0x0F0F0F0Fu;
    uint high = wordAt(at + 128u + side * 32u + lane) >> (2u * part) & 0x03030303u;
    int scale = signedByteAt(at + 192u + side * 8u + part * 2u + lane / 16u);
    return evenScaleAt(at + 208u) * float(scale) * (bytesOf(low | high << 4) - 32.0);
#else // blocks of 32
    uint i = column % 32u;
    uint block = row * (pc.cols / 32u) + column / 32u;
    uint upper = i / 16u * 4u; // shift to the half byte of columns 16 to 31
#if WEIGHT_TYPE == 8 // Q8_0
    uint at = block * 34u;
    return evenScaleAt(at) * signedBytesOf(wordAt(at + 2u + i));
#elif WEIGHT_TYPE == 2 // Q4_0
    uint at = block * 18u;
    uint q = wordAt(at + 2u + i % 16u) >> upper & 0x0F0F0F0Fu;
    return evenScaleAt(at) * (bytesOf(q) - 8.0);
#elif WEIGHT_TYPE == 3 // Q4_1
    uint at = block * 20u;
    uint q = wordAt(at + 4u + i % 16u) >> upper & 0x0F0F0F0Fu;
    return evenScaleAt(at) * bytesOf(q) + evenScaleAt(at + 2u);
#elif WEIGHT_TYPE == 6 // Q5_0
    uint at = block * 22u;
    uint q = wordAt(at + 6u + i % 16u) >> upper & 0x0F0F0F0Fu;
    return evenScaleAt(at) * (bytesOf(q | fifthBits(wordAt(at + 2u) >> i)) - 16.0);
#elif WEIGHT_TYPE == 7 // Q5_1
    uint at = block * 24u;
    uint q = wordAt(at + 8u + i % 16u) >> upper & 0x0F0F0F0Fu;
    return evenScaleAt(at) * bytesOf(q | fifthBits(wordAt(at + 4u) >> i)) + evenScaleAt(at + 2u);
#endif
#endif
}
