// SPDX-License-Identifier: MIT
#include "engine/chat/chat_family.h"

#include <string>

namespace atelier {

namespace {

std::string lowered(std::string_view text)
{
    std::string out(text);
    for (char& c : out) {
        c = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
    }
    return out;
}

bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

} // namespace

std::string_view chatFamilyName(ChatFamily family)
{
    switch (family) {
    case ChatFamily::Glm4:
        return "GLM-4-0414";
    case ChatFamily::GlmZ1:
        return "GLM-Z1-0414";
    case ChatFamily::GlmRumination:
        return "GLM-Z1-Rumination-0414";
    case ChatFamily::ChatGlm4:
        return "GLM-4-Chat (2024)";
    case ChatFamily::Plain:
        return "plain text";
    case ChatFamily::Other:
        return "the model's own";
    }
    return {};
}

std::span<const std::string_view> ownTools(ChatFamily family)
{
    static constexpr std::string_view kRumination[] = {"search", "click", "open", "finish"};
    return family == ChatFamily::GlmRumination ? std::span<const std::string_view>(kRumination)
                                               : std::span<const std::string_view>();
}

ChatFamily detectChatFamily(
    std::string_view architecture, std::string_view chatTemplate, std::string_view name)
{
    const std::string lowerName = lowered(name);
    if (architecture == "chatglm") {
        const bool isBase = has(lowerName, "base") || !has(lowerName, "chat");
        const bool isVision = has(lowerName, "4v");
        return chatTemplate.empty() && isBase && !isVision ? ChatFamily::Plain
                                                           : ChatFamily::ChatGlm4;
    }
    if (architecture != "glm4") {
        return ChatFamily::Other;
    }
    if (chatTemplate.empty()) { // the file was stripped of it, or is a base model's
        return has(lowerName, "rumination") ? ChatFamily::GlmRumination
               : has(lowerName, "z1")       ? ChatFamily::GlmZ1
               : has(lowerName, "base")     ? ChatFamily::Plain
                                            : ChatFamily::Glm4;
    }
    if (has(chatTemplate, "深度研究助手")) {
        return ChatFamily::GlmRumination;
    }
    return has(chatTemplate, "<think>") ? ChatFamily::GlmZ1 : ChatFamily::Glm4;
}

} // namespace atelier
