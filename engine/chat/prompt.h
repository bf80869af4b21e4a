// SPDX-License-Identifier: MIT
// A prompt in pieces, and the tokens it becomes.
#pragma once

#include "engine/base/result.h"
#include "engine/chat/chat_family.h"
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

// The built-in formats (prompt_renderers.cpp), byte-equal to the reference templates. Sources:
// glm-facts 4 and 5.
//
// GLM-4-0414:
//   [gMASK]<sop>, a system message of the tools if there are any, then per message
//   <|role|>\n{content}, then <|assistant|>
// System messages come first, in order. An assistant's tool call is <|assistant|>{metadata}
// \n{content}, with the space that the template has and the model does not write.
//
// GLM-Z1: the same, but what was thought in earlier turns is left out, calls have no space, and
// the prompt ends with <|assistant|>\n<think>.
// Rumination: its own system message takes the place of all others and of the tools.
// GLM-4-Chat of 2024: messages stay in order, and empty ones are left out.
// Plain and Other: the texts alone, replies right behind what they complete, and an empty line
// before each other message.
std::vector<PromptPiece> renderBuiltIn(ChatFamily family,
    std::span<const Message> messages,
    bool addGenerationPrompt,
    std::span<const Tool> tools = {});

inline std::vector<PromptPiece> renderGlm4(
    std::span<const Message> messages, bool addGenerationPrompt, std::span<const Tool> tools = {})
{
    return renderBuiltIn(ChatFamily::Glm4, messages, addGenerationPrompt, tools);
}

std::string promptText(std::span<const PromptPiece> pieces);

// `replyTokens[i]` may give the exact ids that message i was generated as: all that followed
// <|assistant|>, the first newline included, the stop token not. They are used instead of
// tokenizing its text again, so that the next turn finds its prefix in the cache; but only while
// they say what the prompt says, white space and control tokens aside (a format may leave out what
// was thought). An empty list, and one with ids that the vocabulary does not have, count as none.
// InvalidFormat when the vocabulary lacks a control token of the format.
Result<std::vector<int32_t>> encodePrompt(std::span<const PromptPiece> pieces,
    const Tokenizer& tokenizer,
    std::span<const std::vector<int32_t>> replyTokens = {});

} // namespace atelier
