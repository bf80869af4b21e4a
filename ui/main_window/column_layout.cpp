// SPDX-License-Identifier: MIT
#include "ui/main_window/column_layout.h"

#include <QDataStream>
#include <QIODevice>
#include <algorithm>
#include <cmath>

namespace atelier {
namespace {

constexpr quint32 kStateVersion = 1;

ColumnChoice clampChoice(ColumnChoice choice, const ColumnLimits& limits)
{
    choice.sidebar = std::clamp(choice.sidebar, limits.sidebarMin, limits.sidebarMax);
    choice.inspector = std::clamp(choice.inspector, limits.inspectorMin, limits.inspectorMax);
    if (!(choice.artifactShare > 0.05 && choice.artifactShare < 0.95))
        choice.artifactShare = limits.artifactShare;
    return choice;
}

} // namespace

ColumnArrangement arrangeColumns(const ColumnRequest& request, const ColumnLimits& limits)
{
    const ColumnChoice choice = clampChoice(request.choice, limits);
    ColumnArrangement result;
    result.tabs = request.artifactOpen && request.width < limits.tabsBelow;

    // What transcript and artifact need at least, also as tabs: else a window that gets narrower
    // would bring the sidebar back.
    int spare = request.width - limits.transcriptMin;
    if (request.artifactOpen)
        spare -= limits.artifactMin;

    if (choice.inspectorOpen && spare >= limits.inspectorMin) {
        result.inspector = std::min(choice.inspector, spare);
        spare -= result.inspector;
    } else if (choice.inspectorOpen) {
        result.inspectorFloats = true;
        result.floatingInspector = std::min(choice.inspector, request.width);
    }
    // An inspector wider than its least lends the difference.
    const int lendable = std::max(0, result.inspector - limits.inspectorMin);
    result.sidebarWouldFit = spare + lendable >= choice.sidebar;
    if (choice.sidebarOpen && result.sidebarWouldFit) {
        result.sidebar = choice.sidebar;
        result.inspector -= std::max(0, choice.sidebar - spare);
    }

    const int rest = request.width - result.sidebar - result.inspector;
    result.transcript = rest;
    if (result.tabs) {
        result.artifact = rest;
    } else if (request.artifactOpen) {
        const int wanted = static_cast<int>(std::lround(rest * choice.artifactShare));
        result.artifact = std::clamp(wanted, limits.artifactMin, rest - limits.transcriptMin);
        result.transcript = rest - result.artifact;
    }
    return result;
}

QByteArray ColumnState::save() const
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_0);
    stream << kStateVersion;
    for (const ColumnChoice& choice : {wide, narrow})
        stream << qint32(choice.sidebar) << choice.artifactShare << qint32(choice.inspector)
               << choice.sidebarOpen << choice.inspectorOpen;
    return bytes;
}

ColumnState ColumnState::restore(const QByteArray& bytes, const ColumnLimits& limits)
{
    QDataStream stream(bytes);
    stream.setVersion(QDataStream::Qt_6_0);
    quint32 version = 0;
    stream >> version;
    ColumnState state;
    if (version != kStateVersion)
        return state;
    for (ColumnChoice* choice : {&state.wide, &state.narrow}) {
        qint32 sidebar = 0;
        qint32 inspector = 0;
        stream >> sidebar >> choice->artifactShare >> inspector >> choice->sidebarOpen >>
            choice->inspectorOpen;
        choice->sidebar = sidebar;
        choice->inspector = inspector;
        *choice = clampChoice(*choice, limits);
    }
    return stream.status() == QDataStream::Ok ? state : ColumnState();
}

} // namespace atelier
