// SPDX-License-Identifier: MIT
// Which prompt format a model was trained on.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace atelier {

enum class ChatFamily : uint8_t {
    Glm4,          // GLM-4-0414 chat, 9B and 32B
    GlmZ1,         // GLM-Z1-0414: thinks before it answers
    GlmRumination, // GLM-Z1-Rumination-32B-0414: deep research with four tools of its own
    ChatGlm4,      // 2024: GLM-4-9B-Chat, -1M, and the text of GLM-4V-9B
    Plain,         // a base model: it completes text and knows no turns
    Other,         // not of this family; only its own template says what it expects
};

std::string_view chatFamilyName(ChatFamily family); // "GLM-4-0414"

// Tools that the family's prompt offers whatever the caller does: Rumination's four.
std::span<const std::string_view> ownTools(ChatFamily family);

// From general.architecture, the model's own template (empty when it has none) and general.name.
ChatFamily detectChatFamily(
    std::string_view architecture, std::string_view chatTemplate, std::string_view name);

} // namespace atelier
