// SPDX-License-Identifier: MIT
#include "ui/artifacts/notice_bar.h"

#include "ui/widgets/text_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>
#include <utility>

namespace atelier {

NoticeBar::NoticeBar(std::function<Words()> words, QWidget* parent)
    : QFrame(parent),
      m_words(std::move(words)),
      m_text(new ElidedLabel),
      m_accept(new QPushButton),
      m_dismiss(new QPushButton)
{
    setObjectName(QStringLiteral("strip"));
    m_text->setProperty("textSize", "small");
    m_text->setProperty("tone", "secondary");
    m_accept->setProperty("kind", "primary");
    m_dismiss->setProperty("kind", "quiet");
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 6, 10, 6);
    layout->setSpacing(8);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_dismiss);
    layout->addWidget(m_accept);
    connect(m_accept, &QPushButton::clicked, this, &NoticeBar::accepted);
    connect(m_dismiss, &QPushButton::clicked, this, &NoticeBar::dismissed);
    refresh();
    hide();
}

void NoticeBar::refresh()
{
    const Words words = m_words();
    m_text->setText(words.text);
    m_accept->setText(words.accept);
    m_accept->setToolTip(words.acceptTip);
    m_dismiss->setText(words.dismiss);
    setAccessibleName(words.text);
}

void NoticeBar::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        refresh();
    QFrame::changeEvent(event);
}

} // namespace atelier
