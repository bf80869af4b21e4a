// SPDX-License-Identifier: MIT
#include "renderers/plain_page.h"

#include "renderers/page_tokens.h"
#include "renderers/theme.h"
#include "renderers/web_engine_bootstrap.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTextCursor>
#include <QVBoxLayout>

namespace atelier {

PlainPage::PlainPage(const QString& title, Text text, QWidget* parent)
    : QWidget(parent),
      m_text(new QPlainTextEdit(this))
{
    auto* heading = new QLabel(title, this);
    QFont bold = heading->font();
    bold.setWeight(QFont::DemiBold);
    heading->setFont(bold);
    auto* why = new QLabel(sandboxExplanation(), this);
    for (QLabel* label : {heading, why}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setMaximumWidth(520);
    }
    m_text->setReadOnly(true);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setVisible(text == Text::Shown);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->setSpacing(8);
    if (text == Text::None)
        layout->addStretch(1);
    layout->addWidget(heading);
    layout->addWidget(why);
    layout->addWidget(m_text, 1);
    if (text == Text::None)
        layout->addStretch(1);
    setAutoFillBackground(true);
    m_text->setAccessibleName(title);
}

void PlainPage::setAppearance(const PageAppearance& appearance)
{
    QPalette colors = palette();
    const QColor text = pageColor(QStringLiteral("text"), appearance.dark);
    const QColor canvas = pageColor(QStringLiteral("canvas"), appearance.dark);
    colors.setColor(QPalette::Window, canvas);
    colors.setColor(QPalette::Base, canvas);
    colors.setColor(QPalette::Text, text);
    colors.setColor(QPalette::WindowText, text);
    setPalette(colors);
}

void PlainPage::setText(const QString& text)
{
    m_text->setPlainText(text);
    m_text->verticalScrollBar()->setValue(m_text->verticalScrollBar()->maximum());
}

void PlainPage::appendText(const QString& text)
{
    QScrollBar* bar = m_text->verticalScrollBar();
    const bool atEnd = bar->value() == bar->maximum();
    QTextCursor cursor(m_text->document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(text);
    if (atEnd)
        bar->setValue(bar->maximum());
}

QString PlainPage::text() const
{
    return m_text->toPlainText();
}

} // namespace atelier
