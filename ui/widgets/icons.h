// SPDX-License-Identifier: MIT
// The icons of resources/icons in any color and at any pixel density.
#pragma once

#include <QColor>
#include <QIcon>
#include <QString>

namespace atelier {

/// `name` is a file of resources/icons without its extension. An unknown name gives a null icon.
QIcon tintedIcon(const QString& name, const QColor& color, const QColor& disabled);

} // namespace atelier
