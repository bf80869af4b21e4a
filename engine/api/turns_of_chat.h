// SPDX-License-Identifier: MIT
// The turns of a chat: a user's message and everything up to the next one.
#pragma once

#include "engine/chat/message.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace atelier {

// Turns that can be dropped: all but the last. System messages belong to none; what stands before
// the first user message belongs to the first turn.
size_t droppableTurns(std::span<const Message> messages);

// Indices of the messages of the first `turns` turns, ascending.
std::vector<uint32_t> messagesOfTurns(std::span<const Message> messages, size_t turns);

// The messages without those.
std::vector<Message> withoutTurns(std::span<const Message> messages, size_t turns);

} // namespace atelier
