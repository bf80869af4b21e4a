// SPDX-License-Identifier: MIT
#include "engine/api/chat_session.h"
#include "engine/api/guarded.h"
#include "engine/api/turns_of_chat.h"
#include "engine/chat/prompt.h"

#include <utility>

namespace atelier {

namespace {

std::string shownText(const Message& message)
{
    return message.metadata.empty() ? message.content : message.metadata + "\n" + message.content;
}

} // namespace

Result<ChatSession::Prompt> ChatSession::encode(
    std::span<const Message> messages, bool continueLast) const
{
    if (continueLast && (messages.empty() || messages.back().role != Role::Assistant)) {
        return Error{ErrorCode::InvalidUse, "Only a reply can be continued."};
    }
    std::vector<std::vector<int32_t>> replyTokens(messages.size());
    for (size_t i = 0; i < messages.size(); ++i) {
        if (messages[i].role == Role::Assistant) {
            if (const auto* tokens = m_replies.find(shownText(messages[i]))) {
                replyTokens[i] = *tokens;
            }
        }
    }
    const Tokenizer& tokenizer = m_model->tokenizer();
    const auto pieces = renderGlm4(messages, !continueLast);
    auto tokens = encodePrompt(pieces, tokenizer, replyTokens);
    if (!tokens) {
        return tokens.error();
    }
    Prompt prompt;
    prompt.tokens = tokens.take();
    prompt.isTurn = true;
    if (continueLast) {
        // Text between control tokens is encoded on its own, so this is the end of the prompt.
        auto begun = encodePrompt(std::span(pieces).last(1), tokenizer, replyTokens);
        if (!begun) {
            return begun.error();
        }
        prompt.begun = begun.take();
        prompt.begunText = shownText(messages.back());
    }
    return prompt;
}

Result<ChatSession::Prompt> ChatSession::encodeRequest(
    const GenerationRequest& request, size_t droppedTurns) const
{
    if (!request.messages.empty()) {
        std::vector<Message> kept;
        if (droppedTurns > 0) {
            kept = withoutTurns(request.messages, droppedTurns);
        }
        auto prompt = encode(droppedTurns > 0 ? std::span<const Message>(kept) : request.messages,
            request.continueLast);
        if (prompt) {
            prompt.value().droppedTurns = droppedTurns;
        }
        return prompt;
    }
    Prompt prompt;
    prompt.tokens = m_model->tokenizer().encode(request.rawPrompt, SpecialTokens::Parse);
    if (prompt.tokens.empty()) {
        return Error{ErrorCode::InvalidUse, "The prompt is empty."};
    }
    prompt.isTurn = m_assistant && prompt.tokens.back() == *m_assistant;
    return prompt;
}

Result<uint32_t> ChatSession::countPrompt(std::span<const Message> messages) const
{
    return guarded([&]() -> Result<uint32_t> {
        const auto prompt = encode(messages, false);
        if (!prompt) {
            return prompt.error();
        }
        return uint32_t(prompt.value().tokens.size());
    });
}

} // namespace atelier
