// SPDX-License-Identifier: MIT
// mat_tile.comp for quantized weights, on devices that multiply four int8 at once: activations come
// rounded (round.comp). Sums of 16 products are whole numbers, and exact.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_spirv_intrinsics : require
#include "common.glsl"

// tiles_vulkan.h gives these; 3 is of mat_tile.comp alone.
layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint kThreads = 128;
layout(constant_id = 1) const uint kRows = 64;
layout(constant_id = 2) const uint kTokens = 64;
layout(constant_id = 4) const uint kRowsEach = 4;
layout(constant_id = 5) const uint kTokensEach = 8;

layout(push_constant) uniform Constants
{
    uint cols; // in, a multiple of 32
    uint rows; // out
    uint tokens;
    uint xOffset; // not read: rounded activations have no gaps
    uint xStride;
    uint outOffset;
    uint outStride;
    uint hasBias;
    uint firstRow;
    uint biasOffset;
}
pc;

layout(set = 0, binding = 0) readonly buffer Rounded { uint rounded[]; };
#include "weight.glsl"
#include "weights4.glsl"
#include "weights_int.glsl"
layout(set = 0, binding = 2) readonly buffer Bias { float bias[]; };
layout(set = 0, binding = 3) buffer Out { float result[]; };

// OpSDot with the vector format 4x8 bit, which the GLSL of older compilers has no word for.
spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"],
    capabilities = [6018, 6019],
    id = 4450) int dotPacked(uint a, uint b, spirv_literal int format);

// For each row and token 32 columns: eight words of int8, two scales, and two offsets or sums.
shared uvec4 weightTile[kRows * 3u];
shared uvec4 xTile[kTokens * 3u];

void loadWeights(uint thread, uint firstRow, uint first)
{
    for (uint i = thread; i < kRows * 3u; i += kThreads) {
        uint row = min(firstRow + i / 3u, pc.rows - 1u); // behind the last one: anything
        uint third = i % 3u;
        if (third < 2u) {
            uint column = first + third * 16u;
            weightTile[i] = uvec4(quantsAt4(row, column),
                quantsAt4(row, column + 4u),
                quantsAt4(row, column + 8u),
                quantsAt4(row, column + 12u));
        } else {
            vec2 low = scaleOfQuants(row, first);
            vec2 high = scaleOfQuants(row, first + 16u);
            weightTile[i] = floatBitsToUint(vec4(low.x, high.x, low.y, high.y));
        }
    }
}

void loadActivations(uint thread, uint firstToken, uint first)
{
    for (uint i = thread; i < kTokens * 3u; i += kThreads) {
        uint token = min(firstToken + i / 3u, pc.tokens - 1u);
        uint at = (token * (pc.cols / 32u) + first / 32u) * 12u + i % 3u * 4u;
        xTile[i] = uvec4(rounded[at], rounded[at + 1u], rounded[at + 2u], rounded[at + 3u]);
    }
}

int dot16(uvec4 a, uvec4 b)
{
    return dotPacked(a.x, b.x, 0) + dotPacked(a.y, b.y, 0) + dotPacked(a.z, b.z, 0) +
           dotPacked(a.w, b.w, 0);
}

void main()
{
    uint thread = gl_LocalInvocationID.x;
    uint firstRow = pc.firstRow + gl_WorkGroupID.x * kRows;
    uint firstToken = gl_WorkGroupID.y * kTokens;
    const uint rowStep = kRows / kRowsEach;
    const uint tokenStep = kTokens / kTokensEach;
    uint threadRow = thread % rowStep;
    uint threadToken = thread / rowStep;
    float sums[kTokensEach * kRowsEach];
    [[unroll]] for (uint i = 0u; i < kTokensEach * kRowsEach; ++i) {
        sums[i] = 0.0;
    }
    for (uint first = 0u; first < pc.cols; first += 32u) {
        loadWeights(thread, firstRow, first);
        loadActivations(thread, firstToken, first);
        barrier();
        [[unroll]] for (uint r = 0u; r < kRowsEach; ++r) {
            uint row = (threadRow + r * rowStep) * 3u;
            uvec4 low = weightTile[row];
            uvec4 high = weightTile[row + 1u];
            vec4 scales = uintBitsToFloat(weightTile[row + 2u]);
            [[unroll]] for (uint t = 0u; t < kTokensEach; ++t) {
                uint token = (threadToken + t * tokenStep) * 3u;
                vec4 steps = uintBitsToFloat(xTile[token + 2u]); // two scales, two sums
                vec2 dots = vec2(dot16(low, xTile[token]), dot16(high, xTile[token + 1u]));
                vec2 parts = scales.xy * dots + scales.zw * steps.zw;
                sums[t * kRowsEach + r] += dot(steps.xy, parts);
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
