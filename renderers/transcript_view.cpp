// SPDX-License-Identifier: MIT
#include "renderers/transcript_view.h"

#include "renderers/app_page.h"
#include "renderers/page_strings.h"
#include "renderers/plain_page.h"
#include "renderers/transcript_json.h"
#include "renderers/web_engine_bootstrap.h"

#include <QEvent>
#include <QJsonArray>
#include <QJsonObject>
#include <QVBoxLayout>
#include <algorithm>

namespace atelier {
namespace {

QJsonObject command(const char* op, QJsonObject fields)
{
    fields.insert(QStringLiteral("op"), QLatin1String(op));
    return fields;
}

QString plainText(const TranscriptMessage& message)
{
    QStringList parts;
    for (const TranscriptBlock& block : message.blocks) {
        parts.append(
            block.type == TranscriptBlock::Type::Markdown
                ? block.markdown
                : QStringLiteral("[%1] %2").arg(artifactKindName(block.kind), block.title));
    }
    if (!message.errorTitle.isEmpty())
        parts.append(message.errorTitle + QLatin1Char('\n') + message.errorText);
    return parts.join(QStringLiteral("\n\n"));
}

} // namespace

TranscriptView::TranscriptView(QWidget* parent) : QWidget(parent)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    if (webSandboxState() == SandboxState::Unavailable) {
        m_plain = new PlainPage(
            tr("The conversation is shown as plain text"), PlainPage::Text::Shown, this);
        layout->addWidget(m_plain);
        QMetaObject::invokeMethod(this, &TranscriptView::ready, Qt::QueuedConnection);
        return;
    }
    m_page = new AppPage(QStringLiteral("transcript"), this);
    layout->addWidget(m_page->widget());
    setFocusProxy(m_page->widget());
    connect(m_page, &AppPage::painted, this, &TranscriptView::ready);
    connect(m_page, &AppPage::message, this, &TranscriptView::handle);
    connect(m_page, &AppPage::restarted, this, &TranscriptView::sendAll);
    m_page->setAppearance(m_appearance, transcriptStrings());
}

TranscriptView::~TranscriptView() = default;

void TranscriptView::setAppearance(const PageAppearance& appearance)
{
    m_appearance = appearance;
    if (m_page)
        m_page->setAppearance(appearance, transcriptStrings());
    else
        m_plain->setAppearance(appearance);
}

void TranscriptView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        setAppearance(m_appearance);
    QWidget::changeEvent(event);
}

void TranscriptView::setMessages(const QList<TranscriptMessage>& messages)
{
    m_messages = messages;
    m_showingId.clear();
    sendAll();
}

void TranscriptView::sendAll()
{
    if (!m_page) {
        showPlain();
        return;
    }
    m_page->discard();
    QJsonArray all;
    for (const TranscriptMessage& message : m_messages)
        all.append(toJson(message));
    m_page->send(command("set", {{QStringLiteral("messages"), all}}));
    if (!m_showingId.isEmpty())
        setShowingArtifact(m_showingId, m_showingIndex);
}

void TranscriptView::appendMessage(const TranscriptMessage& message)
{
    m_messages.append(message);
    if (m_page)
        m_page->send(command("append", {{QStringLiteral("message"), toJson(message)}}));
    else
        m_plain->appendText(QStringLiteral("\n\n") + plainText(message));
}

void TranscriptView::removeMessagesAfter(const QString& messageId)
{
    const auto kept = std::find_if(m_messages.begin(),
        m_messages.end(),
        [&](const TranscriptMessage& message) { return message.id == messageId; });
    if (kept == m_messages.end())
        return;
    m_messages.erase(kept + 1, m_messages.end());
    if (m_page)
        m_page->send(command("truncate", {{QStringLiteral("id"), messageId}}));
    else
        showPlain();
}

void TranscriptView::appendMarkdown(const QString& messageId, const QString& text)
{
    TranscriptMessage* message = find(messageId);
    if (!message || text.isEmpty())
        return;
    if (message->blocks.isEmpty() || message->blocks.last().type != TranscriptBlock::Type::Markdown)
        message->blocks.append(TranscriptBlock());
    message->blocks.last().markdown += text;
    if (m_page) {
        m_page->send(command(
            "markdown", {{QStringLiteral("id"), messageId}, {QStringLiteral("text"), text}}));
    } else {
        m_plain->appendText(text);
    }
}

