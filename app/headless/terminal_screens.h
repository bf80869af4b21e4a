// SPDX-License-Identifier: MIT
// The controllers' screens when there is no window: text goes to a terminal, the artifact off
// screen.
#pragma once

#include "app/core/screens.h"

#include <cstdio>

namespace atelier {

class ArtifactView;

/// Prints nothing by itself: the reply's text is streamed by HeadlessRun.
class TerminalTranscript final : public TranscriptScreen
{
public:
    void setMessages(const QList<TranscriptMessage>&) override {}
    void appendMessage(const TranscriptMessage&) override {}
    void removeMessagesAfter(const QString&) override {}
    void appendMarkdown(const QString&, const QString&) override {}
    void setArtifact(const QString&, int, const TranscriptBlock&) override {}
    void setShowingArtifact(const QString&, int) override {}
    void setReadingProgress(const QString&, int, int, double) override {}
    void updateMessage(const TranscriptMessage& message) override { m_last = message; }

    const TranscriptMessage& last() const { return m_last; } // state, counts and error

private:
    TranscriptMessage m_last;
};

class OffscreenArtifact final : public ArtifactScreen
{
public:
    explicit OffscreenArtifact(ArtifactView& view) : m_view(view) {}

    void begin(ArtifactKind kind, const QString& language) override;
    void append(const QString& source) override;
    void finish() override;
    void cutOff() override;
    void clear() override {}
    void prepare(const QJsonObject&, const QStringList&) override {}
    void editKept() override {}
    void setHeader(const ArtifactHeader&) override {}
    void setVersions(const QList<VersionCard>&, const QString&) override {}
    void reveal(Reveal) override {}
    void resetPane() override {}

    bool isFinished() const { return m_finished; } // the last one that began

private:
    ArtifactView& m_view;
    bool m_finished = false;
};

class TerminalFrame final : public WindowScreen
{
public:
    void setCurrentChat(const QString&) override {}
    void setEmptyChat(bool) override {}
    void setComposerText(const QString&) override {}
    QString composerText() const override { return {}; }
    void setTokenCount(int, int) override {}
    void setWritingStatus(const WritingStatus&) override {}
    void setContextUsage(const ContextUsage&) override {}
    void setSettings(const GenerationSettings& settings, const GenerationSettings&) override
    {
        m_settings = settings;
    }
    void setModelStatus(const ModelStatus&) override {}
    void setModelFacts(const ModelFacts&) override {}
    void setDeviceStatus(const DeviceStatus&) override {}
    void setDevices(const DeviceChoices&) override {}
    void showError(const ErrorCard& card) override { m_card = card; }
    void clearError() override { m_card = {}; }
    void showToast(const QString&, const QString&, const QString&) override {}
    void copyText(const QString&) override {}
    void chooseModelFile() override {}
    void showInFolder(const QString&) override {}

    const GenerationSettings& settings() const { return m_settings; }
    const ErrorCard& card() const { return m_card; }

private:
    GenerationSettings m_settings;
    ErrorCard m_card;
};

} // namespace atelier
