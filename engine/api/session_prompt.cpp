// SPDX-License-Identifier: MIT
#include "engine/api/chat_session.h"
#include "engine/api/guarded.h"
#include "engine/api/turns_of_chat.h"
#include "engine/chat/prompt.h"
#include "engine/chat/prompt_format.h"

#include <utility>

namespace atelier {

Result<ChatSession::Prompt> ChatSession::encode(const PromptRequest& request) const
{
    const auto rendered = m_model->promptFormat().render(request);
    if (!rendered) {
        return rendered.error();
    }
    const RenderedPrompt& format = rendered.value();
    std::vector<std::vector<int32_t>> replyTokens(request.messages.size());
    for (size_t i = 0; i < request.messages.size(); ++i) {
        if (request.messages[i].role == Role::Assistant) {
            if (const auto* tokens = m_replies.find(shownText(request.messages[i]))) {
                replyTokens[i] = *tokens;
            }
        }
    }
    const Tokenizer& tokenizer = m_model->tokenizer();
    auto tokens = encodePrompt(format.pieces, tokenizer, replyTokens);
    if (!tokens) {
        return tokens.error();
    }
    Prompt prompt;
    prompt.tokens = tokens.take();
    prompt.note = format.note;
    prompt.isTurn = true;
    if (!request.continueLast) {
        prompt.opening = format.begun;
        return prompt;
    }
    // The reply's text ends the prompt, and was shown with its opening.
    auto begun = encodePrompt(std::span(format.pieces).last(1), tokenizer, replyTokens);
    if (!begun) {
        return begun.error();
    }
    prompt.begun = begun.take();
    prompt.begunText = shownText(request.messages.back());
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
        auto prompt = encode({droppedTurns > 0 ? std::span<const Message>(kept) : request.messages,
            request.tools,
            request.continueLast});
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
        const auto prompt = encode({messages});
        if (!prompt) {
            return prompt.error();
        }
        return uint32_t(prompt.value().tokens.size());
    });
}

} // namespace atelier
