// SPDX-License-Identifier: MIT
// Screens that remember what they were told, and complain about what a real page could not do.
#pragma once

#include "app/core/screens.h"

#include <QStringList>

namespace atelier::test {

class FakeTranscript final : public TranscriptScreen
{
public:
    void setMessages(const QList<TranscriptMessage>& list) override;
    void appendMessage(const TranscriptMessage& message) override;
    void removeMessagesAfter(const QString& messageId) override;
    void appendMarkdown(const QString& messageId, const QString& text) override;
    void setArtifact(
        const QString& messageId, int artifactIndex, const TranscriptBlock& block) override;
    void setShowingArtifact(const QString& messageId, int artifactIndex) override;
    void setReadingProgress(const QString& messageId, int done, int total, double left) override;
    void updateMessage(const TranscriptMessage& message) override;

    QStringList texts() const; // one per message: its Markdown, "[artifact]" for each artifact
    const TranscriptMessage& last() const { return messages.last(); }
    const TranscriptBlock* artifactOfLast(int index = 0) const;

    QList<TranscriptMessage> messages;
    QString showing; // "id index"
    int readDone = 0;
    int readTotal = 0;
    QStringList mistakes; // calls about messages that are not there

private:
    TranscriptMessage* find(const QString& id, const char* call);
};

class FakeArtifact final : public ArtifactScreen
{
public:
    enum class State { Empty, Open, Finished, CutOff };

    void prepare(const QJsonObject& kept, const QStringList& allowed) override
    {
        storage = kept;
        hosts = allowed;
    }
    void begin(ArtifactKind newKind, const QString& newLanguage) override;
    void append(const QString& text) override;
    void finish() override;
    void cutOff() override;
    void clear() override;
    void setHeader(const ArtifactHeader& newHeader) override;
    void editKept() override { ++keptEdits; }
    void setVersions(const QList<VersionCard>& list, const QString& key) override
    {
        versions = list;
        shown = key;
    }
    void reveal(Reveal how) override;
    void resetPane() override;

    State state = State::Empty;
    ArtifactKind kind = ArtifactKind::Code;
    QString language;
    QString source;
    QJsonObject storage;
    QStringList hosts;
    QList<VersionCard> versions;
    QString shown; // the key of one of them
    ArtifactHeader header;
    QList<ArtifactHeader::Badge> badges; // in order, without repetitions
    int runs = 0;
    int keptEdits = 0;
    int suggested = 0;
    int asked = 0;
    QStringList mistakes;
};

class FakeWindow final : public WindowScreen
{
public:
    void setCurrentChat(const QString& chatId) override { currentChat = chatId; }
    void setEmptyChat(bool empty) override { isEmpty = empty; }
    void setComposerText(const QString& text) override { composer = text; }
    QString composerText() const override { return composer; }
    void setTokenCount(int tokens, int limit) override
    {
        draftTokens = tokens;
        tokenLimit = limit;
    }
    void setWritingStatus(const WritingStatus& status) override { writing = status; }
    void setContextUsage(const ContextUsage& now) override { usage = now; }
    void setSettings(const GenerationSettings& now, const GenerationSettings& standard) override
    {
        settings = now;
        defaults = standard;
    }
    void setModelStatus(const ModelStatus& status) override
    {
        model = status;
        stages << status.stage;
    }
    void setModelFacts(const ModelFacts& now) override { facts = now; }
    void setDeviceStatus(const DeviceStatus& status) override { device = status; }
    void setDevices(const DeviceChoices& choices) override { devices = choices; }
    void showError(const ErrorCard& now) override { card = now; }
    void clearError() override { card = {}; }
    void showToast(const QString& text, const QString& id, const QString&) override
    {
        toast = text;
        toastAction = id;
    }
    void copyText(const QString& text) override { clipboard = text; }
    void chooseModelFile() override { ++choosers; }
    void showInFolder(const QString& path) override { folderOf = path; }

    QString currentChat;
    bool isEmpty = false;
    QString composer;
    int draftTokens = -1;
    int tokenLimit = -1;
    WritingStatus writing;
    ContextUsage usage;
    GenerationSettings settings;
    GenerationSettings defaults;
    ModelStatus model;
    QStringList stages;
    ModelFacts facts;
    DeviceStatus device;
    DeviceChoices devices;
    ErrorCard card;
    QString toast;
    QString toastAction;
    QString clipboard;
    QString folderOf;
    int choosers = 0;
};

} // namespace atelier::test
