// SPDX-License-Identifier: MIT
#include "app/storage/chat_repair.h"

#include "app/storage/artifact_rows.h"
#include "app/storage/chat_rows.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace atelier {

namespace {

constexpr int kBackupsKept = 3;

QString backupFolder(const QString& folder)
{
    return folder + QStringLiteral("/backups");
}

QString timeStamp()
{
    return QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss-zzz"));
}

// A copy is worth keeping only when it opens, its pages are whole and it has the rows.
Status verifyCopy(const QString& file, qint64 messages)
{
    auto opened = Database::open(file, Database::Mode::ReadOnly);
    if (!opened) {
        return opened.error();
    }
    const auto check = opened.value()->scalar(QStringLiteral("PRAGMA quick_check(1)"));
    if (!check) {
        return check.error();
    }
    if (check.value().toString() != QLatin1String("ok")) {
        return Error{ErrorCode::InvalidFormat, check.value().toString().toStdString()};
    }
    const auto count = opened.value()->scalar(QStringLiteral("SELECT count(*) FROM messages"));
    if (!count) {
        return count.error();
    }
    if (messages >= 0 && count.value().toLongLong() != messages) {
        return Error{ErrorCode::InvalidFormat, "The backup lacks messages."};
    }
    return Done{};
}

Status setAside(const QString& folder, QString& renamed)
{
    const QString file = chatFile(folder);
    renamed = file + QStringLiteral(".damaged-") + timeStamp();
    for (const char* part : {"", "-wal", "-shm"}) {
        const QString from = file + QLatin1String(part);
        if (QFile::exists(from) && !QFile::rename(from, renamed + QLatin1String(part))) {
            return Error{ErrorCode::Io, "Cannot rename \"" + from.toStdString() + "\"."};
        }
    }
    return Done{};
}

bool restoreBackup(const QString& folder)
{
    for (const QString& backup : backupFiles(folder)) {
        if (!verifyCopy(backup, -1)) {
            continue;
        }
        if (QFile::copy(backup, chatFile(folder))) {
            return true;
        }
        QFile::remove(chatFile(folder)); // half a copy, on a full disk
    }
    return false;
}

// Reads what can be read from both ends: a bad page in the middle stops each direction once.
template <class Take>
void salvage(Database& damaged, const QString& columns, const QString& table, Take&& take)
{
    for (const char* order : {"ASC", "DESC"}) {
        auto rows = damaged.query(QStringLiteral("SELECT %1 FROM %2 ORDER BY rowid %3")
                                      .arg(columns, table, QLatin1String(order)));
        while (rows && rows.value().next()) {
            take(rows.value());
        }
    }
}

void salvageRows(Database& damaged, Database& target)
{
    // Parents may be unreadable: the keys are checked by hand afterwards.
    (void)target.execute(QStringLiteral("PRAGMA foreign_keys=OFF"));
    (void)target.transaction([&]() -> Status {
        salvage(damaged, chatColumns(), QStringLiteral("chats"), [&](const QSqlQuery& row) {
            if (const ChatRow read = readChat(row); read.intact) {
                (void)writeChat(target, read.chat, OnConflict::Ignore);
            }
        });
        salvage(damaged, messageColumns(), QStringLiteral("messages"), [&](const QSqlQuery& row) {
            if (const StoredMessage read = readMessage(row); !read.damaged) {
                (void)insertMessage(target, read, OnConflict::Ignore);
            }
        });
        // Thumbnails are left behind: they are drawn again.
        salvage(damaged, versionColumns(), QStringLiteral("versions"), [&](const QSqlQuery& row) {
            if (const StoredVersion read = readVersion(row); !read.damaged) {
                (void)writeVersion(target, read, OnConflict::Ignore);
            }
        });
        for (const QString& columns : {artifactColumns(), artifactColumnsOfTwo()}) {
            salvage(damaged, columns, QStringLiteral("artifacts"), [&](const QSqlQuery& row) {
                if (const ArtifactRow read = readArtifact(row); read.intact) {
                    (void)writeArtifact(target, read.artifact, OnConflict::Ignore);
                }
            });
        }
        return Done{};
    });
    (void)target.transaction([&]() -> Status {
        // A message whose chat is lost gets a chat again; one whose parent is lost becomes a first.
        (void)target.execute(
            QStringLiteral("UPDATE messages SET parent=NULL WHERE parent IS NOT NULL AND"
                           " parent NOT IN (SELECT id FROM messages)"));
        auto orphans =
            target.query(QStringLiteral("SELECT chat, min(created), max(created) FROM messages"
                                        " WHERE chat NOT IN (SELECT id FROM chats) GROUP BY chat"));
        QList<StoredChat> lost;
        while (orphans && orphans.value().next()) {
            StoredChat chat;
            chat.id = orphans.value().value(0).toString();
            chat.title = QCoreApplication::translate("ConversationStore", "Recovered chat");
            chat.created = orphans.value().value(1).toLongLong();
            chat.updated = orphans.value().value(2).toLongLong();
            lost.append(chat);
        }
        for (const StoredChat& chat : lost) {
            (void)writeChat(target, chat, OnConflict::Ignore);
        }
        return Done{};
    });
    (void)target.execute(QStringLiteral("PRAGMA foreign_keys=ON"));
}

// Moving a message to the top changes its parent, which its digest covers.
void renewDigests(Database& database)
{
    auto rows = database.query(QStringLiteral("SELECT %1 FROM messages").arg(messageColumns()));
    QList<StoredMessage> stale;
    while (rows && rows.value().next()) {
        if (StoredMessage message = readMessage(rows.value()); message.damaged) {
            stale.append(message);
        }
    }
    for (const StoredMessage& message : stale) {
        (void)updateMessage(database, message);
    }
}

} // namespace

