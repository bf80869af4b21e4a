// SPDX-License-Identifier: MIT
// out[t, o] = sum_i x[t, i] * weight[o, i] + bias[o]: a subgroup for one o and TOKENS tokens at a
// time, so that nothing waits at a barrier. Correct whatever the size of a subgroup is.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#include "common.glsl"

const uint kThreads = 64;
const uint kRows = 16; // of a workgroup; executor_vulkan.cpp
layout(local_size_x = 64) in;

layout(push_constant) uniform Constants
{
    uint cols; // in
    uint rows; // out
    uint tokens;
    uint xOffset;
    uint xStride;
    uint outOffset;
    uint outStride;
    uint hasBias;
    uint firstRow;
    uint biasOffset;
}
pc;

layout(set = 0, binding = 0) readonly buffer X { float x[]; };
#include "weight.glsl"
#include "weights4.glsl"
layout(set = 0, binding = 2) readonly buffer Bias { float bias[]; };
layout(set = 0, binding = 3) buffer Out { float result[]; };

// Where the row of a token begins; behind the last one, the last one again.
uint tokenAt(uint t)
{
    return pc.xOffset + min(gl_WorkGroupID.y * TOKENS + t, pc.tokens - 1u) * pc.xStride;
}

void main()
{
    // Not gl_SubgroupSize: drivers may fill subgroups only in part.
    uint lanes = kThreads / gl_NumSubgroups;
    uint first = pc.firstRow + gl_WorkGroupID.x * kRows;
    uint end = min(first + kRows, pc.rows);
    for (uint row = first + gl_SubgroupID; row < end; row += gl_NumSubgroups) {
        float sums[TOKENS];
        [[unroll]] for (uint t = 0u; t < TOKENS; ++t) {
            sums[t] = 0.0;
        }
        uint i = gl_SubgroupInvocationID * 4u;
        for (; i + 4u <= pc.cols; i += lanes * 4u) {
            vec4 w = weightsAt4(row, i);
            [[unroll]] for (uint t = 0u; t < TOKENS; ++t) {
                uint at = tokenAt(t) + i;
                sums[t] += dot(w, vec4(x[at], x[at + 1u], x[at + 2u], x[at + 3u]));
            }
        }
        for (; i < pc.cols; ++i) { // fewer than four are left, for one lane
            float w = weightAt(row, i);
            [[unroll]] for (uint t = 0u; t < TOKENS; ++t) {
                sums[t] += w * x[tokenAt(t) + i];
            }
        }
        float start = pc.hasBias != 0u ? bias[pc.biasOffset + row] : 0.0;
        [[unroll]] for (uint t = 0u; t < TOKENS; ++t) {
            float sum = subgroupAdd(sums[t]) + start;
            uint token = gl_WorkGroupID.y * TOKENS + t;
            if (gl_SubgroupInvocationID == 0u && token < pc.tokens) {
                result[pc.outOffset + token * pc.outStride + row] = sum;
            }
        }
    }
}
