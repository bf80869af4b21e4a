// SPDX-License-Identifier: MIT
// The ring around what the keyboard acts on: 2 px, with a gap of 2 px (ux.md 3).
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QPointer>
#include <QWidget>

namespace atelier {

/// Follows the focus in one window, and shows itself only after keyboard navigation. A widget names
/// its corner in the property "ringRadius"; one without the property draws its focus itself.
///
/// Owner: the window it lies over. Threads: GUI thread only.
class FocusRing final : public QWidget, public Themed
{
    Q_OBJECT

public:
    explicit FocusRing(QWidget& window);

    QWidget* target() const { return m_target; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void themeChanged() override { update(); }

private:
    void follow(QWidget* target);
    void place();

    QPointer<QWidget> m_target;
    bool m_navigating = false; // the last key moved the focus; a click or text ends that
};

} // namespace atelier
