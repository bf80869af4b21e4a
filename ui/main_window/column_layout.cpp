// SPDX-License-Identifier: MIT
#include "ui/main_window/column_layout.h"

#include <QDataStream>
#include <QIODevice>
#include <algorithm>
#include <cmath>

namespace atelier {
namespace {

constexpr quint32 kStateVersion = 1;
constexpr int kLine = 1; // between two columns

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

    // What transcript and artifact need at least; everything else is granted from the rest.
    int needed = limits.transcriptMin;
    if (request.artifactOpen && !result.tabs)
        needed += kLine + limits.artifactMin;
    int spare = request.width - needed;

    if (choice.inspectorOpen) {
        if (spare >= limits.inspectorMin + kLine) {
            result.inspector = std::min(choice.inspector, spare - kLine);
            spare -= result.inspector + kLine;
        } else {
            result.inspectorFloats = true;
            result.floatingInspector = std::min(choice.inspector, request.width);
        }
    }
    // With the inspector at its least, the sidebar may still fit: the later grant gives way.
    int lendable = 0;
    if (result.inspector > limits.inspectorMin)
        lendable = result.inspector - limits.inspectorMin;
    result.sidebarWouldFit = spare + lendable >= choice.sidebar + kLine;
    if (choice.sidebarOpen && result.sidebarWouldFit) {
        result.sidebar = choice.sidebar;
        const int missing = std::max(0, choice.sidebar + kLine - spare);
        result.inspector -= missing;
    }

    int rest = request.width;
    if (result.sidebar)
        rest -= result.sidebar + kLine;
    if (result.inspector)
        rest -= result.inspector + kLine;
    if (request.artifactOpen && !result.tabs) {
        const int wanted = static_cast<int>(std::lround(rest * choice.artifactShare));
        const int most = rest - kLine - limits.transcriptMin;
        result.artifact = std::clamp(wanted, std::min(limits.artifactMin, most), most);
        result.transcript = rest - kLine - result.artifact;
    } else {
        result.transcript = rest;
        result.artifact = result.tabs ? rest : 0;
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
