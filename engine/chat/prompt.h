// SPDX-License-Identifier: MIT
// Messages to the exact prompt a model was trained on.
#pragma once

#include "engine/base/result.h"
#include "engine/chat/message.h"
#include "engine/tokenizer/tokenizer.h"

#include <span>
#include <string>
#include <vector>

namespace atelier {

// A prompt is a list of pieces: control tokens by name, and text in which control tokens are
// only characters (what a person typed can never forge a turn).
struct PromptPiece
{
    std::string text;
    bool control = false; // `text` is the name of a control token
    int32_t message = -1; // index of the message whose content this is; -1: the format's own text
};

// The built-in GLM-4-0414 format, byte-equal to the reference template for conversations without
// tools:
//   [gMASK]<sop>, then per message <|role|>{metadata}\n{content}, then <|assistant|>
// System messages come first, in order. Source: glm-facts 4.
std::vector<PromptPiece> renderGlm4(std::span<const Message> messages, bool addGenerationPrompt);

std::string promptText(std::span<const PromptPiece> pieces);

// `replyTokens(i)` may give the exact ids that message i was generated as; they are used instead
// of tokenizing its text again, so that the next turn finds its prefix in the cache.
// InvalidFormat when the vocabulary lacks a control token of the format.
Result<std::vector<int32_t>> encodePrompt(std::span<const PromptPiece> pieces,
    const Tokenizer& tokenizer,
    std::span<const std::vector<int32_t>> replyTokens = {});

} // namespace atelier
