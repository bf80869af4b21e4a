// SPDX-License-Identifier: MIT
#include "engine/model/workspace.h"

#include <algorithm>

namespace atelier {

namespace {

struct Part
{
    Activation Workspace::*view;
    const char* label;
    uint32_t rows;
    uint32_t cols;
    StorageMode mode;

    size_t bytes() const { return size_t(rows) * cols * sizeof(float); }
};

std::vector<Part> parts(const Hyperparameters& hyper, uint32_t tokens)
{
    const uint32_t qkv = hyper.queryWidth() + 2 * hyper.kvWidth();
    constexpr auto kPrivate = StorageMode::DevicePrivate;
    return {
        {&Workspace::stream, "The residual stream", tokens, hyper.hidden, kPrivate},
        {&Workspace::normed, "The normed activations", tokens, hyper.hidden, kPrivate},
        {&Workspace::qkv, "Queries, keys and values", tokens, qkv, kPrivate},
        {&Workspace::attention, "The attention output", tokens, hyper.queryWidth(), kPrivate},
        {&Workspace::gateUp, "The feed-forward input", tokens, 2 * hyper.ffn, kPrivate},
        {&Workspace::inner, "The feed-forward activations", tokens, hyper.ffn, kPrivate},
        {&Workspace::logits, "The logits", 1, hyper.vocab, StorageMode::HostVisible},
    };
}

} // namespace

WorkShape workShape(const WeightTable& weights,
    const Hyperparameters& hyper,
    uint32_t tokens,
    uint32_t slots,
    bool exact)
{
    WorkShape shape{tokens, slots, hyper.heads, hyper.kvHeads, hyper.headDim, 0, 0};
    for (const WeightTable::Entry& entry : weights.entries()) {
        if (entry.source.rows > 1) { // norms and biases are no products
            const bool quantized = dtypeInfo(entry.source.type).valuesPerBlock > 1;
            uint32_t& width = quantized && !exact ? shape.roundedWidth : shape.exactWidth;
            width = std::max(width, entry.source.cols);
        }
    }
    return shape;
}

uint64_t Workspace::bytes(const Backend& backend, const Hyperparameters& hyper, uint32_t tokens)
{
    uint64_t total = 0;
    for (const Part& part : parts(hyper, tokens)) {
        total += backend.bufferBytes(part.bytes());
    }
    return total;
}

Result<std::unique_ptr<Workspace>> Workspace::create(
    Backend& backend, const Hyperparameters& hyper, uint32_t tokens)
{
    std::unique_ptr<Workspace> workspace(new Workspace);
    for (const Part& part : parts(hyper, tokens)) {
        auto buffer = backend.allocate(part.bytes(), part.mode, part.label);
        if (!buffer) {
            return buffer.error();
        }
        (*workspace).*part.view = {buffer.value().get(), 0, part.rows, part.cols, part.cols};
        workspace->m_buffers.push_back(buffer.take());
    }
    return workspace;
}

} // namespace atelier
