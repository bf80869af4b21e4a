// SPDX-License-Identifier: MIT
// The reply that is being written: its text so far, its parts, and its journal on the disk.
#pragma once

#include "app/core/rate_meter.h"
#include "app/core/reply_parts.h"
#include "app/inference/inference_thread.h"
#include "app/storage/stored_chat.h"

#include <QElapsedTimer>
#include <QString>

#include <utility>

namespace atelier {

class ConversationStore;

/// Owner: the ConversationController. Threads: GUI thread only.
class LiveReply
{
public:
    /// `message` may have text already, which is then continued.
    LiveReply(ConversationStore& store, StoredMessage message);

    const StoredMessage& message() const { return m_message; }
    const ReplyParts& parts() const { return m_parts; }
    ReplyParts takeParts() { return std::move(m_parts); } // once it has ended
    RequestId request = 0;
    bool stopAsked = false;

    /// White space before the first character belongs to the prompt format and is dropped.
    QList<PartChange> append(const TextBatch& batch);

    /// Puts what has arrived since the last time on the disk. Call at least once a second.
    void journal();

    /// The last changes, and the message as it is to be kept; also writes it.
    QList<PartChange> finish(const GenerationStats& stats);
    QList<PartChange> fail(const QString& error);

    /// Seconds until the prompt is read; 0 when that is not known yet.
    double secondsLeft(const PromptProgress& progress) const;
    double tokensPerSecond() const;

private:
    QList<PartChange> end(StoredState state);

    ConversationStore& m_store;
    StoredMessage m_message;
    ReplyParts m_parts;
    QString m_unsaved;
    int m_journalPart = 0;
    int m_tokensBefore = 0; // of what is continued
    double m_secondsBefore = 0;
    QElapsedTimer m_clock;
    RateMeter m_rate;
};

} // namespace atelier
