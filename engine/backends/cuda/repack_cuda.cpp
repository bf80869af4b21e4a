// SPDX-License-Identifier: MIT
#include "engine/backends/cuda/repack_cuda.h"

#include "engine/base/check.h"
#include "engine/base/half.h"
#include "engine/ops/dequantize.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace atelier::cuda {

namespace {

uint16_t u16(const uint8_t* bytes)
{
    return uint16_t(bytes[0] | bytes[1] << 8);
}

// The formats of 32 values, whose planes are parts of their blocks: where each part begins.
struct Parts
{
    uint32_t blockBytes, scales, scaleBytes, high, highBytes, low, lowBytes;
};

Parts partsOf(DType type)
{
    switch (type) {
    case DType::Q4_0:
        return {18, 0, 2, 0, 0, 2, 16};
    case DType::Q4_1:
        return {20, 0, 4, 0, 0, 4, 16};
    case DType::Q5_0:
        return {22, 0, 2, 2, 4, 6, 16};
    case DType::Q5_1:
        return {24, 0, 4, 4, 4, 8, 16};
    default:
        return {34, 0, 2, 0, 0, 2, 32}; // Q8_0
    }
}

void repackSmall(DType type, const uint8_t* row, uint32_t blocks, const PlaneTargets& to)
{
    const Parts parts = partsOf(type);
    for (size_t b = 0; b < blocks; ++b) {
        const uint8_t* block = row + b * parts.blockBytes;
        std::memcpy(to.low + b * parts.lowBytes, block + parts.low, parts.lowBytes);
        std::memcpy(to.scales + b * parts.scaleBytes, block + parts.scales, parts.scaleBytes);
        if (parts.highBytes > 0) {
            std::memcpy(to.high + b * parts.highBytes, block + parts.high, parts.highBytes);
        }
    }
}

// 64 values of the K formats, two nibbles a byte, to two blocks of 16 bytes.
void repackNibbles(const uint8_t* from, uint8_t* to)
{
    for (int i = 0; i < 16; ++i) {
        to[i] = uint8_t((from[i] & 15) | (from[i + 16] & 15) << 4);
        to[i + 16] = uint8_t((from[i] >> 4) | (from[i + 16] & 0xf0));
    }
}

void repackQ4K(const uint8_t* row, uint32_t blocks, bool fifth, const PlaneTargets& to)
{
    const uint32_t blockBytes = fifth ? 176 : 144;
    const uint32_t nibbles = fifth ? 48 : 16;
    for (size_t b = 0; b < blocks / 8; ++b) {
        const uint8_t* block = row + b * blockBytes;
        std::memcpy(to.scales + b * 16, block, 16);
        auto* low = reinterpret_cast<uint8_t*>(to.low) + b * 128;
        for (int pair = 0; pair < 4; ++pair) {
            repackNibbles(block + nibbles + pair * 32, low + pair * 32);
        }
        for (int group = 0; fifth && group < 8; ++group) {
            uint32_t bits = 0;
            for (int i = 0; i < 32; ++i) {
                bits |= uint32_t(block[16 + i] >> group & 1) << i;
            }
            std::memcpy(to.high + (b * 8 + size_t(group)) * 4, &bits, 4);
        }
    }
}

void repackQ6K(const uint8_t* row, uint32_t blocks, const PlaneTargets& to)
{
    for (size_t b = 0; b < blocks / 8; ++b) {
        const uint8_t* block = row + b * 210;
        std::memcpy(to.scales + b * 16, block + 192, 16);
        std::memcpy(to.super + b * 2, block + 208, 2);
        for (int group = 0; group < 8; ++group) { // values 32 * group ..
            const int half = group / 4;
            const int inHalf = group % 4;
            const uint8_t* nibbles = block + half * 64 + inHalf % 2 * 32;
            const uint8_t* pairs = block + 128 + half * 32;
            auto* low = reinterpret_cast<uint8_t*>(to.low) + b * 128 + group * 16;
            auto* high = reinterpret_cast<uint8_t*>(to.high) + b * 64 + group * 8;
            std::memset(high, 0, 8);
            for (int i = 0; i < 16; ++i) {
                const int first = nibbles[i] >> (inHalf / 2 * 4) & 15;
                const int second = nibbles[i + 16] >> (inHalf / 2 * 4) & 15;
                low[i] = uint8_t(first | second << 4);
            }
            for (int i = 0; i < 32; ++i) {
                high[i % 8] |= uint8_t((pairs[i] >> (inHalf * 2) & 3) << (i / 8 * 2));
            }
        }
    }
}

// Sixteen values of a format that has no kernels, as int8 with a scale and an offset.
void wideGroup(DType type, const uint8_t* block, int group, int8_t* q, float* pair)
{
    float scale = 0.0f;
    float offset = 0.0f;
    for (int i = 0; i < 16; ++i) {
        const int at = group * 16 + i; // in the block
        switch (type) {
        case DType::Q2_K:
            q[i] = int8_t(block[16 + at / 128 * 32 + at % 32] >> (at % 128 / 32 * 2) & 3);
            break;
        case DType::Q3_K: {
            const int bits = block[32 + at / 128 * 32 + at % 32] >> (at % 128 / 32 * 2) & 3;
            q[i] = int8_t(bits - ((block[at % 32] >> (at / 32) & 1) != 0 ? 0 : 4));
            break;
        }
        case DType::IQ4_NL: {
            const int byte = block[2 + i];
            q[i] = kIq4Values[group == 0 ? byte & 15 : byte >> 4];
            break;
        }
        default: { // IQ4_XS
            const int byte = block[8 + group / 2 * 16 + i];
            q[i] = kIq4Values[group % 2 == 0 ? byte & 15 : byte >> 4];
            break;
        }
        }
    }
    switch (type) {
    case DType::Q2_K:
        scale = halfToFloat(u16(block + 80)) * float(block[group] & 15);
        offset = -(halfToFloat(u16(block + 82)) * float(block[group] >> 4));
        break;
    case DType::Q3_K: {
        const uint8_t* scales = block + 96;
        const int low = group < 8 ? scales[group] & 15 : scales[group - 8] >> 4;
        const int high = scales[8 + group % 4] >> (group / 4 * 2) & 3;
        scale = halfToFloat(u16(block + 108)) * float((low | high << 4) - 32);
        break;
    }
    case DType::IQ4_NL:
        scale = halfToFloat(u16(block));
        break;
    default: { // IQ4_XS
        const int sub = group / 2;
        const int low = block[4 + sub / 2] >> (sub % 2 * 4) & 15;
        const int high = u16(block + 2) >> (sub * 2) & 3;
        scale = halfToFloat(u16(block)) * float((low | high << 4) - 32);
        break;
    }
    }
    pair[0] = scale;
    pair[1] = offset;
}

void repackWide(DType type, const uint8_t* row, uint32_t cols, const PlaneTargets& to)
{
    const DTypeInfo& info = dtypeInfo(type);
    const int groups = int(info.valuesPerBlock / 16);
    for (size_t b = 0; b < cols / info.valuesPerBlock; ++b) {
        for (int group = 0; group < groups; ++group) {
            const size_t index = b * size_t(groups) + size_t(group);
            float pair[2];
            wideGroup(type,
                row + b * info.bytesPerBlock,
                group,
                reinterpret_cast<int8_t*>(to.low) + index * 16,
                pair);
            std::memcpy(to.scales + index * 8, pair, 8);
        }
    }
}

void copyPadded(std::span<const std::byte> row, std::byte* to, size_t bytes)
{
    std::memcpy(to, row.data(), row.size());
    std::memset(to + row.size(), 0, bytes - row.size());
}

} // namespace

