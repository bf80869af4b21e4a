// SPDX-License-Identifier: MIT
#include "engine/model/blocks.h"

#include <cmath>

namespace atelier {

void ProgramWriter::embed(WeightId table, std::span<const int32_t> tokens, const Activation& out)
{
    append(EmbedOp{m_weights.weight(table), tokens, out});
}

void ProgramWriter::rmsNorm(
    const Activation& x, WeightId weight, float epsilon, const Activation& out)
{
    append(RmsNormOp{x, m_weights.weight(weight), epsilon, out, false});
}

void ProgramWriter::addRmsNorm(
    const Activation& x, WeightId weight, float epsilon, const Activation& out)
{
    append(RmsNormOp{x, m_weights.weight(weight), epsilon, out, true});
}

void ProgramWriter::add(const Activation& x, const Activation& out)
{
    append(AddOp{x, out});
}

void ProgramWriter::matMul(
    const Activation& x, WeightId weight, WeightId bias, const Activation& out)
{
    append(MatMulOp{x, m_weights.weight(weight), m_weights.weight(bias), out, m_exact});
}

void ProgramWriter::swiGlu(const Activation& gateUp, const Activation& out)
{
    append(SwiGluOp{gateUp, out});
}

QkvWeights findQkv(WeightTable& table, const std::string& prefix, const Hyperparameters& hyper)
{
    const uint32_t q = hyper.queryWidth();
    const uint32_t k = hyper.kvWidth();
    QkvWeights found;
    found.fused = table.optional(prefix + "attn_qkv.weight", q + 2 * k, hyper.hidden);
    if (found.fused != kNoWeight) {
        found.fusedBias = table.optional(prefix + "attn_qkv.bias", 1, q + 2 * k);
        return found;
    }
    found.query = table.required(prefix + "attn_q.weight", q, hyper.hidden);
    found.queryBias = table.optional(prefix + "attn_q.bias", 1, q);
    found.key = table.required(prefix + "attn_k.weight", k, hyper.hidden);
    found.keyBias = table.optional(prefix + "attn_k.bias", 1, k);
    found.value = table.required(prefix + "attn_v.weight", k, hyper.hidden);
    found.valueBias = table.optional(prefix + "attn_v.bias", 1, k);
    return found;
}

GateUpWeights findGateUp(
    WeightTable& table, const std::string& prefix, const Hyperparameters& hyper)
{
    GateUpWeights found;
    found.gate = table.optional(prefix + "ffn_gate.weight", hyper.ffn, hyper.hidden);
    if (found.gate != kNoWeight) {
        found.up = table.required(prefix + "ffn_up.weight", hyper.ffn, hyper.hidden);
    } else {
        found.fused = table.required(prefix + "ffn_up.weight", 2 * hyper.ffn, hyper.hidden);
    }
    return found;
}

WeightId findOutput(WeightTable& table, WeightId embedding, const Hyperparameters& hyper)
{
    const WeightId output = table.optional("output.weight", hyper.vocab, hyper.hidden);
    return output != kNoWeight ? output : embedding;
}

ChunkViews::ChunkViews(const Workspace& workspace, const Hyperparameters& hyper, const Chunk& chunk)
    : stream(workspace.stream.firstRows(uint32_t(chunk.tokens.size()))),
      normed(workspace.normed.firstRows(stream.rows)),
      qkv(workspace.qkv.firstRows(stream.rows)),
      query(qkv.columns(0, hyper.queryWidth())),
      key(qkv.columns(hyper.queryWidth(), hyper.kvWidth())),
      value(qkv.columns(hyper.queryWidth() + hyper.kvWidth(), hyper.kvWidth())),
      attention(workspace.attention.firstRows(stream.rows)),
      gateUp(workspace.gateUp.firstRows(stream.rows)),
      gate(gateUp.columns(0, hyper.ffn)),
      up(gateUp.columns(hyper.ffn, hyper.ffn)),
      inner(workspace.inner.firstRows(stream.rows))
{
}

void appendQkv(ProgramWriter& writer, const QkvWeights& weights, const ChunkViews& at)
{
    if (weights.fused != kNoWeight) {
        writer.matMul(at.normed, weights.fused, weights.fusedBias, at.qkv);
        return;
    }
    writer.matMul(at.normed, weights.query, weights.queryBias, at.query);
    writer.matMul(at.normed, weights.key, weights.keyBias, at.key);
    writer.matMul(at.normed, weights.value, weights.valueBias, at.value);
}

void appendAttention(ProgramWriter& writer,
    const Hyperparameters& hyper,
    RopePairing pairing,
    uint32_t layer,
    const Chunk& chunk,
    const ChunkViews& at)
{
    const auto rotate = [&](const Activation& x, uint32_t heads) {
        writer.append(RopeOp{x,
            heads,
            hyper.headDim,
            pairing,
            chunk.positions,
            chunk.rope->frequencies,
            chunk.rope->magnitude});
    };
    rotate(at.query, hyper.heads);
    rotate(at.key, hyper.kvHeads);
    writer.append(KvWriteOp{at.key, at.value, chunk.kv, layer, chunk.firstSlot});
    const float scale = 1.0f / std::sqrt(float(hyper.headDim));
    writer.append(
        AttentionOp{at.query, chunk.kv, layer, hyper.heads, chunk.firstSlot, scale, at.attention});
}

void appendGateUp(ProgramWriter& writer, const GateUpWeights& weights, const ChunkViews& at)
{
    if (weights.fused != kNoWeight) {
        writer.matMul(at.normed, weights.fused, kNoWeight, at.gateUp);
    } else {
        writer.matMul(at.normed, weights.gate, kNoWeight, at.gate);
        writer.matMul(at.normed, weights.up, kNoWeight, at.up);
    }
    writer.swiGlu(at.gateUp, at.inner);
}

} // namespace atelier
