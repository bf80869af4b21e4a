// SPDX-License-Identifier: MIT
// Stores rows of keys and values in slots, two at a time (F32, F16) or a block at a time (Q8_0).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "kv.glsl"
layout(local_size_x = 64) in;

layout(push_constant) uniform Constants
{
    uint heads;
    uint headDim;
    uint offset; // of this row's side (keys or values) of the first slot, in words
    uint slotWords;
    uint xOffset;
    uint xStride;
}
pc;

layout(set = 0, binding = 0) readonly buffer X { float x[]; };
layout(set = 0, binding = 1) buffer Cache { uint cache[]; };

void main()
{
    uint index = gl_GlobalInvocationID.x;
    uint t = gl_WorkGroupID.y;
    uint from = pc.xOffset + t * pc.xStride;
    uint to = pc.offset + t * pc.slotWords;
#if KV_TYPE == 0
    if (index < pc.heads * pc.headDim) {
        cache[to + index] = floatBitsToUint(x[from + index]);
    }
#elif KV_TYPE == 1
    if (index < pc.heads * pc.headDim / 2u) {
        cache[to + index] =
            floatToHalf(x[from + 2u * index]) | floatToHalf(x[from + 2u * index + 1u]) << 16;
    }
#else
    uint blocks = (pc.headDim + 31u) / 32u;
    if (index >= pc.heads * blocks) {
        return;
    }
    uint first = index % blocks * 32u;
    uint count = min(32u, pc.headDim - first);
    uint source = from + index / blocks * pc.headDim + first;
    float largest = 0.0;
    for (uint i = 0; i < count; ++i) {
        largest = max(largest, abs(x[source + i]));
    }
    float scale = halfToFloat(floatToHalf(largest / 127.0));
    uint block = to + index * 9u;
    cache[block] = floatBitsToUint(scale);
    for (uint word = 0; word < 8u; ++word) {
        uint packed_ = 0u;
        for (uint i = 0; i < 4u; ++i) {
            uint at = word * 4u + i;
            float steps = at < count && scale > 0.0 ? roundEven(x[source + at] / scale) : 0.0;
            // The rounded scale can be a little small: clamp instead of wrapping.
            int q = int(clamp(steps, -127.0, 127.0));
            packed_ |= (uint(q) & 0xFFu) << (8u * i);
        }
        cache[block + 1u + word] = packed_;
    }
#endif
}
