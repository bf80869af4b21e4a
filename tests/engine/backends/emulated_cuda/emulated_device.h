// SPDX-License-Identifier: MIT
// Included by intrinsics.cuh without nvcc: the words of kernels, on the host. Each thread of a
// block is a fiber; barriers and warp operations are where fibers meet (emulated_block.cpp).
#pragma once

#include "engine/base/half.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#define __device__
#define __global__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)

struct uint2
{
    uint32_t x, y;
};
struct uint4
{
    uint32_t x, y, z, w;
};
struct float2
{
    float x, y;
};
struct float4
{
    float x, y, z, w;
};

namespace emulated {

struct Index
{
    uint32_t x = 0;
    uint32_t y = 0;
    uint32_t z = 0;
};

const Index& threadIndex();
const Index& blockIndex();

// Variables of a block: the same address for the same tag within a block, filled with NaN and -1
// when the block begins.
void* blockVariable(const void* tag, size_t bytes);
unsigned char* blockMemory(); // as many bytes as the launch asked for

void barrier();
// Every thread of the warp gives `mine` and gets those of all 32.
const uint64_t* exchange(uint64_t mine);
// Every thread of the warp gives `words` words; the last one to come computes from all of them
// ([32][words]) what each gets back ([32][results]).
void collective(const uint32_t* mine,
    size_t words,
    uint32_t* result,
    size_t results,
    void (*compute)(const uint32_t* all, uint32_t* out));

// Ends the kernel with an error, as an address that is not aligned does on a device.
[[noreturn]] void fail(const char* problem);

template <class T>
const T& aligned(const void* from)
{
    if (reinterpret_cast<uintptr_t>(from) % sizeof(T) != 0) {
        fail("a load from an address that is not aligned");
    }
    return *static_cast<const T*>(from);
}

} // namespace emulated

#define threadIdx (::emulated::threadIndex())
#define blockIdx (::emulated::blockIndex())

#define ATELIER_BLOCK_VARIABLE(type, name)                                                         \
    static const char name##Tag = 0;                                                               \
    type& name = *static_cast<type*>(::emulated::blockVariable(&name##Tag, sizeof(type)))
#define ATELIER_BLOCK_MEMORY(name) unsigned char* name = ::emulated::blockMemory()

namespace atelier::cuda {

using std::max;
using std::min;

inline uint4 load16(const void* from)
{
    return emulated::aligned<uint4>(from);
}
inline uint2 load8(const void* from)
{
    return emulated::aligned<uint2>(from);
}
inline uint32_t load4(const void* from)
{
    return emulated::aligned<uint32_t>(from);
}
inline uint16_t load2(const void* from)
{
    return emulated::aligned<uint16_t>(from);
}
inline float4 loadFloats(const float* from)
{
    return emulated::aligned<float4>(from);
}

inline float bitsToFloat(uint32_t bits)
{
    return std::bit_cast<float>(bits);
}
inline uint32_t floatToBits(float value)
{
    return std::bit_cast<uint32_t>(value);
}
inline float widenHalf(uint16_t bits)
{
    return halfToFloat(bits);
}
inline uint16_t narrowToHalf(float value)
{
    return floatToHalf(value);
}

inline int dot4(uint32_t a, uint32_t b, int sum)
{
    for (int i = 0; i < 32; i += 8) {
        sum += int(int8_t(a >> i)) * int(int8_t(b >> i));
    }
    return sum;
}

// mma.m16n8k16 with int8, from the layouts that the PTX manual documents.
inline void multiplyTiles(int (&c)[4], uint32_t a0, uint32_t a1, uint32_t b)
{
    const uint32_t mine[7] = {
        a0, a1, b, uint32_t(c[0]), uint32_t(c[1]), uint32_t(c[2]), uint32_t(c[3])};
    uint32_t result[4];
    emulated::collective(mine, 7, result, 4, [](const uint32_t* all, uint32_t* out) {
        const auto byteOf = [all](int lane, int word, int k) {
            return int(int8_t(all[lane * 7 + word] >> (k % 4 * 8)));
        };
        for (int row = 0; row < 16; ++row) {
            for (int column = 0; column < 8; ++column) {
                const int owner = row % 8 * 4 + column / 2;
                const int index = row / 8 * 2 + column % 2;
                int sum = int(all[owner * 7 + 3 + index]);
                for (int k = 0; k < 16; ++k) {
                    sum +=
                        byteOf(row % 8 * 4 + k / 4, row / 8, k) * byteOf(column * 4 + k / 4, 2, k);
                }
                out[owner * 4 + index] = uint32_t(sum);
            }
        }
    });
    for (int i = 0; i < 4; ++i) {
        c[i] = int(result[i]);
    }
}

inline float shuffleXor(float value, int mask)
{
    const uint64_t* all = emulated::exchange(floatToBits(value));
    return bitsToFloat(uint32_t(all[threadIdx.x % 32 ^ uint32_t(mask)]));
}
inline int shuffleXor(int value, int mask)
{
    const uint64_t* all = emulated::exchange(uint32_t(value));
    return int(uint32_t(all[threadIdx.x % 32 ^ uint32_t(mask)]));
}
inline void blockBarrier()
{
    emulated::barrier();
}

} // namespace atelier::cuda
