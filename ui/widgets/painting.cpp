// SPDX-License-Identifier: MIT
#include "ui/widgets/painting.h"

#include <QPainter>
#include <algorithm>

namespace atelier {

void paintShadow(
    QPainter& painter, const QRectF& box, double radius, const QList<ShadowLayer>& layers)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    for (const ShadowLayer& layer : layers) {
        // A stack of thin boxes, each a little larger: close to a blur, and cheap enough for
        // every paint of a small widget.
        const int steps = std::max(2, static_cast<int>(layer.blur));
        QColor color = layer.color;
        color.setAlphaF(layer.color.alphaF() / static_cast<float>(steps));
        painter.setBrush(color);
        for (int step = 0; step < steps; ++step) {
            const double grow = layer.blur / 2 - layer.blur * step / steps;
            const QRectF shape =
                box.translated(layer.dx, layer.dy).adjusted(-grow, -grow, grow, grow);
            const double corner = std::max(0.0, radius + grow);
            painter.drawRoundedRect(shape, corner, corner);
        }
    }
    painter.restore();
}

void paintBox(QPainter& painter,
    const QRectF& box,
    double radius,
    const QColor& fill,
    const QColor& line,
    double width)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double inset = line.isValid() ? width / 2 : 0;
    painter.setPen(line.isValid() ? QPen(line, width) : QPen(Qt::NoPen));
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    painter.drawRoundedRect(
        box.adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset);
    painter.restore();
}

} // namespace atelier
