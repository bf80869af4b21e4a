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
    case ArtifactKind::Mermaid:
        return QStringLiteral("Mermaid");
    case ArtifactKind::Markdown:
        return QStringLiteral("Markdown");
    case ArtifactKind::JavaScript:
        return QStringLiteral("JavaScript");
    case ArtifactKind::React:
        return QStringLiteral("React");
    case ArtifactKind::Python:
        return QStringLiteral("Python");
    case ArtifactKind::Csv:
        return QStringLiteral("CSV");
    case ArtifactKind::Json:
        return QStringLiteral("JSON");
    case ArtifactKind::Code:
        break;
    }
    return QStringLiteral("Code");
}

QString artifactFileSuffix(ArtifactKind kind)
{
    switch (kind) {
    case ArtifactKind::Html:
        return QStringLiteral(".html");
    case ArtifactKind::Svg:
        return QStringLiteral(".svg");
    case ArtifactKind::Mermaid:
        return QStringLiteral(".mmd");
    case ArtifactKind::Markdown:
        return QStringLiteral(".md");
    case ArtifactKind::JavaScript:
        return QStringLiteral(".js");
    case ArtifactKind::React:
        return QStringLiteral(".tsx");
    case ArtifactKind::Python:
        return QStringLiteral(".py");
    case ArtifactKind::Csv:
        return QStringLiteral(".csv");
    case ArtifactKind::Json:
        return QStringLiteral(".json");
    case ArtifactKind::Code:
        break;
    }
    return QStringLiteral(".txt");
}

bool isMarkupKind(ArtifactKind kind)
{
    return kind == ArtifactKind::Html || kind == ArtifactKind::Svg;
}

} // namespace atelier
