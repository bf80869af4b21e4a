// SPDX-License-Identifier: MIT
// Attention of the query rows that share a kv head: both products are matrix products, so that K
// and V are read once for all of them. Included by kernels_<isa>.cpp only.
#pragma once

#include "engine/backends/cpu/kernels.h"
#include "engine/backends/cpu/kernels_float_inl.h"
#include "engine/backends/cpu/kernels_vector_inl.h"

#include <cstring>
#include <limits>
#include <math.h>

namespace atelier {
namespace {

inline constexpr float kNegativeInfinity = -std::numeric_limits<float>::infinity();

template <class P>
inline typename P::F loadInt8(const uint8_t* p)
{
    return P::toFloat(P::widenSigned(p));
}

// Keys of 16 slots as F32, [D][16]: the cache's own memory when it is F32.
template <class P>
const float* sixteenKeys(const KvHeadView& kv, size_t block, float* out)
{
    const size_t elements = size_t(kv.headDim) * 16;
    switch (kv.type) {
    case KvType::F32:
        return reinterpret_cast<const float*>(kv.keys) + block * elements;
    case KvType::F16: {
        const uint8_t* from = kv.keys + block * elements * 2;
        for (size_t i = 0; i < elements; i += 16) {
            P::store(out + i, P::loadHalf(from + 2 * i));
        }
        return out;
    }
    case KvType::Q8_0: {
        const uint8_t* from = kv.keys + block * elements;
        const uint16_t* scales = kv.keyScales + block * (kv.headDim / 32) * 16;
        for (size_t d = 0; d < kv.headDim; ++d) {
            const auto scale = P::loadHalf(scales + d / 32 * 16);
            P::store(out + d * 16, P::mul(loadInt8<P>(from + d * 16), scale));
        }
        return out;
    }
    }
    return out;
}

// Values of `slots` slots from `first` as F32, [slots][D].
template <class P>
const float* someValues(const KvHeadView& kv, size_t first, size_t slots, float* out)
{
    const size_t elements = slots * kv.headDim; // headDim is a multiple of 16
    const size_t start = first * kv.headDim;
    switch (kv.type) {
    case KvType::F32:
        return reinterpret_cast<const float*>(kv.values) + start;
    case KvType::F16:
        for (size_t i = 0; i < elements; i += 16) {
            P::store(out + i, P::loadHalf(kv.values + 2 * (start + i)));
        }
        return out;
    case KvType::Q8_0:
        for (size_t i = 0; i < elements; i += 16) {
            const auto scale = P::set(P::half(kv.valueScales[(start + i) / 32]));
            P::store(out + i, P::mul(loadInt8<P>(kv.values + start + i), scale));
        }
        return out;
    }
    return out;
}

// Turns the scores of one row into weights exp(score - maximum) and rescales what was summed
// before. Slots that the row may not see get the weight zero.
template <class P>
inline void softmaxStep(float* scores, uint32_t seen, const AttentionJob& job, uint32_t row)
{
    for (uint32_t s = seen; s < kAttentionSlots; ++s) {
        scores[s] = kNegativeInfinity;
    }
    auto largest = P::set(job.maximum[row]);
    for (uint32_t s = 0; s < kAttentionSlots; s += 16) {
        largest = P::max(largest, P::load(scores + s));
    }
    const float maximum = P::maximum(largest);
    auto total = P::zero();
    const auto shift = P::set(maximum);
    for (uint32_t s = 0; s < kAttentionSlots; s += 16) {
        // -infinity - maximum is clamped by exponential(); its weight must be exactly zero.
        alignas(64) float weights[16];
        P::store(weights, exponential<P>(P::sub(P::load(scores + s), shift)));
        for (uint32_t i = seen > s ? seen - s : 0; i < 16; ++i) {
            weights[i] = 0.0f;
        }
        const auto w = P::load(weights);
        total = P::add(total, w);
        P::store(scores + s, w);
    }
    if (maximum > job.maximum[row]) {
        const float shrink = expf(job.maximum[row] - maximum);
        const auto factor = P::set(shrink);
        float* out = job.out + size_t(row) * job.kv.headDim;
        for (uint32_t d = 0; d < job.kv.headDim; d += 16) {
            P::store(out + d, P::mul(P::load(out + d), factor));
        }
        job.total[row] *= shrink;
        job.maximum[row] = maximum;
    }
    job.total[row] += P::sum(total);
}

// One tile of slots: scores, weights, weighted values.
template <class P>
void attentionTile(const AttentionJob& job, uint32_t firstSlot, AttentionScratch& scratch)
{
    const uint32_t headDim = job.kv.headDim;
    const uint32_t left = job.endSlot - firstSlot;
    const uint32_t slots = left < kAttentionSlots ? left : kAttentionSlots;
    std::memset(scratch.scores, 0, size_t(job.rows) * kAttentionSlots * sizeof(float));
    for (uint32_t s = 0; s < slots; s += 16) {
        const float* keys = sixteenKeys<P>(job.kv, (firstSlot + s) / 16, scratch.keys);
        multiplyFloatRows<P>(
            job.queries, headDim, keys, 16, headDim, scratch.scores + s, kAttentionSlots, job.rows);
    }
    for (uint32_t row = 0; row < job.rows; ++row) {
        const uint32_t visible = job.visible[row] < job.endSlot ? job.visible[row] : job.endSlot;
        float* scores = scratch.scores + size_t(row) * kAttentionSlots;
        if (visible <= firstSlot) {
            std::memset(scores, 0, kAttentionSlots * sizeof(float));
            continue;
        }
        const uint32_t seen = visible - firstSlot;
        softmaxStep<P>(scores, seen < slots ? seen : slots, job, row);
    }
    const float* values = someValues<P>(job.kv, firstSlot, slots, scratch.values);
    for (uint32_t d = 0; d < headDim; d += 16) {
        multiplyFloatRows<P>(scratch.scores,
            kAttentionSlots,
            values + d,
            headDim,
            slots,
            job.out + d,
            headDim,
            job.rows);
    }
}

template <class P>
bool attentionRows(const AttentionJob& job, AttentionScratch& scratch, StopQuestion stop)
{
    std::memset(job.out, 0, size_t(job.rows) * job.kv.headDim * sizeof(float));
    uint32_t end = 0;
    for (uint32_t row = 0; row < job.rows; ++row) {
        job.maximum[row] = kNegativeInfinity;
        job.total[row] = 0.0f;
        end = job.visible[row] > end ? job.visible[row] : end;
    }
    end = end < job.endSlot ? end : job.endSlot;
    for (uint32_t slot = job.firstSlot; slot < end; slot += kAttentionSlots) {
        if (stop.ask(stop.context)) {
            return false;
        }
        attentionTile<P>(job, slot, scratch);
    }
    return true;
}

} // namespace
} // namespace atelier
