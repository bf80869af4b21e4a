// SPDX-License-Identifier: MIT
// What changed between two sources, line by line, and between two pictures, pixel by pixel.
#pragma once

#include <QImage>
#include <QList>
#include <QString>

namespace atelier {

struct DiffLine
{
    enum class Kind { Same, Removed, Added } kind = Kind::Same;
    QString text;
    int before = 0; // line number in the older source; 0: it is not there
    int after = 0;
    bool operator==(const DiffLine&) const = default;
};

/// The shortest list of removals and additions (Myers 1986) as long as there are at most
/// kMostChanges of them; beyond that, what lies between the common beginning and the common end is
/// shown as replaced. Threads: any.
QList<DiffLine> lineDiff(const QString& before, const QString& after);
constexpr int kMostChanges = 2000;

struct PictureDiff
{
    QImage heat;      // transparent where nothing changed, redder where more did
    double share = 0; // of all pixels that changed, [0, 1]
};

/// Compares what both have; a picture of another size is taken at its own, from the top left.
PictureDiff pictureDiff(const QImage& before, const QImage& after);

} // namespace atelier
