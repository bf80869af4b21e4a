// SPDX-License-Identifier: MIT
// A reply as JSON: what it means, not how it is written.
#pragma once

#include "engine/api/generation.h"
#include "engine/chat/reply_parser.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace atelier::cli {

// Collects the text of one reply and says what is in it:
//   {"content": ..., "thinking": ..., "tool_calls": [{"name", "arguments", "valid", "note"}],
//    "citations": [{"number", "label"}], "finish_reason": "end of turn", ...}
class ReplyJson
{
public:
    explicit ReplyJson(std::vector<std::string> tools) : m_parser({std::move(tools), false}) {}

    void add(std::string_view text) { take(m_parser.push(text)); }
    nlohmann::ordered_json finish(const GenerationStats& stats);

private:
    void take(const std::vector<ReplyEvent>& events);

    ReplyParser m_parser;
    std::string m_content;
    std::string m_thinking;
    nlohmann::ordered_json m_calls = nlohmann::ordered_json::array();
    nlohmann::ordered_json m_citations = nlohmann::ordered_json::array();
};

const char* reasonText(FinishReason reason); // "end of turn"

} // namespace atelier::cli
