// SPDX-License-Identifier: MIT
#include "app/core/artifact_presenter.h"

namespace atelier {

ArtifactPresenter::ArtifactPresenter(TranscriptScreen& transcript, ArtifactScreen& stage)
    : m_transcript(transcript),
      m_stage(stage)
{
}

void ArtifactPresenter::reset()
{
    m_message.clear();
    m_artifact = -1;
    m_source.clear();
    m_stage.clear();
    m_stage.resetPane();
}

void ArtifactPresenter::apply(
    const QString& message, const ReplyParts& parts, const PartChange& change, int version)
{
    if (change.artifact < 0) {
        return;
    }
    const ReplyPart& part = parts.artifact(change.artifact);
    if (change.type == PartChange::Type::ArtifactBegan) {
        m_message = message;
        m_artifact = change.artifact;
        m_version = version;
        m_source.clear();
        m_stage.begin(part.kind, part.language);
        setHeader(part, true);
        m_transcript.setShowingArtifact(message, change.artifact);
        m_stage.reveal(ArtifactScreen::Reveal::Suggested);
        return;
    }
    if (!isShowing(message, change.artifact)) {
        return; // the person looks at another one
    }
    if (change.type == PartChange::Type::ArtifactGrew) {
        m_source += change.text;
        m_stage.append(change.text);
    } else if (change.type == PartChange::Type::ArtifactEnded) {
        m_stage.finish();
    }
    setHeader(part, true);
}

void ArtifactPresenter::endReply(const QString& message, const ReplyParts& parts)
{
    const int open = parts.openArtifact();
    if (open >= 0 && isShowing(message, open)) {
        m_stage.cutOff();
        setHeader(parts.artifact(open), false);
    }
}

void ArtifactPresenter::show(const QString& message,
    const ReplyParts& parts,
    int artifact,
    int version,
    bool live,
    ArtifactScreen::Reveal reveal)
{
    if (artifact < 0 || artifact >= parts.artifactCount()) {
        return;
    }
    const ReplyPart& part = parts.artifact(artifact);
    if (!isShowing(message, artifact) || m_source != part.text) {
        m_message = message;
        m_artifact = artifact;
        m_version = version;
        m_source = part.text;
        m_stage.begin(part.kind, part.language);
        m_stage.append(part.text);
        if (part.complete) {
            m_stage.finish();
        } else if (!live) {
            m_stage.cutOff();
        }
        setHeader(part, live);
        m_transcript.setShowingArtifact(message, artifact);
    }
    m_stage.reveal(reveal);
}

bool ArtifactPresenter::isShowing(const QString& message, int artifact) const
{
    return m_artifact == artifact && m_message == message;
}

void ArtifactPresenter::setHeader(const ReplyPart& part, bool live)
{
    ArtifactHeader header;
    m_title = part.title;
    header.title = part.title;
    header.type = artifactKindName(part.kind);
    header.version = m_version;
    header.lines = part.lines;
    header.bytes = part.bytes;
    if (!part.complete) {
        header.badge = live ? ArtifactHeader::Badge::Draft : ArtifactHeader::Badge::CutOff;
    }
    m_stage.setHeader(header);
}

} // namespace atelier
