// SPDX-License-Identifier: MIT
#include "ui/conversation/error_card_view.h"

#include "ui/widgets/icon_button.h"
#include "ui/widgets/painting.h"
#include "ui/widgets/text_label.h"

#include <QAccessible>
#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace atelier {

ErrorCardView::ErrorCardView(QWidget* parent)
    : QWidget(parent),
      m_icon(new QLabel),
      m_title(makeLabel()),
      m_text(makeLabel("secondary")),
      m_buttons(new QHBoxLayout),
      m_details(new QPlainTextEdit),
      m_detailsButton(new QPushButton),
      m_copyButton(new QPushButton),
      m_close(new IconButton(QStringLiteral("close")))
{
    m_title->setProperty("weight", "medium");
    m_title->setWordWrap(true);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setFocusPolicy(Qt::ClickFocus);
    m_details->setReadOnly(true);
    m_details->setProperty("mono", true);
    m_details->setFixedHeight(96);
    m_detailsButton->setProperty("kind", "quiet");
    m_copyButton->setProperty("kind", "quiet");
    for (QPushButton* button : {m_detailsButton, m_copyButton})
        button->setProperty("ringRadius", 7);
    m_close->setSide(24);
    m_buttons->setSpacing(6);
    m_buttons->addWidget(m_detailsButton);
    m_buttons->addWidget(m_copyButton);
    m_buttons->addStretch();

    auto* column = new QVBoxLayout;
    column->setSpacing(1);
    column->addWidget(m_title);
    column->addWidget(m_text);
    column->addSpacing(7);
    column->addWidget(m_details);
    column->addLayout(m_buttons);

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 11, 10, 11);
    layout->setSpacing(10);
    layout->addWidget(m_icon, 0, Qt::AlignTop);
    layout->addLayout(column, 1);
    layout->addWidget(m_close, 0, Qt::AlignTop);

    connect(m_detailsButton, &QPushButton::clicked, this, [this] {
        setDetailsShown(m_details->isHidden());
    });
    connect(m_copyButton, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(
            m_card.title + u'\n' + m_card.text + u'\n' + m_card.details);
    });
    connect(m_close, &QToolButton::clicked, this, [this] {
        clear();
        Q_EMIT dismissed();
    });
    hide();
    retranslate();
}

void ErrorCardView::show(const ErrorCard& card)
{
    m_card = card;
    m_title->setText(card.title);
    m_text->setText(card.text);
    m_details->setPlainText(card.details);
    setDetailsShown(false);
    m_detailsButton->setVisible(!card.details.isEmpty());
    qDeleteAll(m_actions);
    m_actions.clear();
    for (const auto& [id, label] : card.actions) {
        auto* button = new QPushButton(label);
        button->setProperty("ringRadius", 7);
        if (!m_actions.isEmpty())
            button->setProperty("kind", "quiet");
        connect(button, &QPushButton::clicked, this, [this, actionId = id] {
            Q_EMIT actionTriggered(actionId);
        });
        m_buttons->insertWidget(static_cast<int>(m_actions.size()), button);
        m_actions.append(button);
    }
    setAccessibleName(card.title + QStringLiteral(". ") + card.text);
    if (m_theme)
        themeChanged();
    setVisible(true);
    QAccessibleEvent announcement(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&announcement);
}

void ErrorCardView::clear()
{
    m_card = {};
    setVisible(false);
}

void ErrorCardView::setDetailsShown(bool shown)
{
    m_details->setVisible(shown);
    m_copyButton->setVisible(shown);
}

void ErrorCardView::retranslate()
{
    m_detailsButton->setText(tr("Details"));
    m_copyButton->setText(tr("Copy"));
    m_close->setLabel(tr("Close"));
    m_details->setAccessibleName(tr("Details"));
}

void ErrorCardView::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    QPainter painter(this);
    paintBox(painter,
        rect(),
        10,
        m_theme->color("surface"),
        m_theme->color(m_card.caution ? "caution-line" : "danger-line"));
}

void ErrorCardView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

void ErrorCardView::themeChanged()
{
    const int side = m_theme->scaled(16);
    m_icon->setPixmap(
        m_theme->icon(QStringLiteral("warning"), m_card.caution ? "caution" : "danger")
            .pixmap(QSize(side, side), devicePixelRatio()));
    update();
}

} // namespace atelier
