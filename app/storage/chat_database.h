// SPDX-License-Identifier: MIT
// The chat store itself, one blocking call per operation. ConversationStore runs it on its thread.
#pragma once

#include "app/storage/database.h"
#include "app/storage/schema.h"
#include "app/storage/stored_chat.h"

#include <QList>
#include <QString>

#include <memory>

namespace atelier {

/// `folder` holds chats.sqlite and backups/. A write that returned without an error is on the disk
/// and survives a killed program and a power cut.
///
/// Threads: the thread that opened it.
/// Errors:  InvalidFormat: the file is damaged; open() again to repair what can be repaired.
class ChatDatabase
{
public:
    /// Creates, migrates (after a backup), checks after an unclean end, repairs and backs up. A
    /// damaged file is renamed, never deleted; `report` says what became of it.
    static Result<std::unique_ptr<ChatDatabase>> open(const QString& folder,
        StoreReport& report,
        const Migrations& migrations = chatMigrations());

    /// Marks a clean end.
    ~ChatDatabase();

    Result<QList<StoredChat>> chats(); // not the deleted ones; newest first
    Result<StoredConversation> conversation(const QString& chat);

    Status saveChat(const StoredChat& chat); // inserts or replaces
    Status removeChat(const QString& chat);  // for good, with its messages

    /// Inserts; when selected, its siblings no longer are.
    Status addMessage(const StoredMessage& message);
    /// Replaces what may change of a message and drops its journal.
    Status finishMessage(const StoredMessage& message);
    /// Adds a part to a reply that is being written; parts count up from 0.
    Status appendJournal(const QString& message, int part, const QString& text);
    Status selectBranch(const QString& message);
    Status removeMessage(const QString& message); // and everything below it

    /// What belongs to artifacts; each inserts or replaces, and does nothing for a lost message.
    Status saveVersion(const StoredVersion& version);
    Status saveArtifact(const StoredArtifact& artifact);
    Status saveThumbnail(const StoredThumbnail& thumbnail);

    /// Messages that contain `text`, newest first, without regard to case.
    Result<QList<SearchHit>> search(const QString& text, int limit);

    /// Writes a verified copy into backups/ and keeps the newest three.
    Status backUp();

    Database& database() { return *m_database; }

private:
    ChatDatabase(QString folder, std::unique_ptr<Database> database);

    Status recoverReplies(StoreReport& report);
    Status removeDeletedChats();
    Status setSelected(const StoredMessage& message);

    QString m_folder;
    std::unique_ptr<Database> m_database;
};

} // namespace atelier
