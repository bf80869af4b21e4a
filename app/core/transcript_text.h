// SPDX-License-Identifier: MIT
// Stored messages to what the transcript shows of them.
#pragma once

#include "app/core/conversation.h"
#include "app/core/reply_parts.h"
#include "renderers/transcript_view.h"

#include <QString>

namespace atelier {

/// `version` counts the artifacts of the chat from 1. `live`: more of the reply is to come.
TranscriptBlock artifactBlock(const ReplyPart& part, int version, bool live);

/// Everything but the blocks: state, counts, branch, error.
TranscriptMessage transcriptHead(const Conversation& conversation, const StoredMessage& message);

/// `firstVersion` is that of the reply's first artifact. `parts`: of this very message.
TranscriptMessage transcriptMessage(const Conversation& conversation,
    const StoredMessage& message,
    const ReplyParts& parts,
    int firstVersion,
    bool live);

/// One line to call a chat by, from its first message.
QString chatTitle(const QString& firstMessage);

} // namespace atelier
