// SPDX-License-Identifier: MIT
#include "app/core/live_reply.h"

#include "app/storage/conversation_store.h"

#include <utility>

namespace atelier {

namespace {

StoredState endState(FinishReason reason)
{
    switch (reason) {
    case FinishReason::Stopped:
        return StoredState::Stopped;
    case FinishReason::LengthLimit:
    case FinishReason::ContextFull:
        return StoredState::CutOff;
    case FinishReason::EndOfTurn:
    case FinishReason::ToolCall:
        break;
    }
    return StoredState::Done;
}

} // namespace

LiveReply::LiveReply(ConversationStore& store, StoredMessage message)
    : m_store(store),
      m_message(std::move(message)),
      m_tokensBefore(m_message.tokens),
      m_secondsBefore(m_message.seconds)
{
    m_clock.start();
    m_parts.push(m_message.text);
}

QList<PartChange> LiveReply::append(const TextBatch& batch)
{
    m_message.tokens = m_tokensBefore + int(batch.tokens);
    m_rate.add(m_clock.elapsed(), batch.tokens);
    QString text = batch.text;
    if (m_message.text.isEmpty()) {
        qsizetype start = 0;
        while (start < text.size() && text[start].isSpace()) {
            ++start;
        }
        text.remove(0, start);
    }
    if (text.isEmpty()) {
        return {};
    }
    m_message.text += text;
    m_unsaved += text;
    return m_parts.push(text);
}

void LiveReply::journal()
{
    if (!m_unsaved.isEmpty()) {
        m_store.appendJournal(m_message.id, m_journalPart, std::exchange(m_unsaved, {}));
        ++m_journalPart;
    }
}

QList<PartChange> LiveReply::finish(const GenerationStats& stats)
{
    m_message.promptTokens = int(stats.promptTokens);
    m_message.tokens = m_tokensBefore + int(stats.generatedTokens);
    m_message.seconds = m_secondsBefore + stats.decodeSeconds;
    return end(endState(stats.reason));
}

QList<PartChange> LiveReply::fail(const QString& error)
{
    m_message.error = error;
    return end(StoredState::Failed);
}

QList<PartChange> LiveReply::end(StoredState state)
{
    m_message.state = state;
    m_store.finishMessage(m_message);
    return m_parts.finish();
}

double LiveReply::secondsLeft(const PromptProgress& progress) const
{
    if (progress.done <= progress.reused || progress.done >= progress.total) {
        return 0;
    }
    const double perToken =
        double(m_clock.elapsed()) / 1000.0 / double(progress.done - progress.reused);
    return perToken * double(progress.total - progress.done);
}

double LiveReply::tokensPerSecond() const
{
    return m_rate.perSecond(m_clock.elapsed());
}

} // namespace atelier
