// SPDX-License-Identifier: MIT
// The resize rule of ux.md 2 as one pure function: which columns there are, and how wide.
#pragma once

#include <QByteArray>

namespace atelier {

struct ColumnLimits
{
    int sidebar = 248;
    int sidebarMin = 200;
    int sidebarMax = 360;
    int transcriptMin = 420;
    int artifactMin = 380;
    double artifactShare = 0.48; // of what sidebar and inspector leave
    int inspector = 336;
    int inspectorMin = 312;
    int inspectorMax = 440;
    int tabsBelow = 820; // transcript and artifact become two tabs in one column
};

/// What the person chose; remembered for wide and narrow windows separately.
struct ColumnChoice
{
    int sidebar = 248;
    double artifactShare = 0.48;
    int inspector = 336;
    bool sidebarOpen = true;
    bool inspectorOpen = false;
    bool operator==(const ColumnChoice&) const = default;
};

struct ColumnRequest
{
    int width = 0;
    bool artifactOpen = false;
    ColumnChoice choice;
};

/// Widths in pixels, 0: not there. Docked columns add up to the window's width; lines lie on them.
struct ColumnArrangement
{
    int sidebar = 0;
    int transcript = 0;
    int artifact = 0;
    int inspector = 0;            // docked
    bool inspectorFloats = false; // over the right edge, at floatingInspector
    int floatingInspector = 0;
    bool tabs = false;            // transcript and artifact share one column
    bool sidebarWouldFit = false; // false: asking for it opens it as a drawer
};

/// Grants widths in the order transcript, artifact, inspector, sidebar. A sidebar is there at its
/// own width or not at all: it is the first to hide.
ColumnArrangement arrangeColumns(const ColumnRequest& request, const ColumnLimits& limits = {});

/// Both choices as bytes with a version, for the settings file. Unknown bytes give the defaults.
struct ColumnState
{
    ColumnChoice wide;
    ColumnChoice narrow;
    static constexpr int kNarrowBelow = 1100;
    ColumnChoice& at(int width) { return width < kNarrowBelow ? narrow : wide; }
    const ColumnChoice& at(int width) const { return width < kNarrowBelow ? narrow : wide; }
    QByteArray save() const;
    static ColumnState restore(const QByteArray& bytes, const ColumnLimits& limits = {});
};

} // namespace atelier
