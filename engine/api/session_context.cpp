// SPDX-License-Identifier: MIT
// Makes room in a session: by YaRN, or by dropping turns. Nothing is cut without an event.
#include "engine/api/chat_session.h"
#include "engine/api/guarded.h"
#include "engine/api/turns_of_chat.h"
#include "engine/base/text.h"

#include <algorithm>

namespace atelier {

namespace {

std::string firstUserMessage(const GenerationRequest& request)
{
    for (const Message& message : request.messages) {
        if (message.role == Role::User) {
            return message.content;
        }
    }
    return {};
}

// Tokens that a reply should have at least when turns are dropped for it: dropping is worth doing
// seldom, because everything is read again.
uint64_t roomForReply(uint64_t tokensLeft, uint32_t slots)
{
    return std::clamp<uint64_t>(tokensLeft, 1, std::max(1u, slots / 4));
}

} // namespace

double ChatSession::yarnFactor() const
{
    const Hyperparameters& hyper = m_model->hyper();
    const RopeSettings rope = sessionRope(hyper.rope, hyper.contextLength, m_fixed);
    return rope.scaling == RopeScaling::Yarn ? rope.factor : 1.0;
}

// Makes the cache and the activations for `fixed`, whose mode is not Auto.
Status ChatSession::usePass(const SessionOptions& fixed)
{
    const MemoryPlan plan = m_model->plan(fixed);
    if (const Status fits = checkPlan(plan); !fits) {
        return fits;
    }
    const Hyperparameters& hyper = m_model->hyper();
    auto pass = ForwardPass::create(m_model->passParts(),
        makeRopeTable(sessionRope(hyper.rope, hyper.contextLength, fixed)),
        cacheShape(hyper, fixed.cacheType, plan.contextTokens),
        std::min(fixed.chunkTokens, plan.contextTokens));
    if (!pass) {
        return pass.error();
    }
    m_pass = pass.take();
    m_fixed = fixed;
    m_slots = plan.contextTokens;
    return Done{};
}

// Two caches at a time are too much memory: the old one goes first, and comes back (empty) when
// there is no room for the new one after all.
Status ChatSession::rebuild(const SessionOptions& fixed)
{
    m_cached.clear();
    m_pass.reset();
    const Status done = usePass(fixed);
    if (!done) {
        if (const Status back = usePass(m_fixed); !back) {
            return back;
        }
    }
    return done;
}

std::optional<Extension> ChatSession::extension(
    const SessionOptions& options, uint64_t needed) const
{
    // What this session's cache holds now will be free: its pages that were written to.
    const uint64_t held =
        m_pass ? m_model->plan(m_fixed).cache * m_cached.size() / std::max(m_slots, 1u) : 0;
    return extendContext(
        m_model->hyper(), options, yarnFactor(), m_slots, needed, [&](const SessionOptions& tried) {
            return m_model->plan(tried, held);
        });
}

// YarnMode::Auto. A chat that outgrows its context gets the factor it needs; another chat begins
// with plain positions again.
Status ChatSession::stretch(
    const GenerationRequest& request, const Prompt& prompt, const Reply& reply)
{
    const uint64_t needed = uint64_t(prompt.tokens.size()) + request.maxTokens;
    const bool sameChat =
        !m_cleared && (request.messages.empty() || firstUserMessage(request) == m_chat);
    if (yarnFactor() > 1.0 && !sameChat) {
        SessionOptions plain = m_options;
        plain.yarnMode = YarnMode::Off;
        const Hyperparameters& hyper = m_model->hyper();
        if (needed <= contextLimit(hyper.rope, hyper.contextLength, plain)) {
            if (const Status done = rebuild(plain); !done) {
                return done;
            }
            reply.report(ContextExtended{1.0, m_slots});
        }
    }
    if (needed <= m_slots) {
        return Done{};
    }
    const auto next = extension(m_options, needed);
    const bool enough = next && next->options.contextTokens >= needed;
    // Half a remedy is better than none only where the prompt itself does not fit.
    if (!next || (!enough && prompt.tokens.size() < m_slots)) {
        return Done{};
    }
    if (const Status done = rebuild(next->options); !done) {
        return done;
    }
    reply.report(ContextExtended{next->factor, m_slots});
    return Done{};
}

// The fewest turns, but at least `least`, without which the prompt and what was written since fit
// with room to go on. False when that cannot be; `prompt` is then as it was.
Result<bool> ChatSession::dropTurns(
    const GenerationRequest& request, size_t least, Prompt& prompt, const Reply& reply) const
{
    const size_t most = droppableTurns(request.messages);
    if (request.whenFull != WhenFull::DropOldestTurns || most < least) {
        return false;
    }
    const uint64_t written = reply.tokens.size();
    const uint64_t room = roomForReply(request.maxTokens - written, m_slots);
    const auto fits = [&](const Prompt& tried, uint64_t spare) {
        return tried.tokens.size() + written + spare <= m_slots;
    };
    auto without = encodeRequest(request, most);
    if (!without) {
        return without.error();
    }
    if (!fits(without.value(), 1)) {
        return false;
    }
    Prompt last = without.take(); // where there is no room at all to spare, this is the best
    size_t low = least;
    size_t high = most;
    while (low < high && fits(last, room)) {
        const size_t middle = low + (high - low) / 2;
        auto tried = encodeRequest(request, middle);
        if (!tried) {
            return tried.error();
        }
        if (fits(tried.value(), room)) {
            high = middle;
            last = tried.take();
        } else {
            low = middle + 1;
        }
    }
    prompt = std::move(last);
    return true;
}

void ChatSession::reportFull(
    const GenerationRequest& request, const Prompt& prompt, const Reply& reply) const
{
    const uint64_t needed = prompt.tokens.size() + reply.tokens.size() + 1;
    ContextFilled event{uint32_t(needed), m_slots, 0, 0.0};
    const size_t turns = droppableTurns(request.messages);
    if (turns > prompt.droppedTurns) {
        event.droppableMessages =
            uint32_t(messagesOfTurns(request.messages, turns).size() -
                     messagesOfTurns(request.messages, prompt.droppedTurns).size());
    }
    SessionOptions unbounded = m_options;
    unbounded.contextTokens = 0;
    const auto next = extension(unbounded, needed);
    if (next && next->options.contextTokens >= needed) {
        event.yarnFactor = next->factor;
    }
    reply.report(event);
}

// Before a prompt is read. ContextFull when it leaves no room for a token, whatever is done.
Status ChatSession::makeRoom(const GenerationRequest& request, Prompt& prompt, Reply& reply)
{
    if (!m_pass) { // a rebuild failed; there may be more memory now
        if (const Status done = usePass(m_fixed); !done) {
            return done;
        }
    }
    if (m_options.yarnMode == YarnMode::Auto) {
        if (const Status done = stretch(request, prompt, reply); !done) {
            return done;
        }
    }
    const std::string chat = firstUserMessage(request);
    const size_t before = chat == m_chat ? m_droppedTurns : 0;
    m_chat = chat;
    m_cleared = false;
    m_droppedTurns = 0;
    const uint64_t whole = prompt.tokens.size();
    const bool fits = whole < m_slots;
    // Turns that went before stay away while the whole would be tight again.
    const bool tight = before > 0 && whole + roomForReply(request.maxTokens, m_slots) > m_slots;
    if (fits && !tight) {
        return Done{};
    }
    bool dropped = false;
    if (before > 0 && before <= droppableTurns(request.messages) &&
        request.whenFull == WhenFull::DropOldestTurns) {
        auto same = encodeRequest(request, before);
        if (!same) {
            return same.error();
        }
        dropped = same.value().tokens.size() < m_slots;
        if (dropped) {
            prompt = same.take();
        }
    }
    if (!dropped && !fits) {
        const auto more = dropTurns(request, before + 1, prompt, reply);
        if (!more) {
            return more.error();
        }
        dropped = more.value();
    }
    if (dropped) {
        m_droppedTurns = prompt.droppedTurns;
        reply.report(MessagesDropped{messagesOfTurns(request.messages, m_droppedTurns),
            uint32_t(whole - prompt.tokens.size())});
        return Done{};
    }
    if (fits) {
        return Done{};
    }
    reportFull(request, prompt, reply);
    return Error{ErrorCode::ContextFull,
        "The conversation has " + grouped(whole) + " tokens, and the context holds " +
            grouped(m_slots) + ": there is no room for a reply.",
        whole + 1,
        m_slots};
}

Status ChatSession::moveTo(std::shared_ptr<Model> model)
{
    return guarded([&]() -> Status {
        auto other = std::dynamic_pointer_cast<LoadedModel>(std::move(model));
        check(other != nullptr, "a session moves to a model made by Model::load()");
        if (other->hash() != m_model->hash()) {
            return Error{ErrorCode::InvalidUse,
                "A conversation goes on with the model it began with; this is another one."};
        }
        const Turns::Turn turn = other->turns().take({});
        m_cached.clear();
        m_pass.reset(); // its memory is the old model's
        std::swap(m_model, other);
        const Status done = usePass(m_fixed);
        if (!done) {
            std::swap(m_model, other);
        }
        return done;
    });
}

} // namespace atelier
