// SPDX-License-Identifier: MIT
// out[t, i] = table[tokens[t], i] for the tokens whose rows are in this part of the table.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x = 64) in;

layout(push_constant) uniform Constants
{
    uint cols;
    uint tokensOffset; // in the parameters
    uint outOffset;
    uint outStride;
    uint firstRow; // of this part of the table
    uint rows;
}
pc;

layout(set = 0, binding = 0) readonly buffer Parameters { uint parameters[]; };
#include "weight.glsl"
layout(set = 0, binding = 2) buffer Out { float result[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    uint t = gl_WorkGroupID.y;
    uint row = parameters[pc.tokensOffset + t] - pc.firstRow; // wraps for rows before this part
    if (i < pc.cols && row < pc.rows) {
        result[pc.outOffset + t * pc.outStride + i] = weightAt(row, i);
    }
}
