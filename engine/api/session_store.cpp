// SPDX-License-Identifier: MIT
// Saves, restores and forks a session.
#include "engine/api/chat_session.h"
#include "engine/api/guarded.h"
#include "engine/api/session_file.h"
#include "engine/base/text.h"

#include <algorithm>
#include <cstdio>

namespace atelier {

namespace {

Error stoppedWaiting()
{
    return Error{ErrorCode::Cancelled, "Stopped while waiting."};
}

const char* nameOf(KvType type)
{
    switch (type) {
    case KvType::F32:
        return "F32";
    case KvType::F16:
        return "F16";
    case KvType::Q8_0:
        return "Q8_0";
    }
    return "";
}

std::string positionsText(double yarnFactor)
{
    if (yarnFactor == 1.0) {
        return "plain positions";
    }
    char text[48];
    std::snprintf(text, sizeof text, "YaRN at %.3g times", yarnFactor);
    return text;
}

bool samePositions(const RopeTable& table, const SessionRecord& saved)
{
    return table.frequencies == saved.frequencies && table.magnitude == saved.magnitude;
}

} // namespace

SessionRecord ChatSession::record() const
{
    SessionRecord record;
    record.model = m_model->hash();
    record.cache = m_pass->cacheShape();
    record.cache.slots = cachedTokens();
    record.yarnFactor = yarnFactor();
    record.frequencies = m_pass->rope().frequencies;
    record.magnitude = m_pass->rope().magnitude;
    record.tokens = m_cached;
    m_replies.forEach([&](const std::string& text, const std::vector<int32_t>& tokens) {
        record.replies.push_back({text, tokens});
    });
    return record;
}

Status ChatSession::save(const std::filesystem::path& path, std::stop_token stop)
{
    return guarded([&]() -> Status {
        if (m_cached.empty()) {
            return Error{ErrorCode::InvalidUse, "There is nothing to save: no text was read yet."};
        }
        const Turns::Turn turn = m_model->turns().take(stop);
        if (!turn) {
            return stoppedWaiting();
        }
        return writeSessionFile(
            path,
            record(),
            [this](uint32_t layer, std::span<std::byte> keys, std::span<std::byte> values) {
                return m_pass->readCache(layer, keys, values);
            },
            stop);
    });
}

// Nothing when the session can go on as it is, or with YarnMode::Auto the options to change to.
Result<std::optional<SessionOptions>> ChatSession::matchRecord(const SessionRecord& saved) const
{
    const Hyperparameters& hyper = m_model->hyper();
    const KvShape mine = cacheShape(hyper, m_fixed.cacheType, 1);
    if (saved.model != m_model->hash() || saved.cache.layers != mine.layers ||
        saved.cache.heads != mine.heads || saved.cache.headDim != mine.headDim) {
        return Error{
            ErrorCode::InvalidUse, "This conversation state was saved with another model."};
    }
    if (saved.cache.type != mine.type) {
        return Error{ErrorCode::InvalidUse,
            std::string("This conversation state was saved with a cache of type ") +
                nameOf(saved.cache.type) + "; the session has one of type " + nameOf(mine.type) +
                "."};
    }
    const auto fits = [&](const int32_t token) {
        return token >= 0 && uint32_t(token) < hyper.vocab;
    };
    if (!std::all_of(saved.tokens.begin(), saved.tokens.end(), fits)) {
        return Error{ErrorCode::InvalidFormat,
            "This conversation state has tokens that the model does not know."};
    }
    const auto positions = [&](const SessionOptions& options) {
        return makeRopeTable(sessionRope(hyper.rope, hyper.contextLength, options));
    };
    const uint32_t count = uint32_t(saved.tokens.size());
    uint32_t room = 0;
    if (samePositions(positions(m_fixed), saved)) {
        if (count <= m_slots) {
            return std::optional<SessionOptions>();
        }
        room = m_slots;
    }
    if (m_options.yarnMode == YarnMode::Auto) {
        for (const double factor : {1.0, 1.5, 2.0, 3.0, 4.0}) {
            SessionOptions choice = fixedFactor(hyper, m_options, factor);
            if (!samePositions(positions(choice), saved)) {
                continue;
            }
            choice.contextTokens =
                std::min(choice.contextTokens, m_model->plan(choice).largestContext);
            if (count <= choice.contextTokens) {
                return std::optional(choice);
            }
            room = std::max(room, choice.contextTokens);
        }
    }
    if (room > 0) {
        return Error{ErrorCode::ContextFull,
            "This conversation state has " + grouped(count) + " tokens, and the context holds " +
                grouped(room) + ".",
            count,
            room};
    }
    return Error{ErrorCode::InvalidUse,
        "This conversation state was saved with " + positionsText(saved.yarnFactor) +
            "; the session has " + positionsText(yarnFactor()) +
            (saved.yarnFactor == yarnFactor() ? " and other RoPE settings." : ".")};
}

Status ChatSession::takeRows(const SessionFile& file, std::stop_token stop)
{
    const SessionRecord& saved = file.record();
    m_cached.clear();
    m_cached.reserve(saved.tokens.size()); // so that nothing fails at the end
    for (uint32_t layer = 0; layer < saved.cache.layers; ++layer) {
        if (stop.stop_requested()) {
            return Error{ErrorCode::Cancelled, "Stopped."};
        }
        if (const Status done = m_pass->writeCache(layer, file.keys(layer), file.values(layer));
            !done) {
            return done;
        }
    }
    m_cached = saved.tokens;
    return Done{};
}

Status ChatSession::restore(const std::filesystem::path& path, std::stop_token stop)
{
    return guarded([&]() -> Status {
        const auto file = SessionFile::open(path);
        if (!file) {
            return file.error();
        }
        const SessionRecord& saved = file.value().record();
        const auto options = matchRecord(saved);
        if (!options) {
            return options.error();
        }
        if (const Status whole = file.value().verify(stop); !whole) {
            return whole;
        }
        ReplyMemory replies;
        for (const SessionRecord::Reply& reply : saved.replies) {
            replies.remember(reply.text, reply.tokens);
        }
        const Turns::Turn turn = m_model->turns().take(stop);
        if (!turn) {
            return stoppedWaiting();
        }
        if (options.value() || !m_pass) {
            if (const Status made = rebuild(options.value().value_or(m_fixed)); !made) {
                return made;
            }
        }
        const Status done = takeRows(file.value(), stop);
        if (done) {
            m_replies = std::move(replies);
            m_chat.clear();
            m_cleared = false;
            m_droppedTurns = 0;
        }
        return done;
    });
}

Result<std::unique_ptr<Session>> ChatSession::fork(uint32_t tokens, std::stop_token stop)
{
    return guarded([&]() -> Result<std::unique_ptr<Session>> {
        const Turns::Turn turn = m_model->turns().take(stop);
        if (!turn) {
            return stoppedWaiting();
        }
        std::unique_ptr<ChatSession> other(new ChatSession(m_model, m_options));
        if (const Status made = other->usePass(m_fixed); !made) {
            return made.error();
        }
        const size_t count = std::min<size_t>(tokens, m_cached.size());
        const uint32_t layers = count > 0 ? m_model->hyper().layers : 0;
        std::vector<std::byte> keys(
            count * kvRowBytes(cacheShape(m_model->hyper(), m_fixed.cacheType, 1)));
        std::vector<std::byte> values(keys.size());
        for (uint32_t layer = 0; layer < layers; ++layer) {
            if (stop.stop_requested()) {
                return Error{ErrorCode::Cancelled, "Stopped."};
            }
            if (const Status read = m_pass->readCache(layer, keys, values); !read) {
                return read.error();
            }
            if (const Status written = other->m_pass->writeCache(layer, keys, values); !written) {
                return written.error();
            }
        }
        other->m_cached.assign(m_cached.begin(), m_cached.begin() + ptrdiff_t(count));
        other->m_replies = m_replies;
        other->m_chat = m_chat;
        other->m_cleared = m_cleared;
        other->m_droppedTurns = m_droppedTurns;
        return std::unique_ptr<Session>(std::move(other));
    });
}

} // namespace atelier
