// SPDX-License-Identifier: MIT
#include "engine/api/guarded.h"
#include "engine/api/loaded_model.h"
#include "engine/api/reply_memory.h"
#include "engine/api/reply_text.h"
#include "engine/base/text.h"
#include "engine/chat/prompt.h"
#include "engine/sampling/sampler.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace atelier {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

bool isCancelled(const Status& status)
{
    return !status && status.error().code == ErrorCode::Cancelled;
}

class ChatSession final : public Session
{
public:
    ChatSession(std::shared_ptr<LoadedModel> model, std::unique_ptr<ForwardPass> pass)
        : m_model(std::move(model)),
          m_pass(std::move(pass)),
          m_assistant(m_model->tokenizer().find("<|assistant|>")),
          m_observation(m_model->tokenizer().find("<|observation|>"))
    {
    }

    Result<GenerationStats> generate(const GenerationRequest& request,
        const std::function<void(const Event&)>& onEvent,
        std::stop_token stop) override;
    Result<std::vector<float>> logits(
        std::span<const int32_t> tokens, std::stop_token stop) override;

    uint32_t contextTokens() const override { return m_pass->slots(); }
    uint32_t cachedTokens() const override { return uint32_t(m_cached.size()); }
    Result<uint32_t> countPrompt(std::span<const Message> messages) const override;
    void clear() override
    {
        m_cached.clear();
        m_replies.clear();
    }

private:
    // One reply while it is written.
    struct Reply
    {
        Reply(const GenerationRequest& request,
            const std::function<void(const Event&)>& onEventTo,
            std::span<const int32_t> forbidden,
            bool dropLeadingNewline)
            : onEvent(onEventTo),
              text(dropLeadingNewline, request.stopStrings),
              sampler(request.sampling, *request.sampling.seed, forbidden)
        {
        }

        const std::function<void(const Event&)>& onEvent;
        ReplyText text;
        Sampler sampler;
        std::vector<float> logits;   // [vocab] of the last token computed
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
        bool isTurn = false; // what follows is a reply, or the rest of one, in a chat
    };

    Result<Prompt> encode(std::span<const Message> messages, bool continueLast) const;
    Result<Prompt> encodeRequest(const GenerationRequest& request) const;
    Status checkRoom(size_t promptTokens) const;
    Status checkTokens(std::span<const int32_t> tokens) const; // of logits()
    Status readPrompt(std::span<const int32_t> prompt, Reply& reply, std::stop_token stop);
    Status writeReply(uint32_t maxTokens, Reply& reply, std::stop_token stop);
    bool endsAt(int32_t token, GenerationStats& stats) const;
    void show(Reply& reply, std::string text);
    void finish(const Prompt& prompt, Reply& reply);
    Status compute(
        std::span<const int32_t> tokens, std::span<float> lastLogits, std::stop_token stop);

    std::shared_ptr<LoadedModel> m_model;
    std::unique_ptr<ForwardPass> m_pass;
    std::optional<int32_t> m_assistant;
    std::optional<int32_t> m_observation;
    std::vector<int32_t> m_cached; // token i is in slot i
    ReplyMemory m_replies;
};

std::string shownText(const Message& message)
{
    return message.metadata.empty() ? message.content : message.metadata + "\n" + message.content;
}

Result<ChatSession::Prompt> ChatSession::encode(
    std::span<const Message> messages, bool continueLast) const
{
    if (continueLast && (messages.empty() || messages.back().role != Role::Assistant)) {
        return Error{ErrorCode::InvalidUse, "Only a reply can be continued."};
    }
    std::vector<std::vector<int32_t>> replyTokens(messages.size());
    for (size_t i = 0; i < messages.size(); ++i) {
        if (messages[i].role == Role::Assistant) {
            if (const auto* tokens = m_replies.find(shownText(messages[i]))) {
                replyTokens[i] = *tokens;
            }
        }
    }
    const Tokenizer& tokenizer = m_model->tokenizer();
    const auto pieces = renderGlm4(messages, !continueLast);
    auto tokens = encodePrompt(pieces, tokenizer, replyTokens);
    if (!tokens) {
        return tokens.error();
    }
    Prompt prompt{tokens.take(), {}, {}, true};
    if (continueLast) {
        // Text between control tokens is encoded on its own, so this is the end of the prompt.
        auto begun = encodePrompt(std::span(pieces).last(1), tokenizer, replyTokens);
        if (!begun) {
            return begun.error();
        }
        prompt.begun = begun.take();
        prompt.begunText = shownText(messages.back());
    }
    return prompt;
}

