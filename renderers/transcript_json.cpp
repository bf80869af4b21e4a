// SPDX-License-Identifier: MIT
#include "renderers/transcript_json.h"

#include <QJsonArray>

namespace atelier {
namespace {

QString name(MessageState state)
{
    switch (state) {
    case MessageState::Queued:
        return QStringLiteral("queued");
    case MessageState::Reading:
        return QStringLiteral("reading");
    case MessageState::Writing:
        return QStringLiteral("writing");
    case MessageState::Done:
        return QStringLiteral("done");
    case MessageState::Stopped:
        return QStringLiteral("stopped");
    case MessageState::CutOff:
        return QStringLiteral("cutOff");
    case MessageState::Failed:
        break;
    }
    return QStringLiteral("failed");
}

QString name(ArtifactState state)
{
    switch (state) {
    case ArtifactState::Draft:
        return QStringLiteral("draft");
    case ArtifactState::Complete:
        return QStringLiteral("complete");
    case ArtifactState::Stopped:
        return QStringLiteral("stopped");
    case ArtifactState::CutOff:
        break;
    }
    return QStringLiteral("cutOff");
}

QJsonValue error(const TranscriptMessage& message)
{
    if (message.errorTitle.isEmpty() && message.errorText.isEmpty())
        return QJsonValue::Null;
    QJsonArray actions;
    for (qsizetype i = 0; i + 1 < message.errorActions.size(); i += 2)
        actions.append(QJsonObject{{QStringLiteral("id"), message.errorActions[i]},
            {QStringLiteral("label"), message.errorActions[i + 1]}});
    return QJsonObject{{QStringLiteral("title"), message.errorTitle},
        {QStringLiteral("text"), message.errorText},
        {QStringLiteral("actions"), actions}};
}

} // namespace

QJsonObject toJson(const TranscriptBlock& block)
{
    if (block.type == TranscriptBlock::Type::Markdown)
        return {{QStringLiteral("type"), QStringLiteral("markdown")},
            {QStringLiteral("markdown"), block.markdown}};
    return {{QStringLiteral("type"), QStringLiteral("artifact")},
        {QStringLiteral("kind"), artifactKindName(block.kind)},
        {QStringLiteral("state"), name(block.state)},
        {QStringLiteral("title"), block.title},
        {QStringLiteral("lines"), block.lines},
        {QStringLiteral("bytes"), block.bytes},
        {QStringLiteral("version"), block.version},
        {QStringLiteral("thumbnail"), block.thumbnailUrl}};
}

QJsonObject toJson(const TranscriptMessage& message)
{
    QJsonArray blocks;
    for (const TranscriptBlock& block : message.blocks)
        blocks.append(toJson(block));
    return {{QStringLiteral("id"), message.id},
        {QStringLiteral("role"),
            message.role == MessageRole::User ? QStringLiteral("user")
                                              : QStringLiteral("assistant")},
        {QStringLiteral("state"), name(message.state)},
        {QStringLiteral("blocks"), blocks},
        {QStringLiteral("tokens"), message.tokens},
        {QStringLiteral("tokensPerSecond"), message.tokensPerSecond},
        {QStringLiteral("seconds"), message.seconds},
        {QStringLiteral("branch"), message.branch},
        {QStringLiteral("branches"), message.branches},
        {QStringLiteral("error"), error(message)}};
}

} // namespace atelier
