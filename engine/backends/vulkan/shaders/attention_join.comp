// SPDX-License-Identifier: MIT
// Joins what attention.comp found in each part of the slots: a workgroup for one token and head.
#version 450
layout(local_size_x = 64) in;

layout(push_constant) uniform Constants
{
    uint rows; // tokens * heads
    uint heads;
    uint headDim;
    uint parts;
    uint outOffset;
    uint outStride;
}
pc;

// [part][row] of the largest score, the sum of weights and headDim weighted sums.
layout(set = 0, binding = 0) readonly buffer Partials { float partials[]; };
layout(set = 0, binding = 1) buffer Out { float result[]; };

void main()
{
    uint head = gl_WorkGroupID.x;
    uint token = gl_WorkGroupID.y;
    uint width = pc.headDim + 2u;
    uint first = (token * pc.heads + head) * width;
    float largest = -3.0e38; // the first part has one that a row sees
    for (uint part = 0u; part < pc.parts; ++part) {
        largest = max(largest, partials[first + part * pc.rows * width]);
    }
    for (uint d = gl_LocalInvocationID.x; d < pc.headDim; d += 64u) {
        float sum = 0.0;
        float total = 0.0;
        for (uint part = 0u; part < pc.parts; ++part) {
            uint at = first + part * pc.rows * width;
            float weight = exp(partials[at] - largest);
            total += weight * partials[at + 1u];
            sum += weight * partials[at + 2u + d];
        }
        result[pc.outOffset + token * pc.outStride + head * pc.headDim + d] = sum / total;
    }
}
