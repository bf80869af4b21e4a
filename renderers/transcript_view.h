// SPDX-License-Identifier: MIT
// The conversation as a web page: sanitized Markdown, streamed block by block (ux.md 3 and 4).
#pragma once

#include "renderers/artifact_kind.h"
#include "renderers/theme.h"

#include <QList>
#include <QString>
#include <QStringList>
#include <QUrl>
#include <QVariant>
#include <QWidget>
#include <functional>

class QJsonObject;

namespace atelier {

enum class MessageRole { User, Assistant };

enum class MessageState {
    Queued,
    Reading, // the prompt; see setReadingProgress()
    Writing,
    Done,
    Stopped,
    CutOff, // at the token limit: offers Continue
    Failed, // see TranscriptMessage::errorTitle
};

/// A part of a reply, in order of appearance.
struct TranscriptBlock
{
    enum class Type { Markdown, Artifact } type = Type::Markdown;
    QString markdown; // Type::Markdown
    // Type::Artifact
    ArtifactKind kind = ArtifactKind::Code;
    ArtifactState state = ArtifactState::Complete;
    QString title;
    int lines = 0;
    qint64 bytes = 0;
    int version = 1;
    QString thumbnailUrl; // data: URL of a PNG; may be empty
};

struct TranscriptMessage
{
    QString id;
    MessageRole role = MessageRole::Assistant;
    MessageState state = MessageState::Done;
    QList<TranscriptBlock> blocks;
    int tokens = 0;
    double tokensPerSecond = 0;
    double seconds = 0;
    int branch = 0; // 0-based position among its siblings
    int branches = 1;
    QString errorTitle; // error card in place: what, why, what to do
    QString errorText;
    QStringList errorActions; // ids and labels alternate: "retry", "Try again"
};

class AppPage;
class PlainPage;

/// Owner: the window. Threads: GUI thread only.
/// Calls before the page has loaded are queued; any number of calls in one frame reach the page as
/// one script. Nothing the text contains can run as script or load anything from the network.
class TranscriptView : public QWidget
{
    Q_OBJECT

public:
    explicit TranscriptView(QWidget* parent = nullptr);
    ~TranscriptView() override;

    void setAppearance(
        const PageAppearance& appearance); // applied in the same frame, without a flash

    void setMessages(
        const QList<TranscriptMessage>& messages); // another conversation; scrolls to its end
    void appendMessage(const TranscriptMessage& message); // sending puts a user message at the top
    void removeMessagesAfter(const QString& messageId);   // for retry and edit

    // Streaming into the last block, or a new Markdown block when the last one is an artifact.
    void appendMarkdown(const QString& messageId, const QString& text);
    // The message's n-th artifact block: appended when it is new, updated when it is there.
    void setArtifact(const QString& messageId, int artifactIndex, const TranscriptBlock& block);
    void setShowingArtifact(
        const QString& messageId, int artifactIndex); // accent outline; empty id: none
    void setReadingProgress(const QString& messageId, int done, int total, double secondsLeft);
    // State, counts, branch and error; blocks are ignored.
    void updateMessage(const TranscriptMessage& message);

    /// The page's visible text (tests, copy everything). Arrives later, or never if the page dies.
    void readText(std::function<void(const QString&)> callback);
    void runScriptForTest(const QString& script, std::function<void(const QVariant&)> callback);
    void killPageForTest(); // as if its process had crashed

Q_SIGNALS:
    void ready();                                                        // first paint is done
    void artifactActivated(const QString& messageId, int artifactIndex); // its card was clicked
    /// "copy", "retry", "edit", "more", "continue", "branch-previous", "branch-next", or an error
    /// action's id.
    void actionTriggered(const QString& messageId, const QString& action);
    void linkActivated(const QUrl& url); // http, https and mailto only; the app decides what to do

protected:
    void changeEvent(QEvent* event) override; // another language

private:
    void sendAll();
    void handle(const QJsonObject& message);
    void activate(const QJsonObject& message);
    TranscriptMessage* find(const QString& messageId);
    void showPlain();

    // What is shown: sent again when the page's process dies.
    QList<TranscriptMessage> m_messages;
    QString m_showingId;
    int m_showingIndex = 0;
    PageAppearance m_appearance;
    AppPage* m_page = nullptr;    // where pages can be opened,
    PlainPage* m_plain = nullptr; // else this
};

} // namespace atelier
