// SPDX-License-Identifier: MIT
#include "ui/conversation/composer_edit.h"

#include <QAbstractTextDocumentLayout>
#include <QKeyEvent>
#include <QMimeData>
#include <QTextBlock>
#include <QTextLayout>
#include <algorithm>
#include <cmath>

namespace atelier {

ComposerEdit::ComposerEdit(QWidget* parent) : QPlainTextEdit(parent)
{
    setObjectName(QStringLiteral("composerText"));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTabChangesFocus(true);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    document()->setDocumentMargin(0);
    setCursorWidth(2);
    connect(document()->documentLayout(),
        &QAbstractTextDocumentLayout::documentSizeChanged,
        this,
        [this] { updateHeight(); });
    updateHeight();
}

void ComposerEdit::updateHeight()
{
    // QPlainTextDocumentLayout measures its height in lines.
    const int lines = static_cast<int>(std::ceil(document()->size().height()));
    const int shown = std::clamp(lines, 1, kMaxLines);
    // A little air, so that one line is as high as a control.
    setFixedHeight(shown * fontMetrics().lineSpacing() + fontMetrics().lineSpacing() / 6);
    setVerticalScrollBarPolicy(lines > kMaxLines ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    if (lines <= kMaxLines)
        ensureCursorVisible();
}

bool ComposerEdit::isComposing() const
{
    const QTextLayout* layout = textCursor().block().layout();
    return m_composing || (layout && !layout->preeditAreaText().isEmpty());
}

void ComposerEdit::keyPressEvent(QKeyEvent* event)
{
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    const auto modifiers = event->modifiers() & ~Qt::KeypadModifier;
    if (enter && modifiers == Qt::NoModifier) {
        if (!isComposing())
            Q_EMIT submitted();
        event->accept();
        return;
    }
    if (event->key() == Qt::Key_Up && modifiers == Qt::NoModifier && !isComposing() &&
        document()->isEmpty()) {
        Q_EMIT previousRequested();
        event->accept();
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

void ComposerEdit::inputMethodEvent(QInputMethodEvent* event)
{
    m_composing = !event->preeditString().isEmpty();
    QPlainTextEdit::inputMethodEvent(event);
}

bool ComposerEdit::canInsertFromMimeData(const QMimeData* source) const
{
    // Files are the window's business: it opens models and reads text files.
    return !source->hasUrls() && QPlainTextEdit::canInsertFromMimeData(source);
}

void ComposerEdit::resizeEvent(QResizeEvent* event)
{
    QPlainTextEdit::resizeEvent(event);
    updateHeight();
}

void ComposerEdit::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        updateHeight();
}

void ComposerEdit::focusInEvent(QFocusEvent* event)
{
    QPlainTextEdit::focusInEvent(event);
    parentWidget()->update(); // the box draws the focus
}

void ComposerEdit::focusOutEvent(QFocusEvent* event)
{
    m_composing = false;
    QPlainTextEdit::focusOutEvent(event);
    parentWidget()->update();
}

} // namespace atelier
