// SPDX-License-Identifier: MIT
// Decides which artifact of a chat is on the stage and feeds it while it is written.
#pragma once

#include "app/core/reply_parts.h"
#include "app/core/screens.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace atelier {

/// A version of an artifact, with all that the stage needs to know of it.
struct ShownArtifact
{
    QString key;       // of the version
    QString root;      // of the first version: names the artifact
    QString message;   // the reply whose card is marked,
    int artifact = -1; // and which of its artifacts
    int version = 1;
    ReplyPart part;
    ArtifactState state = ArtifactState::Draft; // of `part`
    QJsonObject storage;
    QStringList hosts;
};

/// Follows the newest artifact of the reply that is being written until the person chooses another.
///
/// Owner: the ConversationController. Threads: GUI thread only.
class ArtifactPresenter
{
public:
    ArtifactPresenter(TranscriptScreen& transcript, ArtifactScreen& stage);

    /// Another chat: an empty stage and a closed pane.
    void reset();

    /// A change in the reply that is being written in the shown chat; `shown` is what changed.
    void apply(const ShownArtifact& shown, const ReplyParts& parts, const PartChange& change);
    /// That reply has ended: an artifact that is still open was cut off, or stopped.
    void endReply(const QString& message, const ReplyParts& parts, ArtifactState state);
    /// It was chosen, or it is to be shown at once.
    void show(const ShownArtifact& shown, ArtifactScreen::Reveal reveal);
    /// What runs already is this version now: an edit that was kept.
    void adopt(const ShownArtifact& shown);

    /// The next show() starts a new run, even of the same artifact.
    void forget() { m_artifact = -1; }

    bool isShowing(const QString& key) const { return m_artifact >= 0 && m_key == key; }
    bool isShowingAnything() const { return m_artifact >= 0; }
    const QString& key() const { return m_key; }
    const QString& message() const { return m_message; }
    int artifact() const { return m_artifact; }
    const QString& source() const { return m_source; }
    const QString& title() const { return m_title; }
    const QString& language() const { return m_language; }

private:
    void remember(const ShownArtifact& shown);
    void begin(const ShownArtifact& shown);
    void setHeader(const ReplyPart& part, ArtifactState state);

    TranscriptScreen& m_transcript;
    ArtifactScreen& m_stage;
    QString m_key;
    QString m_root;
    QString m_message;
    int m_artifact = -1;
    int m_version = 1;
    QString m_source;
    QString m_title;
    QString m_language;
};

} // namespace atelier
