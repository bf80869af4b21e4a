// SPDX-License-Identifier: MIT
#include "app/core/reply_parts.h"

#include "renderers/title_finder.h"

namespace atelier {

namespace {

qint64 utf8Size(const QString& text)
{
    qint64 bytes = 0;
    for (const QChar unit : text) {
        const char16_t code = unit.unicode();
        // Each half of a surrogate pair stands for two of its four bytes.
        bytes += code < 0x80 ? 1 : code < 0x800 || unit.isSurrogate() ? 2 : 3;
    }
    return bytes;
}

void grow(ReplyPart& part, const QString& text)
{
    const bool lineWasOpen = !part.text.isEmpty() && !part.text.endsWith(QLatin1Char('\n'));
    const bool lineIsOpen = !text.isEmpty() && !text.endsWith(QLatin1Char('\n'));
    if (!text.isEmpty()) {
        part.lines += int(text.count(QLatin1Char('\n'))) + lineIsOpen - lineWasOpen;
    }
    part.bytes += utf8Size(text);
    part.text += text;
}

} // namespace

ReplyPart withSource(ReplyPart part, const QString& source)
{
    part.text.clear();
    part.lines = 0;
    part.bytes = 0;
    part.complete = true;
    grow(part, source);
    if (part.kind != ArtifactKind::Code) {
        TitleFinder finder(part.kind);
        for (const QChar unit : source) {
            if (finder.push(unit)) {
                part.title = finder.title();
                break;
            }
        }
    }
    return part;
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
    return take(m_detector.push(text));
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
            grow(m_parts[m_artifactAt[current]], event.text);
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
