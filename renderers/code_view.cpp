// SPDX-License-Identifier: MIT
#include "renderers/code_view.h"

#include "renderers/app_page.h"
#include "renderers/page_strings.h"
#include "renderers/plain_page.h"
#include "renderers/source_map.h"
#include "renderers/web_engine_bootstrap.h"

#include <QEvent>
#include <QJsonObject>
#include <QVBoxLayout>

namespace atelier {
namespace {

QJsonObject command(const char* op, QJsonObject fields = {})
{
    fields.insert(QStringLiteral("op"), QLatin1String(op));
    return fields;
}

} // namespace

CodeView::CodeView(QWidget* parent) : QWidget(parent)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    if (webSandboxState() == SandboxState::Unavailable) {
        m_plain =
            new PlainPage(tr("The source is shown without colors"), PlainPage::Text::Shown, this);
        layout->addWidget(m_plain);
        return;
    }
    m_page = new AppPage(QStringLiteral("code"), this);
    layout->addWidget(m_page->widget());
    setFocusProxy(m_page->widget());
    connect(m_page, &AppPage::restarted, this, &CodeView::sendAll);
    connect(m_page, &AppPage::message, this, &CodeView::handle);
    m_page->setAppearance(m_appearance, codeStrings());
}

CodeView::~CodeView() = default;

void CodeView::setAppearance(const PageAppearance& appearance)
{
    m_appearance = appearance;
    if (m_page)
        m_page->setAppearance(appearance, codeStrings());
    else
        m_plain->setAppearance(appearance);
}

void CodeView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        setAppearance(m_appearance);
    QWidget::changeEvent(event);
}

void CodeView::begin(const QString& language)
{
    m_language = language;
    ++m_run;
    m_text.clear();
    m_finished = false;
    sendAll();
}

void CodeView::sendAll()
{
    if (!m_page) {
        m_plain->setText(m_text);
        return;
    }
    m_page->discard();
    m_page->send(command("editable", {{QStringLiteral("on"), m_editable}}));
    m_page->send(command("begin",
        {{QStringLiteral("language"), m_language.toLower()}, {QStringLiteral("run"), m_run}}));
    if (!m_text.isEmpty())
        m_page->send(command("text", {{QStringLiteral("text"), m_text}}));
    if (m_finished)
        m_page->send(command("finish"));
}

void CodeView::append(const QString& text)
{
    if (text.isEmpty())
        return;
    m_text += text;
    if (m_page)
        m_page->send(command("text", {{QStringLiteral("text"), text}}));
    else
        m_plain->appendText(text);
}

void CodeView::finish()
{
    m_finished = true;
    if (m_page)
        m_page->send(command("finish"));
}

void CodeView::setEditable(bool editable)
{
    m_editable = editable;
    if (m_page)
        m_page->send(command("editable", {{QStringLiteral("on"), editable}}));
}

void CodeView::find(bool open)
{
    if (m_page)
        m_page->send(command("find", {{QStringLiteral("open"), open}}));
}

void CodeView::handle(const QJsonObject& message)
{
    const QString type = message.value(QStringLiteral("type")).toString();
    const bool current = message.value(QStringLiteral("run")).toInt() == m_run;
    if (type == QStringLiteral("edited") && current && m_editable && m_finished) {
        m_text = message.value(QStringLiteral("text")).toString();
        Q_EMIT edited(m_text);
    } else if (type == QStringLiteral("searching")) {
        m_searching = message.value(QStringLiteral("open")).toBool();
    }
}

void CodeView::showLine(int line)
{
    if (m_page && line > 0)
        m_page->send(command("line", {{QStringLiteral("line"), line}}));
}

void CodeView::showRange(const SourceRange& range)
{
    if (!m_page || range.line <= 0)
        return;
    m_page->send(command("range",
        {{QStringLiteral("line"), range.line},
            {QStringLiteral("column"), range.column},
            {QStringLiteral("lastLine"), range.lastLine},
            {QStringLiteral("lastColumn"), range.lastColumn}}));
}

void CodeView::runScriptForTest(
    const QString& script, std::function<void(const QVariant&)> callback)
{
    if (m_page)
        m_page->run(script, std::move(callback));
}

} // namespace atelier
