// SPDX-License-Identifier: MIT
#include "ui/widgets/meter_bar.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>

namespace atelier {

MeterBar::MeterBar(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAttribute(Qt::WA_TransparentForMouseEvents);
}

void MeterBar::setParts(const QList<Part>& parts)
{
    m_parts = parts;
    update();
}

void MeterBar::setShare(double share, const char* token)
{
    setParts({{std::clamp(share, 0.0, 1.0), token}});
}

double MeterBar::share() const
{
    double sum = 0;
    for (const Part& part : m_parts)
        sum += part.share;
    return sum;
}

void MeterBar::paintEvent(QPaintEvent*)
{
    if (!m_theme)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double radius = height() / 2.0;
    QPainterPath outline;
    outline.addRoundedRect(QRectF(rect()), radius, radius);
    painter.setClipPath(outline);
    painter.fillRect(rect(), m_theme->color("track"));
    double left = 0;
    for (const Part& part : m_parts) {
        const double width = std::clamp(part.share, 0.0, 1.0) * this->width();
        painter.fillRect(QRectF(left, 0, width, height()), m_theme->color(part.token));
        left += width + (m_parts.size() > 1 ? 1 : 0);
    }
}

} // namespace atelier
