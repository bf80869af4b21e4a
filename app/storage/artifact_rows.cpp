// SPDX-License-Identifier: MIT
#include "app/storage/artifact_rows.h"

#include "app/storage/row_digest.h"

namespace atelier {

namespace {

// SQLite binds a null QString as NULL, which the columns refuse.
QVariant text(const QString& value)
{
    return value.isNull() ? QStringLiteral("") : value;
}

QString ofChat(const QString& columns, const QString& table, const QString& order)
{
    QStringList qualified;
    for (const QString& column : columns.split(QStringLiteral(", "))) {
        qualified << QStringLiteral("t.") + column;
    }
    return QStringLiteral(
        "SELECT %1 FROM %2 t JOIN messages m ON m.id=t.message WHERE m.chat=? ORDER BY %3")
        .arg(qualified.join(QStringLiteral(", ")), table, order);
}

template <class Take>
Status readAll(Database& database, const QString& sql, const QString& chat, Take&& take)
{
    auto rows = database.query(sql, {chat});
    if (!rows) {
        return rows.error();
    }
    while (rows.value().next()) {
        take(rows.value());
    }
    if (rows.value().lastError().isValid()) {
        return Database::errorOf(rows.value().lastError());
    }
    return Done{};
}

} // namespace

QString versionColumns()
{
    return QStringLiteral("id, message, artifact, origin, made_from, title, text, created, digest");
}

QString artifactColumns()
{
    return QStringLiteral("id, message, current, storage, hosts, tries, ran, digest");
}

QString artifactColumnsOfTwo()
{
    return QStringLiteral("id, message, current, storage, hosts, 0, '', digest");
}

StoredVersion readVersion(const QSqlQuery& row)
{
    StoredVersion version;
    version.id = row.value(0).toString();
    version.message = row.value(1).toString();
    version.artifact = row.value(2).toInt();
    version.origin = StoredOrigin(row.value(3).toInt());
    version.from = row.value(4).toString();
    version.title = row.value(5).toString();
    version.text = row.value(6).toString();
    version.created = row.value(7).toLongLong();
    version.damaged = row.value(8).toByteArray() != rowDigest(version);
    return version;
}

ArtifactRow readArtifact(const QSqlQuery& row)
{
    ArtifactRow read;
    read.artifact.id = row.value(0).toString();
    read.artifact.message = row.value(1).toString();
    read.artifact.current = row.value(2).toString();
    read.artifact.storage = row.value(3).toString();
    read.artifact.hosts = row.value(4).toString();
    read.artifact.tries = row.value(5).toInt();
    read.artifact.ran = row.value(6).toString();
    read.intact = row.value(7).toByteArray() == rowDigest(read.artifact);
    return read;
}

Status readArtifacts(Database& database, StoredConversation& conversation)
{
    const QString chat = conversation.chat.id;
    Status read = readAll(database,
        ofChat(versionColumns(), QStringLiteral("versions"), QStringLiteral("t.row")),
        chat,
        [&](const QSqlQuery& row) {
            if (const StoredVersion version = readVersion(row); !version.damaged) {
                conversation.versions.append(version);
            }
        });
    if (!read) {
        return read;
    }
    read = readAll(database,
        ofChat(artifactColumns(), QStringLiteral("artifacts"), QStringLiteral("t.id")),
        chat,
        [&](const QSqlQuery& row) {
            if (const ArtifactRow each = readArtifact(row); each.intact) {
                conversation.artifacts.append(each.artifact);
            }
        });
    if (!read) {
        return read;
    }
    return readAll(database,
        ofChat(QStringLiteral("version, message, png"),
            QStringLiteral("thumbnails"),
            QStringLiteral("t.version")),
        chat,
        [&](const QSqlQuery& row) {
            conversation.thumbnails.append(
                {row.value(0).toString(), row.value(1).toString(), row.value(2).toByteArray()});
        });
}

Status writeVersion(Database& database, const StoredVersion& version, OnConflict onConflict)
{
    const QString conflict =
        onConflict == OnConflict::Ignore
            ? QStringLiteral("NOTHING")
            : QStringLiteral("UPDATE SET title=excluded.title, text=excluded.text,"
                             " created=excluded.created, digest=excluded.digest");
    return database.execute(QStringLiteral("INSERT INTO versions(%1) SELECT ?,?,?,?,?,?,?,?,?"
                                           " WHERE EXISTS(SELECT 1 FROM messages WHERE id=?)"
                                           " ON CONFLICT(id) DO %2")
                                .arg(versionColumns(), conflict),
        {text(version.id),
            text(version.message),
            version.artifact,
            int(version.origin),
            text(version.from),
            text(version.title),
            text(version.text),
            version.created,
            rowDigest(version),
            text(version.message)});
}

Status writeArtifact(Database& database, const StoredArtifact& artifact, OnConflict onConflict)
{
    const QString conflict =
        onConflict == OnConflict::Ignore
            ? QStringLiteral("NOTHING")
            : QStringLiteral("UPDATE SET message=excluded.message, current=excluded.current,"
                             " storage=excluded.storage, hosts=excluded.hosts,"
                             " tries=excluded.tries, ran=excluded.ran, digest=excluded.digest");
    return database.execute(QStringLiteral("INSERT INTO artifacts(%1) SELECT ?,?,?,?,?,?,?,?"
                                           " WHERE EXISTS(SELECT 1 FROM messages WHERE id=?)"
                                           " ON CONFLICT(id) DO %2")
                                .arg(artifactColumns(), conflict),
        {text(artifact.id),
            text(artifact.message),
            text(artifact.current),
            text(artifact.storage),
            text(artifact.hosts),
            artifact.tries,
            text(artifact.ran),
            rowDigest(artifact),
            text(artifact.message)});
}

Status writeThumbnail(Database& database, const StoredThumbnail& thumbnail)
{
    return database.execute(QStringLiteral("INSERT INTO thumbnails(version, message, png)"
                                           " SELECT ?,?,?"
                                           " WHERE EXISTS(SELECT 1 FROM messages WHERE id=?)"
                                           " ON CONFLICT(version) DO UPDATE SET png=excluded.png"),
        {text(thumbnail.version), text(thumbnail.message), thumbnail.png, text(thumbnail.message)});
}

} // namespace atelier
