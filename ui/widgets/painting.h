// SPDX-License-Identifier: MIT
// Shapes that Qt style sheets cannot draw: soft shadows and crisp rounded boxes.
#pragma once

#include "ui/widgets/theme_tokens.h"

#include <QRectF>

class QPainter;

namespace atelier {

/// The shadow of a box with round corners, outside and below it; draw the box over it.
void paintShadow(
    QPainter& painter, const QRectF& box, double radius, const QList<ShadowLayer>& layers);

/// A filled box with an outline of `width` inside its edge. An invalid color leaves a part out.
void paintBox(QPainter& painter,
    const QRectF& box,
    double radius,
    const QColor& fill,
    const QColor& line = QColor(),
    double width = 1);

} // namespace atelier
