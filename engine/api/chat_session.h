// SPDX-License-Identifier: MIT
// The Session behind engine/api/model.h. session.cpp writes replies, session_prompt.cpp makes
// prompts, session_context.cpp makes room, session_store.cpp saves, restores and forks.
#pragma once

#include "engine/api/context_scaling.h"
#include "engine/api/loaded_model.h"
#include "engine/api/reply_grammar.h"
#include "engine/api/reply_memory.h"
#include "engine/api/reply_text.h"
#include "engine/sampling/sampler.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace atelier {

class SessionFile;
struct SessionRecord;

// Owner:   whoever created it; holds its model alive.
// Threads: one thread at a time. What touches the backend does so in a turn of the model's.
class ChatSession final : public Session
{
public:
    static Result<std::unique_ptr<ChatSession>> create(
        std::shared_ptr<LoadedModel> model, const SessionOptions& options);

    Result<GenerationStats> generate(const GenerationRequest& request,
        const std::function<void(const Event&)>& onEvent,
        std::stop_token stop) override;
    Result<std::vector<float>> logits(
        std::span<const int32_t> tokens, std::stop_token stop) override;

    uint32_t contextTokens() const override { return m_slots; }
    uint32_t cachedTokens() const override { return uint32_t(m_cached.size()); }
    std::span<const int32_t> tokens() const override { return m_cached; }
    double yarnFactor() const override;
    Result<uint32_t> countPrompt(std::span<const Message> messages) const override;
    void clear() override;

    Status save(const std::filesystem::path& path, std::stop_token stop) override;
    Status restore(const std::filesystem::path& path, std::stop_token stop) override;
    Result<std::unique_ptr<Session>> fork(uint32_t tokens, std::stop_token stop) override;
    Status moveTo(std::shared_ptr<Model> model) override;

private:
    // One reply while it is written.
    struct Reply
    {
        Reply(const GenerationRequest& asked,
            const std::function<void(const Event&)>& onEventTo,
            const LoadedModel& model,
            ReplyGrammar grammar);

        void report(Event event) const
        {
            if (onEvent) {
                onEvent(event);
            }
        }

        const GenerationRequest& request; // with a seed
        const std::function<void(const Event&)>& onEvent;
        ReplyText text;
        std::unique_ptr<TokenMask> mask; // null: anything goes
        Sampler sampler;
        std::vector<float> logits;   // [vocab] of the last token computed
        std::vector<float> asModel;  // the same before sampling, when alternatives are asked for
        std::vector<int32_t> tokens; // generated, stop token not included
        std::string visible;
        GenerationStats stats;
    };

    struct Prompt
    {
        std::vector<int32_t> tokens;
        // A reply that goes on: its tokens, which end the prompt, and the text they are shown as.
        std::vector<int32_t> begun;
        std::string begunText;
        std::string opening; // of the reply, which the prompt has already: "<think>"
        std::string note;    // about the prompt, for people
        bool isTurn = false; // what follows is a reply, or the rest of one, in a chat
        size_t droppedTurns = 0;
    };

    explicit ChatSession(std::shared_ptr<LoadedModel> model, const SessionOptions& options);

    // session_prompt.cpp
    Result<Prompt> encode(const PromptRequest& request) const;
    Result<Prompt> encodeRequest(const GenerationRequest& request, size_t droppedTurns) const;

    // session_context.cpp
    Status usePass(const SessionOptions& fixed);
    Status rebuild(const SessionOptions& fixed);
    std::optional<Extension> extension(const SessionOptions& options, uint64_t needed) const;
    Status makeRoom(const GenerationRequest& request, Prompt& prompt, Reply& reply);
    Status stretch(const GenerationRequest& request, const Prompt& prompt, const Reply& reply);
    Result<bool> dropTurns(
        const GenerationRequest& request, size_t least, Prompt& prompt, const Reply& reply) const;
    void reportFull(
        const GenerationRequest& request, const Prompt& prompt, const Reply& reply) const;

    // session.cpp
    Status checkTokens(std::span<const int32_t> tokens) const; // of logits()
    Status readPrompt(std::span<const int32_t> prompt, Reply& reply, std::stop_token stop);
    Status writeReply(Prompt& prompt, Reply& reply, std::stop_token stop);
    Result<bool> nextLogits(int32_t token, Prompt& prompt, Reply& reply, std::stop_token stop);
    bool endsAt(int32_t token, GenerationStats& stats) const;
    void reportAlternatives(int32_t token, const Reply& reply) const;
    void show(Reply& reply, std::string text) const;
    void finish(const Prompt& prompt, Reply& reply);
    Status compute(
        std::span<const int32_t> tokens, std::span<float> lastLogits, std::stop_token stop);

    // session_store.cpp
    SessionRecord record() const;
    Result<std::optional<SessionOptions>> matchRecord(const SessionRecord& saved) const;
    Status takeRows(const SessionFile& file, std::stop_token stop);

    std::shared_ptr<LoadedModel> m_model;
    SessionOptions m_options; // as asked for
    SessionOptions m_fixed;   // what the pass was made with: with YarnMode::Auto a choice
    uint32_t m_slots = 0;
    std::unique_ptr<ForwardPass> m_pass; // null only after a rebuild failed twice
    std::optional<int32_t> m_assistant;
    std::optional<int32_t> m_observation;
    std::vector<int32_t> m_cached; // token i is in slot i
    ReplyMemory m_replies;
    // The chat of the last request: what was decided for it holds while it lasts.
    std::string m_chat; // its first user message
    bool m_cleared = true;
    size_t m_droppedTurns = 0;
};

} // namespace atelier
