// SPDX-License-Identifier: MIT
#include "engine/tools/cli_reply.h"

#include <utility>
#include <variant>

namespace atelier::cli {

void ReplyJson::take(const std::vector<ReplyEvent>& events)
{
    for (const ReplyEvent& event : events) {
        if (const auto* answer = std::get_if<AnswerDelta>(&event)) {
            m_content += answer->text;
        } else if (const auto* thought = std::get_if<ThinkingDelta>(&event)) {
            m_thinking += thought->text;
        } else if (const auto* end = std::get_if<ThinkingEnd>(&event)) {
            if (end->answerWasThought) {
                m_thinking = std::exchange(m_content, {});
            }
        } else if (const auto* call = std::get_if<ToolCallEnd>(&event)) {
            m_calls.push_back({{"name", call->call.name},
                {"arguments", call->call.arguments},
                {"valid", call->valid},
                {"note", call->note}});
        } else if (const auto* citation = std::get_if<Citation>(&event)) {
            m_content += "【" + std::to_string(citation->number) + "†" + citation->label + "】";
            m_citations.push_back({{"number", citation->number}, {"label", citation->label}});
        }
    }
}

nlohmann::ordered_json ReplyJson::finish(const GenerationStats& stats)
{
    take(m_parser.finish());
    return {{"content", m_content},
        {"thinking", m_thinking},
        {"tool_calls", m_calls},
        {"citations", m_citations},
        {"finish_reason", reasonText(stats.reason)},
        {"prompt_tokens", stats.promptTokens},
        {"reused_tokens", stats.reusedTokens},
        {"generated_tokens", stats.generatedTokens},
        {"prompt_s", stats.promptSeconds},
        {"decode_s", stats.decodeSeconds},
        {"seed", stats.seed},
        {"prompt_note", stats.promptNote}};
}

const char* reasonText(FinishReason reason)
{
    switch (reason) {
    case FinishReason::EndOfTurn:
        return "end of turn";
    case FinishReason::ToolCall:
        return "tool call";
    case FinishReason::LengthLimit:
        return "token limit";
    case FinishReason::ContextFull:
        return "context full";
    case FinishReason::Stopped:
        return "stopped";
    }
    return "";
}

} // namespace atelier::cli
