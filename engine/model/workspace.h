// SPDX-License-Identifier: MIT
// The activations of one chunk of tokens, allocated once and reused by every chunk of a session.
#pragma once

#include "engine/backends/backend.h"
#include "engine/model/hyperparameters.h"
#include "engine/model/weight_table.h"

#include <memory>
#include <vector>

namespace atelier {

// The largest program of a session, for the backend's working memory.
WorkShape workShape(const WeightTable& weights,
    const Hyperparameters& hyper,
    uint32_t tokens,
    uint32_t slots,
    bool exact);

// T = tokens of the largest chunk, N = hidden, Q = heads * headDim, K = kvHeads * headDim
//
// Owner:   a session; the backend outlives it.
// Threads: one thread at a time.
class Workspace
{
public:
    // The dry run: exactly what create() will allocate.
    static uint64_t bytes(const Backend& backend, const Hyperparameters& hyper, uint32_t tokens);
    static Result<std::unique_ptr<Workspace>> create(
        Backend& backend, const Hyperparameters& hyper, uint32_t tokens);

    uint32_t tokens() const { return stream.rows; } // T

    Activation stream;    // [T, N] the residual stream
    Activation normed;    // [T, N] input or output of a block, before it joins the stream
    Activation qkv;       // [T, Q + 2 K] queries, then keys, then values
    Activation attention; // [T, Q] heads side by side
    Activation gateUp;    // [T, 2 ffn] gate first
    Activation inner;     // [T, ffn]
    Activation logits;    // [1, vocab]

private:
    Workspace() = default;

    std::vector<std::unique_ptr<DeviceBuffer>> m_buffers;
};

} // namespace atelier
