// SPDX-License-Identifier: MIT
// Stands in for a page where pages cannot be opened: says why, and shows the text as text.
#pragma once

#include <QWidget>

class QPlainTextEdit;

namespace atelier {

struct PageAppearance;

/// Owner: the view it stands in for. Threads: GUI thread only.
class PlainPage final : public QWidget
{
    Q_OBJECT

public:
    enum class Text { None, Shown };

    /// `title` says what is not shown; sandboxExplanation() says why.
    PlainPage(const QString& title, Text text, QWidget* parent);

    void setAppearance(const PageAppearance& appearance);
    void setText(const QString& text);
    void appendText(const QString& text); // keeps the place of a reader who scrolled up
    QString text() const;

private:
    QPlainTextEdit* m_text;
};

} // namespace atelier
