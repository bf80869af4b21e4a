// SPDX-License-Identifier: MIT
#include "engine/api/turns_of_chat.h"

#include <algorithm>

namespace atelier {

size_t droppableTurns(std::span<const Message> messages)
{
    const auto users = std::count_if(messages.begin(), messages.end(), [](const Message& message) {
        return message.role == Role::User;
    });
    return users > 0 ? size_t(users) - 1 : 0;
}

std::vector<uint32_t> messagesOfTurns(std::span<const Message> messages, size_t turns)
{
    std::vector<uint32_t> indices;
    size_t begun = 0;
    for (size_t i = 0; i < messages.size(); ++i) {
        begun += messages[i].role == Role::User ? 1 : 0;
        if (begun > turns) {
            break;
        }
        if (turns > 0 && messages[i].role != Role::System) {
            indices.push_back(uint32_t(i));
        }
    }
    return indices;
}

std::vector<Message> withoutTurns(std::span<const Message> messages, size_t turns)
{
    const auto gone = messagesOfTurns(messages, turns);
    std::vector<Message> kept;
    auto next = gone.begin();
    for (size_t i = 0; i < messages.size(); ++i) {
        if (next != gone.end() && *next == i) {
            ++next;
        } else {
            kept.push_back(messages[i]);
        }
    }
    return kept;
}

} // namespace atelier
