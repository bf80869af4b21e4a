// SPDX-License-Identifier: MIT
// Rows of the chat store that belong to artifacts, to values and back.
#pragma once

#include "app/storage/chat_rows.h"
#include "app/storage/database.h"
#include "app/storage/stored_chat.h"

#include <QString>

namespace atelier {

/// For "SELECT " + columns + " FROM versions"; the readers below rely on their order.
QString versionColumns();
QString artifactColumns();
QString artifactColumnsOfTwo(); // in a file of schema 2

StoredVersion readVersion(const QSqlQuery& row); // `damaged` when its checksum is wrong

struct ArtifactRow
{
    StoredArtifact artifact;
    bool intact = true; // its checksum is right
};

ArtifactRow readArtifact(const QSqlQuery& row);

/// Fills in what belongs to artifacts of the chat `conversation.chat.id`. What is damaged is left
/// out: an artifact without its storage is better than one with half of it.
Status readArtifacts(Database& database, StoredConversation& conversation);

/// Each does nothing when its message is gone, which deleting a chat may have done meanwhile.
Status writeVersion(Database& database, const StoredVersion& version, OnConflict onConflict);
Status writeArtifact(Database& database, const StoredArtifact& artifact, OnConflict onConflict);
Status writeThumbnail(Database& database, const StoredThumbnail& thumbnail);

} // namespace atelier
