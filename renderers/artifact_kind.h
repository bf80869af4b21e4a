// SPDX-License-Identifier: MIT
// What kinds of artifact there are and how far one has got.
#pragma once

#include <QMetaType>
#include <QString>

namespace atelier {

enum class ArtifactKind { Html, Svg, Code }; // Code: shown as text, not run

enum class ArtifactState {
    Draft,    // being written
    Complete, // its closing fence or tag arrived
    CutOff,   // the reply ended inside it
};

QString artifactKindName(ArtifactKind kind); // "HTML", "SVG", "Code": the same in every language

} // namespace atelier

Q_DECLARE_METATYPE(atelier::ArtifactKind)
Q_DECLARE_METATYPE(atelier::ArtifactState)
