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
    m_key.clear();
    m_root.clear();
    m_message.clear();
    m_artifact = -1;
    m_source.clear();
    m_stage.clear();
    m_stage.resetPane();
}

void ArtifactPresenter::remember(const ShownArtifact& shown)
{
    m_key = shown.key;
    m_root = shown.root;
    m_message = shown.message;
    m_artifact = shown.artifact;
    m_version = shown.version;
    m_language = shown.part.language;
}

void ArtifactPresenter::begin(const ShownArtifact& shown)
{
    remember(shown);
    m_source.clear();
    m_stage.prepare(shown.storage, shown.hosts);
    m_stage.begin(shown.part.kind, shown.part.language);
}

void ArtifactPresenter::apply(
    const ShownArtifact& shown, const ReplyParts& parts, const PartChange& change)
{
    if (change.artifact < 0) {
        return;
    }
    const ReplyPart& part = parts.artifact(change.artifact);
    if (change.type == PartChange::Type::ArtifactBegan) {
        begin(shown);
        setHeader(part, ArtifactState::Draft);
        m_transcript.setShowingArtifact(shown.message, change.artifact);
        m_stage.reveal(ArtifactScreen::Reveal::Suggested);
        return;
    }
    if (!isShowing(shown.key)) {
        return; // the person looks at another one
    }
    m_version = shown.version; // a title can change what it is a version of
    if (change.type == PartChange::Type::ArtifactGrew) {
        m_source += change.text;
        m_stage.append(change.text);
    } else if (change.type == PartChange::Type::ArtifactEnded) {
        if (m_root != shown.root) { // its scripts must not find what another one has stored
            const QString source = m_source;
            begin(shown);
            m_source = source;
            m_stage.append(source);
        }
        m_stage.finish();
    }
    setHeader(part, part.complete ? ArtifactState::Complete : ArtifactState::Draft);
}

void ArtifactPresenter::endReply(
    const QString& message, const ReplyParts& parts, ArtifactState state)
{
    const int open = parts.openArtifact();
    if (open >= 0 && m_artifact == open && m_message == message) {
        m_stage.cutOff();
        setHeader(parts.artifact(open), state);
    }
}

void ArtifactPresenter::show(const ShownArtifact& shown, ArtifactScreen::Reveal reveal)
{
    if (shown.artifact < 0) {
        return;
    }
    const ReplyPart& part = shown.part;
    if (!isShowing(shown.key) || m_source != part.text) {
        begin(shown);
        m_source = part.text;
        m_stage.append(part.text);
        if (shown.state == ArtifactState::Complete) {
            m_stage.finish();
        } else if (shown.state != ArtifactState::Draft) {
            m_stage.cutOff();
        }
        setHeader(part, shown.state);
        m_transcript.setShowingArtifact(shown.message, shown.artifact);
    }
    m_stage.reveal(reveal);
}

void ArtifactPresenter::adopt(const ShownArtifact& shown)
{
    remember(shown);
    m_source = shown.part.text;
    setHeader(shown.part, shown.state);
    m_transcript.setShowingArtifact(shown.message, shown.artifact);
}

void ArtifactPresenter::setHeader(const ReplyPart& part, ArtifactState state)
{
    ArtifactHeader header;
    m_title = part.title;
    header.title = part.title;
    header.type = artifactKindName(part.kind);
    header.version = m_version;
    header.lines = part.lines;
    header.bytes = part.bytes;
    using Badge = ArtifactHeader::Badge;
    header.badge = state == ArtifactState::Draft     ? Badge::Draft
                   : state == ArtifactState::CutOff  ? Badge::CutOff
                   : state == ArtifactState::Stopped ? Badge::Stopped
                                                     : Badge::None;
    m_stage.setHeader(header);
}

} // namespace atelier
