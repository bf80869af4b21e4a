// SPDX-License-Identifier: MIT
// Causal grouped-query attention: a workgroup for kRows rows of queries that share one head of the
// cache, each row a token and a head, and for one part of the slots. Slots come in tiles of
// kThreads: each thread scores one slot for all rows, then sums values of its dimensions for all
// rows (online softmax, Milakov and Gimelshein 2018), so the cache is read once for kRows rows.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "kv.glsl"

// tiles_vulkan.h gives these.
layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint kThreads = 64;
layout(constant_id = 1) const uint kRows = 16;
layout(constant_id = 2) const uint kHeadDim = 128;

layout(push_constant) uniform Constants
{
    uint tokens;
    uint heads;
    uint kvHeads;
    uint firstSlot;
    uint slotWords;  // keys and values of one slot
    uint splitSlots; // of each part
    uint joined;     // 1: there is one part, which writes the result
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
// [part][token * heads + head] of the largest score, the sum of weights and kHeadDim weighted sums.
layout(set = 0, binding = 3) buffer Partials { float partials[]; };

const float kNone = -3.0e38; // the score of a slot that a row does not see
const uint kDimQuads = (kHeadDim + 3u) / 4u;
const uint kDimsEach = (kHeadDim + kThreads - 1u) / kThreads;
// Threads for each row of scores: always as many, so that the order of sums, and with it a row's
// result, does not depend on the number of rows. kRows * kShares <= kThreads.
const uint kShares = 4u;
shared vec4 queries[kRows * kDimQuads];
shared float scores[kRows * kThreads];
shared float reduced[kThreads];
shared float largest[kRows];
shared float total[kRows];
shared float shrink[kRows]; // of what was summed before this tile

// Dimension d of a head whose row begins at word `row`.
float cached(uint row, uint head, uint d)
{
#if KV_TYPE == 0
    return uintBitsToFloat(cache[row + head * kHeadDim + d]);
#elif KV_TYPE == 1
    uint at = head * kHeadDim + d;
    uint both = cache[row + at / 2u];
    return halfToFloat((at & 1u) == 0u ? both & 0xFFFFu : both >> 16);
#else
    uint block = row + (head * ((kHeadDim + 31u) / 32u) + d / 32u) * 9u;
    uint lane = d % 32u;
    int value = int(cache[block + 1u + lane / 4u] << (24u - 8u * (lane & 3u))) >> 24;
    return uintBitsToFloat(cache[block]) * float(value);
#endif
}

// Four dimensions from `d`, zeros behind the last one.
vec4 cached4(uint row, uint head, uint d)
{
    if (kHeadDim % 4u != 0u) {
        vec4 some = vec4(0.0);
        for (uint i = 0u; i < 4u && d + i < kHeadDim; ++i) {
            some[i] = cached(row, head, d + i);
        }
        return some;
    }
#if KV_TYPE == 0
    uint at = row + head * kHeadDim + d;
    return vec4(uintBitsToFloat(cache[at]),
        uintBitsToFloat(cache[at + 1u]),
        uintBitsToFloat(cache[at + 2u]),
        uintBitsToFloat(cache[at + 3u]));
#elif KV_TYPE == 1
    uint at = row + (head * kHeadDim + d) / 2u;
    uint a = cache[at];
    uint b = cache[at + 1u];
    return vec4(halfToFloat(a & 0xFFFFu),
        halfToFloat(a >> 16),
        halfToFloat(b & 0xFFFFu),
        halfToFloat(b >> 16));
#else
    uint block = row + (head * ((kHeadDim + 31u) / 32u) + d / 32u) * 9u;
    int word = int(cache[block + 1u + d % 32u / 4u]);
    return uintBitsToFloat(cache[block]) *
           vec4(word << 24 >> 24, word << 16 >> 24, word << 8 >> 24, word >> 24);
#endif
}

uint rowIndex(uint row) // of all rows of this head of the cache
{
    return gl_WorkGroupID.x * kRows + row;
}

uint tokenOf(uint row)
{
    return rowIndex(row) / (pc.heads / pc.kvHeads);
}

uint headOf(uint row)
{
    uint group = pc.heads / pc.kvHeads;
    return gl_WorkGroupID.y * group + rowIndex(row) % group;
}

uint seenBy(uint row) // slots
{
    return pc.firstSlot + tokenOf(row) + 1u;
}

void loadQueries(uint thread)
{
    for (uint i = thread; i < kRows * kDimQuads; i += kThreads) {
        uint row = i / kDimQuads;
        uint d = i % kDimQuads * 4u;
        vec4 some = vec4(0.0);
        if (tokenOf(row) < pc.tokens) {
            uint at = pc.qOffset + tokenOf(row) * pc.qStride + headOf(row) * kHeadDim + d;
            [[unroll]] for (uint j = 0u; j < 4u; ++j) {
                some[j] = d + j < kHeadDim ? q[at + j] : 0.0;
            }
        }
        queries[i] = some;
    }
}

void scoreSlot(uint thread, uint slot, uint end)
{
    float dots[kRows];
    [[unroll]] for (uint r = 0u; r < kRows; ++r) {
        dots[r] = 0.0;
    }
    if (slot < end) {
        for (uint quad = 0u; quad < kDimQuads; ++quad) {
            vec4 key = cached4(slot * pc.slotWords, gl_WorkGroupID.y, quad * 4u);
            [[unroll]] for (uint r = 0u; r < kRows; ++r) {
                dots[r] += dot(queries[r * kDimQuads + quad], key);
            }
        }
    }
    [[unroll]] for (uint r = 0u; r < kRows; ++r) {
        bool isSeen = slot < end && slot < seenBy(r);
        scores[r * kThreads + thread] = isSeen ? dots[r] * pc.scale : kNone;
    }
}

// Scores to weights, relative to the largest score so far. kShares threads take a row.
void weighScores(uint thread)
{
    uint row = thread % kRows;
    uint share = thread / kRows;
    float top = kNone;
    if (share < kShares) {
        for (uint i = share; i < kThreads; i += kShares) {
            top = max(top, scores[row * kThreads + i]);
        }
    }
    reduced[thread] = top;
    barrier();
    if (thread < kRows) {
        top = largest[thread];
        for (uint i = 0u; i < kShares; ++i) {
            top = max(top, reduced[i * kRows + thread]);
        }
        shrink[thread] = exp(largest[thread] - top);
        largest[thread] = top;
    }
    barrier();
    float sum = 0.0;
    if (share < kShares) {
        for (uint i = share; i < kThreads; i += kShares) {
            float score = scores[row * kThreads + i];
            // As long as a row sees nothing, kNone is the largest score.
            float weight = score > kNone ? exp(score - largest[row]) : 0.0;
            scores[row * kThreads + i] = weight;
            sum += weight;
        }
    }
    reduced[thread] = sum;
    barrier();
    if (thread < kRows) {
        sum = total[thread] * shrink[thread];
        for (uint i = 0u; i < kShares; ++i) {
            sum += reduced[i * kRows + thread];
        }
        total[thread] = sum;
    }
}

float sums[kDimsEach * kRows]; // dimensions thread, thread + kThreads, ... of each row

void sumValues(uint thread, uint first, uint end)
{
    uint side = kvRowWords(pc.kvHeads, kHeadDim);
    uint count = min(kThreads, end - first);
    [[unroll]] for (uint i = 0u; i < kDimsEach; ++i) {
        uint d = thread + i * kThreads;
        if (d >= kHeadDim) {
            continue;
        }
        [[unroll]] for (uint r = 0u; r < kRows; ++r) {
            sums[i * kRows + r] *= shrink[r];
        }
        for (uint s = 0u; s < count; s += 4u) { // behind the last slot, weights are zero
            vec4 value;
            [[unroll]] for (uint j = 0u; j < 4u; ++j) {
                uint slot = min(first + s + j, end - 1u);
                value[j] = cached(slot * pc.slotWords + side, gl_WorkGroupID.y, d);
            }
            [[unroll]] for (uint r = 0u; r < kRows; ++r) {
                uint at = r * kThreads + s;
                sums[i * kRows + r] += dot(
                    vec4(scores[at], scores[at + 1u], scores[at + 2u], scores[at + 3u]), value);
            }
        }
    }
}

void main()
{
    uint thread = gl_LocalInvocationID.x;
    uint lastToken = min(tokenOf(kRows - 1u), pc.tokens - 1u);
    uint begin = gl_WorkGroupID.z * pc.splitSlots;
    uint end = min(pc.firstSlot + lastToken + 1u, begin + pc.splitSlots);
    loadQueries(thread);
    if (thread < kRows) {
        largest[thread] = kNone;
        total[thread] = 0.0;
    }
    [[unroll]] for (uint i = 0u; i < kDimsEach * kRows; ++i) {
        sums[i] = 0.0;
    }
    barrier();
    for (uint first = begin; first < end; first += kThreads) {
        scoreSlot(thread, first + thread, end);
        barrier();
        weighScores(thread);
        barrier();
        sumValues(thread, first, end);
        barrier();
    }
    [[unroll]] for (uint r = 0u; r < kRows; ++r) {
        uint token = tokenOf(r);
        if (token >= pc.tokens) {
            continue;
        }
        uint head = headOf(r);
        uint entry = (gl_WorkGroupID.z * pc.tokens + token) * pc.heads + head;
        uint part = entry * (kHeadDim + 2u);
        if (pc.joined == 0u && thread == 0u) {
            partials[part] = largest[r];
            partials[part + 1u] = total[r];
        }
        [[unroll]] for (uint i = 0u; i < kDimsEach; ++i) {
            uint d = thread + i * kThreads;
            if (d < kHeadDim && pc.joined != 0u) {
                result[pc.outOffset + token * pc.outStride + head * kHeadDim + d] =
                    sums[i * kRows + r] / total[r];
            } else if (d < kHeadDim) {
                partials[part + 2u + d] = sums[i * kRows + r];
            }
        }
    }
}
