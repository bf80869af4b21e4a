// SPDX-License-Identifier: MIT
// What can be drawn of an SVG shape whose tag is still being written. Needs Qt Core alone.
#pragma once

#include <QList>
#include <QPair>
#include <QString>
#include <optional>

namespace atelier {

struct PartialShape
{
    QString name; // path, polyline or polygon
    QList<QPair<QString, QString>> attributes;
    bool operator==(const PartialShape&) const = default;
};

/// `tag` from < on, without its end. The outline reaches to its last complete command; an attribute
/// whose value is not complete is left out. Nothing for other elements, which are short.
std::optional<PartialShape> partialShape(const QString& tag);

/// The beginning of path data `d` up to its last complete command.
QString completeCommands(const QString& d);

} // namespace atelier
