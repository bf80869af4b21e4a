// SPDX-License-Identifier: MIT
// Which artifacts of a branch are versions of one another. Needs Qt Core alone.
#pragma once

#include "renderers/artifact_kind.h"

#include <QList>
#include <QString>

namespace atelier {

/// What the rule looks at.
struct ArtifactSketch
{
    ArtifactKind kind = ArtifactKind::Code;
    QString language; // tells artifacts of kind Code apart
    QString title;    // empty: it has none, or none yet
};

/// For each artifact of each reply of a branch, the number of what it is a version of, counted
/// from 0 in order of first appearance. Within one number the order is that of the replies.
///
/// The rule. An artifact continues an earlier reply's artifact of the same kind when their titles
/// are the same or similar, the latest such one first; failing that, when it is the only one of its
/// kind in its reply and the latest earlier reply that has any of that kind has one only. No two
/// artifacts of a reply continue the same one. Everything else is new.
QList<QList<int>> assignLineages(const QList<QList<ArtifactSketch>>& replies);

/// Equal but for case, punctuation, and words such as "v2" or "updated"; or one contains the other;
/// or at least half of their words (of pairs of characters, in Chinese) are the same.
bool isSimilarTitle(const QString& one, const QString& other);

} // namespace atelier
