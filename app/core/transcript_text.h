// SPDX-License-Identifier: MIT
// Stored messages to what the transcript shows of them.
#pragma once

#include "app/core/conversation.h"
#include "app/core/reply_parts.h"
#include "renderers/transcript_view.h"

#include <QString>

namespace atelier {

/// How far it has got. `live`: more of the reply is to come; else `reply` says how that ended.
ArtifactState artifactState(const ReplyPart& part, bool live, StoredState reply);

/// `version`: its number among the versions of this artifact.
TranscriptBlock artifactBlock(const ReplyPart& part, int version, ArtifactState state);

/// Everything but the blocks: state, counts, branch, error.
TranscriptMessage transcriptHead(const Conversation& conversation, const StoredMessage& message);

/// `versions`: a number for each artifact of the reply. `parts`: of this very message.
TranscriptMessage transcriptMessage(const Conversation& conversation,
    const StoredMessage& message,
    const ReplyParts& parts,
    const QList<int>& versions,
    bool live);

/// One line to call a chat by, from its first message.
QString chatTitle(const QString& firstMessage);

} // namespace atelier
