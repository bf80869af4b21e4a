// SPDX-License-Identifier: MIT
// Rotates pairs of each head in place. Cosines and sines come from the host, which reduces angles in
// double: [tokens, pairs] of both.
#version 450
layout(local_size_x = 64) in;

layout(push_constant) uniform Constants
{
    uint pairs;
    uint heads;
    uint headDim;
    uint halves; // pair j is (j, j + pairs) instead of (2j, 2j + 1)
    uint xOffset;
    uint xStride;
    uint tableOffset; // in the parameters
}
pc;

layout(set = 0, binding = 0) buffer X { float x[]; };
layout(set = 0, binding = 1) readonly buffer Parameters { float parameters[]; };

void main()
{
    uint index = gl_GlobalInvocationID.x; // head * pairs + pair
    uint t = gl_WorkGroupID.y;
    if (index >= pc.heads * pc.pairs) {
        return;
    }
    uint pair = index % pc.pairs;
    uint head = pc.xOffset + t * pc.xStride + index / pc.pairs * pc.headDim;
    uint first = head + (pc.halves != 0u ? pair : 2u * pair);
    uint second = pc.halves != 0u ? first + pc.pairs : first + 1u;
    uint entry = pc.tableOffset + 2u * (t * pc.pairs + pair);
    float c = parameters[entry];
    float s = parameters[entry + 1u];
    float a = x[first];
    float b = x[second];
    x[first] = a * c - b * s;
    x[second] = a * s + b * c;
}
