// SPDX-License-Identifier: MIT
// A reply as the list of what it consists of: prose and artifacts, kept while it streams.
#pragma once

#include "renderers/artifact_detector.h"

#include <QList>
#include <QString>

namespace atelier {

struct ReplyPart
{
    bool isArtifact = false;
    QString text; // Markdown, or the artifact's source
    ArtifactKind kind = ArtifactKind::Code;
    QString language;
    QString title;
    bool complete = false; // an artifact whose end arrived
    int lines = 0;         // of an artifact's source, counted as it grows
    qint64 bytes = 0;      // as UTF-8
};

/// The same artifact with another source, complete. Its title is the source's own if it has one.
ReplyPart withSource(ReplyPart part, const QString& source);

/// What a piece of text changed.
struct PartChange
{
    enum class Type { Prose, ArtifactBegan, ArtifactGrew, ArtifactTitled, ArtifactEnded };
    Type type;
    QString text;      // Prose, ArtifactGrew
    int artifact = -1; // number of the artifact in the reply; -1 for Prose
};

class ReplyParts
{
public:
    /// All of a reply that will not grow any more.
    static ReplyParts of(const QString& text);

    QList<PartChange> push(const QString& text);
    QList<PartChange> finish(); // what was held back

    const QList<ReplyPart>& parts() const { return m_parts; }
    int artifactCount() const { return int(m_artifactAt.size()); }
    const ReplyPart& artifact(int number) const { return m_parts[m_artifactAt[number]]; }
    int openArtifact() const; // its number, -1: none

private:
    QList<PartChange> take(const QList<ArtifactEvent>& events);

    ArtifactDetector m_detector;
    QList<ReplyPart> m_parts;
    QList<int> m_artifactAt;
};

} // namespace atelier
