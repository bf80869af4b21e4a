// SPDX-License-Identifier: MIT
// Messages for a transcript, and what its page shows.
#pragma once

#include "renderers/transcript_view.h"
#include "tests/renderers/page_test.h"

namespace atelier::test {

inline TranscriptMessage question(const QString& id, const QString& text)
{
    TranscriptMessage message;
    message.id = id;
    message.role = MessageRole::User;
    TranscriptBlock block;
    block.markdown = text;
    message.blocks = {block};
    return message;
}

inline TranscriptMessage reply(const QString& id, MessageState state, const QString& text = {})
{
    TranscriptMessage message;
    message.id = id;
    message.state = state;
    if (!text.isEmpty()) {
        TranscriptBlock block;
        block.markdown = text;
        message.blocks = {block};
    }
    return message;
}

inline TranscriptBlock artifact(ArtifactState state)
{
    TranscriptBlock block;
    block.type = TranscriptBlock::Type::Artifact;
    block.kind = ArtifactKind::Svg;
    block.state = state;
    block.title = QStringLiteral("Misty <b>Jiangnan</b>");
    block.lines = 148;
    block.bytes = 5018;
    block.version = 3;
    return block;
}

inline QString shownText(TranscriptView& view)
{
    auto text = std::make_shared<QString>();
    auto done = std::make_shared<bool>(false);
    view.readText([text, done](const QString& read) {
        *text = read;
        *done = true;
    });
    if (!QTest::qWaitFor([done] { return *done; }, kPageTimeout))
        return QStringLiteral("(no answer)");
    return *text;
}

inline void open(TranscriptView& view)
{
    view.resize(600, 500);
    view.show();
}

// After what was sent has been laid out and followed.
inline QVariant settled(TranscriptView& view, const QString& script)
{
    shownText(view);
    return evaluate(view, script);
}

} // namespace atelier::test
