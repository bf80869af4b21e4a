// SPDX-License-Identifier: MIT
#include "renderers/artifact_kind.h"

namespace atelier {

QString artifactKindName(ArtifactKind kind)
{
    switch (kind) {
    case ArtifactKind::Html:
        return QStringLiteral("HTML");
    case ArtifactKind::Svg:
        return QStringLiteral("SVG");
    case ArtifactKind::Code:
        break;
    }
    return QStringLiteral("Code");
}

} // namespace atelier