Stored storedForm(DType type, uint32_t rows)
{
    if (rows <= 1) {
        return Stored::F32;
    }
    switch (type) {
    case DType::F32:
        return Stored::F32;
    case DType::F16:
        return Stored::F16;
    case DType::BF16:
        return Stored::BF16;
    case DType::Q4_0:
        return Stored::Q4_0;
    case DType::Q4_1:
        return Stored::Q4_1;
    case DType::Q5_0:
        return Stored::Q5_0;
    case DType::Q5_1:
        return Stored::Q5_1;
    case DType::Q8_0:
        return Stored::Q8_0;
    case DType::Q4_K:
        return Stored::Q4_K;
    case DType::Q5_K:
        return Stored::Q5_K;
    case DType::Q6_K:
        return Stored::Q6_K;
    case DType::Q2_K:
    case DType::Q3_K:
    case DType::IQ4_NL:
    case DType::IQ4_XS:
        return Stored::Wide;
    }
    checkFailed("a DType must come from dtypeFromGguf()", __FILE__, __LINE__);
}

std::array<size_t, 4> planeBytes(Stored stored, size_t rows, uint32_t blocks)
{
    const BlockBytes bytes = blockBytes(stored);
    const size_t count = rows * blocks;
    return {count * bytes.low, count * bytes.high, count * bytes.scales, count / 8 * bytes.super};
}

void repackRow(DType type,
    Stored stored,
    std::span<const std::byte> row,
    uint32_t cols,
    const PlaneTargets& to)
{
    const uint32_t blocks = blocksOf(cols);
    const auto* bytes = reinterpret_cast<const uint8_t*>(row.data());
    switch (stored) {
    case Stored::F32:
        if (type != DType::F32) {
            std::vector<float> values(size_t(blocks) * kBlockValues);
            dequantizeRow(type, row, std::span(values).first(cols));
            std::memcpy(to.low, values.data(), values.size() * sizeof(float));
            return;
        }
        return copyPadded(row, to.low, size_t(blocks) * 128);
    case Stored::F16:
    case Stored::BF16:
        return copyPadded(row, to.low, size_t(blocks) * 64);
    case Stored::Q4_0:
    case Stored::Q4_1:
    case Stored::Q5_0:
    case Stored::Q5_1:
    case Stored::Q8_0:
        return repackSmall(type, bytes, blocks, to);
    case Stored::Q4_K:
    case Stored::Q5_K:
        return repackQ4K(bytes, blocks, stored == Stored::Q5_K, to);
    case Stored::Q6_K:
        return repackQ6K(bytes, blocks, to);
    case Stored::Wide:
        return repackWide(type, bytes, cols, to);
    }
}

} // namespace atelier::cuda
