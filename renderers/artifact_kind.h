// SPDX-License-Identifier: MIT
// What kinds of artifact there are and how far one has got.
#pragma once

#include <QMetaType>
#include <QString>

namespace atelier {

enum class ArtifactKind {
    Html,
    Svg,
    Code, // shown as text, not run
    Mermaid,
    Markdown,   // a document
    JavaScript, // a program that draws by itself
    React,      // JSX or TSX
    Python,
    Csv,
    Json, // a list of records
};

enum class ArtifactState {
    Draft,    // being written
    Complete, // its closing fence or tag arrived
    CutOff,   // the reply ended inside it
    Stopped,  // so it did, because the person stopped it
};

QString artifactKindName(ArtifactKind kind); // "HTML", "Code": the same in every language

/// What a file of its source ends with: ".html", ".py". ".txt" for code of any language.
QString artifactFileSuffix(ArtifactKind kind);

/// Whether the source is a page's markup. Any other kind but Code is shown by a page of ours, which
/// gets the source as data (renderers/runner_page.h).
bool isMarkupKind(ArtifactKind kind);

} // namespace atelier

Q_DECLARE_METATYPE(atelier::ArtifactKind)
Q_DECLARE_METATYPE(atelier::ArtifactState)