Result<ChatSession::Prompt> ChatSession::encodeRequest(const GenerationRequest& request) const
{
    if (!request.messages.empty()) {
        return encode(request.messages, request.continueLast);
    }
    Prompt prompt;
    prompt.tokens = m_model->tokenizer().encode(request.rawPrompt, SpecialTokens::Parse);
    if (prompt.tokens.empty()) {
        return Error{ErrorCode::InvalidUse, "The prompt is empty."};
    }
    prompt.isTurn = m_assistant && prompt.tokens.back() == *m_assistant;
    return prompt;
}

Result<uint32_t> ChatSession::countPrompt(std::span<const Message> messages) const
{
    return guarded([&]() -> Result<uint32_t> {
        const auto prompt = encode(messages, false);
        if (!prompt) {
            return prompt.error();
        }
        return uint32_t(prompt.value().tokens.size());
    });
}

Status ChatSession::checkRoom(size_t promptTokens) const
{
    if (promptTokens < contextTokens()) {
        return Done{};
    }
    return Error{ErrorCode::ContextFull,
        "The conversation has " + grouped(promptTokens) + " tokens, and the context holds " +
            grouped(contextTokens()) + ": there is no room for a reply.",
        promptTokens + 1,
        contextTokens()};
}

Result<GenerationStats> ChatSession::generate(const GenerationRequest& request,
    const std::function<void(const Event&)>& onEvent,
    std::stop_token stop)
{
    return guarded([&]() -> Result<GenerationStats> {
        GenerationRequest seeded = request;
        if (!seeded.sampling.seed) {
            seeded.sampling.seed = unpredictableSeed();
        }
        if (const Status valid = validateSampling(seeded.sampling); !valid) {
            return valid.error();
        }
        auto encoded = encodeRequest(seeded);
        if (!encoded) {
            return encoded.error();
        }
        const Prompt prompt = encoded.take();
        if (const Status room = checkRoom(prompt.tokens.size()); !room) {
            return room.error();
        }
        // A turn begins with a newline of its own, unless it has begun already.
        Reply reply(
            seeded, onEvent, m_model->forbiddenTokens(), prompt.isTurn && prompt.begun.empty());
        reply.stats.seed = *seeded.sampling.seed;
        reply.stats.promptTokens = uint32_t(prompt.tokens.size());

        const Turns::Turn turn = m_model->turns().take(stop);
        Status done = turn ? readPrompt(prompt.tokens, reply, stop)
                           : Error{ErrorCode::Cancelled, "Stopped while waiting."};
        if (done) {
            done = writeReply(seeded.maxTokens, reply, stop);
        }
        if (isCancelled(done)) {
            reply.stats.reason = FinishReason::Stopped;
        } else if (!done) {
            return done.error();
        }
        finish(prompt, reply);
        return reply.stats;
    });
}

// Computes `tokens` behind what is cached. When it fails, the cache is what it was before.
Status ChatSession::compute(
    std::span<const int32_t> tokens, std::span<float> lastLogits, std::stop_token stop)
{
    m_cached.reserve(m_cached.size() + tokens.size()); // so that nothing fails after the run
    const Status done = m_pass->run(tokens, uint32_t(m_cached.size()), lastLogits, std::move(stop));
    if (done) {
        m_cached.insert(m_cached.end(), tokens.begin(), tokens.end());
    }
    return done;
}

