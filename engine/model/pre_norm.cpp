// SPDX-License-Identifier: MIT
#include "engine/model/pre_norm.h"

#include "engine/model/blocks.h"

namespace atelier {

namespace {

class PreNorm final : public Network
{
public:
    PreNorm(const Hyperparameters& hyper, WeightTable& table, RopePairing pairing)
        : m_hyper(hyper),
          m_pairing(pairing)
    {
        const uint32_t n = hyper.hidden;
        m_embedding = table.required("token_embd.weight", hyper.vocab, n);
        for (uint32_t i = 0; i < hyper.layers && !table.error(); ++i) {
            const std::string prefix = "blk." + std::to_string(i) + ".";
            table.setLayer(int32_t(i));
            Layer layer;
            layer.attentionNorm = table.required(prefix + "attn_norm.weight", 1, n);
            layer.qkv = findQkv(table, prefix, hyper);
            layer.attentionOutput =
                table.required(prefix + "attn_output.weight", n, hyper.queryWidth());
            layer.attentionOutputBias = table.optional(prefix + "attn_output.bias", 1, n);
            layer.ffnNorm = table.required(prefix + "ffn_norm.weight", 1, n);
            layer.gateUp = findGateUp(table, prefix, hyper);
            layer.down = table.required(prefix + "ffn_down.weight", n, hyper.ffn);
            m_layers.push_back(layer);
        }
        table.setLayer(-1);
        m_outputNorm = table.required("output_norm.weight", 1, n);
        m_output = findOutput(table, m_embedding, hyper);
    }

    void appendLayers(Program& program,
        const WeightTable& weights,
        const Workspace& workspace,
        const Chunk& chunk) const override
    {
        ProgramWriter write(program, weights, chunk.exact);
        const ChunkViews at(workspace, m_hyper, chunk);
        const float epsilon = m_hyper.rmsEpsilon;

        write.embed(m_embedding, chunk.tokens, at.stream);
        for (uint32_t i = 0; i < m_hyper.layers; ++i) {
            const Layer& layer = m_layers[i];

            write.rmsNorm(at.stream, layer.attentionNorm, epsilon, at.normed);
            appendQkv(write, layer.qkv, at);
            appendAttention(write, m_hyper, m_pairing, i, chunk, at);
            write.matMul(at.attention, layer.attentionOutput, layer.attentionOutputBias, at.normed);
            write.add(at.normed, at.stream);

            write.rmsNorm(at.stream, layer.ffnNorm, epsilon, at.normed);
            appendGateUp(write, layer.gateUp, at);
            write.matMul(at.inner, layer.down, kNoWeight, at.normed);
            write.add(at.normed, at.stream);
        }
    }

    void appendHead(Program& program,
        const WeightTable& weights,
        const Activation& stream,
        const Activation& logits,
        bool exact) const override
    {
        ProgramWriter write(program, weights, exact);
        write.rmsNorm(stream, m_outputNorm, m_hyper.rmsEpsilon, stream);
        write.matMul(stream, m_output, kNoWeight, logits);
    }

private:
    struct Layer
    {
        WeightId attentionNorm = kNoWeight;
        QkvWeights qkv;
        WeightId attentionOutput = kNoWeight;
        WeightId attentionOutputBias = kNoWeight;
        WeightId ffnNorm = kNoWeight;
        GateUpWeights gateUp;
        WeightId down = kNoWeight;
    };

    Hyperparameters m_hyper;
    RopePairing m_pairing;
    WeightId m_embedding = kNoWeight;
    std::vector<Layer> m_layers;
    WeightId m_outputNorm = kNoWeight;
    WeightId m_output = kNoWeight;
};

} // namespace

std::unique_ptr<Network> createChatGlm(const Hyperparameters& hyper, WeightTable& table)
{
    return std::make_unique<PreNorm>(hyper, table, RopePairing::Adjacent);
}

// Converters permute the rows of Llama's query and key weights so that adjacent pairs rotate.
std::unique_ptr<Network> createLlama(const Hyperparameters& hyper, WeightTable& table)
{
    return std::make_unique<PreNorm>(hyper, table, RopePairing::Adjacent);
}

std::unique_ptr<Network> createQwen2(const Hyperparameters& hyper, WeightTable& table)
{
    return std::make_unique<PreNorm>(hyper, table, RopePairing::Halves);
}

} // namespace atelier
