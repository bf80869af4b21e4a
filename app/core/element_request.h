// SPDX-License-Identifier: MIT
// What is sent to the model when a person points at an element and says what should change.
#pragma once

#include "ui/ui_types.h"

#include <QString>

namespace atelier {

/// The version that was pointed at.
struct WishedVersion
{
    QString title; // may be empty
    int number = 1;
    QString language; // of the fence: "html"
    QString source;   // empty: it is the last thing the model wrote, so the model has it
};

/// In the language of the interface: the element with its lines, the wish, how far the change may
/// reach. Long elements are quoted by their first and last lines: kMostQuoted in all.
QString elementRequest(const ElementWish& wish, const WishedVersion& version);

constexpr int kMostQuoted = 120; // lines

} // namespace atelier
