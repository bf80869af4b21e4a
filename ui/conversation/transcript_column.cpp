// SPDX-License-Identifier: MIT
#include "ui/conversation/transcript_column.h"

#include "renderers/transcript_view.h"
#include "ui/conversation/composer.h"
#include "ui/conversation/empty_chat.h"
#include "ui/conversation/error_card_view.h"
#include "ui/conversation/hint_line.h"
#include "ui/conversation/toast.h"
#include "ui/conversation/transcript_header.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace atelier {
namespace {

constexpr int kComposerShadow = 8; // the composer's own margin

/// Puts `widget` in the middle, as wide as the text measure at most.
QWidget* centered(QWidget* widget, int maxWidth, int side)
{
    widget->setMaximumWidth(maxWidth);
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(side, 0, side, 0);
    layout->addStretch(1);
    layout->addWidget(widget, 1000); // takes everything up to its maximum
    layout->addStretch(1);
    return row;
}

} // namespace

TranscriptColumn::TranscriptColumn(QWidget* parent)
    : QWidget(parent),
      m_header(new TranscriptHeader),
      m_stack(new QStackedWidget),
      m_transcript(new TranscriptView),
      m_empty(new EmptyChat),
      m_error(new ErrorCardView),
      m_composer(new Composer),
      m_hints(new HintLine),
      m_toast(new Toast(this)),
      m_errorRow(centered(m_error, 720, 24)),
      m_foot(centered(m_composer, 720 + 2 * kComposerShadow, 24 - kComposerShadow))
{
    setObjectName(QStringLiteral("transcriptColumn"));
    setAttribute(Qt::WA_StyledBackground);
    m_stack->addWidget(m_transcript);
    m_stack->addWidget(m_empty);
    m_errorRow->layout()->setContentsMargins(24, 4, 24, 4);
    m_errorRow->hide();
    m_error->installEventFilter(this);
    m_composer->installEventFilter(this);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_header);
    layout->addWidget(m_stack, 1);
    layout->addWidget(m_errorRow);
    layout->addWidget(m_foot);
    layout->addWidget(m_hints);
    layout->addSpacing(12 - kComposerShadow);

    connect(m_empty, &EmptyChat::suggestionChosen, this, [this](const QString& text) {
        m_composer->setText(text);
        m_composer->focusText();
    });
}

void TranscriptColumn::setEmpty(bool empty)
{
    m_stack->setCurrentWidget(empty ? static_cast<QWidget*>(m_empty) : m_transcript);
    m_composer->setChatStarted(!empty);
}

bool TranscriptColumn::isEmpty() const
{
    return m_stack->currentWidget() == m_empty;
}

void TranscriptColumn::setHintsShown(bool shown)
{
    m_hints->setVisible(shown);
}

void TranscriptColumn::focusMessages()
{
    QWidget* page = m_stack->currentWidget();
    for (QWidget* child : page->findChildren<QWidget*>()) {
        if (child->focusPolicy() != Qt::NoFocus && child->isVisible()) {
            child->setFocus(Qt::ShortcutFocusReason);
            return;
        }
    }
    page->setFocus(Qt::ShortcutFocusReason);
}

void TranscriptColumn::placeToast()
{
    m_toast->place(m_errorRow->isVisible() ? m_errorRow->y() : m_foot->y());
}

void TranscriptColumn::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    placeToast();
}

bool TranscriptColumn::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_error &&
        (event->type() == QEvent::ShowToParent || event->type() == QEvent::HideToParent))
        m_errorRow->setVisible(event->type() == QEvent::ShowToParent);
    if (watched == m_composer && event->type() == QEvent::Resize)
        placeToast();
    return QWidget::eventFilter(watched, event);
}

void TranscriptColumn::themeChanged()
{
    QPalette canvas = m_stack->palette();
    canvas.setColor(QPalette::Window, m_theme->color("canvas"));
    m_stack->setPalette(canvas);
    m_stack->setAutoFillBackground(true);
}

} // namespace atelier
