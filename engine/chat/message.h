// SPDX-License-Identifier: MIT
// A conversation as models of the GLM-4 family know it.
#pragma once

#include <cstdint>
#include <string>

namespace atelier {

enum class Role : uint8_t { System, User, Assistant, Observation };

struct Message
{
    Role role = Role::User;
    std::string content;  // UTF-8
    std::string metadata; // Assistant: the tool it calls; empty for an answer
};

} // namespace atelier
