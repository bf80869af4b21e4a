// SPDX-License-Identifier: MIT
// The reply that is being written: from the engine's events to the screens and the disk.
#include "app/core/chat_list_model.h"
#include "app/core/conversation_controller.h"
#include "app/core/error_cards.h"
#include "app/core/transcript_text.h"
#include "app/storage/conversation_store.h"

#include <QDateTime>

#include <utility>

namespace atelier {

void ConversationController::onPromptProgress(RequestId request, const PromptProgress& progress)
{
    if (!m_live || m_live->request != request) {
        return;
    }
    m_promptTokens = int(progress.total);
    if (!isLiveShown()) {
        return;
    }
    m_screens.transcript.setReadingProgress(m_live->message().id,
        int(progress.done),
        int(progress.total),
        m_live->secondsLeft(progress));
}

void ConversationController::onText(RequestId request, const TextBatch& batch)
{
    if (!m_live || m_live->request != request) {
        return;
    }
    const bool first = m_live->tokensPerSecond() == 0;
    const bool begins = m_live->message().text.isEmpty();
    const QList<PartChange> changes = m_live->append(batch);
    if (!isLiveShown()) {
        return;
    }
    if (begins && !m_live->message().text.isEmpty()) {
        TranscriptMessage shown = transcriptHead(m_conversation, m_live->message());
        shown.state = MessageState::Writing;
        m_screens.transcript.updateMessage(shown);
    }
    apply(changes);
    m_usage.usedTokens = m_promptTokens + int(batch.tokens);
    showUsage();
    if (first) {
        showWriting();
    }
    Q_EMIT textArrived(batch.text);
}

void ConversationController::apply(const QList<PartChange>& changes)
{
    const QString& id = m_live->message().id;
    const ReplyParts& parts = m_live->parts();
    for (const PartChange& change : changes) {
        if (change.type == PartChange::Type::Prose) {
            m_screens.transcript.appendMarkdown(id, change.text);
            continue;
        }
        const bool begins = change.type == PartChange::Type::ArtifactBegan;
        if (begins) {
            keepEdit(); // of what has been on the stage until now
        }
        if (begins || change.type == PartChange::Type::ArtifactTitled) {
            rebuildHistory();
        }
        m_screens.transcript.setArtifact(
            id, change.artifact, shownArtifactBlock(id, change.artifact));
        const QString key = ArtifactHistory::key(id, change.artifact);
        ShownArtifact shown; // what grows is not copied
        if (change.type == PartChange::Type::ArtifactGrew) {
            shown.key = key;
            shown.version = m_history.number(id, change.artifact);
        } else {
            shown = shownArtifact(key);
        }
        m_artifacts.apply(shown, parts, change);
        if (begins) {
            m_history.chooseNewest(key);
        }
        if (change.type != PartChange::Type::ArtifactGrew) {
            showVersions();
        }
    }
}

void ConversationController::onFinished(RequestId request, const GenerationStats& stats)
{
    if (!m_live || m_live->request != request) {
        return;
    }
    const QList<PartChange> changes = m_live->finish(stats);
    if (isLiveShown()) {
        apply(changes);
        m_usage.usedTokens = int(stats.promptTokens + stats.generatedTokens);
        m_usage.cachedTokens = m_usage.usedTokens;
        showUsage();
    }
    endLive();
}

void ConversationController::onFailed(RequestId request, const Error& error)
{
    if (!m_live || m_live->request != request) {
        return;
    }
    const QList<PartChange> changes = m_live->fail(replyErrorText(error));
    if (isLiveShown()) {
        apply(changes);
    }
    endLive();
}

void ConversationController::endLive()
{
    m_tick.stop();
    const std::unique_ptr<LiveReply> ended = std::move(m_live);
    const StoredMessage& message = ended->message();
    m_chats.setBusy({});
    if (message.chat == m_conversation.chat.id && m_conversation.contains(message.id)) {
        m_conversation.message(message.id) = message;
        const ReplyParts& parts =
            m_parts.insert_or_assign(message.id, ended->takeParts()).first->second;
        if (m_conversation.path().contains(message.id)) {
            showEnd(message, parts);
        }
        touchChat();
    } else if (const StoredChat* chat = m_chats.find(message.chat)) {
        StoredChat touched = *chat;
        touched.updated = QDateTime::currentMSecsSinceEpoch();
        m_store.saveChat(touched);
        m_chats.update(touched);
    }
    Q_EMIT replyEnded(message.id, message.state);
    showWriting(); // last: a composer that holds a queued message sends it now
    startWaiting();
}

void ConversationController::showEnd(const StoredMessage& message, const ReplyParts& parts)
{
    if (const int open = parts.openArtifact(); open >= 0) {
        m_screens.transcript.setArtifact(message.id, open, shownArtifactBlock(message.id, open));
    }
    m_screens.transcript.updateMessage(transcriptHead(m_conversation, message));
    if (const int open = parts.openArtifact(); open >= 0) {
        m_artifacts.endReply(
            message.id, parts, artifactState(parts.artifact(open), false, message.state));
    }
    showVersions();
}

void ConversationController::tick()
{
    if (m_live) {
        m_live->journal();
    }
    showWriting();
}

void ConversationController::showWriting()
{
    WritingStatus status;
    if (m_live) {
        status.tokensPerSecond = m_live->tokensPerSecond();
        const bool reading = m_live->message().text.isEmpty() && status.tokensPerSecond == 0;
        status.state = reading ? WritingStatus::State::Reading : WritingStatus::State::Writing;
    } else if (m_waiting && !m_model) {
        status.state = WritingStatus::State::LoadingModel;
    }
    m_screens.window.setWritingStatus(status);
}

} // namespace atelier