Status ChatSession::readPrompt(std::span<const int32_t> prompt, Reply& reply, std::stop_token stop)
{
    const auto start = Clock::now();
    reply.logits.resize(m_model->hyper().vocab);
    const auto [mine, theirs] =
        std::mismatch(m_cached.begin(), m_cached.end(), prompt.begin(), prompt.end());
    // The last token is always computed: its logits begin the reply.
    const size_t reused = std::min(size_t(theirs - prompt.begin()), prompt.size() - 1);
    m_cached.resize(reused);
    reply.stats.reusedTokens = uint32_t(reused);

    Status done = Done{};
    while (true) {
        if (reply.onEvent) {
            reply.onEvent(
                PromptProgress{cachedTokens(), uint32_t(prompt.size()), reply.stats.reusedTokens});
        }
        const size_t left = prompt.size() - m_cached.size();
        if (left == 0) {
            break;
        }
        if (stop.stop_requested()) {
            done = Error{ErrorCode::Cancelled, "Stopped."};
            break;
        }
        const size_t count = std::min<size_t>(left, m_pass->chunkTokens());
        done = compute(prompt.subspan(m_cached.size(), count),
            count == left ? std::span(reply.logits) : std::span<float>(),
            stop);
        if (!done) {
            break;
        }
    }
    reply.stats.promptSeconds = secondsSince(start);
    return done;
}

Status ChatSession::writeReply(uint32_t maxTokens, Reply& reply, std::stop_token stop)
{
    const auto start = Clock::now();
    Status done = Done{};
    reply.stats.reason = FinishReason::LengthLimit;
    while (reply.tokens.size() < maxTokens) {
        if (stop.stop_requested()) {
            done = Error{ErrorCode::Cancelled, "Stopped."};
            break;
        }
        const int32_t token = reply.sampler.draw(reply.logits);
        if (token < 0) {
            done = Error{ErrorCode::InvalidFormat,
                "The model computed no number that can be used: its file is probably damaged."};
            break;
        }
        if (endsAt(token, reply.stats)) {
            break;
        }
        reply.tokens.push_back(token);
        const Tokenizer& tokenizer = m_model->tokenizer();
        if (!tokenizer.isControl(token)) {
            show(reply, reply.text.push(tokenizer.tokenBytes(token)));
        } else if (m_assistant && token == *m_assistant) {
            show(reply, reply.text.push("\n")); // between the calls of several tools
        }
        if (reply.text.stopped()) {
            reply.stats.reason = FinishReason::EndOfTurn;
            break;
        }
        if (reply.tokens.size() == maxTokens) {
            break;
        }
        if (m_cached.size() == contextTokens()) {
            reply.stats.reason = FinishReason::ContextFull;
            break;
        }
        done = compute({&token, 1}, reply.logits, stop);
        if (!done) {
            break;
        }
    }
    reply.stats.decodeSeconds = secondsSince(start);
    return done;
}

bool ChatSession::endsAt(int32_t token, GenerationStats& stats) const
{
    const auto stops = m_model->tokenizer().stopTokens();
    if (std::find(stops.begin(), stops.end(), token) == stops.end()) {
        return false;
    }
    const bool isCall = m_observation && token == *m_observation;
    stats.reason = isCall ? FinishReason::ToolCall : FinishReason::EndOfTurn;
    return true;
}

void ChatSession::show(Reply& reply, std::string text)
{
    if (text.empty()) {
        return;
    }
    reply.visible += text;
    if (reply.onEvent) {
        reply.onEvent(TextDelta{std::move(text), uint32_t(reply.tokens.size())});
    }
}

void ChatSession::finish(const Prompt& prompt, Reply& reply)
{
    show(reply, reply.text.finish());
    reply.stats.generatedTokens = uint32_t(reply.tokens.size());
    if (prompt.isTurn && reply.text.complete() && !reply.visible.empty()) {
        std::vector<int32_t> all = prompt.begun;
        all.insert(all.end(), reply.tokens.begin(), reply.tokens.end());
        m_replies.remember(prompt.begunText + reply.visible, std::move(all));
    }
}

