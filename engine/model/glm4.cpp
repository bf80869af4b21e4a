// SPDX-License-Identifier: MIT
#include "engine/model/glm4.h"

#include "engine/model/blocks.h"

namespace atelier {

namespace {

class Glm4 final : public Network
{
public:
    Glm4(const Hyperparameters& hyper, WeightTable& table) : m_hyper(hyper)
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
            layer.postAttentionNorm = table.required(prefix + "post_attention_norm.weight", 1, n);
            layer.ffnNorm = table.required(prefix + "ffn_norm.weight", 1, n);
            layer.gateUp = findGateUp(table, prefix, hyper);
            layer.down = table.required(prefix + "ffn_down.weight", n, hyper.ffn);
            layer.postFfnNorm = table.required(prefix + "post_ffw_norm.weight", 1, n);
            m_layers.push_back(layer);
        }
        table.setLayer(-1);
        m_outputNorm = table.required("output_norm.weight", 1, n);
        m_output = findOutput(table, m_embedding, hyper);
    }

    // The norms after attention and feed-forward (a "sandwich") are added to the stream in one op.
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
            appendAttention(write, m_hyper, RopePairing::Adjacent, i, chunk, at);
            write.matMul(at.attention, layer.attentionOutput, kNoWeight, at.normed);
            write.addRmsNorm(at.normed, layer.postAttentionNorm, epsilon, at.stream);

            write.rmsNorm(at.stream, layer.ffnNorm, epsilon, at.normed);
            appendGateUp(write, layer.gateUp, at);
            write.matMul(at.inner, layer.down, kNoWeight, at.normed);
            write.addRmsNorm(at.normed, layer.postFfnNorm, epsilon, at.stream);
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
        WeightId postAttentionNorm = kNoWeight;
        WeightId ffnNorm = kNoWeight;
        GateUpWeights gateUp;
        WeightId down = kNoWeight;
        WeightId postFfnNorm = kNoWeight;
    };

    Hyperparameters m_hyper;
    WeightId m_embedding = kNoWeight;
    std::vector<Layer> m_layers;
    WeightId m_outputNorm = kNoWeight;
    WeightId m_output = kNoWeight;
};

} // namespace

std::unique_ptr<Network> createGlm4(const Hyperparameters& hyper, WeightTable& table)
{
    return std::make_unique<Glm4>(hyper, table);
}

} // namespace atelier