QString chatFile(const QString& folder)
{
    return folder + QStringLiteral("/chats.sqlite");
}

QStringList backupFiles(const QString& folder)
{
    QStringList files;
    const QDir backups(backupFolder(folder));
    for (const QString& name : backups.entryList(
             {QStringLiteral("chats-*.sqlite")}, QDir::Files, QDir::Name | QDir::Reversed)) {
        files << backups.filePath(name);
    }
    return files;
}

Status writeBackup(Database& database, const QString& folder)
{
    if (!QDir().mkpath(backupFolder(folder))) {
        return Error{ErrorCode::Io, "Cannot create the folder for backups."};
    }
    const auto messages = database.scalar(QStringLiteral("SELECT count(*) FROM messages"));
    if (!messages) {
        return messages.error();
    }
    const QString name = backupFolder(folder) + QStringLiteral("/chats-") + timeStamp();
    const QString unfinished = name + QStringLiteral(".unfinished");
    Status written = database.execute(QStringLiteral("VACUUM INTO ?"), {unfinished});
    if (written) {
        written = verifyCopy(unfinished, messages.value().toLongLong());
    }
    if (!written || !QFile::rename(unfinished, name + QStringLiteral(".sqlite"))) {
        QFile::remove(unfinished);
        return written ? Status(Error{ErrorCode::Io, "Cannot rename the backup."}) : written;
    }
    const QStringList all = backupFiles(folder);
    for (const QString& old : all.mid(kBackupsKept)) {
        QFile::remove(old);
    }
    return Done{};
}

Status repairChats(const QString& folder, const Migrations& migrations, StoreReport& report)
{
    if (Status renamed = setAside(folder, report.setAside); !renamed) {
        return renamed;
    }
    const bool fromBackup = restoreBackup(folder);
    auto opened = Database::open(chatFile(folder), Database::Mode::ReadWrite);
    if (!opened) {
        return opened.error();
    }
    Database& target = *opened.value();
    if (Status migrated = migrate(target, migrations); !migrated) {
        return migrated;
    }
    // Read-write, because a write-ahead log beside it can only be read that way; it is a copy that
    // nobody else uses.
    if (auto damaged = Database::open(report.setAside, Database::Mode::ReadWrite)) {
        salvageRows(*damaged.value(), target);
        renewDigests(target);
    }
    const auto chats = target.scalar(QStringLiteral("SELECT count(*) FROM chats"));
    const auto messages = target.scalar(QStringLiteral("SELECT count(*) FROM messages"));
    report.restoredChats = chats ? chats.value().toInt() : 0;
    report.restoredMessages = messages ? messages.value().toInt() : 0;
    report.problem = QCoreApplication::translate("ConversationStore",
        "The file with your chats was damaged. It was set aside as \"%1\"; %2 chats with %3 "
        "messages "
        "were brought back%4.")
                         .arg(report.setAside)
                         .arg(report.restoredChats)
                         .arg(report.restoredMessages)
                         .arg(fromBackup ? QCoreApplication::translate(
                                               "ConversationStore", ", some of them from a backup")
                                         : QString());
    return Done{};
}

} // namespace atelier
