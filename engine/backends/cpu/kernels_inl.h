// SPDX-License-Identifier: MIT
// The table of kernels for one Simd* policy. Included once by each kernels_<isa>.cpp, which is
// compiled with that instruction set's flags. Everything here has internal linkage and calls no
// inline function of the standard library: the linker keeps one copy of such a function for the
// whole program, and must not keep the one that only newer processors can run.
#pragma once

#include "engine/backends/cpu/kernels_attention_inl.h"
#include "engine/backends/cpu/kernels_float_inl.h"
#include "engine/backends/cpu/kernels_quantized_inl.h"
#include "engine/backends/cpu/kernels_vector_inl.h"

namespace atelier {
namespace {

template <class P, int T>
void streamRowsFor(const ProductJob& job)
{
    const bool quantized =
        withFormat<P>(job.type, [&]<class Format>() { streamRowsOf<P, Format, T>(job); });
    if (quantized) {
        return;
    }
    switch (job.type) {
    case DType::F16:
        return streamFloatRows<P, LoadF16<P>, T>(job);
    case DType::BF16:
        return streamFloatRows<P, LoadBf16<P>, T>(job);
    default:
        return streamFloatRows<P, LoadF32<P>, T>(job);
    }
}

template <class P>
void streamRows(const ProductJob& job)
{
    static_assert(kMaxStreamedTokens == 4);
    if constexpr (P::kStreamsTokensTogether) {
        switch (job.x.tokens) {
        case 1:
            return streamRowsFor<P, 1>(job);
        case 2:
            return streamRowsFor<P, 2>(job);
        case 3:
            return streamRowsFor<P, 3>(job);
        default:
            return streamRowsFor<P, 4>(job);
        }
    }
    for (uint32_t t = 0; t < job.x.tokens; ++t) {
        ProductJob one = job;
        one.x.quantized = job.x.quantized != nullptr ? job.x.quantized + t : nullptr;
        one.x.floats = job.x.floats != nullptr ? job.x.floats + t : nullptr;
        one.out += t * job.outStride;
        streamRowsFor<P, 1>(one);
    }
}

template <class P>
void startTile(const ProductJob& job, uint32_t tokens, float* tile)
{
    alignas(64) float bias[kPanelRows] = {};
    if (job.bias != nullptr) {
        std::memcpy(bias, job.bias, job.rows * sizeof(float));
    }
    const auto start = P::load(bias);
    for (uint32_t t = 0; t < tokens; ++t) {
        P::store(tile + t * kPanelRows, start);
    }
}

template <class P>
bool multiplyPanel(const ProductJob& job, bool exact, KernelScratch& scratch, StopQuestion stop)
{
    const size_t chunks = (job.cols + kChunkValues - 1) / kChunkValues;
    for (uint32_t first = 0; first < job.x.tokens; first += kMaxPanelTokens) {
        const uint32_t left = job.x.tokens - first;
        const uint32_t tokens = left < kMaxPanelTokens ? left : kMaxPanelTokens;
        startTile<P>(job, tokens, scratch.tile);
        for (size_t chunk = 0; chunk < chunks; ++chunk) {
            if (stop.ask(stop.context)) {
                return false;
            }
            const bool rounded = !exact && withFormat<P>(job.type, [&]<class Format>() {
                multiplyChunkOf<P, Format>(job, chunk, first, tokens, scratch);
            });
            if (!rounded) {
                multiplyFloatChunk<P>(job, chunk, first, tokens, scratch);
            }
        }
        for (uint32_t t = 0; t < tokens; ++t) {
            std::memcpy(job.out + size_t(first + t) * job.outStride,
                scratch.tile + t * kPanelRows,
                job.rows * sizeof(float));
        }
    }
    return true;
}

template <class P>
constexpr CpuKernels kKernelsOf{
    .name = P::kName,
    .quantize = quantizeRow<P>,
    .streamRows = streamRows<P>,
    .panel = multiplyPanel<P>,
    .rmsNorm = rmsNormRow<P>,
    .add = addRow<P>,
    .narrow = narrowRow<P>,
    .swiGlu = swiGluRow<P>,
    .attention = attentionRows<P>,
};

} // namespace
} // namespace atelier