Status ChatSession::checkTokens(std::span<const int32_t> tokens) const
{
    if (tokens.empty() || tokens.size() > contextTokens()) {
        return Error{tokens.empty() ? ErrorCode::InvalidUse : ErrorCode::ContextFull,
            grouped(tokens.size()) + " tokens were given; it must be 1 to " +
                grouped(contextTokens()) + ".",
            tokens.size(),
            contextTokens()};
    }
    const uint32_t vocab = m_model->hyper().vocab;
    for (const int32_t token : tokens) {
        if (token < 0 || uint32_t(token) >= vocab) {
            return Error{ErrorCode::InvalidUse,
                "The token " + std::to_string(token) + " is outside the vocabulary of " +
                    grouped(vocab) + "."};
        }
    }
    const uint64_t bytes = uint64_t(tokens.size()) * vocab * sizeof(float);
    const uint64_t free = m_model->freeMemory();
    if (free > 0 && bytes > free) {
        return Error{ErrorCode::OutOfMemory,
            "The logits of " + grouped(tokens.size()) + " tokens take " + readableBytes(bytes) +
                "; only " + readableBytes(free) + " are available.",
            bytes,
            free};
    }
    return Done{};
}

Result<std::vector<float>> ChatSession::logits(
    std::span<const int32_t> tokens, std::stop_token stop)
{
    return guarded([&]() -> Result<std::vector<float>> {
        const uint32_t vocab = m_model->hyper().vocab;
        if (const Status valid = checkTokens(tokens); !valid) {
            return valid.error();
        }
        std::vector<float> logits(tokens.size() * vocab);
        const Turns::Turn turn = m_model->turns().take(stop);
        if (!turn) {
            return Error{ErrorCode::Cancelled, "Stopped while waiting."};
        }
        m_cached.clear();
        for (size_t first = 0; first < tokens.size(); first += m_pass->chunkTokens()) {
            const size_t count = std::min<size_t>(tokens.size() - first, m_pass->chunkTokens());
            const auto out = std::span(logits).subspan(first * vocab, count * vocab);
            const Status done =
                m_pass->runAll(tokens.subspan(first, count), uint32_t(first), out, stop);
            if (!done) {
                return done.error();
            }
        }
        m_cached.assign(tokens.begin(), tokens.end());
        return logits;
    });
}

Status validateSession(const Hyperparameters& hyper, const SessionOptions& options)
{
    if (options.chunkTokens == 0) {
        return Error{ErrorCode::InvalidUse, "A chunk must have at least one token."};
    }
    if (options.cacheType == CacheType::Q8_0 && hyper.headDim % 32 != 0) {
        return Error{ErrorCode::Unsupported,
            "A Q8_0 cache needs heads of a multiple of 32 dimensions; this model's have " +
                std::to_string(hyper.headDim) + "."};
    }
    const Status rope = validateRope(sessionRope(hyper, options), hyper.headDim);
    if (!rope && options.yarn) {
        return Error{ErrorCode::InvalidUse, rope.error().message};
    }
    return rope;
}

} // namespace

Result<std::unique_ptr<Session>> Session::create(
    std::shared_ptr<Model> model, const SessionOptions& options)
{
    return guarded([&]() -> Result<std::unique_ptr<Session>> {
        auto loaded = std::dynamic_pointer_cast<LoadedModel>(model);
        check(loaded != nullptr, "a session needs a model made by Model::load()");
        const Hyperparameters& hyper = loaded->hyper();
        if (const Status valid = validateSession(hyper, options); !valid) {
            return valid.error();
        }
        const MemoryPlan plan = loaded->plan(options);
        if (const Status fits = checkPlan(plan); !fits) {
            return fits.error();
        }
        const Turns::Turn turn = loaded->turns().take({});
        auto pass = ForwardPass::create(loaded->passParts(),
            makeRopeTable(sessionRope(hyper, options)),
            cacheShape(hyper, options.cacheType, plan.contextTokens),
            std::min(options.chunkTokens, plan.contextTokens));
        if (!pass) {
            return pass.error();
        }
        return std::unique_ptr<Session>(new ChatSession(std::move(loaded), pass.take()));
    });
}

} // namespace atelier
