// SPDX-License-Identifier: MIT
// The composer's text field: grows with its text, sends with Enter, never in the middle of a word.
#pragma once

#include <QPlainTextEdit>

namespace atelier {

/// Owner: Composer. Threads: GUI thread only.
class ComposerEdit final : public QPlainTextEdit
{
    Q_OBJECT

public:
    explicit ComposerEdit(QWidget* parent = nullptr);

    static constexpr int kMaxLines = 10; // then it scrolls

    void updateHeight();
    bool isComposing() const; // an input method holds text that is not yet committed

Q_SIGNALS:
    void submitted();         // Enter, and no input method is composing
    void previousRequested(); // Up in an empty field

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void inputMethodEvent(QInputMethodEvent* event) override;
    bool canInsertFromMimeData(const QMimeData* source) const override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    bool m_composing = false;
};

} // namespace atelier
