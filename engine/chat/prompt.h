// SPDX-License-Identifier: MIT
// Messages to the exact prompt a model was trained on.
#pragma once

#include "engine/base/result.h"
#include "engine/chat/message.h"
#include "engine/chat/tool.h"
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
    // Index of the message whose text this is, from behind the role token to the message's end:
    // "\n{content}", or "{metadata} \n{content}" of a tool call. -1: the format's own text.
    int32_t message = -1;
};

// The built-in GLM-4-0414 format, byte-equal to the reference template:
//   [gMASK]<sop>, a system message of the tools if there are any, then per message
//   <|role|>\n{content}, then <|assistant|>
// System messages come first, in order. An assistant's tool call is <|assistant|>{metadata}
// \n{content}, with the space that the template has and the model does not write. Source:
// glm-facts 4.
std::vector<PromptPiece> renderGlm4(
    std::span<const Message> messages, bool addGenerationPrompt, std::span<const Tool> tools = {});

std::string promptText(std::span<const PromptPiece> pieces);

// `replyTokens[i]` may give the exact ids that message i was generated as: all that followed
// <|assistant|>, the first newline included, the stop token not. They are used instead of
// tokenizing its text again, so that the next turn finds its prefix in the cache. An empty list,
// and one with ids that the vocabulary does not have, count as none. InvalidFormat when the
// vocabulary lacks a control token of the format.
Result<std::vector<int32_t>> encodePrompt(std::span<const PromptPiece> pieces,
    const Tokenizer& tokenizer,
    std::span<const std::vector<int32_t>> replyTokens = {});

} // namespace atelier
