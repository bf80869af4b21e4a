// SPDX-License-Identifier: MIT
// Runs a network over chunks of tokens: the cache, the activations and the positions of one
// session.
#pragma once

#include "engine/model/network.h"

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

namespace atelier {

// Owner:   a session; the backend, the network and its weights outlive it.
// Threads: one thread at a time, in the turn of its session on the backend.
class ForwardPass
{
public:
    struct Parts
    {
        Backend& backend;
        const Network& network;
        const WeightTable& weights; // prepared
        const Hyperparameters& hyper;
        bool exact = false;
    };

    // Unsupported when the backend lacks an operation of this network.
    static Result<std::unique_ptr<ForwardPass>> create(
        const Parts& parts, RopeTable rope, const KvShape& cache, uint32_t chunkTokens);

    uint32_t slots() const { return m_kv->shape().slots; }
    const KvShape& cacheShape() const { return m_kv->shape(); }
    const RopeTable& rope() const { return m_rope; }
    uint32_t chunkTokens() const { return m_workspace->tokens(); }

    // Computes a chunk into slots [firstSlot, firstSlot + T); the slots before hold its past. With
    // `lastLogits` not empty, writes the logits of the last token there.
    // Cancelled leaves slots from firstSlot on undefined, and the ones before as they were.
    //
    //   tokens      [T], 1 <= T <= chunkTokens(), firstSlot + T <= slots(), each in [0, vocab)
    //   lastLogits  [vocab] or empty
    Status run(std::span<const int32_t> tokens,
        uint32_t firstSlot,
        std::span<float> lastLogits,
        std::stop_token stop);

    // The same with the logits of every token. Allocates a small buffer of its own on first use,
    // which no memory plan counts: it is for tests and tools.
    //
    //   logits  [T, vocab]
    Status runAll(std::span<const int32_t> tokens,
        uint32_t firstSlot,
        std::span<float> logits,
        std::stop_token stop);

    // Slots [0, T) of a layer, T rows of kvRowBytes(cacheShape()) each (Backend::readKv()).
    Status readCache(uint32_t layer, std::span<std::byte> keys, std::span<std::byte> values) const
    {
        return m_parts.backend.readKv(*m_kv, layer, 0, keys, values);
    }
    Status writeCache(
        uint32_t layer, std::span<const std::byte> keys, std::span<const std::byte> values)
    {
        return m_parts.backend.writeKv(*m_kv, layer, 0, keys, values);
    }

private:
    ForwardPass(const Parts& parts, RopeTable rope) : m_parts(parts), m_rope(std::move(rope)) {}

    Status checkSupport();
    void beginChunk(std::span<const int32_t> tokens, uint32_t firstSlot);

    Parts m_parts;
    RopeTable m_rope;
    std::unique_ptr<KvStore> m_kv;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<DeviceBuffer> m_manyLogits; // of runAll()
    std::vector<int32_t> m_positions;           // of the chunk being computed
    Program m_program;                          // reused, so that a token allocates nothing
};

} // namespace atelier
