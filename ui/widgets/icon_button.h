// SPDX-License-Identifier: MIT
// The square button that has only an icon: headers, toolbars, the composer.
#pragma once

#include "ui/widgets/theme_controller.h"

#include <QToolButton>

namespace atelier {

/// Owner: its parent. Threads: GUI thread only.
class IconButton : public QToolButton, public Themed
{
    Q_OBJECT

public:
    enum class Look {
        Plain,   // a wash under the pointer, `selected` while checked
        Solid,   // ink: send and stop
        Segment, // one of a row on a shared background: raised while checked
    };

    explicit IconButton(const QString& icon, Look look = Look::Plain, QWidget* parent = nullptr);

    void setIconName(const QString& icon);
    QString iconName() const { return m_iconName; }
    void setSide(double pixels); // at 100 % text; 28 unless told
    /// The name for screen readers, and the tooltip with its shortcut.
    void setLabel(const QString& text, const QKeySequence& shortcut = {});

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void themeChanged() override;

private:
    QString m_iconName;
    Look m_look;
    double m_side = 28;
};

/// "Hide sidebar  Ctrl+B": a tooltip that also teaches the shortcut.
QString labelWithShortcut(const QString& text, const QKeySequence& shortcut);

} // namespace atelier
