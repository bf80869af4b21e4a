// SPDX-License-Identifier: MIT
#include "ui/widgets/icon_button.h"

#include "ui/widgets/painting.h"

#include <QKeySequence>
#include <QPainter>

namespace atelier {

QString labelWithShortcut(const QString& text, const QKeySequence& shortcut)
{
    if (shortcut.isEmpty())
        return text;
    return QStringLiteral("%1  %2").arg(text, shortcut.toString(QKeySequence::NativeText));
}

IconButton::IconButton(const QString& icon, Look look, QWidget* parent)
    : QToolButton(parent),
      m_iconName(icon),
      m_look(look)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setProperty("ringRadius", look == Look::Solid ? 9 : 6);
    if (look == Look::Segment) {
        setCheckable(true);
        setAutoExclusive(true);
    }
}

void IconButton::setIconName(const QString& icon)
{
    m_iconName = icon;
    update();
}

void IconButton::setSide(double pixels)
{
    m_side = pixels;
    updateGeometry();
}

void IconButton::setLabel(const QString& text, const QKeySequence& shortcut)
{
    setAccessibleName(text);
    setToolTip(labelWithShortcut(text, shortcut));
}

QSize IconButton::sizeHint() const
{
    const int side = m_theme ? m_theme->scaled(m_side) : static_cast<int>(m_side);
    if (m_look == Look::Segment)
        return m_theme ? QSize(m_theme->scaled(26), m_theme->scaled(24)) : QSize(26, 24);
    return {side, side};
}

void IconButton::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    QPainter painter(this);
    const bool hovered = underMouse() && isEnabled();
    const char* ink = isChecked() ? "text" : "text-secondary";
    QColor fill;
    if (m_look == Look::Solid) {
        fill = m_theme->color(!isEnabled() ? "track" : hovered ? "ink-hover" : "ink");
        ink = isEnabled() ? "on-ink" : "text-tertiary";
        paintBox(painter, rect(), 9, fill);
    } else if (m_look == Look::Segment && isChecked()) {
        paintShadow(painter, QRectF(rect()), 5, m_theme->shadow("shadow-1"));
        paintBox(painter, rect(), 5, m_theme->color("segment"));
    } else if (isChecked()) {
        paintBox(painter, rect(), 6, m_theme->color("selected"));
    } else if (isDown()) {
        paintBox(painter, rect(), 6, m_theme->color("pressed"));
    } else if (hovered) {
        paintBox(painter, rect(), 6, m_theme->color("hover"));
    }
    // Disabled: the tint says it where the background does not.
    if (!isEnabled() && m_look != Look::Solid)
        ink = "text-disabled";
    const int size = m_theme->scaled(m_look == Look::Segment || m_side < 24 ? 14 : 16);
    QRect box(0, 0, size, size);
    box.moveCenter(rect().center());
    m_theme->icon(m_iconName, ink).paint(&painter, box);
}

void IconButton::themeChanged()
{
    updateGeometry();
    update();
}

} // namespace atelier
