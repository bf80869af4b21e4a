// SPDX-License-Identifier: MIT
// Rows, and the formats whose blocks stand alone. dequantize.cpp shows the layouts.
#include "engine/quantize/quantize_row.h"

#include "engine/base/check.h"
#include "engine/quantize/fit.h"
#include "engine/quantize/quantize_blocks.h"

#include <cstring>

namespace atelier {

namespace quantize {

namespace {

constexpr int kBlock = 32;

void encodeF32(const float* x, uint8_t* block)
{
    std::memcpy(block, x, sizeof(float));
}

void encodeF16(const float* x, uint8_t* block)
{
    putU16(block, floatToHalf(*x));
}

void encodeBf16(const float* x, uint8_t* block)
{
    putU16(block, floatToBf16(*x));
}

// Value i in the low nibble of byte i, value i + 16 in its high nibble.
void putNibbles(const uint8_t* codes, uint8_t* bytes)
{
    for (int i = 0; i < kBlock / 2; ++i) {
        bytes[i] = uint8_t((codes[i] & 15) | (codes[i + 16] & 15) << 4);
    }
}

void putFifthBits(const uint8_t* codes, uint8_t* bytes)
{
    for (int i = 0; i < kBlock; ++i) {
        bytes[i / 8] = uint8_t(bytes[i / 8] | (codes[i] >> 4 & 1) << (i % 8));
    }
}

// Writes the scale and gives the codes for it.
template <class Levels>
void encodeScaled(const float* x, uint8_t* block, uint8_t* codes)
{
    float weights[kBlock];
    weigh<kBlock>(x, weights);
    const uint16_t half = toHalf(fitScale<kBlock, Levels>(x, weights));
    const float inverse = inverseOf(halfToFloat(half));
    putU16(block, half);
    for (int i = 0; i < kBlock; ++i) {
        codes[i] = uint8_t(Levels::code(Levels::level(x[i] * inverse)));
    }
}

// The same for a scale and an offset.
template <int High>
void encodeAffine(const float* x, uint8_t* block, uint8_t* codes)
{
    using Levels = Integers<0, High>;
    float weights[kBlock];
    weigh<kBlock>(x, weights);
    const Affine fit = fitAffine<kBlock, High, false>(x, weights);
    const uint16_t scale = toHalf(fit.scale);
    const uint16_t offset = toHalf(fit.offset);
    const float inverse = inverseOf(halfToFloat(scale));
    putU16(block, scale);
    putU16(block + 2, offset);
    for (int i = 0; i < kBlock; ++i) {
        codes[i] = uint8_t(Levels::code(Levels::level((x[i] - halfToFloat(offset)) * inverse)));
    }
}

void encodeQ4_0(const float* x, uint8_t* block)
{
    uint8_t codes[kBlock];
    encodeScaled<Integers<-8, 7>>(x, block, codes);
    putNibbles(codes, block + 2);
}

void encodeQ4_1(const float* x, uint8_t* block)
{
    uint8_t codes[kBlock];
    encodeAffine<15>(x, block, codes);
    putNibbles(codes, block + 4);
}

void encodeQ5_0(const float* x, uint8_t* block)
{
    uint8_t codes[kBlock];
    encodeScaled<Integers<-16, 15>>(x, block, codes);
    std::memset(block + 2, 0, 4);
    putFifthBits(codes, block + 2);
    putNibbles(codes, block + 6);
}

void encodeQ5_1(const float* x, uint8_t* block)
{
    uint8_t codes[kBlock];
    encodeAffine<31>(x, block, codes);
    std::memset(block + 4, 0, 4);
    putFifthBits(codes, block + 4);
    putNibbles(codes, block + 8);
}

void encodeQ8_0(const float* x, uint8_t* block)
{
    using Levels = Integers<-127, 127>;
    uint8_t codes[kBlock];
    encodeScaled<Levels>(x, block, codes);
    for (int i = 0; i < kBlock; ++i) {
        block[2 + i] = uint8_t(int(codes[i]) - 127);
    }
}

void encodeIq4Nl(const float* x, uint8_t* block)
{
    uint8_t codes[kBlock];
    encodeScaled<Iq4Levels>(x, block, codes);
    putNibbles(codes, block + 2);
}

using Encode = void (*)(const float*, uint8_t*);

Encode encoder(DType type)
{
    switch (type) {
    case DType::F32:
        return encodeF32;
    case DType::F16:
        return encodeF16;
    case DType::BF16:
        return encodeBf16;
    case DType::Q4_0:
        return encodeQ4_0;
    case DType::Q4_1:
        return encodeQ4_1;
    case DType::Q5_0:
        return encodeQ5_0;
    case DType::Q5_1:
        return encodeQ5_1;
    case DType::Q8_0:
        return encodeQ8_0;
    case DType::Q2_K:
        return encodeQ2_K;
    case DType::Q3_K:
        return encodeQ3_K;
    case DType::Q4_K:
        return encodeQ4_K;
    case DType::Q5_K:
        return encodeQ5_K;
    case DType::Q6_K:
        return encodeQ6_K;
    case DType::IQ4_NL:
        return encodeIq4Nl;
    case DType::IQ4_XS:
        return encodeIq4Xs;
    }
    checkFailed("a DType must come from dtypeFromGguf()", __FILE__, __LINE__);
}

} // namespace

} // namespace quantize

void quantizeRow(DType type, std::span<const float> values, std::span<std::byte> row)
{
    check(row.size() == rowBytes(type, values.size()), "the row's bytes must match its values");
    const DTypeInfo& info = dtypeInfo(type);
    const quantize::Encode encode = quantize::encoder(type);
    auto* block = reinterpret_cast<uint8_t*>(row.data());
    for (size_t at = 0; at < values.size(); at += info.valuesPerBlock) {
        encode(values.data() + at, block);
        block += info.bytesPerBlock;
    }
}

} // namespace atelier
