// SPDX-License-Identifier: MIT
// The controllers' screens, shown by the real window.
#pragma once

#include "app/core/screens.h"

#include <QPointer>

namespace atelier {

class MainWindow;

/// Everything handed in outlives them. Threads: GUI thread only.
class WindowTranscript final : public TranscriptScreen
{
public:
    explicit WindowTranscript(MainWindow& window) : m_window(window) {}

    void setMessages(const QList<TranscriptMessage>& messages) override;
    void appendMessage(const TranscriptMessage& message) override;
    void removeMessagesAfter(const QString& messageId) override;
    void appendMarkdown(const QString& messageId, const QString& text) override;
    void setArtifact(
        const QString& messageId, int artifactIndex, const TranscriptBlock& block) override;
    void setShowingArtifact(const QString& messageId, int artifactIndex) override;
    void setReadingProgress(
        const QString& messageId, int done, int total, double secondsLeft) override;
    void updateMessage(const TranscriptMessage& message) override;

private:
    MainWindow& m_window;
};

class WindowArtifact final : public ArtifactScreen
{
public:
    explicit WindowArtifact(MainWindow& window) : m_window(window) {}

    void prepare(const QJsonObject& storage, const QStringList& hosts) override;
    void begin(ArtifactKind kind, const QString& language) override;
    void append(const QString& source) override;
    void finish() override;
    void cutOff() override;
    void clear() override;
    void editKept() override;
    void setHeader(const ArtifactHeader& header) override;
    void setVersions(const QList<VersionCard>& versions, const QString& shown) override;
    void reveal(Reveal reveal) override;
    void resetPane() override;

private:
    MainWindow& m_window;
};

class WindowFrame final : public WindowScreen
{
public:
    explicit WindowFrame(MainWindow& window) : m_window(window) {}

    void setCurrentChat(const QString& chatId) override;
    void setEmptyChat(bool empty) override;
    void setComposerText(const QString& text) override;
    QString composerText() const override;
    void setTokenCount(int tokens, int limit) override;
    void setWritingStatus(const WritingStatus& status) override;
    void setContextUsage(const ContextUsage& usage) override;
    void setSettings(
        const GenerationSettings& settings, const GenerationSettings& defaults) override;
    void setModelStatus(const ModelStatus& status) override;
    void setModelFacts(const ModelFacts& facts) override;
    void setDeviceStatus(const DeviceStatus& status) override;
    void setDevices(const DeviceChoices& devices) override;
    void showError(const ErrorCard& card) override;
    void clearError() override;
    void showToast(
        const QString& text, const QString& actionId, const QString& actionLabel) override;
    void copyText(const QString& text) override;
    void chooseModelFile() override;
    void showInFolder(const QString& path) override;

private:
    MainWindow& m_window;
};

} // namespace atelier
