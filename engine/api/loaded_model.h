// SPDX-License-Identifier: MIT
// The Model behind engine/api/model.h, as its sessions see it.
#pragma once

#include "engine/api/memory_planner.h"
#include "engine/api/model.h"
#include "engine/api/turns.h"
#include "engine/backends/backend.h"
#include "engine/chat/prompt_format.h"
#include "engine/formats/model_file.h"
#include "engine/model/forward_pass.h"
#include "engine/model/network.h"
#include "engine/sampling/token_trie.h"
#include "engine/tokenizer/tokenizer.h"

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace atelier {

// What Model::load() finds for itself and tests hand in.
struct LoadParts
{
    std::shared_ptr<const ModelFile> file;
    std::unique_ptr<Backend> backend;
    std::function<uint64_t()> freeMemory; // bytes on the device now; 0 when unknown
    bool exact = false;
};

// Threads: thread-safe; sessions compute while they hold a turn.
class LoadedModel final : public Model
{
public:
    static Result<std::shared_ptr<Model>> load(LoadParts parts,
        const std::function<void(const LoadProgress&)>& onProgress,
        std::stop_token stop);

    const ModelInfo& info() const override { return m_info; }
    const Tokenizer& tokenizer() const override { return *m_tokenizer; }
    MemoryPlan plan(const SessionOptions& options) const override { return plan(options, 0); }
    // The same when `freed` bytes more will be free by then.
    MemoryPlan plan(const SessionOptions& options, uint64_t freed) const;

    DeviceMemory deviceMemory() const override;

    // modelHash() of the file, computed when it is first asked for.
    uint64_t hash() const;

    // The texts of the vocabulary for grammars, made when they are first asked for.
    std::shared_ptr<const TokenTrie> tokenTrie() const;
    std::shared_ptr<const Tokenizer> sharedTokenizer() const { return m_tokenizer; }

    const Hyperparameters& hyper() const { return m_hyper; }
    const PromptFormat& promptFormat() const { return *m_promptFormat; }
    ForwardPass::Parts passParts() { return {*m_backend, *m_network, m_weights, m_hyper, m_exact}; }
    // Ids that are never sampled: padding, and rows of the output without a token.
    std::span<const int32_t> forbiddenTokens() const { return m_forbidden; }
    // Bytes on the device now; 0 when unknown.
    uint64_t freeMemory() const { return m_freeMemory ? m_freeMemory() : 0; }
    Turns& turns() { return m_turns; }

private:
    class Progress;

    explicit LoadedModel(LoadParts parts)
        : m_backend(std::move(parts.backend)),
          m_freeMemory(std::move(parts.freeMemory)),
          m_exact(parts.exact),
          m_file(std::move(parts.file)),
          m_weights(m_file)
    {
    }

    Status readTokenizer();
    Status prepareWeights(Progress& progress, std::stop_token stop);

    std::unique_ptr<Backend> m_backend; // outlives everything made on it
    std::function<uint64_t()> m_freeMemory;
    bool m_exact;
    std::shared_ptr<const ModelFile> m_file;
    Hyperparameters m_hyper;
    WeightTable m_weights;
    std::unique_ptr<Network> m_network;
    std::shared_ptr<const Tokenizer> m_tokenizer;
    std::unique_ptr<PromptFormat> m_promptFormat;
    std::vector<int32_t> m_forbidden;
    ModelInfo m_info;
    std::vector<uint64_t> m_heldBytes; // by prepared weights, on each device
    Turns m_turns;
    mutable std::once_flag m_trieOnce;
    mutable std::shared_ptr<const TokenTrie> m_trie; // written once, behind m_trieOnce
    mutable std::once_flag m_hashOnce;
    mutable uint64_t m_hash = 0; // written once, behind m_hashOnce
};

} // namespace atelier
