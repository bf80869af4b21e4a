// SPDX-License-Identifier: MIT
#include "app/core/transcript_text.h"

#include <QCoreApplication>

namespace atelier {

namespace {

constexpr qsizetype kLongestTitle = 60;

class Words // gives the texts below a context for translators
{
    Q_DECLARE_TR_FUNCTIONS(Transcript)
};

MessageState shownState(StoredState state)
{
    switch (state) {
    case StoredState::Writing:
        return MessageState::Writing;
    case StoredState::Stopped:
        return MessageState::Stopped;
    case StoredState::CutOff:
        return MessageState::CutOff;
    case StoredState::Failed:
        return MessageState::Failed;
    case StoredState::Done:
        break;
    }
    return MessageState::Done; // also for numbers that no version of this program wrote
}

} // namespace

ArtifactState artifactState(const ReplyPart& part, bool live, StoredState reply)
{
    if (part.complete) {
        return ArtifactState::Complete;
    }
    if (live) {
        return ArtifactState::Draft;
    }
    return reply == StoredState::Stopped ? ArtifactState::Stopped : ArtifactState::CutOff;
}

TranscriptBlock artifactBlock(const ReplyPart& part, int version, ArtifactState state)
{
    TranscriptBlock block;
    block.type = TranscriptBlock::Type::Artifact;
    block.kind = part.kind;
    block.title = part.title;
    block.lines = part.lines;
    block.bytes = part.bytes;
    block.version = version;
    block.state = state;
    return block;
}

TranscriptMessage transcriptHead(const Conversation& conversation, const StoredMessage& message)
{
    TranscriptMessage shown;
    shown.id = message.id;
    shown.role = message.role == StoredRole::User ? MessageRole::User : MessageRole::Assistant;
    shown.state = shownState(message.state);
    shown.tokens = message.tokens;
    shown.seconds = message.seconds;
    shown.tokensPerSecond = message.seconds > 0 ? message.tokens / message.seconds : 0;
    const QStringList siblings = conversation.siblings(message.id);
    shown.branch = int(siblings.indexOf(message.id));
    shown.branches = int(siblings.size());
    if (message.state == StoredState::Failed) {
        // Kept as a title and, on the lines below, the reason.
        shown.errorTitle = message.error.section(QLatin1Char('\n'), 0, 0);
        shown.errorText = message.error.section(QLatin1Char('\n'), 1);
        shown.errorActions = {QStringLiteral("retry"), Words::tr("Try again")};
    } else if (message.damaged) {
        shown.state = MessageState::Failed;
        shown.errorTitle = Words::tr("This message was damaged on the disk.");
        shown.errorText =
            Words::tr("Its checksum is wrong, so parts of it may not be what was written.");
    }
    return shown;
}

TranscriptMessage transcriptMessage(const Conversation& conversation,
    const StoredMessage& message,
    const ReplyParts& parts,
    const QList<int>& versions,
    bool live)
{
    TranscriptMessage shown = transcriptHead(conversation, message);
    if (message.role == StoredRole::User) {
        TranscriptBlock block;
        block.markdown = message.text;
        shown.blocks.append(block);
        return shown;
    }
    int artifact = 0;
    for (const ReplyPart& part : parts.parts()) {
        if (part.isArtifact) {
            shown.blocks.append(artifactBlock(
                part, versions.value(artifact, 1), artifactState(part, live, message.state)));
            ++artifact;
        } else {
            TranscriptBlock block;
            block.markdown = part.text;
            shown.blocks.append(block);
        }
    }
    return shown;
}

QString chatTitle(const QString& firstMessage)
{
    QString line = firstMessage.trimmed().section(QLatin1Char('\n'), 0, 0).simplified();
    if (line.size() > kLongestTitle) {
        qsizetype end = line.lastIndexOf(QLatin1Char(' '), kLongestTitle - 1);
        if (end < kLongestTitle / 2) { // one long word, or Chinese
            end = kLongestTitle - 1;
            if (line[end].isLowSurrogate()) {
                --end;
            }
        }
        line = line.left(end) + QStringLiteral("…");
    }
    if (!line.isEmpty()) {
        line[0] = line[0].toUpper();
    }
    return line;
}

} // namespace atelier
