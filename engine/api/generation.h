// SPDX-License-Identifier: MIT
// What a reply is asked for with, what happens while it is written, and how it ended.
#pragma once

#include "engine/chat/message.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace atelier {

// Applied in this order: padding and forbidden ids, temperature, top-k, top-p, min-p, draw.
struct SamplingOptions
{
    float temperature = 0.6f;     // 0: greedy, the rest is ignored
    int32_t topK = 0;             // 0: off
    float topP = 0.8f;            // 1: off
    float minP = 0.0f;            // 0: off
    std::optional<uint64_t> seed; // same seed, build and backend: same text. Nothing: random
};

struct GenerationRequest
{
    std::vector<Message> messages; // a chat; or
    // The last message is an assistant's that was cut short: the reply goes on right after its
    // text.
    bool continueLast = false;
    std::string rawPrompt; // text in which control tokens are parsed, used when messages is empty
    SamplingOptions sampling;
    uint32_t maxTokens = 4096;
    std::vector<std::string> stopStrings; // not part of the reply
};

struct PromptProgress
{
    uint32_t done = 0;   // tokens read so far, `reused` included
    uint32_t total = 0;  // tokens of the prompt
    uint32_t reused = 0; // found in the cache
};

struct TextDelta
{
    std::string text;    // whole UTF-8 characters; never part of a stop string or a control token
    uint32_t tokens = 0; // generated so far, in this reply
};

using Event = std::variant<PromptProgress, TextDelta>;

enum class FinishReason : uint8_t {
    EndOfTurn,   // a stop token or stop string
    ToolCall,    // <|observation|>: the model waits for a tool's result
    LengthLimit, // maxTokens
    ContextFull, // no slot left
    Stopped,     // by the caller
};

struct GenerationStats
{
    FinishReason reason = FinishReason::EndOfTurn;
    uint32_t promptTokens = 0;
    uint32_t reusedTokens = 0;
    uint32_t generatedTokens = 0; // stop token not counted
    double promptSeconds = 0;
    double decodeSeconds = 0;
    uint64_t seed = 0; // the one that was used
};

} // namespace atelier
