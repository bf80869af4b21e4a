// SPDX-License-Identifier: MIT
#include "ui/artifacts/stopped_card.h"

#include "ui/widgets/painting.h"
#include "ui/widgets/text_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace atelier {

StoppedCard::StoppedCard(QWidget* stage)
    : QWidget(stage),
      m_card(new QWidget),
      m_icon(new QLabel),
      m_title(makeLabel("", "title")),
      m_text(makeLabel("secondary")),
      m_restart(new QPushButton),
      m_fix(new QPushButton),
      m_code(new QPushButton)
{
    m_title->setProperty("weight", "semibold");
    m_text->setWordWrap(true);
    m_restart->setProperty("kind", "primary");
    m_code->setProperty("kind", "quiet");
    for (QPushButton* button : {m_restart, m_fix, m_code})
        button->setProperty("ringRadius", 7);

    auto* head = new QHBoxLayout;
    head->setSpacing(10);
    head->addWidget(m_icon);
    head->addWidget(m_title, 1);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_restart);
    buttons->addWidget(m_fix);
    buttons->addWidget(m_code);
    buttons->addStretch();
    auto* inner = new QVBoxLayout(m_card);
    inner->setContentsMargins(20, 18, 20, 18);
    inner->setSpacing(6);
    inner->addLayout(head);
    inner->addWidget(m_text);
    inner->addSpacing(8);
    inner->addLayout(buttons);
    m_card->setMaximumWidth(400);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->addStretch();
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(m_card, 100);
    row->addStretch(1);
    layout->addLayout(row);
    layout->addStretch();
    connect(m_restart, &QPushButton::clicked, this, &StoppedCard::restartRequested);
    connect(m_fix, &QPushButton::clicked, this, &StoppedCard::fixRequested);
    connect(m_code, &QPushButton::clicked, this, [this] { Q_EMIT codeRequested(m_line); });
    stage->installEventFilter(this);
    retranslate();
    hide();
}

void StoppedCard::retranslate()
{
    m_title->setText(tr("This page stopped responding"));
    // Whole, because sentences are not joined by a space in every language.
    m_text->setText(
        m_line > 0 ? tr("A script ran for 3 seconds without a pause, or the page ended by itself. "
                        "The last thing it said came from line %1. The chat and your other "
                        "artifacts are not affected.")
                         .arg(m_line)
                   : tr("A script ran for 3 seconds without a pause, or the page ended by itself. "
                        "The chat and your other artifacts are not affected."));
    m_restart->setText(tr("Restart"));
    m_fix->setText(tr("Ask GLM-4 to fix it"));
    m_code->setText(m_line > 0 ? tr("Show line %1").arg(m_line) : tr("Show the code"));
    setAccessibleName(m_title->text());
}

void StoppedCard::setLine(int line)
{
    m_line = line;
    retranslate();
}

bool StoppedCard::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parent() && event->type() == QEvent::Resize)
        setGeometry(parentWidget()->rect());
    return QWidget::eventFilter(watched, event);
}

void StoppedCard::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    QPainter painter(this);
    QColor wash = m_theme->color("stage");
    wash.setAlphaF(0.6f);
    painter.fillRect(rect(), wash);
    const QRectF box = m_card->geometry();
    paintShadow(painter, box, 12, m_theme->shadow("shadow-3"));
    paintBox(painter, box, 12, m_theme->color("surface"), m_theme->color("border"));
}

void StoppedCard::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

void StoppedCard::themeChanged()
{
    const int side = m_theme->scaled(16);
    m_icon->setPixmap(m_theme->icon(QStringLiteral("pause"), "caution")
                          .pixmap(QSize(side, side), devicePixelRatio()));
    update();
}

} // namespace atelier
