// SPDX-License-Identifier: MIT
#include "engine/api/chat_session.h"
#include "engine/api/guarded.h"
#include "engine/api/turns_of_chat.h"
#include "engine/base/text.h"
#include "engine/sampling/alternatives.h"

#include <algorithm>
#include <utility>

namespace atelier {

namespace {

using Clock = std::chrono::steady_clock;

constexpr uint32_t kMostAlternatives = 10;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

bool isCancelled(const Status& status)
{
    return !status && status.error().code == ErrorCode::Cancelled;
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
    if (options.linearFactor && (options.yarn || options.yarnMode == YarnMode::Auto)) {
        return Error{ErrorCode::InvalidUse,
            "Positions are stretched by YaRN or by a linear factor, not by both."};
    }
    SessionOptions strongest = options;
    if (options.yarnMode == YarnMode::Auto) {
        strongest = fixedFactor(hyper, options, std::end(kAutoFactors)[-1]);
    }
    const RopeSettings rope = sessionRope(hyper.rope, hyper.contextLength, strongest);
    const Status valid = validateRope(rope, hyper.headDim);
    if (!valid && (options.yarn || options.ropeBase || options.linearFactor)) {
        return Error{ErrorCode::InvalidUse, valid.error().message};
    }
    return valid;
}

Status validateRequest(const GenerationRequest& request, uint32_t vocab)
{
    if (request.alternatives > kMostAlternatives) {
        return Error{ErrorCode::InvalidUse,
            std::to_string(request.alternatives) + " alternatives for each token are too many; " +
                std::to_string(kMostAlternatives) + " are the most."};
    }
    return validateSampling(request.sampling, vocab);
}

Error damagedModel()
{
    return Error{ErrorCode::InvalidFormat,
        "The model computed no number that can be used: its file is probably damaged."};
}

TokenTexts textsOf(const Tokenizer& tokenizer)
{
    return {[&tokenizer](int32_t token) { return tokenizer.tokenBytes(token); },
        [&tokenizer](int32_t token) { return tokenizer.isControl(token); }};
}

} // namespace

ChatSession::Reply::Reply(const GenerationRequest& asked,
    const std::function<void(const Event&)>& onEventTo,
    const LoadedModel& model,
    ReplyGrammar grammar)
    : request(asked),
      onEvent(onEventTo),
      text(grammar.allowsNewline, asked.stopStrings),
      mask(std::move(grammar.mask)),
      sampler(asked.sampling,
          *asked.sampling.seed,
          model.forbiddenTokens(),
          textsOf(model.tokenizer()),
          mask.get())
{
}

ChatSession::ChatSession(std::shared_ptr<LoadedModel> model, const SessionOptions& options)
    : m_model(std::move(model)),
      m_options(options),
      m_fixed(options),
      m_assistant(m_model->tokenizer().find("<|assistant|>")),
      m_observation(m_model->tokenizer().find("<|observation|>"))
{
    if (options.yarnMode == YarnMode::Auto) {
        m_fixed.yarnMode = YarnMode::Off;
    }
}

Result<std::unique_ptr<ChatSession>> ChatSession::create(
    std::shared_ptr<LoadedModel> model, const SessionOptions& options)
{
    if (const Status valid = validateSession(model->hyper(), options); !valid) {
        return valid.error();
    }
    const Turns::Turn turn = model->turns().take({});
    std::unique_ptr<ChatSession> session(new ChatSession(std::move(model), options));
    if (const Status made = session->usePass(session->m_fixed); !made) {
        return made.error();
    }
    return session;
}

void ChatSession::clear()
{
    m_cached.clear();
    m_replies.clear();
    m_chat.clear();
    m_cleared = true;
    m_droppedTurns = 0;
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
        if (const Status valid = validateRequest(seeded, m_model->hyper().vocab); !valid) {
            return valid.error();
        }
        auto encoded = encodeRequest(seeded, 0);
        if (!encoded) {
            return encoded.error();
        }
        Prompt prompt = encoded.take();
        // A turn begins with a newline of its own, unless it has begun already.
        auto grammar = replyGrammar(seeded,
            *m_model,
            prompt.opening,
            prompt.begunText,
            prompt.isTurn && prompt.begun.empty());
        if (!grammar) {
            return grammar.error();
        }
        Reply reply(seeded, onEvent, *m_model, grammar.take());
        reply.stats.seed = *seeded.sampling.seed;
        const Turns::Turn turn = m_model->turns().take(stop);
        Status done = Error{ErrorCode::Cancelled, "Stopped while waiting."};
        if (turn) {
            if (const Status room = makeRoom(seeded, prompt, reply); !room) {
                return room.error();
            }
            done = readPrompt(prompt.tokens, reply, stop);
        }
        reply.stats.promptTokens = uint32_t(prompt.tokens.size());
        reply.stats.promptNote = prompt.note;
        if (done) {
            show(reply, prompt.opening);
            reply.sampler.begin(prompt.tokens);
            done = writeReply(prompt, reply, stop);
        }
        if (isCancelled(done)) {
            reply.stats.reason = FinishReason::Stopped;
        } else if (!done && done.error().code != ErrorCode::DeviceLost) {
            return done.error();
        }
        finish(prompt, reply);
        if (!done && !isCancelled(done)) { // what was written is remembered for moveTo()
            return done.error();
        }
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

// Makes the cache hold `prompt`, of which it computes what is not in it yet.
Status ChatSession::readPrompt(std::span<const int32_t> prompt, Reply& reply, std::stop_token stop)
{
    const auto start = Clock::now();
    reply.logits.resize(m_model->hyper().vocab);
    const auto [mine, theirs] =
        std::mismatch(m_cached.begin(), m_cached.end(), prompt.begin(), prompt.end());
    // The last token is always computed: its logits begin the reply.
    const size_t reused = std::min(size_t(theirs - prompt.begin()), prompt.size() - 1);
    m_cached.resize(reused);
    if (reply.tokens.empty()) {
        reply.stats.reusedTokens = uint32_t(reused);
    }
    Status done = Done{};
    while (true) {
        reply.report(PromptProgress{cachedTokens(), uint32_t(prompt.size()), uint32_t(reused)});
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
    reply.stats.promptSeconds += secondsSince(start);
    return done;
}

Status ChatSession::writeReply(Prompt& prompt, Reply& reply, std::stop_token stop)
{
    const auto start = Clock::now();
    const double readBefore = reply.stats.promptSeconds;
    const Tokenizer& tokenizer = m_model->tokenizer();
    Status done = Done{};
    reply.stats.reason = FinishReason::LengthLimit;
    while (reply.tokens.size() < reply.request.maxTokens) {
        if (stop.stop_requested()) {
            done = Error{ErrorCode::Cancelled, "Stopped."};
            break;
        }
        if (reply.request.alternatives > 0) {
            reply.asModel = reply.logits;
        }
        const int32_t token = reply.sampler.draw(reply.logits);
        if (token < 0) {
            done = reply.mask ? nothingAllowed(*reply.mask) : damagedModel();
            break;
        }
        if (endsAt(token, reply.stats)) {
            break;
        }
        reportAlternatives(token, reply);
        reply.tokens.push_back(token);
        if (!tokenizer.isControl(token)) {
            show(reply, reply.text.push(tokenizer.tokenBytes(token)));
        } else if (m_assistant && token == *m_assistant) {
            show(reply, reply.text.push("\n")); // between the calls of several tools
        }
        if (reply.text.stopped() || (reply.mask && reply.mask->mustEnd())) {
            reply.stats.reason = FinishReason::EndOfTurn;
            break;
        }
        if (reply.tokens.size() == reply.request.maxTokens) {
            break;
        }
        const auto next = nextLogits(token, prompt, reply, stop);
        if (!next) {
            done = next.error();
            break;
        }
        if (!next.value()) {
            reply.stats.reason = FinishReason::ContextFull;
            break;
        }
    }
    reply.stats.decodeSeconds = secondsSince(start) - (reply.stats.promptSeconds - readBefore);
    return done;
}

// Computes `token`, the last one of the reply. False when the context is full and stays so.
Result<bool> ChatSession::nextLogits(
    int32_t token, Prompt& prompt, Reply& reply, std::stop_token stop)
{
    Status done = Done{};
    if (m_cached.size() < m_slots) {
        done = compute({&token, 1}, reply.logits, std::move(stop));
    } else {
        const size_t before = prompt.tokens.size();
        const auto dropped = dropTurns(reply.request, prompt.droppedTurns + 1, prompt, reply);
        if (!dropped) {
            return dropped.error();
        }
        if (!dropped.value()) {
            reportFull(reply.request, prompt, reply);
            return false;
        }
        m_droppedTurns = prompt.droppedTurns;
        reply.report(MessagesDropped{messagesOfTurns(reply.request.messages, m_droppedTurns),
            uint32_t(before - prompt.tokens.size())});
        std::vector<int32_t> all = prompt.tokens;
        all.insert(all.end(), reply.tokens.begin(), reply.tokens.end());
        done = readPrompt(all, reply, std::move(stop));
    }
    if (!done) {
        return done.error();
    }
    return true;
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

void ChatSession::reportAlternatives(int32_t token, const Reply& reply) const
{
    if (reply.request.alternatives == 0 || !reply.onEvent) {
        return;
    }
    TokenAlternatives event;
    event.index = uint32_t(reply.tokens.size());
    const Tokenizer& tokenizer = m_model->tokenizer();
    const auto probabilities = tokenProbabilities(
        reply.asModel, m_model->forbiddenTokens(), token, reply.request.alternatives);
    for (const TokenProbability& item : probabilities) {
        TokenAlternatives::Choice choice{
            item.token, std::string(tokenizer.tokenBytes(item.token)), item.probability};
        if (&item == &probabilities.front()) {
            event.drawn = std::move(choice);
        } else {
            event.choices.push_back(std::move(choice));
        }
    }
    reply.report(std::move(event));
}

void ChatSession::show(Reply& reply, std::string text) const
{
    if (!text.empty()) {
        reply.visible += text;
        reply.report(TextDelta{std::move(text), uint32_t(reply.tokens.size())});
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
        if (!m_pass) { // a rebuild failed; there may be more memory now
            if (const Status done = usePass(m_fixed); !done) {
                return done.error();
            }
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

Result<std::unique_ptr<Session>> Session::create(
    std::shared_ptr<Model> model, const SessionOptions& options)
{
    return guarded([&]() -> Result<std::unique_ptr<Session>> {
        auto loaded = std::dynamic_pointer_cast<LoadedModel>(model);
        check(loaded != nullptr, "a session needs a model made by Model::load()");
        auto session = ChatSession::create(std::move(loaded), options);
        if (!session) {
            return session.error();
        }
        return std::unique_ptr<Session>(session.take());
    });
}

} // namespace atelier
