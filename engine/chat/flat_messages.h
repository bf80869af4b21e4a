// SPDX-License-Identifier: MIT
// Messages the way GLM-4's formats write them: each tool call is a message of its own.
#pragma once

#include "engine/chat/message.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace atelier {

struct FlatMessage
{
    size_t index = 0; // of the message that this is, or is a part of
    Role role = Role::User;
    std::string_view content;
    std::string_view metadata; // the tool's name, of a call
};

// The views are into `messages`.
inline std::vector<FlatMessage> flatMessages(std::span<const Message> messages)
{
    std::vector<FlatMessage> flat;
    for (size_t i = 0; i < messages.size(); ++i) {
        const Message& message = messages[i];
        const bool isAssistant = message.role == Role::Assistant;
        const bool hasCalls = isAssistant && !message.toolCalls.empty();
        if (!hasCalls || !message.content.empty()) {
            flat.push_back({i,
                message.role,
                message.content,
                isAssistant ? std::string_view(message.metadata) : std::string_view()});
        }
        if (hasCalls) {
            for (const ToolCall& call : message.toolCalls) {
                flat.push_back({i, Role::Assistant, call.arguments, call.name});
            }
        }
    }
    return flat;
}

} // namespace atelier
