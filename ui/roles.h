// SPDX-License-Identifier: MIT
// Item-model roles by which the program hands data to the widgets.
#pragma once

#include <Qt>

namespace atelier {

/// Rows of the sidebar's chat list. Qt::DisplayRole is the title.
enum ChatListRole {
    ChatIdRole = Qt::UserRole + 1, // QString
    ChatGroupRole,                 // QString, translated: "Today"; rows of a group are adjacent
    ChatBusyRole,                  // bool: a reply is being written in it
};

} // namespace atelier
