// SPDX-License-Identifier: MIT
// Network: one architecture's forward pass, written as a list of operations. One file each:
// glm4.cpp, chatglm.cpp, llama.cpp, qwen2.cpp.
#pragma once

#include "engine/model/hyperparameters.h"
#include "engine/model/rope_table.h"
#include "engine/model/weight_table.h"
#include "engine/model/workspace.h"
#include "engine/ops/op.h"

#include <cstdint>
#include <span>

namespace atelier {

// A run of tokens to compute at once: T of them, in consecutive slots of the cache.
//
// Lifetime: everything named here must outlive the run of the program that was built from it.
struct Chunk
{
    std::span<const int32_t> tokens;    // [T], 1 <= T <= workspace.tokens()
    std::span<const int32_t> positions; // [T]
    uint32_t firstSlot = 0;
    KvStore* kv = nullptr;
    const RopeTable* rope = nullptr;
    bool exact = false; // MatMulOp::exact
};

// Immutable. Holds WeightIds into the table it was constructed with.
//
// Threads: thread-safe.
class Network
{
public:
    virtual ~Network() = default;

    // Appends everything up to the last layer: afterwards rows [0, T) of workspace.stream hold the
    // residual stream of the chunk's tokens, and the chunk's keys and values are in the cache.
    virtual void appendLayers(Program& program,
        const WeightTable& weights,
        const Workspace& workspace,
        const Chunk& chunk) const = 0;

    // Appends the final norm (in place) and the output matrix.
    //
    //   stream  [R, N]
    //   logits  [R, vocab]
    virtual void appendHead(Program& program,
        const WeightTable& weights,
        const Activation& stream,
        const Activation& logits,
        bool exact) const = 0;
};

} // namespace atelier
