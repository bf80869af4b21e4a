// SPDX-License-Identifier: MIT
// out[t, o] = sum_i x[t, i] * weight[o, i] + bias[o]: a workgroup for a tile of kRows by kTokens,
// which both wait in shared memory, so that a weight is decoded once for kTokens tokens. A thread
// sums kRowsEach by kTokensEach of them in registers.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

// tiles_vulkan.h gives these, to suit the device and the number of tokens.
layout(local_size_x_id = 0) in; // kRows / kRowsEach * kTokens / kTokensEach
layout(constant_id = 0) const uint kThreads = 128;
layout(constant_id = 1) const uint kRows = 64;
layout(constant_id = 2) const uint kTokens = 64;
layout(constant_id = 3) const uint kQuads = 8; // groups of four columns at once
layout(constant_id = 4) const uint kRowsEach = 4;
layout(constant_id = 5) const uint kTokensEach = 8;

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

const uint kPitch = kQuads + 1u; // odd, so that rows lie in different banks
shared vec4 weightTile[kRows * kPitch];
shared vec4 xTile[kTokens * kPitch];

vec4 weightsFrom(uint row, uint column)
{
    if (column + 4u <= pc.cols) {
        return weightsAt4(row, column);
    }
    vec4 some = vec4(0.0);
    for (uint i = 0u; column + i < pc.cols; ++i) {
        some[i] = weightAt(row, column + i);
    }
    return some;
}

vec4 xFrom(uint token, uint column)
{
    uint at = pc.xOffset + token * pc.xStride + column;
    if (column + 4u <= pc.cols) {
        return vec4(x[at], x[at + 1u], x[at + 2u], x[at + 3u]);
    }
    vec4 some = vec4(0.0); // what is behind a row may be no number
    for (uint i = 0u; column + i < pc.cols; ++i) {
        some[i] = x[at + i];
    }
    return some;
}

void main()
{
    uint thread = gl_LocalInvocationID.x;
    uint firstRow = pc.firstRow + gl_WorkGroupID.x * kRows;
    uint firstToken = gl_WorkGroupID.y * kTokens;
    // A thread's rows and tokens are these apart, so that threads side by side read side by side.
    const uint rowStep = kRows / kRowsEach;
    const uint tokenStep = kTokens / kTokensEach;
    uint threadRow = thread % rowStep;
    uint threadToken = thread / rowStep;
    float sums[kTokensEach * kRowsEach];
    [[unroll]] for (uint i = 0u; i < kTokensEach * kRowsEach; ++i) {
        sums[i] = 0.0;
    }
    for (uint first = 0u; first < pc.cols; first += kQuads * 4u) {
        for (uint i = thread; i < kRows * kQuads; i += kThreads) {
            uint row = min(firstRow + i / kQuads, pc.rows - 1u); // behind the last one: anything
            weightTile[i / kQuads * kPitch + i % kQuads] =
                weightsFrom(row, first + i % kQuads * 4u);
        }
        for (uint i = thread; i < kTokens * kQuads; i += kThreads) {
            uint token = min(firstToken + i / kQuads, pc.tokens - 1u);
            xTile[i / kQuads * kPitch + i % kQuads] = xFrom(token, first + i % kQuads * 4u);
        }
        barrier();
        for (uint quad = 0u; quad < kQuads; ++quad) {
            vec4 w[kRowsEach];
            [[unroll]] for (uint r = 0u; r < kRowsEach; ++r) {
                w[r] = weightTile[(threadRow + r * rowStep) * kPitch + quad];
            }
            [[unroll]] for (uint t = 0u; t < kTokensEach; ++t) {
                vec4 v = xTile[(threadToken + t * tokenStep) * kPitch + quad];
                [[unroll]] for (uint r = 0u; r < kRowsEach; ++r) {
                    sums[t * kRowsEach + r] += dot(w[r], v);
                }
            }
        }
        barrier();
    }
    [[unroll]] for (uint r = 0u; r < kRowsEach; ++r) {
        uint row = firstRow + threadRow + r * rowStep;
        if (row >= pc.rows) {
            continue;
        }
        float start = pc.hasBias != 0u ? bias[pc.biasOffset + row] : 0.0;
        [[unroll]] for (uint t = 0u; t < kTokensEach; ++t) {
            uint token = firstToken + threadToken + t * tokenStep;
            if (token < pc.tokens) {
                result[pc.outOffset + token * pc.outStride + row] =
                    sums[t * kRowsEach + r] + start;
            }
        }
    }
}
