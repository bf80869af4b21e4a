// SPDX-License-Identifier: MIT
#include "engine/chat/prompt.h"

#include "engine/base/text.h"

#include <algorithm>
#include <string_view>

namespace atelier {

namespace {

PromptPiece controlPiece(std::string_view name)
{
    return {std::string(name), true, -1};
}

std::string_view roleToken(Role role)
{
    switch (role) {
    case Role::System:
        return "<|system|>";
    case Role::User:
        return "<|user|>";
    case Role::Assistant:
        return "<|assistant|>";
    case Role::Observation:
        return "<|observation|>";
    }
    return {};
}

void appendMessage(const Message& message, size_t index, std::vector<PromptPiece>& pieces)
{
    pieces.push_back(controlPiece(roleToken(message.role)));
    const bool isCall = message.role == Role::Assistant && !message.metadata.empty();
    const std::string start = isCall ? message.metadata + " \n" : "\n";
    pieces.push_back({start + message.content, false, int32_t(index)});
}

// The wording is part of what the models were trained on.
std::string describeTools(std::span<const Tool> tools)
{
    std::string text = "\n# 可用工具\n";
    for (const Tool& tool : tools) {
        text += "\n## " + tool.name + "\n\n" + tool.definition +
                "\n在调用上述函数时，请使用 Json 格式表示调用的参数。";
    }
    return text;
}

bool areKnown(std::span<const int32_t> ids, const Tokenizer& tokenizer)
{
    return std::ranges::all_of(
        ids, [&tokenizer](int32_t id) { return id >= 0 && id < tokenizer.vocabSize(); });
}

} // namespace

std::vector<PromptPiece> renderGlm4(
    std::span<const Message> messages, bool addGenerationPrompt, std::span<const Tool> tools)
{
    std::vector<PromptPiece> pieces{controlPiece("[gMASK]"), controlPiece("<sop>")};
    if (!tools.empty()) {
        pieces.push_back(controlPiece(roleToken(Role::System)));
        pieces.push_back({describeTools(tools), false, -1});
    }
    for (const bool wantsSystem : {true, false}) {
        for (size_t i = 0; i < messages.size(); ++i) {
            if ((messages[i].role == Role::System) == wantsSystem) {
                appendMessage(messages[i], i, pieces);
            }
        }
    }
    if (addGenerationPrompt) {
        pieces.push_back(controlPiece(roleToken(Role::Assistant)));
    }
    return pieces;
}

std::string promptText(std::span<const PromptPiece> pieces)
{
    std::string text;
    for (const PromptPiece& piece : pieces) {
        text += piece.text;
    }
    return text;
}

Result<std::vector<int32_t>> encodePrompt(std::span<const PromptPiece> pieces,
    const Tokenizer& tokenizer,
    std::span<const std::vector<int32_t>> replyTokens)
{
    std::vector<int32_t> ids;
    std::string text; // neighboring pieces of text are one text to the tokenizer
    const auto flush = [&] {
        const auto encoded = tokenizer.encode(text, SpecialTokens::AsText);
        ids.insert(ids.end(), encoded.begin(), encoded.end());
        text.clear();
    };
    for (const PromptPiece& piece : pieces) {
        if (piece.control) {
            flush();
            const auto id = tokenizer.find(piece.text);
            if (!id) {
                return Error{ErrorCode::InvalidFormat,
                    "The model's vocabulary has no control token " + shownName(piece.text) +
                        ", which the GLM-4 prompt format needs."};
            }
            ids.push_back(*id);
            continue;
        }
        const bool hasReply = piece.message >= 0 && size_t(piece.message) < replyTokens.size();
        const std::span<const int32_t> reply =
            hasReply ? std::span<const int32_t>(replyTokens[size_t(piece.message)])
                     : std::span<const int32_t>();
        if (!reply.empty() && areKnown(reply, tokenizer)) {
            flush();
            ids.insert(ids.end(), reply.begin(), reply.end());
        } else {
            text += piece.text;
        }
    }
    flush();
    return ids;
}

} // namespace atelier
