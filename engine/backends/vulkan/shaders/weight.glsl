// SPDX-License-Identifier: MIT
// weightAt(row, column) for the format WEIGHT_TYPE, which is numbered as DType is. Weights lie in
// the buffer as in the model file, so blocks begin at any even byte.
layout(set = 0, binding = 1) readonly buffer Weights
{
    uint weights[];
};

uint byteAt(uint at)
{
    return weights[at >> 2] >> ((at & 3u) * 8u) & 0xFFu;
}

int signedByteAt(uint at)
{
    return int(byteAt(at) << 24) >> 24;
}

uint shortAt(uint at)
{
    return byteAt(at) | byteAt(at + 1u) << 8;
}

float scaleAt(uint at)
{
    return halfToFloat(shortAt(at));
}

#if WEIGHT_TYPE == 12 || WEIGHT_TYPE == 13
// Scale and minimum of one of the eight parts of a Q4_K or Q5_K block, 6 bits each.
uvec2 partScale(uint scales, uint part)
{
    if (part < 4u) {
        return uvec2(byteAt(scales + part) & 63u, byteAt(scales + part + 4u) & 63u);
    }
    uint low = byteAt(scales + part + 4u);
    return uvec2((low & 15u) | (byteAt(scales + part - 4u) >> 6) << 4,
        low >> 4 | (byteAt(scales + part) >> 6) << 4);
}
#endif

float weightAt(uint row, uint column)
{
#if WEIGHT_TYPE == 0 // F32
    return uintBitsToFloat(weights[row * pc.cols + column]);
#elif WEIGHT_TYPE == 1 // F16
    return scaleAt((row * pc.cols + column) * 2u);
#elif WEIGHT_TYPE == 30 // BF16
    return uintBitsToFloat(shortAt((row * pc.cols + column) * 2u) << 16);
#elif WEIGHT_TYPE == 12 || WEIGHT_TYPE == 13 // Q4_K, Q5_K
    uint bytesPerBlock = WEIGHT_TYPE == 12 ? 144u : 176u;
    uint at = (row * (pc.cols / 256u) + column / 256u) * bytesPerBlock;
    uint i = column % 256u;
    uint part = i / 32u;
    uvec2 scale = partScale(at + 4u, part);
    uint quants = at + (WEIGHT_TYPE == 12 ? 16u : 48u);
    uint both = byteAt(quants + i / 64u * 32u + i % 32u);
    uint q = (part & 1u) == 0u ? both & 15u : both >> 4;
    if (WEIGHT_TYPE == 13) {
        q |= (byteAt(at + 16u + i % 32u) >> part & 1u) << 4;
    }
    return scaleAt(at) * float(scale.x) * float(q) - scaleAt(at + 2u) * float(scale.y);
#elif WEIGHT_TYPE == 14 // Q6_K
    uint at = (row * (pc.cols / 256u) + column / 256u) * 210u;
    uint i = column % 256u;
    uint side = i / 128u;
    uint part = i % 128u / 32u;
    uint lane = i % 32u;
    uint both = byteAt(at + side * 64u + (part & 1u) * 32u + lane);
    uint low = part < 2u ? both & 15u : both >> 4;
    uint high = byteAt(at + 128u + side * 32u + lane) >> (2u * part) & 3u;
    int scale = signedByteAt(at + 192u + side * 8u + part * 2u + lane / 16u);
    return scaleAt(at + 208u) * float(scale) * float(int(low | high << 4) - 32);
#else // blocks of 32
    uint i = column % 32u;
    uint block = row * (pc.cols / 32u) + column / 32u;
#if WEIGHT_TYPE == 8 // Q8_0
    uint at = block * 34u;
    return scaleAt(at) * float(signedByteAt(at + 2u + i));
#elif WEIGHT_TYPE == 2 // Q4_0
    uint at = block * 18u;
    uint both = byteAt(at + 2u + i % 16u);
    return scaleAt(at) * float(int(i < 16u ? both & 15u : both >> 4) - 8);
#elif WEIGHT_TYPE == 3 // Q4_1
    uint at = block * 20u;
    uint both = byteAt(at + 4u + i % 16u);
    return scaleAt(at) * float(i < 16u ? both & 15u : both >> 4) + scaleAt(at + 2u);
#elif WEIGHT_TYPE == 6 // Q5_0
    uint at = block * 22u;
    uint both = byteAt(at + 6u + i % 16u);
    uint high = byteAt(at + 2u + i / 8u) >> (i % 8u) & 1u;
    return scaleAt(at) * float(int((i < 16u ? both & 15u : both >> 4) | high << 4) - 16);
#elif WEIGHT_TYPE == 7 // Q5_1
    uint at = block * 24u;
    uint both = byteAt(at + 8u + i % 16u);
    uint high = byteAt(at + 4u + i / 8u) >> (i % 8u) & 1u;
    return scaleAt(at) * float((i < 16u ? both & 15u : both >> 4) | high << 4) + scaleAt(at + 2u);
#endif
#endif
}
