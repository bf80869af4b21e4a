// SPDX-License-Identifier: MIT
#include "app/storage/chat_database.h"

#include "app/storage/artifact_rows.h"
#include "app/storage/chat_repair.h"
#include "app/storage/chat_rows.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <utility>

namespace atelier {

namespace {

constexpr qint64 kBackupEveryMs = 24 * 3600 * 1000LL;
constexpr int kShortestTrigram = 3;

bool isDamage(const Error& error)
{
    return error.code == ErrorCode::InvalidFormat;
}

// Every page is read only after the program did not end by itself: it costs time on a long history.
Status checkAfterUncleanEnd(Database& database)
{
    const auto running =
        database.scalar(QStringLiteral("SELECT value FROM facts WHERE key='running'"));
    if (!running) {
        return running.error();
    }
    if (running.value().toString() != QLatin1String("1")) {
        return Done{};
    }
    const auto check = database.scalar(QStringLiteral("PRAGMA quick_check(1)"));
    if (!check) {
        return check.error();
    }
    if (check.value().toString() != QLatin1String("ok")) {
        return Error{ErrorCode::InvalidFormat, check.value().toString().toStdString()};
    }
    return Done{};
}

Status setRunning(Database& database, bool running)
{
    return database.execute(QStringLiteral("INSERT INTO facts(key, value) VALUES('running', ?)"
                                           " ON CONFLICT(key) DO UPDATE SET value=excluded.value"),
        {running ? QStringLiteral("1") : QStringLiteral("0")});
}

Result<std::unique_ptr<Database>> openChecked(const QString& folder, const Migrations& migrations)
{
    auto opened = Database::open(chatFile(folder), Database::Mode::ReadWrite);
    if (!opened) {
        return opened.error();
    }
    Database& database = *opened.value();
    const auto version = schemaVersion(database);
    if (!version) {
        return version.error();
    }
    if (version.value() > 0 && version.value() < int(migrations.size())) {
        if (Status saved = writeBackup(database, folder); !saved) {
            return saved.error(); // no step is taken that cannot be taken back
        }
    }
    if (Status migrated = migrate(database, migrations); !migrated) {
        return migrated.error();
    }
    if (Status checked = checkAfterUncleanEnd(database); !checked) {
        return checked.error();
    }
    return opened;
}

} // namespace

ChatDatabase::ChatDatabase(QString folder, std::unique_ptr<Database> database)
    : m_folder(std::move(folder)),
      m_database(std::move(database))
{
}

ChatDatabase::~ChatDatabase()
{
    (void)setRunning(*m_database, false);
}

Result<std::unique_ptr<ChatDatabase>> ChatDatabase::open(
    const QString& folder, StoreReport& report, const Migrations& migrations)
{
    if (!QDir().mkpath(folder)) {
        return Error{
            ErrorCode::Io, "Cannot create the folder \"" + folder.toStdString() + "\" for chats."};
    }
    auto opened = openChecked(folder, migrations);
    if (!opened && isDamage(opened.error())) {
        if (Status repaired = repairChats(folder, migrations, report); !repaired) {
            return repaired.error();
        }
        opened = openChecked(folder, migrations);
    }
    if (!opened) {
        return opened.error();
    }
    auto chats = std::unique_ptr<ChatDatabase>(new ChatDatabase(folder, std::move(opened.value())));
    if (Status marked = setRunning(*chats->m_database, true); !marked) {
        return marked.error();
    }
    if (Status recovered = chats->recoverReplies(report); !recovered) {
        return recovered.error();
    }
    if (Status removed = chats->removeDeletedChats(); !removed) {
        return removed.error();
    }
    const QStringList backups = backupFiles(folder);
    const auto messages =
        chats->m_database->scalar(QStringLiteral("SELECT count(*) FROM messages"));
    const bool hasContent = messages && messages.value().toInt() > 0;
    const bool isDue =
        backups.isEmpty() ||
        QFileInfo(backups.first()).lastModified().msecsTo(QDateTime::currentDateTime()) >
            kBackupEveryMs;
    if (hasContent && isDue) {
        (void)chats->backUp(); // a full disk must not keep anyone from their chats
    }
    return chats;
}

Status ChatDatabase::recoverReplies(StoreReport& report)
{
    auto rows = m_database->query(
        QStringLiteral("SELECT %1 FROM messages WHERE state=?").arg(messageColumns()),
        {int(StoredState::Writing)});
    if (!rows) {
        return rows.error();
    }
    QList<StoredMessage> interrupted;
    while (rows.value().next()) {
        interrupted.append(readMessage(rows.value()));
    }
    for (StoredMessage& message : interrupted) {
        auto parts = m_database->query(
            QStringLiteral("SELECT text FROM journal WHERE message=? ORDER BY part"), {message.id});
        if (!parts) {
            return parts.error();
        }
        while (parts.value().next()) {
            message.text += parts.value().value(0).toString();
        }
        parts.value().finish();
        message.state = StoredState::Stopped;
        if (Status finished = finishMessage(message); !finished) {
            return finished;
        }
        ++report.interruptedReplies;
    }
    return Done{};
}

Status ChatDatabase::removeDeletedChats()
{
    return m_database->execute(QStringLiteral("DELETE FROM chats WHERE deleted<>0"));
}

Result<QList<StoredChat>> ChatDatabase::chats()
{
    auto rows = m_database->query(
        QStringLiteral("SELECT %1 FROM chats WHERE deleted=0 ORDER BY updated DESC, id")
            .arg(chatColumns()));
    if (!rows) {
        return rows.error();
    }
    QList<StoredChat> chats;
    while (rows.value().next()) {
        chats.append(readChat(rows.value()).chat); // a wrong title is better than a hidden chat
    }
    if (rows.value().lastError().isValid()) {
        return Database::errorOf(rows.value().lastError());
    }
    return chats;
}

Result<StoredConversation> ChatDatabase::conversation(const QString& chat)
{
    auto row = m_database->query(
        QStringLiteral("SELECT %1 FROM chats WHERE id=?").arg(chatColumns()), {chat});
    if (!row) {
        return row.error();
    }
    if (!row.value().next()) {
        return Error{ErrorCode::InvalidUse, "There is no such chat."};
    }
    StoredConversation conversation;
    conversation.chat = readChat(row.value()).chat;
    row.value().finish();

    auto rows = m_database->query(
        QStringLiteral("SELECT %1 FROM messages WHERE chat=? ORDER BY row").arg(messageColumns()),
        {chat});
    if (!rows) {
        return rows.error();
    }
    while (rows.value().next()) {
        conversation.messages.append(readMessage(rows.value()));
    }
    if (rows.value().lastError().isValid()) {
        return Database::errorOf(rows.value().lastError());
    }
    rows.value().finish();
    if (Status read = readArtifacts(*m_database, conversation); !read) {
        return read.error();
    }
    return conversation;
}

Status ChatDatabase::saveChat(const StoredChat& chat)
{
    return writeChat(*m_database, chat, OnConflict::Replace);
}

Status ChatDatabase::removeChat(const QString& chat)
{
    return m_database->execute(QStringLiteral("DELETE FROM chats WHERE id=?"), {chat});
}

Status ChatDatabase::setSelected(const StoredMessage& message)
{
    return m_database->execute(
        QStringLiteral("UPDATE messages SET selected=(id=?) WHERE chat=? AND parent IS ?"),
        {message.id,
            message.chat,
            message.parent.isEmpty() ? QVariant() : QVariant(message.parent)});
}

Status ChatDatabase::addMessage(const StoredMessage& message)
{
    return m_database->transaction([&]() -> Status {
        if (Status added = insertMessage(*m_database, message, OnConflict::Replace); !added) {
            return added;
        }
        return message.selected ? setSelected(message) : Status(Done{});
    });
}

Status ChatDatabase::finishMessage(const StoredMessage& message)
{
    return m_database->transaction([&]() -> Status {
        if (Status updated = updateMessage(*m_database, message); !updated) {
            return updated;
        }
        return m_database->execute(
            QStringLiteral("DELETE FROM journal WHERE message=?"), {message.id});
    });
}

Status ChatDatabase::appendJournal(const QString& message, int part, const QString& text)
{
    return m_database->execute(
        QStringLiteral("INSERT INTO journal(message, part, text) VALUES(?,?,?)"),
        {message, part, text});
}

Status ChatDatabase::selectBranch(const QString& message)
{
    return m_database->execute(
        QStringLiteral("UPDATE messages SET selected=(id=?) WHERE"
                       " chat=(SELECT chat FROM messages WHERE id=?) AND"
                       " parent IS (SELECT parent FROM messages WHERE id=?)"),
        {message, message, message});
}

Status ChatDatabase::removeMessage(const QString& message)
{
    return m_database->execute(QStringLiteral("DELETE FROM messages WHERE id=?"), {message});
}

Status ChatDatabase::saveVersion(const StoredVersion& version)
{
    return writeVersion(*m_database, version, OnConflict::Replace);
}

Status ChatDatabase::saveArtifact(const StoredArtifact& artifact)
{
    return writeArtifact(*m_database, artifact, OnConflict::Replace);
}

Status ChatDatabase::saveThumbnail(const StoredThumbnail& thumbnail)
{
    return writeThumbnail(*m_database, thumbnail);
}

Result<QList<SearchHit>> ChatDatabase::search(const QString& text, int limit)
{
    const QString wanted = text.simplified();
    QList<SearchHit> hits;
    if (wanted.isEmpty()) {
        return hits;
    }
    QString sql;
    QVariantList values;
    if (wanted.size() >= kShortestTrigram) {
        QString phrase = wanted;
        phrase.replace(QLatin1Char('"'), QStringLiteral("\"\""));
        sql = QStringLiteral("SELECT m.chat, m.id, snippet(found, 0, '', '', '…', 24)"
                             " FROM found JOIN messages m ON m.row=found.rowid"
                             " JOIN chats c ON c.id=m.chat AND c.deleted=0"
                             " WHERE found MATCH ? ORDER BY m.created DESC, m.row DESC LIMIT ?");
        values = {QLatin1Char('"') + phrase + QLatin1Char('"'), limit};
    } else { // too short for the index: Chinese words often are
        QString pattern = wanted;
        pattern.replace(QLatin1Char('\\'), QStringLiteral("\\\\"))
            .replace(QLatin1Char('%'), QStringLiteral("\\%"))
            .replace(QLatin1Char('_'), QStringLiteral("\\_"));
        sql = QStringLiteral(
            "SELECT m.chat, m.id, substr(m.text, max(1, instr(lower(m.text), lower(?)) - 24), 80)"
            " FROM messages m JOIN chats c ON c.id=m.chat AND c.deleted=0"
            " WHERE m.text LIKE ? ESCAPE '\\' ORDER BY m.created DESC, m.row DESC LIMIT ?");
        values = {wanted, QLatin1Char('%') + pattern + QLatin1Char('%'), limit};
    }
    auto rows = m_database->query(sql, values);
    if (!rows) {
        return rows.error();
    }
    while (rows.value().next()) {
        const QSqlQuery& row = rows.value();
        hits.append({row.value(0).toString(),
            row.value(1).toString(),
            row.value(2).toString().simplified()});
    }
    return hits;
}

Status ChatDatabase::backUp()
{
    return writeBackup(*m_database, m_folder);
}

} // namespace atelier
