// SPDX-License-Identifier: MIT
#include "ui/conversation/hint_line.h"

#include "ui/widgets/text_label.h"

#include <QEvent>
#include <QHBoxLayout>

namespace atelier {

HintLine::HintLine(QWidget* parent)
    : QWidget(parent),
      m_send(makeLabel("tertiary", "caption")),
      m_newLine(makeLabel("tertiary", "caption"))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 12);
    layout->setSpacing(14);
    layout->addStretch();
    layout->addWidget(m_send);
    layout->addWidget(m_newLine);
    layout->addStretch();
    retranslate();
}

void HintLine::retranslate()
{
    m_send->setText(tr("Enter to send"));
    m_newLine->setText(tr("Shift+Enter for a new line"));
}

void HintLine::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

} // namespace atelier
