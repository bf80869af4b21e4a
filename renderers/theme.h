// SPDX-License-Identifier: MIT
// What the shell tells every page about how to look.
#pragma once

#include <QColor>
#include <QString>

namespace atelier {

struct PageAppearance
{
    bool dark = false;
    QString language = QStringLiteral("en"); // "en" or "zh-CN": the user interface's
    bool reducedMotion = false;
    double textScale = 1.0;
    bool operator==(const PageAppearance&) const = default;
};

} // namespace atelier
