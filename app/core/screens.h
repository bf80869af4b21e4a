// SPDX-License-Identifier: MIT
// What the controllers tell whatever shows a conversation: a window, a terminal, or a test.
#pragma once

#include "renderers/artifact_kind.h"
#include "renderers/transcript_view.h"
#include "ui/ui_types.h"

#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

namespace atelier {

/// The conversation itself. The calls mean what they mean on TranscriptView.
class TranscriptScreen
{
public:
    virtual ~TranscriptScreen() = default;
    virtual void setMessages(const QList<TranscriptMessage>& messages) = 0;
    virtual void appendMessage(const TranscriptMessage& message) = 0;
    virtual void removeMessagesAfter(const QString& messageId) = 0;
    virtual void appendMarkdown(const QString& messageId, const QString& text) = 0;
    virtual void setArtifact(
        const QString& messageId, int artifactIndex, const TranscriptBlock& block) = 0;
    virtual void setShowingArtifact(const QString& messageId, int artifactIndex) = 0;
    virtual void setReadingProgress(
        const QString& messageId, int done, int total, double secondsLeft) = 0;
    virtual void updateMessage(const TranscriptMessage& message) = 0;
};

/// The one artifact that is shown. begin() starts a run; append() until finish() or cutOff().
class ArtifactScreen
{
public:
    enum class Reveal {
        Suggested, // opens the pane unless the person closed it in this chat
        Asked,     // opens it: its card was clicked
    };

    virtual ~ArtifactScreen() = default;
    /// What the run that begins next may use: what it has stored before, hosts it may ask.
    virtual void prepare(const QJsonObject& storage, const QStringList& hosts) = 0;
    virtual void begin(ArtifactKind kind, const QString& language) = 0;
    virtual void append(const QString& source) = 0;
    virtual void finish() = 0;
    virtual void cutOff() = 0;
    virtual void clear() = 0;
    virtual void editKept() = 0; // what was typed on the stage is a version now
    virtual void setHeader(const ArtifactHeader& header) = 0;
    /// The film strip, oldest first; `shown` is the key of one of them.
    virtual void setVersions(const QList<VersionCard>& versions, const QString& shown) = 0;
    virtual void reveal(Reveal reveal) = 0;
    virtual void resetPane() = 0; // another chat: closed, and may open by itself again
};

/// The window around them.
class WindowScreen
{
public:
    virtual ~WindowScreen() = default;
    virtual void setCurrentChat(const QString& chatId) = 0;
    virtual void setEmptyChat(bool empty) = 0;
    virtual void setComposerText(const QString& text) = 0;
    virtual QString composerText() const = 0;
    virtual void setTokenCount(int tokens, int limit) = 0;
    virtual void setWritingStatus(const WritingStatus& status) = 0;
    virtual void setContextUsage(const ContextUsage& usage) = 0;
    virtual void setSettings(
        const GenerationSettings& settings, const GenerationSettings& defaults) = 0;
    virtual void setModelStatus(const ModelStatus& status) = 0;
    virtual void setModelFacts(const ModelFacts& facts) = 0;
    virtual void setDeviceStatus(const DeviceStatus& status) = 0;
    virtual void setDevices(const DeviceChoices& devices) = 0;
    virtual void showError(const ErrorCard& card) = 0;
    virtual void clearError() = 0;
    virtual void showToast(
        const QString& text, const QString& actionId, const QString& actionLabel) = 0;
    virtual void copyText(const QString& text) = 0;
    virtual void chooseModelFile() = 0;
    virtual void showInFolder(const QString& path) = 0;
};

} // namespace atelier
