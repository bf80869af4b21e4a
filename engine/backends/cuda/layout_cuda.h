// SPDX-License-Identifier: MIT
// How weights, activations and caches lie in device memory: what host code and kernels agree on.
//
// T = tokens, K = input features, B = blocks of 32 values in a row
#pragma once

#include <cstddef>
#include <cstdint>

namespace atelier::cuda {

// Forms that kernels read. Everything else becomes Wide when it is uploaded, value for value.
enum class Stored : uint8_t {
    F32,
    F16,
    BF16,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q4_K,
    Q5_K,
    Q6_K,
    Wide, // int8 with an F32 scale and offset for every 16 values
};

constexpr bool isQuantized(Stored stored)
{
    return stored >= Stored::Q4_0;
}

inline constexpr uint32_t kBlockValues = 32;

// A file's blocks mix scales and values and begin at odd addresses. On the device each kind of byte
// has a plane of its own, so that neighboring threads read neighboring 16 bytes. Bytes for each
// block of 32 values:
//
//   low     F32 128, F16 and BF16 64: the values; Q8_0 and Wide 32: int8; others 16: value i in the
//           low nibble of byte i, value i + 16 in its high nibble
//   high    Q5_*: 4, bit i is the fifth bit of value i. Q6_K: 8, value i has the pair of bits i / 8
//           of byte i % 8
//   scales  Q4_0, Q5_0, Q8_0: 2, d. Q4_1, Q5_1: 4, d and m. Q4_K, Q5_K: 16 for 8 blocks, as in the
//           file: d, dmin and the packed 6-bit scales and minimums. Q6_K: 2, one int8 for 16
//           values. Wide: 16, scale and offset of the first half and of the second
//   super   Q6_K: 2 for 8 blocks, d
//
// Floats are padded with zeros to whole blocks. Quantized rows are whole blocks as they are.
struct BlockBytes
{
    uint32_t low = 0;
    uint32_t high = 0;
    uint32_t scales = 0;
    uint32_t super = 0; // for 8 blocks
};

constexpr BlockBytes blockBytes(Stored stored)
{
    switch (stored) {
    case Stored::F32:
        return {128, 0, 0, 0};
    case Stored::F16:
    case Stored::BF16:
        return {64, 0, 0, 0};
    case Stored::Q4_0:
        return {16, 0, 2, 0};
    case Stored::Q4_1:
        return {16, 0, 4, 0};
    case Stored::Q5_0:
        return {16, 4, 2, 0};
    case Stored::Q5_1:
        return {16, 4, 4, 0};
    case Stored::Q8_0:
        return {32, 0, 2, 0};
    case Stored::Q4_K:
        return {16, 0, 2, 0};
    case Stored::Q5_K:
        return {16, 4, 2, 0};
    case Stored::Q6_K:
        return {16, 8, 2, 2};
    case Stored::Wide:
        return {32, 0, 16, 0};
    }
    return {};
}

// Where the planes of a weight are. Block b of row r has the number r * blocks + b in each of them.
struct WeightPlanes
{
    const uint8_t* low = nullptr;
    const uint8_t* high = nullptr;
    const uint8_t* scales = nullptr;
    const uint8_t* super = nullptr;
    uint32_t rows = 0;
    uint32_t blocks = 0; // B
};

// 32 activations rounded to int8 in two halves: x is about scale[half] * q.
struct alignas(16) RoundedBlock
{
    float scale[2];
    int16_t sum[2]; // of the q of each half
    uint32_t unused;
};

struct RoundedRows
{
    int8_t* q = nullptr;            // [T][B][32]
    RoundedBlock* blocks = nullptr; // [T][B]
};

// [T, K] F32; row t begins at data + t * stride.
struct Rows
{
    float* data = nullptr;
    size_t stride = 0;
};

struct ConstRows
{
    const float* data = nullptr;
    size_t stride = 0;
};

// One layer of a cache. Keys and values are [S][H][D]: F32, F16, or int8 with D rounded up to 32
// and F16 scales [S][H][D / 32].
enum class KvForm : uint32_t { F32, F16, Q8_0 };

struct KvPlanes
{
    KvForm form = KvForm::F16;
    uint32_t heads = 0;     // H
    uint32_t headDim = 0;   // D
    uint32_t paddedDim = 0; // D as it is stored
    uint8_t* keys = nullptr;
    uint8_t* values = nullptr;
    uint16_t* keyScales = nullptr;
    uint16_t* valueScales = nullptr;
};

} // namespace atelier::cuda
