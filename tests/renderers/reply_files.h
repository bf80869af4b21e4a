// SPDX-License-Identifier: MIT
// The replies of tests/data/artifacts: prose, a fence, prose, as a model writes them.
#pragma once

#include "renderers/artifact_detector.h"

#include <QFile>
#include <QString>
#include <QStringList>

namespace atelier::test {

inline QStringList replyNames()
{
    return {QStringLiteral("rotating_hexagon"),
        QStringLiteral("pygame_hexagon"),
        QStringLiteral("function_board"),
        QStringLiteral("phone_screens"),
        QStringLiteral("misty_jiangnan"),
        QStringLiteral("llm_training")};
}

inline QString replyFile(const QString& name)
{
    QFile file(QStringLiteral(ATELIER_TEST_DATA "/artifacts/%1.md").arg(name));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

struct ReplyArtifact
{
    ArtifactKind kind = ArtifactKind::Code;
    QString source;
    QString title;
    bool complete = false;
};

/// The one artifact of a reply; of kind Code when it has none or several.
inline ReplyArtifact artifactOf(const QString& reply)
{
    ArtifactDetector detector;
    QList<ArtifactEvent> events = detector.push(reply);
    events += detector.finish();
    ReplyArtifact artifact;
    int count = 0;
    for (const ArtifactEvent& event : events) {
        switch (event.type) {
        case ArtifactEvent::Type::Begin:
            ++count;
            artifact.kind = event.kind;
            break;
        case ArtifactEvent::Type::Source:
            artifact.source += event.text;
            break;
        case ArtifactEvent::Type::Title:
            artifact.title = event.text;
            break;
        case ArtifactEvent::Type::End:
            artifact.complete = true;
            break;
        case ArtifactEvent::Type::Prose:
            break;
        }
    }
    return count == 1 ? artifact : ReplyArtifact();
}

} // namespace atelier::test
