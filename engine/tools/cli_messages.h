// SPDX-License-Identifier: MIT
// Conversations in JSON files, as atelier-cli reads them.
#pragma once

#include "engine/base/result.h"
#include "engine/chat/message.h"
#include "engine/chat/tool.h"

#include <string>
#include <string_view>
#include <vector>

namespace atelier::cli {

struct Conversation
{
    std::vector<Message> messages;
    std::vector<Tool> tools;
    bool addGenerationPrompt = true;
};

// {"messages": [...], "tools": [...] or null, "add_generation_prompt": true}, or the list of
// messages alone. A message has a role (system, user, assistant, observation or tool) and a
// content; an assistant's may have `metadata`, the tool it calls with its content, or
// `tool_calls` as the OpenAI API has them, without content if need be.
// InvalidFormat names the message or tool that is wrong; `name` is the file's.
Result<Conversation> parseConversation(std::string_view json, const std::string& name);

Result<Conversation> readConversation(const std::string& path);

// A list of tools as the OpenAI API has them, or an object with "tools" that is one.
Result<std::vector<Tool>> readTools(const std::string& path);

} // namespace atelier::cli
