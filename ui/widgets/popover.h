// SPDX-License-Identifier: MIT
// A small window that opens beside a button and closes when it is left.
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QFrame>

namespace atelier {

/// Deletes itself when closed; the focus goes back to what opened it.
/// Owner: the window system until it closes. Threads: GUI thread only.
class Popover final : public QFrame
{
    Q_OBJECT

public:
    Popover(const ThemeController& theme, QWidget* opener);

    QWidget* body() { return m_body; }
    void openBelow(const QWidget& anchor); // its right edge on the anchor's

private:
    const ThemeController& m_theme;
    QWidget* m_body;
};

} // namespace atelier
