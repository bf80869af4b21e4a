// SPDX-License-Identifier: MIT
// A conversation as models of the GLM-4 family know it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atelier {

// Observation is what a tool answered, one message for each call, in their order.
enum class Role : uint8_t { System, User, Assistant, Observation };

struct ToolCall
{
    std::string name;
    std::string arguments; // JSON, as the model wrote it
};

struct Message
{
    Role role = Role::User;
    std::string content; // UTF-8
    // Assistant: the tool that `content`, then JSON, is the arguments for; empty for an answer.
    std::string metadata = {};
    // Assistant: calls that follow `content`, several if the model wants.
    std::vector<ToolCall> toolCalls = {};
};

// A message as a reply was shown while it was written: its text, then each call as its name and,
// on the next line, its arguments.
inline std::string shownText(const Message& message)
{
    std::string text =
        message.metadata.empty() ? message.content : message.metadata + "\n" + message.content;
    for (const ToolCall& call : message.toolCalls) {
        text += (text.empty() ? "" : "\n") + call.name + "\n" + call.arguments;
    }
    return text;
}

} // namespace atelier
