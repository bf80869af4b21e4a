// SPDX-License-Identifier: MIT
#include "app/core/reply_parts.h"

namespace atelier {

int ReplyPart::lines() const
{
    return text.isEmpty() ? 0
                          : int(text.count(QLatin1Char('\n'))) + !text.endsWith(QLatin1Char('\n'));
}

qint64 ReplyPart::bytes() const
{
    return text.toUtf8().size();
}

ReplyParts ReplyParts::of(const QString& text)
{
    ReplyParts parts;
    parts.push(text);
    parts.finish();
    return parts;
}

QList<PartChange> ReplyParts::push(const QString& text)
{
    if (m_begun) {
        return take(m_detector.push(text));
    }
    // The prompt format puts a line break before the reply; it is not part of what was written.
    qsizetype start = 0;
    while (start < text.size() && text[start].isSpace()) {
        ++start;
    }
    if (start == text.size()) {
        return {};
    }
    m_begun = true;
    return take(m_detector.push(QStringView(text).mid(start)));
}

QList<PartChange> ReplyParts::finish()
{
    return take(m_detector.finish());
}

int ReplyParts::openArtifact() const
{
    const int last = artifactCount() - 1;
    return last >= 0 && !artifact(last).complete ? last : -1;
}

QList<PartChange> ReplyParts::take(const QList<ArtifactEvent>& events)
{
    using Change = PartChange::Type;
    QList<PartChange> changes;
    for (const ArtifactEvent& event : events) {
        const int current = artifactCount() - 1;
        switch (event.type) {
        case ArtifactEvent::Type::Prose:
            if (m_parts.isEmpty() || m_parts.last().isArtifact) {
                m_parts.append(ReplyPart{});
            }
            m_parts.last().text += event.text;
            changes.append({Change::Prose, event.text, -1});
            break;
        case ArtifactEvent::Type::Begin: {
            ReplyPart part;
            part.isArtifact = true;
            part.kind = event.kind;
            part.language = event.language;
            m_artifactAt.append(int(m_parts.size()));
            m_parts.append(part);
            changes.append({Change::ArtifactBegan, {}, artifactCount() - 1});
            break;
        }
        case ArtifactEvent::Type::Source:
            m_parts[m_artifactAt[current]].text += event.text;
            changes.append({Change::ArtifactGrew, event.text, current});
            break;
        case ArtifactEvent::Type::Title:
            m_parts[m_artifactAt[current]].title = event.text;
            changes.append({Change::ArtifactTitled, {}, current});
            break;
        case ArtifactEvent::Type::End:
            m_parts[m_artifactAt[current]].complete = true;
            changes.append({Change::ArtifactEnded, {}, current});
            break;
        }
    }
    return changes;
}

} // namespace atelier
