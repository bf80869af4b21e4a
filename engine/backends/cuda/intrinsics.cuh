// SPDX-License-Identifier: MIT
// What kernels say to the processor beyond C++. nvcc compiles the words below; without it the tests
// supply the same words on the host (emulated_device.h in tests/engine/backends/emulated_cuda/).
#pragma once

#include <cstddef>
#include <cstdint>

#if !defined(__CUDACC__)
#include <emulated_device.h>
#else

#include <cuda_fp16.h>
#include <cuda_runtime.h>

// Memory of a block: a variable, and the bytes that the launch asked for.
#define ATELIER_BLOCK_VARIABLE(type, name) __shared__ type name
#define ATELIER_BLOCK_MEMORY(name) extern __shared__ __align__(16) unsigned char name[]

namespace atelier::cuda {

// One load of that many bytes, aligned to as many.
__device__ __forceinline__ uint4 load16(const void* from)
{
    return *static_cast<const uint4*>(from);
}
__device__ __forceinline__ uint2 load8(const void* from)
{
    return *static_cast<const uint2*>(from);
}
__device__ __forceinline__ uint32_t load4(const void* from)
{
    return *static_cast<const uint32_t*>(from);
}
__device__ __forceinline__ uint16_t load2(const void* from)
{
    return *static_cast<const uint16_t*>(from);
}
__device__ __forceinline__ float4 loadFloats(const float* from)
{
    return *reinterpret_cast<const float4*>(from);
}

__device__ __forceinline__ float bitsToFloat(uint32_t bits)
{
    return __uint_as_float(bits);
}
__device__ __forceinline__ uint32_t floatToBits(float value)
{
    return __float_as_uint(value);
}
__device__ __forceinline__ float widenHalf(uint16_t bits)
{
    return __half2float(__ushort_as_half(bits));
}
__device__ __forceinline__ uint16_t narrowToHalf(float value) // to nearest even
{
    return __half_as_ushort(__float2half_rn(value));
}

// Adds the products of four pairs of int8.
__device__ __forceinline__ int dot4(uint32_t a, uint32_t b, int sum)
{
    return __dp4a(int(a), int(b), sum);
}

// c += a b on tensor cores, over a warp: a is [16][16] int8, b [16][8] int8, c [16][8] int32.
// Thread 4 * g + t holds of a the bytes 4 t .. 4 t + 3 of the rows g and g + 8, of b those rows of
// the column g, and of c the columns 2 t and 2 t + 1 of the rows g (c[0], c[1]) and g + 8.
__device__ __forceinline__ void multiplyTiles(int (&c)[4], uint32_t a0, uint32_t a1, uint32_t b)
{
#if __CUDA_ARCH__ >= 800
    asm("mma.sync.aligned.m16n8k16.row.col.s32.s8.s8.s32 "
        "{%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
        : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])
        : "r"(a0), "r"(a1), "r"(b));
#else // Turing has half of it
    asm("mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {%0, %1}, {%2}, {%3}, {%0, %1};"
        : "+r"(c[0]), "+r"(c[1])
        : "r"(a0), "r"(b));
    asm("mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {%0, %1}, {%2}, {%3}, {%0, %1};"
        : "+r"(c[2]), "+r"(c[3])
        : "r"(a1), "r"(b));
#endif
}

__device__ __forceinline__ float shuffleXor(float value, int mask)
{
    return __shfl_xor_sync(0xffffffffu, value, mask);
}
__device__ __forceinline__ int shuffleXor(int value, int mask)
{
    return __shfl_xor_sync(0xffffffffu, value, mask);
}
__device__ __forceinline__ void blockBarrier()
{
    __syncthreads();
}

} // namespace atelier::cuda

#endif

namespace atelier::cuda {

// Over the 32 threads of a warp; all of them must call, and all get the result.
__device__ __forceinline__ float warpSum(float value)
{
    for (int mask = 16; mask > 0; mask /= 2) {
        value += shuffleXor(value, mask);
    }
    return value;
}

__device__ __forceinline__ float warpMax(float value)
{
    for (int mask = 16; mask > 0; mask /= 2) {
        value = fmaxf(value, shuffleXor(value, mask));
    }
    return value;
}

} // namespace atelier::cuda
