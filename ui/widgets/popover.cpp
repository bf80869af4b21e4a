// SPDX-License-Identifier: MIT
#include "ui/widgets/popover.h"

#include <QScreen>
#include <QVBoxLayout>
#include <algorithm>

namespace atelier {

Popover::Popover(const ThemeController& theme, QWidget* opener)
    : QFrame(opener, Qt::Popup),
      m_theme(theme),
      m_body(new QWidget(this))
{
    setObjectName(QStringLiteral("popover"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 12, 14, 12);
    layout->addWidget(m_body);
}

void Popover::openBelow(const QWidget& anchor)
{
    applyTheme(*this, m_theme);
    adjustSize();
    QPoint corner = anchor.mapToGlobal(QPoint(anchor.width() - width(), anchor.height() + 4));
    const QRect area = anchor.screen()->availableGeometry();
    corner.setX(std::clamp(corner.x(), area.left(), std::max(area.left(), area.right() - width())));
    if (corner.y() + height() > area.bottom())
        corner.setY(anchor.mapToGlobal(QPoint(0, -height() - 4)).y());
    move(corner);
    show();
}

} // namespace atelier
