// SPDX-License-Identifier: MIT
#include "engine/ops/dequantize.h"

#include "engine/base/check.h"
#include "engine/base/half.h"

#include <cstdint>
#include <cstring>

namespace atelier {

namespace {

using Bytes = const uint8_t*;

uint16_t u16(Bytes bytes)
{
    return uint16_t(bytes[0] | bytes[1] << 8);
}

float half(Bytes bytes)
{
    return halfToFloat(u16(bytes));
}

void decodeF32(Bytes block, float* out)
{
    std::memcpy(out, block, sizeof(float));
}

void decodeF16(Bytes block, float* out)
{
    *out = half(block);
}

void decodeBf16(Bytes block, float* out)
{
    *out = bf16ToFloat(u16(block));
}

// The formats of 32 values: d, perhaps an offset m, perhaps the fifth bits, then 16 bytes with
// value i in the low nibble of byte i and value i + 16 in its high nibble.
void decodeQ4_0(Bytes block, float* out)
{
    const float d = half(block);
    for (int i = 0; i < 16; ++i) {
        out[i] = d * float((block[2 + i] & 15) - 8);
        out[i + 16] = d * float((block[2 + i] >> 4) - 8);
    }
}

void decodeQ4_1(Bytes block, float* out)
{
    const float d = half(block);
    const float m = half(block + 2);
    for (int i = 0; i < 16; ++i) {
        out[i] = d * float(block[4 + i] & 15) + m;
        out[i + 16] = d * float(block[4 + i] >> 4) + m;
    }
}

int fifthBit(Bytes bits, int index)
{
    return (bits[index / 8] >> (index % 8) & 1) << 4;
}

void decodeQ5_0(Bytes block, float* out)
{
    const float d = half(block);
    for (int i = 0; i < 16; ++i) {
        out[i] = d * float(((block[6 + i] & 15) | fifthBit(block + 2, i)) - 16);
        out[i + 16] = d * float(((block[6 + i] >> 4) | fifthBit(block + 2, i + 16)) - 16);
    }
}

void decodeQ5_1(Bytes block, float* out)
{
    const float d = half(block);
    const float m = half(block + 2);
    for (int i = 0; i < 16; ++i) {
        out[i] = d * float((block[8 + i] & 15) | fifthBit(block + 4, i)) + m;
        out[i + 16] = d * float((block[8 + i] >> 4) | fifthBit(block + 4, i + 16)) + m;
    }
}

void decodeQ8_0(Bytes block, float* out)
{
    const float d = half(block);
    for (int i = 0; i < 32; ++i) {
        out[i] = d * float(int8_t(block[2 + i]));
    }
}

void decodeIq4Nl(Bytes block, float* out)
{
    const float d = half(block);
    for (int i = 0; i < 16; ++i) {
        out[i] = d * float(kIq4Values[block[2 + i] & 15]);
        out[i + 16] = d * float(kIq4Values[block[2 + i] >> 4]);
    }
}

// The formats of 256 values. Q2_K: 16 scale bytes (scale low, minimum high), 64 bytes of 2-bit
// values, d, dmin. Each half of 128 values spreads over the four bit pairs of 32 bytes.
void decodeQ2_K(Bytes block, float* out)
{
    const float d = half(block + 80);
    const float dmin = half(block + 82);
    for (int i = 0; i < 256; ++i) {
        const int scale = block[i / 16];
        const int bits = block[16 + i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2) & 3;
        out[i] = d * float(scale & 15) * float(bits) - dmin * float(scale >> 4);
    }
}

// Q3_K: 32 bytes of third bits, 64 bytes of 2-bit values as in Q2_K, 16 packed 6-bit scales, d.
void decodeQ3_K(Bytes block, float* out)
{
    const Bytes scales = block + 96;
    const float d = half(block + 108);
    for (int i = 0; i < 256; ++i) {
        const int group = i / 16;
        const int low = group < 8 ? scales[group] & 15 : scales[group - 8] >> 4;
        const int high = scales[8 + group % 4] >> (group / 4 * 2) & 3;
        const int bits = block[32 + i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2) & 3;
        const int third = block[i % 32] >> (i / 32) & 1;
        out[i] = d * float((low | high << 4) - 32) * float(bits - (third ? 0 : 4));
    }
}

// The 6-bit scale and minimum of sub-block `group`, packed into 12 bytes (Q4_K, Q5_K).
void scaleAndMinimum(Bytes packed, int group, int& scale, int& minimum)
{
    if (group < 4) {
        scale = packed[group] & 63;
        minimum = packed[group + 4] & 63;
    } else {
        scale = (packed[group + 4] & 15) | (packed[group - 4] >> 6) << 4;
        minimum = packed[group + 4] >> 4 | (packed[group] >> 6) << 4;
    }
}

void decodeQ4_K(Bytes block, float* out)
{
    const float d = half(block);
    const float dmin = half(block + 2);
    for (int group = 0; group < 8; ++group) {
        int scale = 0;
        int minimum = 0;
        scaleAndMinimum(block + 4, group, scale, minimum);
        for (int i = 0; i < 32; ++i) {
            const int bits = block[16 + group / 2 * 32 + i] >> (group % 2 * 4) & 15;
            out[group * 32 + i] = d * float(scale) * float(bits) - dmin * float(minimum);
        }
    }
}

void decodeQ5_K(Bytes block, float* out)
{
    const float d = half(block);
    const float dmin = half(block + 2);
    for (int group = 0; group < 8; ++group) {
        int scale = 0;
        int minimum = 0;
        scaleAndMinimum(block + 4, group, scale, minimum);
        for (int i = 0; i < 32; ++i) {
            const int low = block[48 + group / 2 * 32 + i] >> (group % 2 * 4) & 15;
            const int bits = low | (block[16 + i] >> group & 1) << 4;
            out[group * 32 + i] = d * float(scale) * float(bits) - dmin * float(minimum);
        }
    }
}

// Q6_K: 128 bytes of low nibbles, 64 bytes of high bit pairs, 16 signed scales, d. Each half of
// 128 values takes 64 nibble bytes (values 0..63 low, 64..127 high) and 32 bytes of bit pairs.
void decodeQ6_K(Bytes block, float* out)
{
    const float d = half(block + 208);
    for (int i = 0; i < 256; ++i) {
        const int within = i % 128;
        const int low = block[i / 128 * 64 + within % 64] >> (within / 64 * 4) & 15;
        const int high = block[128 + i / 128 * 32 + within % 32] >> (within / 32 * 2) & 3;
        const int scale = int8_t(block[192 + i / 16]);
        out[i] = d * float(scale) * float((low | high << 4) - 32);
    }
}

void decodeIq4Xs(Bytes block, float* out)
{
    const float d = half(block);
    const int highScales = u16(block + 2);
    for (int group = 0; group < 8; ++group) {
        const int low = block[4 + group / 2] >> (group % 2 * 4) & 15;
        const int scale = (low | (highScales >> (group * 2) & 3) << 4) - 32;
        for (int i = 0; i < 16; ++i) {
            const int byte = block[8 + group * 16 + i];
            out[group * 32 + i] = d * float(scale) * float(kIq4Values[byte & 15]);
            out[group * 32 + 16 + i] = d * float(scale) * float(kIq4Values[byte >> 4]);
        }
    }
}

using Decode = void (*)(Bytes, float*);

Decode decoder(DType type)
{
    switch (type) {
    case DType::F32:
        return decodeF32;
    case DType::F16:
        return decodeF16;
    case DType::BF16:
        return decodeBf16;
    case DType::Q4_0:
        return decodeQ4_0;
    case DType::Q4_1:
        return decodeQ4_1;
    case DType::Q5_0:
        return decodeQ5_0;
    case DType::Q5_1:
        return decodeQ5_1;
    case DType::Q8_0:
        return decodeQ8_0;
    case DType::Q2_K:
        return decodeQ2_K;
    case DType::Q3_K:
        return decodeQ3_K;
    case DType::Q4_K:
        return decodeQ4_K;
    case DType::Q5_K:
        return decodeQ5_K;
    case DType::Q6_K:
        return decodeQ6_K;
    case DType::IQ4_NL:
        return decodeIq4Nl;
    case DType::IQ4_XS:
        return decodeIq4Xs;
    }
    checkFailed("a DType must come from dtypeFromGguf()", __FILE__, __LINE__);
}

} // namespace

void dequantizeRow(DType type, std::span<const std::byte> row, std::span<float> out)
{
    check(row.size() == rowBytes(type, out.size()), "the row's bytes must match its values");
    const DTypeInfo& info = dtypeInfo(type);
    const Decode decode = decoder(type);
    const auto* block = reinterpret_cast<Bytes>(row.data());
    for (size_t at = 0; at < out.size(); at += info.valuesPerBlock) {
        decode(block, out.data() + at);
        block += info.bytesPerBlock;
    }
}

} // namespace atelier
