// SPDX-License-Identifier: MIT
// Backups of the chat database, and what happens when it is damaged: set aside, restored, salvaged.
#pragma once

#include "app/storage/database.h"
#include "app/storage/schema.h"
#include "app/storage/stored_chat.h"

#include <QString>
#include <QStringList>

namespace atelier {

QString chatFile(const QString& folder);
QStringList backupFiles(const QString& folder); // newest first

/// Copies the open database to a new file in backups/, checks the copy and keeps the newest three.
Status writeBackup(Database& database, const QString& folder);

/// Renames chats.sqlite (and its -wal and -shm) out of the way and puts the newest good backup plus
/// every row that can still be read from the damaged file in its place. Fills in `report`.
Status repairChats(const QString& folder, const Migrations& migrations, StoreReport& report);

} // namespace atelier
