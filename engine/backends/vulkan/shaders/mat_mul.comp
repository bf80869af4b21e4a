// SPDX-License-Identifier: MIT
// out[t, o] = sum_i x[t, i] * weight[o, i] + bias[o]: a workgroup for one o and kTokens tokens.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

const uint kThreads = 64;
const uint kTokens = 8;
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
layout(set = 0, binding = 2) readonly buffer Bias { float bias[]; };
layout(set = 0, binding = 3) buffer Out { float result[]; };

shared float sums[kTokens * kThreads];

void main()
{
    uint thread = gl_LocalInvocationID.x;
    uint row = pc.firstRow + gl_WorkGroupID.x;
    uint firstToken = gl_WorkGroupID.y * kTokens;
    uint tokens = min(kTokens, pc.tokens - firstToken);
    float sum[kTokens];
    for (uint t = 0; t < kTokens; ++t) {
        sum[t] = 0.0;
    }
    for (uint i = thread; i < pc.cols; i += kThreads) {
        float w = weightAt(row, i);
        for (uint t = 0; t < tokens; ++t) {
            sum[t] += w * x[pc.xOffset + (firstToken + t) * pc.xStride + i];
        }
    }
    for (uint t = 0; t < kTokens; ++t) {
        sums[t * kThreads + thread] = sum[t];
    }
    barrier();
    for (uint half_ = kThreads / 2; half_ > 0; half_ /= 2) {
        if (thread < half_) {
            for (uint t = 0; t < tokens; ++t) {
                sums[t * kThreads + thread] += sums[t * kThreads + thread + half_];
            }
        }
        barrier();
    }
    if (thread < tokens) {
        float start = pc.hasBias != 0u ? bias[pc.biasOffset + row] : 0.0;
        result[pc.outOffset + (firstToken + thread) * pc.outStride + row] =
            sums[thread * kThreads] + start;
    }
}
