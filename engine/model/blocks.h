// SPDX-License-Identifier: MIT
// What the architectures have in common: a writer for programs, and the parts of a layer that are
// stored in more than one way.
#pragma once

#include "engine/model/network.h"

#include <string>

namespace atelier {

// Appends operations with the weights of one table.
class ProgramWriter
{
public:
    ProgramWriter(Program& program, const WeightTable& weights, bool exact)
        : m_program(program),
          m_weights(weights),
          m_exact(exact)
    {
    }

    void embed(WeightId table, std::span<const int32_t> tokens, const Activation& out);
    void rmsNorm(const Activation& x, WeightId weight, float epsilon, const Activation& out);
    // out += norm(x)
    void addRmsNorm(const Activation& x, WeightId weight, float epsilon, const Activation& out);
    void add(const Activation& x, const Activation& out);
    void matMul(const Activation& x, WeightId weight, WeightId bias, const Activation& out);
    void swiGlu(const Activation& gateUp, const Activation& out);

    template <class T>
    void append(T op)
    {
        m_program.emplace_back(std::move(op));
    }

private:
    Program& m_program;
    const WeightTable& m_weights;
    bool m_exact;
};

// The projections to queries, keys and values: one fused tensor (rows in this order) or three, with
// biases or without.
struct QkvWeights
{
    WeightId fused = kNoWeight;
    WeightId fusedBias = kNoWeight;
    WeightId query = kNoWeight;
    WeightId queryBias = kNoWeight;
    WeightId key = kNoWeight;
    WeightId keyBias = kNoWeight;
    WeightId value = kNoWeight;
    WeightId valueBias = kNoWeight;
};

// `prefix` is "blk.3.". A fused tensor wins over split ones.
QkvWeights findQkv(WeightTable& table, const std::string& prefix, const Hyperparameters& hyper);

// The gate and up projections: one fused tensor, gate first, or two.
struct GateUpWeights
{
    WeightId fused = kNoWeight;
    WeightId gate = kNoWeight;
    WeightId up = kNoWeight;
};

GateUpWeights findGateUp(
    WeightTable& table, const std::string& prefix, const Hyperparameters& hyper);

// The output matrix, or the embedding where the file has none (tied weights).
WeightId findOutput(WeightTable& table, WeightId embedding, const Hyperparameters& hyper);

// The activations of one chunk: the workspace cut to its T rows.
struct ChunkViews
{
    ChunkViews(const Workspace& workspace, const Hyperparameters& hyper, const Chunk& chunk);

    Activation stream;    // [T, N]
    Activation normed;    // [T, N]
    Activation qkv;       // [T, Q + 2 K], of which
    Activation query;     // [T, Q]
    Activation key;       // [T, K]
    Activation value;     // [T, K]
    Activation attention; // [T, Q]
    Activation gateUp;    // [T, 2 ffn], of which
    Activation gate;      // [T, ffn]
    Activation up;        // [T, ffn]
    Activation inner;     // [T, ffn]
};

void appendQkv(ProgramWriter& writer, const QkvWeights& weights, const ChunkViews& at);

// RoPE, the write to the cache and the attention over it: from at.qkv to at.attention.
void appendAttention(ProgramWriter& writer,
    const Hyperparameters& hyper,
    RopePairing pairing,
    uint32_t layer,
    const Chunk& chunk,
    const ChunkViews& at);

// at.inner = silu(gate(at.normed)) * up(at.normed)
void appendGateUp(ProgramWriter& writer, const GateUpWeights& weights, const ChunkViews& at);

} // namespace atelier
