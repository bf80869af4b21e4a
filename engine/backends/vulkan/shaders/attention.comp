// SPDX-License-Identifier: MIT
// Causal grouped-query attention: a workgroup for one token and head. Slots come in tiles of
// kThreads; each thread scores one slot, then all share the tile's sum of values (online softmax,
// Milakov and Gimelshein 2018).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "kv.glsl"

const uint kThreads = 64;
const uint kDimsPerThread = 4; // heads of up to 256
layout(local_size_x = 64) in;

layout(push_constant) uniform Constants
{
    uint heads;
    uint kvHeads;
    uint headDim;
    uint firstSlot;
    uint layerOffset; // in words, of slot 0's keys
    uint slotWords;   // keys and values of one slot
    uint qOffset;
    uint qStride;
    uint outOffset;
    uint outStride;
    float scale;
}
pc;

layout(set = 0, binding = 0) readonly buffer Q { float q[]; };
layout(set = 0, binding = 1) readonly buffer Cache { uint cache[]; };
layout(set = 0, binding = 2) buffer Out { float result[]; };

shared float query[kThreads * kDimsPerThread];
shared float scores[kThreads];
shared float reduced[kThreads];

// Dimension d of a head whose row begins at word `row`.
float cached(uint row, uint head, uint d)
{
#if KV_TYPE == 0
    return uintBitsToFloat(cache[row + head * pc.headDim + d]);
#elif KV_TYPE == 1
    uint at = head * pc.headDim + d;
    uint both = cache[row + at / 2u];
    return halfToFloat((at & 1u) == 0u ? both & 0xFFFFu : both >> 16);
#else
    uint block = row + (head * ((pc.headDim + 31u) / 32u) + d / 32u) * 9u;
    uint lane = d % 32u;
    int value = int(cache[block + 1u + lane / 4u] << (24u - 8u * (lane & 3u))) >> 24;
    return uintBitsToFloat(cache[block]) * float(value);
#endif
}

void main()
{
    uint thread = gl_LocalInvocationID.x;
    uint head = gl_WorkGroupID.x;
    uint t = gl_WorkGroupID.y;
    uint kvHead = head / (pc.heads / pc.kvHeads);
    uint seen = pc.firstSlot + t + 1u;
    for (uint d = thread; d < pc.headDim; d += kThreads) {
        query[d] = q[pc.qOffset + t * pc.qStride + head * pc.headDim + d];
    }
    barrier();
    uint side = kvRowWords(pc.kvHeads, pc.headDim);
    float sums[kDimsPerThread];
    for (uint i = 0; i < kDimsPerThread; ++i) {
        sums[i] = 0.0;
    }
    float largest = -3.0e38;
    float total = 0.0;
    for (uint tile = 0; tile < seen; tile += kThreads) {
        uint count = min(kThreads, seen - tile);
        float score = -3.0e38;
        if (thread < count) {
            uint row = pc.layerOffset + (tile + thread) * pc.slotWords;
            float dot_ = 0.0;
            for (uint d = 0; d < pc.headDim; ++d) {
                dot_ += query[d] * cached(row, kvHead, d);
            }
            score = dot_ * pc.scale;
        }
        reduced[thread] = score;
        barrier();
        for (uint n = kThreads / 2; n > 0; n /= 2) {
            if (thread < n) {
                reduced[thread] = max(reduced[thread], reduced[thread + n]);
            }
            barrier();
        }
        float newLargest = max(largest, reduced[0]);
        barrier();
        float shrink = exp(largest - newLargest);
        float weight = thread < count ? exp(score - newLargest) : 0.0;
        scores[thread] = weight;
        reduced[thread] = weight;
        barrier();
        for (uint n = kThreads / 2; n > 0; n /= 2) {
            if (thread < n) {
                reduced[thread] += reduced[thread + n];
            }
            barrier();
        }
        total = total * shrink + reduced[0];
        for (uint i = 0; i < kDimsPerThread; ++i) {
            uint d = thread + i * kThreads;
            float sum = sums[i] * shrink;
            if (d < pc.headDim) {
                for (uint s = 0; s < count; ++s) {
                    uint row = pc.layerOffset + (tile + s) * pc.slotWords + side;
                    sum += scores[s] * cached(row, kvHead, d);
                }
            }
            sums[i] = sum;
        }
        largest = newLargest;
        barrier();
    }
    for (uint i = 0; i < kDimsPerThread; ++i) {
        uint d = thread + i * kThreads;
        if (d < pc.headDim) {
            result[pc.outOffset + t * pc.outStride + head * pc.headDim + d] = sums[i] / total;
        }
    }
}
