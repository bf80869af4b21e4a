// SPDX-License-Identifier: MIT
// Messages and tools as the variables that a chat template reads.
#pragma once

#include "engine/chat/message.h"
#include "engine/chat/tool.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace atelier {

// What a template wants to be told, and how.
struct TemplateDialect
{
    bool glm = false; // role "observation", calls as messages with `metadata`; else OpenAI's
    bool toolsInMessage = false; // `tools` is a key of a message (GLM-4-Chat of 2024)
};

TemplateDialect detectDialect(std::string_view chatTemplate);

// What becomes of each text on its way into the variables.
struct TextMarks
{
    std::function<std::string(std::string_view)> text =
        {}; // of messages and tools; nothing: as it is
    // Stands for the content of message i where that is not blank; nothing: the content itself.
    std::function<std::string(size_t)> content = {};
    std::string number = {}; // begins a text that is a number scripts would change (jinja_engine.h)
};

nlohmann::ordered_json conversationJson(std::span<const Message> messages,
    std::span<const Tool> tools,
    bool addGenerationPrompt,
    const TemplateDialect& dialect,
    const TextMarks& marks);

} // namespace atelier
