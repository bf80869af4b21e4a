// SPDX-License-Identifier: MIT
// One open chat: takes what the person does, asks the engine, and says what to show.
#pragma once

#include "app/core/artifact_history.h"
#include "app/core/artifact_presenter.h"
#include "app/core/conversation.h"
#include "app/core/live_reply.h"
#include "app/core/screens.h"
#include "app/inference/inference_thread.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace atelier {

class ChatListModel;
class ConversationStore;

/// The reply goes on when another chat is opened. One message can wait for it to end.
///
/// Everything handed in outlives it. Owner: Studio. Threads: GUI thread only.
class ConversationController final : public QObject
{
    Q_OBJECT

public:
    struct Screens
    {
        TranscriptScreen& transcript;
        ArtifactScreen& artifact;
        WindowScreen& window;
    };

    ConversationController(InferenceThread& inference,
        ConversationStore& store,
        ChatListModel& chats,
        Screens screens,
        QObject* parent = nullptr);
    ~ConversationController() override;

    void newChat();
    void openChat(const QString& chatId);
    QString currentChat() const { return m_conversation.chat.id; }
    /// A new chat in which nothing was typed or sent yet.
    bool isUntouched() const
    {
        return m_opening.isEmpty() && m_conversation.isEmpty() && !m_waiting &&
               m_conversation.chat.draft.isEmpty();
    }
    bool isWriting() const { return m_live != nullptr; } // in any chat
    bool isWaitingForReply() const { return m_live || m_waiting; }
    const Conversation& conversation() const { return m_conversation; }

    void send(const QString& text);
    /// The same for a message that was not typed in the composer: what stands there stays. When it
    /// cannot be sent it goes there as well, so that it is not lost.
    void sendBeside(const QString& text);
    /// Asks for a change of an element of the shown artifact. The answer is its next version.
    void askForChange(const ElementWish& wish);
    void stop();
    void setDraft(const QString& text);
    void editLast();
    void copyLastAnswer();
    void act(const QString& messageId, const QString& action); // of TranscriptView::actionTriggered

    // Artifacts. A version is named by its key (artifact_history.h).
    void showArtifact(const QString& messageId, int artifact); // its card was clicked
    const ArtifactPresenter& shownArtifact() const { return m_artifacts; }
    const ArtifactHistory& artifactHistory() const { return m_history; }
    ReplyPart artifactPart(const QString& key); // empty when the branch does not have it
    void showVersion(const QString& key);
    void chooseVersion(const QString& key);  // also when the chat is opened again
    void stepVersion(int step);              // -1: the one before the shown one
    void restoreVersion(const QString& key); // as a new version
    /// The shown version's source was changed by hand. It is kept as a version by keepEdit(), and
    /// before anything else is shown, so that nothing typed is lost.
    void setEdit(const QString& source);
    void keepEdit();
    void discardEdit();
    /// A small picture for the cards of a version of this chat, as PNG. That of a draft is shown
    /// until there is one of the whole, and not kept.
    void setThumbnail(const QString& key, const QByteArray& png);
    void setDraftThumbnail(const QString& key, const QByteArray& png);
    bool isDrafting(const QString& key); // its source is still being written
    /// What the shown artifact stored, a JSON object.
    void setArtifactStorage(const QJsonObject& storage);
    /// What is known of the artifact that has this version, and kept with the chat.
    void setArtifactFacts(const QString& key, const std::function<void(StoredArtifact&)>& change);
    /// Allows the shown artifact to fetch from `host`; returns all that it may fetch from.
    QStringList allowHost(const QString& host);

    void renameCurrent(const QString& title); // the list changed it; keeps the two the same

    const GenerationSettings& settings() const { return m_settings; }
    void setSettings(const GenerationSettings& settings);

    /// What the model controller knows. `loading`: one is on its way, so messages may wait for it.
    void setModelLoading(bool loading);
    void setModel(const CurrentModel& model);

Q_SIGNALS:
    void noModel();                        // something was sent and nothing can answer
    void textArrived(const QString& text); // of the shown chat's reply, as it is written
    void replyEnded(const QString& messageId, atelier::StoredState state);

private:
    struct Waiting // a message that was sent before the engine was free
    {
        QString id;
        QString text;
    };

    bool canAnswer() const { return m_model && !m_live; }
    bool isLiveShown() const; // the reply is on the branch that is shown

    void show(Conversation conversation, const StoredConversation& kept);
    void showPathAfter(const QString& messageId); // empty: all of it
    TranscriptMessage shownMessage(const QString& messageId);
    TranscriptBlock shownArtifactBlock(const QString& messageId, int artifact);
    QByteArray thumbnailOf(const QString& key) const;
    const ReplyParts& partsOf(const QString& messageId);
    void rebuildHistory();
    ShownArtifact shownArtifact(const QString& key);
    void showVersionOf(const QString& key, ArtifactScreen::Reveal reveal);
    void showVersions(); // the film strip
    void touchChat();    // its row moves to the top and is saved

    void startTurn(const QString& text, const QString& parent);
    void startReply(const QString& userMessage);
    void continueReply(const QString& messageId);
    void generate(const QStringList& path, bool continueLast);
    void startWaiting();
    void restoreWaiting(); // back into the composer

    void onPromptProgress(RequestId request, const PromptProgress& progress);
    void onText(RequestId request, const TextBatch& batch);
    void onFinished(RequestId request, const GenerationStats& stats);
    void onFailed(RequestId request, const Error& error);
    void apply(const QList<PartChange>& changes);
    void endLive();
    void showEnd(const StoredMessage& message, const ReplyParts& parts);
    void tick();
    void showWriting();

    void beginEdit(const QString& messageId);
    void selectSibling(const QString& messageId, int offset);
    void saveDraft();
    void countTokens();
    void showUsage();
    std::vector<Message> engineMessages(const QStringList& path) const;

    InferenceThread& m_inference;
    ConversationStore& m_store;
    ChatListModel& m_chats;
    Screens m_screens;
    ArtifactHistory m_history;
    ArtifactPresenter m_artifacts;

    Conversation m_conversation;
    bool m_isSaved = false; // the chat has a row on the disk
    QString m_opening;      // the chat that is being read
    std::map<QString, ReplyParts>
        m_parts;                       // of finished replies of this chat; references stay valid
    std::unique_ptr<LiveReply> m_live; // in this chat or another
    std::optional<Waiting> m_waiting;  // in this chat
    QString m_edit;                    // the shown version's source as typed; null: as it was
    QString m_draftKey;                // the version that m_draftPng is of
    QByteArray m_draftPng;
    QString m_editing; // the message that the composer's text replaces

    std::optional<CurrentModel> m_model;
    bool m_modelLoading = false;
    GenerationSettings m_defaults;
    GenerationSettings m_settings;
    ContextUsage m_usage;
    int m_promptTokens = 0; // of the reply that is being written

    RequestId m_counting = 0;
    QTimer m_tick;       // while a reply is written: journal, rate
    QTimer m_draftTimer; // after typing
};

} // namespace atelier
