// SPDX-License-Identifier: MIT
#include "tests/support/fake_screens.h"

namespace atelier::test {

namespace {

TranscriptBlock* artifactAt(TranscriptMessage& message, int index)
{
    for (TranscriptBlock& block : message.blocks) {
        if (block.type == TranscriptBlock::Type::Artifact && index-- == 0) {
            return &block;
        }
    }
    return nullptr;
}

} // namespace

TranscriptMessage* FakeTranscript::find(const QString& id, const char* call)
{
    for (TranscriptMessage& message : messages) {
        if (message.id == id) {
            return &message;
        }
    }
    mistakes << QStringLiteral("%1 of unknown message \"%2\"").arg(QLatin1String(call), id);
    return nullptr;
}

void FakeTranscript::setMessages(const QList<TranscriptMessage>& list)
{
    messages = list;
}

void FakeTranscript::appendMessage(const TranscriptMessage& message)
{
    for (const TranscriptMessage& each : messages) {
        if (each.id == message.id) {
            mistakes << QStringLiteral("message appended twice");
        }
    }
    messages.append(message);
}

void FakeTranscript::removeMessagesAfter(const QString& messageId)
{
    if (TranscriptMessage* message = find(messageId, "removeMessagesAfter")) {
        messages.resize(message - messages.data() + 1);
    }
}

void FakeTranscript::appendMarkdown(const QString& messageId, const QString& text)
{
    TranscriptMessage* message = find(messageId, "appendMarkdown");
    if (!message) {
        return;
    }
    if (message->blocks.isEmpty() ||
        message->blocks.last().type == TranscriptBlock::Type::Artifact) {
        message->blocks.append(TranscriptBlock{});
    }
    message->blocks.last().markdown += text;
}

void FakeTranscript::setArtifact(
    const QString& messageId, int artifactIndex, const TranscriptBlock& block)
{
    TranscriptMessage* message = find(messageId, "setArtifact");
    if (!message) {
        return;
    }
    if (TranscriptBlock* known = artifactAt(*message, artifactIndex)) {
        *known = block;
    } else {
        message->blocks.append(block);
        if (!artifactAt(*message, artifactIndex)) {
            mistakes << QStringLiteral("artifact number skipped");
        }
    }
}

void FakeTranscript::setShowingArtifact(const QString& messageId, int artifactIndex)
{
    showing = QStringLiteral("%1 %2").arg(messageId).arg(artifactIndex);
}

void FakeTranscript::setReadingProgress(const QString& messageId, int done, int total, double)
{
    if (find(messageId, "setReadingProgress")) {
        readDone = done;
        readTotal = total;
    }
}

void FakeTranscript::updateMessage(const TranscriptMessage& message)
{
    if (TranscriptMessage* known = find(message.id, "updateMessage")) {
        const QList<TranscriptBlock> blocks = known->blocks;
        *known = message;
        known->blocks = blocks;
    }
}

QStringList FakeTranscript::texts() const
{
    QStringList texts;
    for (const TranscriptMessage& message : messages) {
        QString text;
        for (const TranscriptBlock& block : message.blocks) {
            text += block.type == TranscriptBlock::Type::Artifact ? QStringLiteral("[artifact]")
                                                                  : block.markdown;
        }
        texts << text;
    }
    return texts;
}

const TranscriptBlock* FakeTranscript::artifactOfLast(int index) const
{
    return messages.isEmpty() ? nullptr
                              : artifactAt(const_cast<TranscriptMessage&>(messages.last()), index);
}

void FakeArtifact::begin(ArtifactKind newKind, const QString& newLanguage)
{
    kind = newKind;
    language = newLanguage;
    source.clear();
    state = State::Open;
    badges.clear();
    ++runs;
}

void FakeArtifact::append(const QString& text)
{
    if (state != State::Open) {
        mistakes << QStringLiteral("append outside a run");
    }
    source += text;
}

void FakeArtifact::finish()
{
    if (state != State::Open) {
        mistakes << QStringLiteral("finish outside a run");
    }
    state = State::Finished;
}

void FakeArtifact::cutOff()
{
    if (state != State::Open) {
        mistakes << QStringLiteral("cut off outside a run");
    }
    state = State::CutOff;
}

void FakeArtifact::clear()
{
    state = State::Empty;
    source.clear();
}

void FakeArtifact::setHeader(const ArtifactHeader& newHeader)
{
    header = newHeader;
    if (badges.isEmpty() || badges.last() != header.badge) {
        badges << header.badge;
    }
}

void FakeArtifact::reveal(Reveal how)
{
    ++(how == Reveal::Asked ? asked : suggested);
}

void FakeArtifact::resetPane() {}

} // namespace atelier::test
