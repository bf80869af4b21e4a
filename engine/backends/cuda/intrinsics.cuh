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
