// SPDX-License-Identifier: MIT
// Labels in the styles of the token file, cut with an ellipsis where there is no room.
#pragma once

#include <QLabel>

namespace atelier {

/// `tone` and `size` are looked up by resources/styles/window.qss: tone "" (text), "secondary",
/// "tertiary", "accent", "caution", "danger"; size "" (body), "caption", "small", "reading".
QLabel* makeLabel(const char* tone = "", const char* size = "", QWidget* parent = nullptr);

/// One line that gives way: it is cut with an ellipsis, and its tooltip then has the whole text.
/// Plain text only, so what a model or a file wrote cannot become markup.
///
/// Owner: its parent. Threads: GUI thread only.
class ElidedLabel final : public QLabel
{
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget* parent = nullptr);

    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
};

/// A small word on a soft background: "SVG", "Draft". `tone`: "", "accent", "info", "caution",
/// "danger".
QLabel* makeTag(const char* tone = "", QWidget* parent = nullptr);
void setTone(QWidget& widget, const char* tone); // also of labels; takes effect at once

} // namespace atelier
