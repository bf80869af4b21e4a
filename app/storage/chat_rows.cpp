// SPDX-License-Identifier: MIT
#include "app/storage/chat_rows.h"

#include "app/storage/row_digest.h"

namespace atelier {

namespace {

// SQLite binds a null QString as NULL, which the columns refuse.
QVariant text(const QString& value)
{
    return value.isNull() ? QStringLiteral("") : value;
}

QVariant parentOf(const StoredMessage& message)
{
    return message.parent.isEmpty() ? QVariant() : QVariant(message.parent);
}

} // namespace

QString chatColumns()
{
    return QStringLiteral("id, title, created, updated, deleted, settings, draft, digest");
}

QString messageColumns()
{
    return QStringLiteral("id, chat, parent, role, state, text, error, model, created,"
                          " prompt_tokens, tokens, seconds, selected, digest");
}

ChatRow readChat(const QSqlQuery& row)
{
    ChatRow read;
    read.chat.id = row.value(0).toString();
    read.chat.title = row.value(1).toString();
    read.chat.created = row.value(2).toLongLong();
    read.chat.updated = row.value(3).toLongLong();
    read.chat.deleted = row.value(4).toLongLong();
    read.chat.settings = row.value(5).toString();
    read.chat.draft = row.value(6).toString();
    read.intact = row.value(7).toByteArray() == rowDigest(read.chat);
    return read;
}

StoredMessage readMessage(const QSqlQuery& row)
{
    StoredMessage message;
    message.id = row.value(0).toString();
    message.chat = row.value(1).toString();
    message.parent = row.value(2).toString();
    message.role = StoredRole(row.value(3).toInt());
    message.state = StoredState(row.value(4).toInt());
    message.text = row.value(5).toString();
    message.error = row.value(6).toString();
    message.model = row.value(7).toString();
    message.created = row.value(8).toLongLong();
    message.promptTokens = row.value(9).toInt();
    message.tokens = row.value(10).toInt();
    message.seconds = row.value(11).toDouble();
    message.selected = row.value(12).toBool();
    message.damaged = row.value(13).toByteArray() != rowDigest(message);
    return message;
}

Status writeChat(Database& database, const StoredChat& chat, OnConflict onConflict)
{
    // Not INSERT OR REPLACE: that would delete the old row and, by the foreign key, its messages.
    const QString conflict =
        onConflict == OnConflict::Ignore
            ? QStringLiteral("NOTHING")
            : QStringLiteral("UPDATE SET title=excluded.title, created=excluded.created,"
                             " updated=excluded.updated, deleted=excluded.deleted,"
                             " settings=excluded.settings, draft=excluded.draft,"
                             " digest=excluded.digest");
    return database.execute(
        QStringLiteral("INSERT INTO chats(%1) VALUES(?,?,?,?,?,?,?,?) ON CONFLICT(id) DO %2")
            .arg(chatColumns(), conflict),
        {text(chat.id),
            text(chat.title),
            chat.created,
            chat.updated,
            chat.deleted,
            text(chat.settings),
            text(chat.draft),
            rowDigest(chat)});
}

Status insertMessage(Database& database, const StoredMessage& message, OnConflict onConflict)
{
    const QString verb = onConflict == OnConflict::Ignore ? QStringLiteral("INSERT OR IGNORE")
                                                          : QStringLiteral("INSERT");
    return database.execute(
        QStringLiteral("%1 INTO messages(%2) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
            .arg(verb, messageColumns()),
        {text(message.id),
            text(message.chat),
            parentOf(message),
            int(message.role),
            int(message.state),
            text(message.text),
            text(message.error),
            text(message.model),
            message.created,
            message.promptTokens,
            message.tokens,
            message.seconds,
            message.selected,
            rowDigest(message)});
}

Status updateMessage(Database& database, const StoredMessage& message)
{
    return database.execute(
        QStringLiteral("UPDATE messages SET parent=?, role=?, state=?, text=?, error=?, model=?,"
                       " created=?, prompt_tokens=?, tokens=?, seconds=?, digest=? WHERE id=?"),
        {parentOf(message),
            int(message.role),
            int(message.state),
            text(message.text),
            text(message.error),
            text(message.model),
            message.created,
            message.promptTokens,
            message.tokens,
            message.seconds,
            rowDigest(message),
            text(message.id)});
}

} // namespace atelier
