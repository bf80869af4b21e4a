// SPDX-License-Identifier: MIT
// Splits a reply, while it streams, into prose and artifacts.
#pragma once

#include "renderers/artifact_kind.h"

#include <QList>
#include <QString>
#include <QStringView>
#include <memory>

namespace atelier {

struct ArtifactEvent
{
    enum class Type {
        Prose,  // `text` belongs to the message's Markdown
        Begin,  // a new artifact of `kind`; its number counts up from 0 in the message
        Source, // `text` continues the artifact's source
        Title,  // `text` is its title, once known (<title>, a heading, a caption)
        End,    // the artifact is complete
    };
    Type type;
    QString text;
    ArtifactKind kind = ArtifactKind::Code;
    QString language; // of the fence: "svg", "html", "python"
    bool operator==(const ArtifactEvent&) const = default;
};

/// Feeds on any split of the text and gives the same concatenated events: an artifact begins at a
/// fence that FenceRules takes for one, or at a raw <svg / <!doctype html / <html at the start of a
/// line outside a fence. Other fences stay prose. Work is linear in the text; what is held back is
/// one line, or the first lines of a fence until they have told what it is.
///
/// Markdown fences inside an artifact (in a script's string) are taken in pairs. A fence that is
/// still open when the reply ends is complete all the same if </svg> or </html> of its root
/// arrived. Threads: one. Needs Qt Core alone.
class ArtifactDetector
{
public:
    ArtifactDetector();
    ~ArtifactDetector();
    ArtifactDetector(ArtifactDetector&&) noexcept;
    ArtifactDetector& operator=(ArtifactDetector&&) noexcept;

    QList<ArtifactEvent> push(QStringView text);
    QList<ArtifactEvent> finish(); // what was held back; no End for an artifact that is still open
    bool insideArtifact() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace atelier