void TranscriptView::setArtifact(
    const QString& messageId, int artifactIndex, const TranscriptBlock& block)
{
    TranscriptMessage* message = find(messageId);
    if (!message || artifactIndex < 0)
        return;
    int index = 0;
    bool known = false;
    for (TranscriptBlock& present : message->blocks) {
        if (present.type == TranscriptBlock::Type::Artifact && index++ == artifactIndex) {
            present = block;
            known = true;
        }
    }
    if (!known) {
        artifactIndex = index;
        message->blocks.append(block);
        message->blocks.last().type = TranscriptBlock::Type::Artifact;
    }
    if (m_page) {
        m_page->send(command("artifact",
            {{QStringLiteral("id"), messageId},
                {QStringLiteral("index"), artifactIndex},
                {QStringLiteral("block"), toJson(block)}}));
    } else if (!known) {
        showPlain();
    }
}

void TranscriptView::setShowingArtifact(const QString& messageId, int artifactIndex)
{
    m_showingId = messageId;
    m_showingIndex = artifactIndex;
    if (m_page) {
        m_page->send(command("showing",
            {{QStringLiteral("id"), messageId}, {QStringLiteral("index"), artifactIndex}}));
    }
}

void TranscriptView::setReadingProgress(
    const QString& messageId, int done, int total, double secondsLeft)
{
    if (m_page) {
        m_page->send(command("reading",
            {{QStringLiteral("id"), messageId},
                {QStringLiteral("done"), done},
                {QStringLiteral("total"), total},
                {QStringLiteral("left"), secondsLeft}}));
    }
}

void TranscriptView::updateMessage(const TranscriptMessage& message)
{
    TranscriptMessage* present = find(message.id);
    if (!present)
        return;
    const QList<TranscriptBlock> blocks = present->blocks;
    *present = message;
    present->blocks = blocks;
    if (m_page) {
        TranscriptMessage sent = message;
        sent.blocks.clear();
        m_page->send(command("update", {{QStringLiteral("message"), toJson(sent)}}));
    } else if (!message.errorTitle.isEmpty()) {
        showPlain();
    }
}

void TranscriptView::showPlain()
{
    QStringList parts;
    for (const TranscriptMessage& message : m_messages)
        parts.append(plainText(message));
    m_plain->setText(parts.join(QStringLiteral("\n\n")));
}

TranscriptMessage* TranscriptView::find(const QString& messageId)
{
    // Nearly always the last one.
    for (auto message = m_messages.rbegin(); message != m_messages.rend(); ++message) {
        if (message->id == messageId)
            return &*message;
    }
    return nullptr;
}

void TranscriptView::readText(std::function<void(const QString&)> callback)
{
    if (!m_page) {
        callback(m_plain->text());
        return;
    }
    m_page->run(QStringLiteral("atelier.text()"),
        [callback = std::move(callback)](const QVariant& text) { callback(text.toString()); });
}

void TranscriptView::runScriptForTest(
    const QString& script, std::function<void(const QVariant&)> callback)
{
    if (m_page)
        m_page->run(script, std::move(callback));
}

void TranscriptView::killPageForTest()
{
    if (m_page)
        m_page->kill();
}

// The page is ours, but its text is not: nothing is believed that is not checked here.
void TranscriptView::handle(const QJsonObject& message)
{
    const QString type = message.value(QStringLiteral("type")).toString();
    if (type == QStringLiteral("link")) {
        const QUrl url(message.value(QStringLiteral("url")).toString(), QUrl::StrictMode);
        const bool known = url.scheme() == QStringLiteral("http") ||
                           url.scheme() == QStringLiteral("https") ||
                           url.scheme() == QStringLiteral("mailto");
        if (url.isValid() && known)
            Q_EMIT linkActivated(url);
        return;
    }
    activate(message);
}

void TranscriptView::activate(const QJsonObject& message)
{
    static const QStringList kActions = {QStringLiteral("copy"),
        QStringLiteral("retry"),
        QStringLiteral("edit"),
        QStringLiteral("more"),
        QStringLiteral("continue"),
        QStringLiteral("branch-previous"),
        QStringLiteral("branch-next")};
    const QString id = message.value(QStringLiteral("id")).toString();
    const TranscriptMessage* present = find(id);
    if (!present)
        return;
    const QString type = message.value(QStringLiteral("type")).toString();
    if (type == QStringLiteral("artifact")) {
        const int index = message.value(QStringLiteral("index")).toInt(-1);
        const auto count = std::count_if(
            present->blocks.begin(), present->blocks.end(), [](const TranscriptBlock& block) {
                return block.type == TranscriptBlock::Type::Artifact;
            });
        if (index >= 0 && index < count)
            Q_EMIT artifactActivated(id, index);
    } else if (type == QStringLiteral("action")) {
        const QString action = message.value(QStringLiteral("action")).toString();
        if (kActions.contains(action) || present->errorActions.contains(action))
            Q_EMIT actionTriggered(id, action);
    }
}

} // namespace atelier
