// SPDX-License-Identifier: MIT
// out[t, :] = or += x[t, :] / sqrt(mean(x[t, :]^2) + epsilon) * weight[:]: a workgroup for one t.
#version 450

const uint kThreads = 256;
layout(local_size_x = 256) in;

layout(push_constant) uniform Constants
{
    uint cols;
    uint xOffset;
    uint xStride;
    uint outOffset;
    uint outStride;
    float epsilon;
    uint accumulate;
}
pc;

// x and out may be the same memory: nothing here may assume otherwise.
layout(set = 0, binding = 0) buffer X { float x[]; };
layout(set = 0, binding = 1) readonly buffer Weight { float weight[]; };
layout(set = 0, binding = 2) buffer Out { float result[]; };

shared float sums[kThreads];

void main()
{
    uint thread = gl_LocalInvocationID.x;
    uint from = pc.xOffset + gl_WorkGroupID.x * pc.xStride;
    uint to = pc.outOffset + gl_WorkGroupID.x * pc.outStride;
    float sum = 0.0;
    for (uint i = thread; i < pc.cols; i += kThreads) {
        sum += x[from + i] * x[from + i];
    }
    sums[thread] = sum;
    barrier();
    for (uint count = kThreads / 2; count > 0; count /= 2) {
        if (thread < count) {
            sums[thread] += sums[thread + count];
        }
        barrier();
    }
    float scale = 1.0 / sqrt(sums[0] / float(pc.cols) + pc.epsilon);
    for (uint i = thread; i < pc.cols; i += kThreads) {
        float y = x[from + i] * scale * weight[i];
        result[to + i] = pc.accumulate != 0u ? result[to + i] + y : y;
    }
}
