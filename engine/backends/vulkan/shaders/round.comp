// SPDX-License-Identifier: MIT
// Activations as mat_tile_int.comp reads them: int8 with a scale for every 16 values, as on the CPU.
// A thread for 32 values of one token, which become twelve words: eight of int8, two scales, two sums
// of the int8.
#version 450
layout(local_size_x = 64) in;

layout(push_constant) uniform Constants
{
    uint blocks; // of 32 values, of a row
    uint xOffset;
    uint xStride;
}
pc;

layout(set = 0, binding = 0) readonly buffer X { float x[]; };
layout(set = 0, binding = 1) buffer Rounded { uint rounded[]; };

void main()
{
    uint block = gl_GlobalInvocationID.x;
    uint t = gl_WorkGroupID.y;
    if (block >= pc.blocks) {
        return;
    }
    uint to = (t * pc.blocks + block) * 12u;
    for (uint half_ = 0u; half_ < 2u; ++half_) {
        uint from = pc.xOffset + t * pc.xStride + block * 32u + half_ * 16u;
        float largest = 0.0;
        for (uint i = 0u; i < 16u; ++i) {
            largest = max(largest, abs(x[from + i]));
        }
        float scale = largest / 127.0;
        float steps = scale > 0.0 ? 127.0 / largest : 0.0;
        int sum = 0;
        for (uint word = 0u; word < 4u; ++word) {
            uint packed_ = 0u;
            for (uint i = 0u; i < 4u; ++i) {
                float step_ = roundEven(x[from + word * 4u + i] * steps);
                int q = int(clamp(step_, -127.0, 127.0));
                sum += q;
                packed_ |= (uint(q) & 0xFFu) << (8u * i);
            }
            rounded[to + half_ * 4u + word] = packed_;
        }
        rounded[to + 8u + half_] = floatBitsToUint(scale);
        rounded[to + 10u + half_] = floatBitsToUint(float(sum));
    }
}
