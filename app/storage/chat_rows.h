// SPDX-License-Identifier: MIT
// Rows of the chat store to values and back.
#pragma once

#include "app/storage/database.h"
#include "app/storage/stored_chat.h"

#include <QString>

namespace atelier {

/// For "SELECT " + columns + " FROM chats"; the readers below rely on their order.
QString chatColumns();
QString messageColumns();

struct ChatRow
{
    StoredChat chat;
    bool intact = true; // its checksum is right
};

ChatRow readChat(const QSqlQuery& row);
StoredMessage readMessage(const QSqlQuery& row); // `damaged` when its checksum is wrong

enum class OnConflict { Replace, Ignore };

Status writeChat(Database& database, const StoredChat& chat, OnConflict onConflict);
/// Inserts. With Ignore, one that is there stays as it is.
Status insertMessage(Database& database, const StoredMessage& message, OnConflict onConflict);
Status updateMessage(Database& database, const StoredMessage& message);

} // namespace atelier
