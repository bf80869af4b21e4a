// SPDX-License-Identifier: MIT
// Decides which artifact of a chat is on the stage and feeds it while it is written.
#pragma once

#include "app/core/reply_parts.h"
#include "app/core/screens.h"

#include <QString>

namespace atelier {

/// Follows the newest artifact of the reply that is being written until the person chooses another.
///
/// Owner: the ConversationController. Threads: GUI thread only.
class ArtifactPresenter
{
public:
    ArtifactPresenter(TranscriptScreen& transcript, ArtifactScreen& stage);

    /// Another chat: an empty stage and a closed pane.
    void reset();

    /// A change in the reply that is being written in the shown chat.
    void apply(
        const QString& message, const ReplyParts& parts, const PartChange& change, int version);
    /// That reply has ended: an artifact that is still open was cut off.
    void endReply(const QString& message, const ReplyParts& parts);
    /// Its card was clicked, or it is to be shown at once. `live`: its reply is being written.
    void show(const QString& message,
        const ReplyParts& parts,
        int artifact,
        int version,
        bool live,
        ArtifactScreen::Reveal reveal);

    /// The next show() starts a new run, even of the same artifact.
    void forget() { m_artifact = -1; }

    bool isShowing(const QString& message, int artifact) const;
    bool isShowingAnything() const { return m_artifact >= 0; }
    const QString& message() const { return m_message; }
    int artifact() const { return m_artifact; }
    const QString& source() const { return m_source; }
    const QString& title() const { return m_title; }

private:
    void setHeader(const ReplyPart& part, bool live);

    TranscriptScreen& m_transcript;
    ArtifactScreen& m_stage;
    QString m_message;
    int m_artifact = -1;
    int m_version = 1;
    QString m_source;
    QString m_title;
};

} // namespace atelier
