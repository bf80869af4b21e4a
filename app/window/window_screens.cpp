// SPDX-License-Identifier: MIT
#include "app/window/window_screens.h"

#include "renderers/artifact_view.h"
#include "ui/artifacts/artifact_pane.h"
#include "ui/conversation/composer.h"
#include "ui/main_window/main_window.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QFileInfo>
#include <QGuiApplication>
#include <QUrl>

namespace atelier {

void WindowTranscript::setMessages(const QList<TranscriptMessage>& messages)
{
    m_window.transcript().setMessages(messages);
}

void WindowTranscript::appendMessage(const TranscriptMessage& message)
{
    m_window.transcript().appendMessage(message);
}

void WindowTranscript::removeMessagesAfter(const QString& messageId)
{
    m_window.transcript().removeMessagesAfter(messageId);
}

void WindowTranscript::appendMarkdown(const QString& messageId, const QString& text)
{
    m_window.transcript().appendMarkdown(messageId, text);
}

void WindowTranscript::setArtifact(
    const QString& messageId, int artifactIndex, const TranscriptBlock& block)
{
    m_window.transcript().setArtifact(messageId, artifactIndex, block);
}

void WindowTranscript::setShowingArtifact(const QString& messageId, int artifactIndex)
{
    m_window.transcript().setShowingArtifact(messageId, artifactIndex);
}

void WindowTranscript::setReadingProgress(
    const QString& messageId, int done, int total, double secondsLeft)
{
    m_window.transcript().setReadingProgress(messageId, done, total, secondsLeft);
}

void WindowTranscript::updateMessage(const TranscriptMessage& message)
{
    m_window.transcript().updateMessage(message);
}

void WindowArtifact::prepare(const QJsonObject& storage, const QStringList& hosts)
{
    m_window.artifactPane().preview().setStorage(storage);
    m_window.artifactPane().preview().setNetworkAllowed(hosts);
}

void WindowArtifact::begin(ArtifactKind kind, const QString& language)
{
    m_window.artifactPane().begin(kind, language);
}

void WindowArtifact::append(const QString& source)
{
    m_window.artifactPane().append(source);
}

void WindowArtifact::finish()
{
    m_window.artifactPane().finish();
}

void WindowArtifact::cutOff()
{
    m_window.artifactPane().cutOff();
}

void WindowArtifact::clear()
{
    m_window.artifactPane().clear();
}

void WindowArtifact::editKept()
{
    m_window.artifactPane().editKept();
}

void WindowArtifact::setHeader(const ArtifactHeader& header)
{
    m_window.artifactPane().setHeader(header);
}

void WindowArtifact::setVersions(const QList<VersionCard>& versions, const QString& shown)
{
    m_window.artifactPane().setVersions(versions, shown);
}

void WindowArtifact::reveal(Reveal reveal)
{
    if (reveal == Reveal::Asked) {
        m_window.showArtifactPane();
    } else {
        m_window.openArtifactPane();
    }
}

void WindowArtifact::resetPane()
{
    m_window.resetArtifactPane();
}

void WindowFrame::setCurrentChat(const QString& chatId)
{
    m_window.setCurrentChat(chatId);
}

void WindowFrame::setEmptyChat(bool empty)
{
    m_window.setEmptyChat(empty);
}

void WindowFrame::setComposerText(const QString& text)
{
    if (text.isEmpty()) {
        m_window.composer().clear();
    } else {
        m_window.composer().setText(text);
        m_window.composer().focusText();
    }
}

QString WindowFrame::composerText() const
{
    return m_window.composer().text();
}

void WindowFrame::setTokenCount(int tokens, int limit)
{
    m_window.composer().setTokenCount(tokens, limit);
}

void WindowFrame::setWritingStatus(const WritingStatus& status)
{
    m_window.setWritingStatus(status);
}

void WindowFrame::setContextUsage(const ContextUsage& usage)
{
    m_window.setContextUsage(usage);
}

void WindowFrame::setSettings(
    const GenerationSettings& settings, const GenerationSettings& defaults)
{
    m_window.setSettings(settings, defaults);
}

void WindowFrame::setModelStatus(const ModelStatus& status)
{
    m_window.setModelStatus(status);
}

void WindowFrame::setModelFacts(const ModelFacts& facts)
{
    m_window.setModelFacts(facts);
}

void WindowFrame::setDevices(const DeviceChoices& devices)
{
    m_window.setDevices(devices);
}

void WindowFrame::setDeviceStatus(const DeviceStatus& status)
{
    m_window.setDeviceStatus(status);
}

void WindowFrame::showError(const ErrorCard& card)
{
    m_window.showError(card);
}

void WindowFrame::clearError()
{
    m_window.clearError();
}

void WindowFrame::showToast(
    const QString& text, const QString& actionId, const QString& actionLabel)
{
    m_window.showToast(text, actionId, actionLabel);
}

void WindowFrame::copyText(const QString& text)
{
    QGuiApplication::clipboard()->setText(text);
}

void WindowFrame::chooseModelFile()
{
    m_window.chooseModelFile();
}

void WindowFrame::showInFolder(const QString& path)
{
    QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(path).absolutePath()));
}

} // namespace atelier
