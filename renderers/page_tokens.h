// SPDX-License-Identifier: MIT
// Design tokens for what is drawn around pages before they have painted anything.
#pragma once

#include <QColor>
#include <QString>

namespace atelier {

/// The color `--at-color-<name>` of resources/styles/tokens.css; invalid when there is none.
QColor pageColor(const QString& name, bool dark);

/// A file of the web bundle: "transcript.js". Empty when there is none of that name.
QByteArray webFile(const QString& name);

} // namespace atelier
