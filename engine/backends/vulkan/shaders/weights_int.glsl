// SPDX-License-Identifier: MIT
// Quantized weights as they take part in integer products: weight = scale * q + offset with q an
// int8, the same scale and offset for 16 columns. Uses weight.glsl and weights4.glsl.

// The q of four columns from one divisible by four, a byte each.
uint quantsAt4(uint row, uint column)
{
#if WEIGHT_TYPE == 12 || WEIGHT_TYPE == 13 // Q4_K, Q5_K
    uint bytesPerBlock = WEIGHT_TYPE == 12 ? 144u : 176u;
    uint at = (row * (pc.cols / 256u) + column / 256u) * bytesPerBlock;
    uint i = column % 256u;
    uint part = i / 32u;
    uint quants = at + (WEIGHT_TYPE == 12 ? 16u : 48u);
    uint q = wordAt(quants + i / 64u * 32u + i % 32u) >> ((part & 1u) * 4u) & 0x0F0F0F0Fu;
    if (WEIGHT_TYPE == 13) {
        q |= (wordAt(at + 16u + i % 32u) >> part & 0x01010101u) << 4;
    }
    return q;
#elif WEIGHT_TYPE == 14 // Q6_K
    uint at = (row * (pc.cols / 256u) + column / 256u) * 210u;
    uint i = column % 256u;
    uint side = i / 128u;
    uint part = i % 128u / 32u;
    uint lane = i % 32u;
    uint low = wordAt(at + side * 64u + (part & 1u) * 32u + lane) >> (part / 2u * 4u) & 0x0F0F0F0Fu;
    uint high = wordAt(at + 128u + side * 32u + lane) >> (2u * part) & 0x03030303u;
    return low | high << 4;
#else // blocks of 32
    uint i = column % 32u;
    uint block = row * (pc.cols / 32u) + column / 32u;
    uint upper = i / 16u * 4u; // shift to the half byte of columns 16 to 31
#if WEIGHT_TYPE == 8 // Q8_0
    return wordAt(block * 34u + 2u + i);
#elif WEIGHT_TYPE == 2 // Q4_0
    return wordAt(block * 18u + 2u + i % 16u) >> upper & 0x0F0F0F0Fu;
#elif WEIGHT_TYPE == 3 // Q4_1
    return wordAt(block * 20u + 4u + i % 16u) >> upper & 0x0F0F0F0Fu;
#elif WEIGHT_TYPE == 6 // Q5_0
    uint at = block * 22u;
    return (wordAt(at + 6u + i % 16u) >> upper & 0x0F0F0F0Fu) | fifthBits(wordAt(at + 2u) >> i);
#elif WEIGHT_TYPE == 7 // Q5_1
    uint at = block * 24u;
    return (wordAt(at + 8u + i % 16u) >> upper & 0x0F0F0F0Fu) | fifthBits(wordAt(at + 4u) >> i);
#endif
#endif
}

// Scale and offset of 16 columns from one divisible by 16.
vec2 scaleOfQuants(uint row, uint column)
{
#if WEIGHT_TYPE == 12 || WEIGHT_TYPE == 13
    uint bytesPerBlock = WEIGHT_TYPE == 12 ? 144u : 176u;
    uint at = (row * (pc.cols / 256u) + column / 256u) * bytesPerBlock;
    uvec2 scale = partScale(at + 4u, column % 256u / 32u);
    return vec2(evenScaleAt(at) * float(scale.x), -evenScaleAt(at + 2u) * float(scale.y));
#elif WEIGHT_TYPE == 14
    uint at = (row * (pc.cols / 256u) + column / 256u) * 210u;
    float scale = evenScaleAt(at + 208u) * float(signedByteAt(at + 192u + column % 256u / 16u));
    return vec2(scale, -32.0 * scale);
#else
    uint block = row * (pc.cols / 32u) + column / 32u;
#if WEIGHT_TYPE == 8
    return vec2(evenScaleAt(block * 34u), 0.0);
#elif WEIGHT_TYPE == 2
    float scale = evenScaleAt(block * 18u);
    return vec2(scale, -8.0 * scale);
#elif WEIGHT_TYPE == 3
    return vec2(evenScaleAt(block * 20u), evenScaleAt(block * 20u + 2u));
#elif WEIGHT_TYPE == 6
    float scale = evenScaleAt(block * 22u);
    return vec2(scale, -16.0 * scale);
#elif WEIGHT_TYPE == 7
    return vec2(evenScaleAt(block * 24u), evenScaleAt(block * 24u + 2u));
#endif
#endif
}
