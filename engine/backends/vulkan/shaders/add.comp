// SPDX-License-Identifier: MIT
// out[t, i] += x[t, i]
#version 450
layout(local_size_x = 64) in;

layout(push_constant) uniform Constants
{
    uint cols;
    uint xOffset;
    uint xStride;
    uint outOffset;
    uint outStride;
}
pc;

layout(set = 0, binding = 0) buffer X { float x[]; };
layout(set = 0, binding = 1) buffer Out { float result[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    uint t = gl_WorkGroupID.y;
    if (i < pc.cols) {
        result[pc.outOffset + t * pc.outStride + i] += x[pc.xOffset + t * pc.xStride + i];
    }
}
