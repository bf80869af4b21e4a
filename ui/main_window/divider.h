// SPDX-License-Identifier: MIT
// The line between two columns: 1 px to see, 7 px to grab (ux.md 2).
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QWidget>

namespace atelier {

/// Dragged with the mouse or moved by 16 px with the arrow keys; a double-click asks for the
/// default. It moves nothing itself. Owner: ColumnArea. Threads: GUI thread only.
class Divider final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit Divider(QWidget* parent);

    static constexpr int kKeyStep = 16;

Q_SIGNALS:
    void grabbed();           // a drag begins: moved() counts from here
    void moved(int distance); // pixels to the right since grabbed(), or a key's step after one
    void resetRequested();

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void themeChanged() override { update(); }

private:
    int m_grabX = 0; // global
};

} // namespace atelier
