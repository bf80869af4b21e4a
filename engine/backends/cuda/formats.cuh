// SPDX-License-Identifier: MIT
// Decodes 32 stored values at a time. The judge is engine/ops/dequantize.cpp.
#pragma once

#include "engine/backends/cuda/intrinsics.cuh"
#include "engine/backends/cuda/layout_cuda.h"

namespace atelier::cuda {

// Value i is scale[i / 16] * q[i] + offset[i / 16].
struct DecodedBlock
{
    uint32_t q[8]; // int8, four to a word
    float scale[2];
    float offset[2];
};

template <Stored S>
inline constexpr bool kIsQuantized = isQuantized(S);
template <Stored S>
inline constexpr bool kHasOffset = S == Stored::Q4_1 || S == Stored::Q5_1 || S == Stored::Q4_K ||
                                   S == Stored::Q5_K || S == Stored::Wide;

// Bit k of `bits` (four of them) to bit 4 of byte k.
__device__ __forceinline__ uint32_t spreadFifthBits(uint32_t bits)
{
    return (((bits & 15u) * 0x00204081u) & 0x01010101u) << 4;
}

// Bytes below 128 minus `bias` each, as int8: the top bit keeps borrows inside their byte.
__device__ __forceinline__ uint32_t subtractBytes(uint32_t bytes, uint32_t bias)
{
    return ((bytes | 0x80808080u) - bias * 0x01010101u) ^ 0x80808080u;
}

template <Stored S>
__device__ __forceinline__ void decodeQuants(const WeightPlanes& w, size_t index, uint32_t (&q)[8])
{
    if constexpr (S == Stored::Q8_0 || S == Stored::Wide) {
        const uint4 first = load16(w.low + index * 32);
        const uint4 second = load16(w.low + index * 32 + 16);
        q[0] = first.x;
        q[1] = first.y;
        q[2] = first.z;
        q[3] = first.w;
        q[4] = second.x;
        q[5] = second.y;
        q[6] = second.z;
        q[7] = second.w;
        return;
    } else {
        const uint4 v = load16(w.low + index * 16);
        const uint32_t words[4] = {v.x, v.y, v.z, v.w};
#pragma unroll
        for (int j = 0; j < 4; ++j) {
            q[j] = words[j] & 0x0f0f0f0fu;
            q[j + 4] = (words[j] >> 4) & 0x0f0f0f0fu;
        }
    }
    if constexpr (S == Stored::Q5_0 || S == Stored::Q5_1 || S == Stored::Q5_K) {
        const uint32_t high = load4(w.high + index * 4);
#pragma unroll
        for (int j = 0; j < 8; ++j) {
            q[j] |= spreadFifthBits(high >> (4 * j));
        }
    }
    if constexpr (S == Stored::Q6_K) {
        const uint2 high = load8(w.high + index * 8);
#pragma unroll
        for (int j = 0; j < 8; ++j) {
            const uint32_t pairs = (j % 2 == 0 ? high.x : high.y) >> (j / 2 * 2);
            q[j] |= (pairs & 0x03030303u) << 4;
        }
    }
    if constexpr (S == Stored::Q4_0 || S == Stored::Q5_0 || S == Stored::Q6_K) {
        constexpr uint32_t kBias = S == Stored::Q4_0 ? 8 : S == Stored::Q5_0 ? 16 : 32;
#pragma unroll
        for (int j = 0; j < 8; ++j) {
            q[j] = subtractBytes(q[j], kBias);
        }
    }
}

// The 6-bit scale and minimum of `group` (0..7) out of 12 packed bytes (Q4_K, Q5_K).
__device__ __forceinline__ void unpackScale(
    uint4 header, uint32_t group, uint32_t& scale, uint32_t& minimum)
{
    const uint32_t shift = group % 4 * 8;
    const uint32_t first = header.y >> shift; // bytes 0..3
    const uint32_t second = header.z >> shift;
    const uint32_t third = header.w >> shift;
    if (group < 4) {
        scale = first & 63u;
        minimum = second & 63u;
    } else {
        scale = (third & 15u) | (first >> 6 & 3u) << 4;
        minimum = (third >> 4 & 15u) | (second >> 6 & 3u) << 4;
    }
}

template <Stored S>
__device__ __forceinline__ void decodeScales(
    const WeightPlanes& w, size_t index, float (&scale)[2], float (&offset)[2])
{
    offset[0] = offset[1] = 0.0f;
    if constexpr (S == Stored::Q4_0 || S == Stored::Q5_0 || S == Stored::Q8_0) {
        scale[0] = scale[1] = widenHalf(load2(w.scales + index * 2));
    } else if constexpr (S == Stored::Q4_1 || S == Stored::Q5_1) {
        const uint32_t both = load4(w.scales + index * 4);
        scale[0] = scale[1] = widenHalf(uint16_t(both & 0xffffu));
        offset[0] = offset[1] = widenHalf(uint16_t(both >> 16));
    } else if constexpr (S == Stored::Q4_K || S == Stored::Q5_K) {
        const uint4 header = load16(w.scales + index / 8 * 16);
        uint32_t six = 0;
        uint32_t minimum = 0;
        unpackScale(header, uint32_t(index % 8), six, minimum);
        scale[0] = scale[1] = widenHalf(uint16_t(header.x & 0xffffu)) * float(six);
        offset[0] = offset[1] = -(widenHalf(uint16_t(header.x >> 16)) * float(minimum));
    } else if constexpr (S == Stored::Q6_K) {
        const float d = widenHalf(load2(w.super + index / 8 * 2));
        const uint16_t both = load2(w.scales + index * 2);
        scale[0] = d * float(int8_t(both & 0xff));
        scale[1] = d * float(int8_t(both >> 8));
    } else {
        const uint4 both = load16(w.scales + index * 16);
        scale[0] = bitsToFloat(both.x);
        offset[0] = bitsToFloat(both.y);
        scale[1] = bitsToFloat(both.z);
        offset[1] = bitsToFloat(both.w);
    }
}

template <Stored S>
__device__ __forceinline__ DecodedBlock decodeBlock(const WeightPlanes& w, size_t index)
{
    DecodedBlock block;
    decodeQuants<S>(w, index, block.q);
    decodeScales<S>(w, index, block.scale, block.offset);
    return block;
}

// The values themselves, for any form.
template <Stored S>
__device__ __forceinline__ void decodeValues(const WeightPlanes& w, size_t index, float (&out)[32])
{
    if constexpr (kIsQuantized<S>) {
        const DecodedBlock block = decodeBlock<S>(w, index);
#pragma unroll
        for (int i = 0; i < 32; ++i) {
            const int q = int8_t(block.q[i / 4] >> (i % 4 * 8) & 0xffu);
            out[i] = fmaf(block.scale[i / 16], float(q), block.offset[i / 16]);
        }
    } else if constexpr (S == Stored::F32) {
#pragma unroll
        for (int i = 0; i < 8; ++i) {
            const uint4 v = load16(w.low + index * 128 + i * 16);
            out[i * 4] = bitsToFloat(v.x);
            out[i * 4 + 1] = bitsToFloat(v.y);
            out[i * 4 + 2] = bitsToFloat(v.z);
            out[i * 4 + 3] = bitsToFloat(v.w);
        }
    } else {
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            const uint4 v = load16(w.low + index * 64 + i * 16);
            const uint32_t words[4] = {v.x, v.y, v.z, v.w};
#pragma unroll
            for (int j = 0; j < 4; ++j) {
                if constexpr (S == Stored::F16) {
                    out[i * 8 + j * 2] = widenHalf(uint16_t(words[j] & 0xffffu));
                    out[i * 8 + j * 2 + 1] = widenHalf(uint16_t(words[j] >> 16));
                } else {
                    out[i * 8 + j * 2] = bitsToFloat(words[j] << 16);
                    out[i * 8 + j * 2 + 1] = bitsToFloat(words[j] & 0xffff0000u);
                }
            }
        }
    }
}

// Calls F<S>::run(arguments...) for the form `stored`.
template <template <Stored> class F, class... Arguments>
void forStored(Stored stored, Arguments&&... arguments)
{
    switch (stored) {
    case Stored::F32:
        return F<Stored::F32>::run(arguments...);
    case Stored::F16:
        return F<Stored::F16>::run(arguments...);
    case Stored::BF16:
        return F<Stored::BF16>::run(arguments...);
    case Stored::Q4_0:
        return F<Stored::Q4_0>::run(arguments...);
    case Stored::Q4_1:
        return F<Stored::Q4_1>::run(arguments...);
    case Stored::Q5_0:
        return F<Stored::Q5_0>::run(arguments...);
    case Stored::Q5_1:
        return F<Stored::Q5_1>::run(arguments...);
    case Stored::Q8_0:
        return F<Stored::Q8_0>::run(arguments...);
    case Stored::Q4_K:
        return F<Stored::Q4_K>::run(arguments...);
    case Stored::Q5_K:
        return F<Stored::Q5_K>::run(arguments...);
    case Stored::Q6_K:
        return F<Stored::Q6_K>::run(arguments...);
    case Stored::Wide:
        return F<Stored::Wide>::run(arguments...);
    }
}

} // namespace atelier::cuda
