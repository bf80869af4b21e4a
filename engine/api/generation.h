// SPDX-License-Identifier: MIT
// What a reply is asked for with, what happens while it is written, and how it ended.
#pragma once

#include "engine/chat/message.h"
#include "engine/chat/tool.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace atelier {

// "Don't repeat yourself": a token that would continue a run of tokens that was there before loses
// multiplier * base ^ (length of the run - allowedLength), once the run is allowedLength long.
struct DryOptions
{
    float multiplier = 0.0f; // 0: off
    float base = 1.75f;
    uint32_t allowedLength = 2;
    uint32_t window = 0; // tokens looked back on; 0: all of prompt and reply
    // A token with one of these in its text ends a run, as control tokens do.
    std::vector<std::string> breakers = {"\n", ":", "\"", "*"};
};

struct LogitBias
{
    int32_t token = 0;
    float bias = 0.0f; // added to the logit; -100: never
};

// The order in which they apply: padding and forbidden ids, logit bias, repetition penalty,
// presence and frequency penalty, DRY, grammar, temperature, top-k, top-p, min-p, draw.
struct SamplingOptions
{
    float temperature = 0.6f;     // 0: greedy, what comes after it is ignored
    int32_t topK = 0;             // 0: off
    float topP = 0.8f;            // 1: off
    float minP = 0.0f;            // 0: off
    std::optional<uint64_t> seed; // same seed, build and backend: same text. Nothing: random

    // Penalties count the last `penaltyWindow` tokens of prompt and reply. Control tokens are
    // never penalized: a chat is full of them, and a reply must be able to end.
    float repetitionPenalty = 1.0f; // divides positive logits, multiplies negative ones; 1: off
    float presencePenalty = 0.0f;   // subtracted once; 0: off
    float frequencyPenalty = 0.0f;  // subtracted for each time it occurs; 0: off
    uint32_t penaltyWindow = 64;    // 0: everything
    DryOptions dry = {};
    std::vector<LogitBias> logitBias = {};
};

// What happens when prompt and reply outgrow the context. Nothing is ever cut silently.
enum class WhenFull : uint8_t {
    // A prompt that leaves no room is refused with ContextFull; a reply ends with
    // FinishReason::ContextFull.
    Stop,
    // The oldest turns leave the prompt, with MessagesDropped; system messages and the last turn
    // stay. Where that is not enough, and for raw prompts, it is as with Stop.
    DropOldestTurns,
};

struct GenerationRequest
{
    std::vector<Message> messages; // a chat; or
    std::vector<Tool> tools;       // that the model may call, in a chat
    // The last message is an assistant's that was cut short: the reply goes on right after its
    // text.
    bool continueLast = false;
    std::string rawPrompt; // text in which control tokens are parsed, used when messages is empty
    SamplingOptions sampling;
    uint32_t maxTokens = 4096;
    std::vector<std::string> stopStrings; // not part of the reply
    // What the reply must be, one of the two: text of a grammar (engine/sampling/grammar_rules.h),
    // or a JSON schema (engine/sampling/json_schema.h) that the reply then is an instance of. It
    // ends where that ends; only LengthLimit, ContextFull and Stopped leave it incomplete.
    std::string grammar;
    std::string jsonSchema;
    // The arguments of tool calls are held to the tools' schemas; text around them is free. Without
    // effect beside a grammar or a JSON schema of the reply.
    bool checksToolCalls = true;
    WhenFull whenFull = WhenFull::Stop;
    uint32_t alternatives = 0; // likeliest tokens to report for each one written, at most 10
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

// What the model thought of one position: comes before the TextDelta that shows the token.
struct TokenAlternatives
{
    struct Choice
    {
        int32_t token = 0;
        std::string bytes;        // of the token: maybe a part of a character
        double probability = 0.0; // as the model computed it: at temperature 1, before any penalty
    };

    uint32_t index = 0;          // of the token in this reply
    Choice drawn;                // the one that was written
    std::vector<Choice> choices; // likeliest first, GenerationRequest::alternatives of them
};

// SessionOptions::yarnMode is Auto and what was asked for does not fit: the session goes on with
// another YaRN factor. Everything is read again, as the PromptProgress that follows shows.
struct ContextExtended
{
    double factor = 1.0; // of YaRN, from now on
    uint32_t contextTokens = 0;
};

// These left the prompt, and are not in what the model reads.
struct MessagesDropped
{
    std::vector<uint32_t> messages; // indices into GenerationRequest::messages, ascending
    uint32_t tokens = 0;            // that the prompt lost
};

// The context is full, and the reply ends here or does not begin. The numbers say what would help.
struct ContextFilled
{
    uint32_t neededTokens = 0; // at least, for prompt and reply so far and one more token
    uint32_t contextTokens = 0;
    uint32_t droppableMessages = 0; // that WhenFull::DropOldestTurns could take away
    // With this it would fit context and memory; 1: a longer context without YaRN would; 0: none.
    double yarnFactor = 0.0;
};

using Event = std::variant<PromptProgress,
    TextDelta,
    TokenAlternatives,
    ContextExtended,
    MessagesDropped,
    ContextFilled>;

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
    // Why the prompt is not what the model's own template says; empty when it is.
    std::string promptNote;
};

} // namespace atelier
