// SPDX-License-Identifier: MIT
#include "app/storage/schema.h"

namespace atelier {

namespace {

// Times are milliseconds since 1970. `digest` is the row's checksum (row_digest.h). `selected` is
// not part of it: a branch switch touches siblings without reading them.
QStringList versionOne()
{
    return {
        QStringLiteral("CREATE TABLE chats("
                       " id TEXT PRIMARY KEY NOT NULL,"
                       " title TEXT NOT NULL,"
                       " created INTEGER NOT NULL,"
                       " updated INTEGER NOT NULL,"
                       " deleted INTEGER NOT NULL DEFAULT 0,"
                       " settings TEXT NOT NULL DEFAULT '',"
                       " draft TEXT NOT NULL DEFAULT '',"
                       " digest BLOB NOT NULL)"),
        // `row` is the search index's key: VACUUM would renumber an implicit one.
        QStringLiteral("CREATE TABLE messages("
                       " row INTEGER PRIMARY KEY,"
                       " id TEXT NOT NULL UNIQUE,"
                       " chat TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,"
                       " parent TEXT REFERENCES messages(id) ON DELETE CASCADE,"
                       " role INTEGER NOT NULL,"
                       " state INTEGER NOT NULL,"
                       " text TEXT NOT NULL,"
                       " error TEXT NOT NULL DEFAULT '',"
                       " model TEXT NOT NULL DEFAULT '',"
                       " created INTEGER NOT NULL,"
                       " prompt_tokens INTEGER NOT NULL DEFAULT 0,"
                       " tokens INTEGER NOT NULL DEFAULT 0,"
                       " seconds REAL NOT NULL DEFAULT 0,"
                       " selected INTEGER NOT NULL DEFAULT 1,"
                       " digest BLOB NOT NULL)"),
        QStringLiteral("CREATE INDEX messages_by_chat ON messages(chat, row)"),
        QStringLiteral("CREATE INDEX messages_by_parent ON messages(parent)"),
        // A reply while it is written: appended to, never rewritten; gone once its text is whole.
        QStringLiteral("CREATE TABLE journal("
                       " message TEXT NOT NULL REFERENCES messages(id) ON DELETE CASCADE,"
                       " part INTEGER NOT NULL,"
                       " text TEXT NOT NULL,"
                       " PRIMARY KEY(message, part)) WITHOUT ROWID"),
        // Trigrams find any part of a word, in every script: Chinese has no spaces to split at.
        QStringLiteral("CREATE VIRTUAL TABLE found USING fts5("
                       "text, content='messages', content_rowid='row', tokenize='trigram')"),
        QStringLiteral("CREATE TRIGGER found_insert AFTER INSERT ON messages BEGIN"
                       " INSERT INTO found(rowid, text) VALUES(new.row, new.text); END"),
        QStringLiteral("CREATE TRIGGER found_delete AFTER DELETE ON messages BEGIN"
                       " INSERT INTO found(found, rowid, text)"
                       " VALUES('delete', old.row, old.text); END"),
        QStringLiteral("CREATE TRIGGER found_update AFTER UPDATE OF text ON messages BEGIN"
                       " INSERT INTO found(found, rowid, text)"
                       " VALUES('delete', old.row, old.text);"
                       " INSERT INTO found(rowid, text) VALUES(new.row, new.text); END"),
        QStringLiteral("CREATE TABLE facts(key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)"),
    };
}

// Artifacts: versions that no reply wrote, what an artifact keeps, and small pictures. What a reply
// wrote stays in its message.
QStringList versionTwo()
{
    return {
        QStringLiteral("CREATE TABLE versions("
                       " row INTEGER PRIMARY KEY,"
                       " id TEXT NOT NULL UNIQUE,"
                       " message TEXT NOT NULL REFERENCES messages(id) ON DELETE CASCADE,"
                       " artifact INTEGER NOT NULL,"
                       " origin INTEGER NOT NULL,"
                       " made_from TEXT NOT NULL DEFAULT '',"
                       " title TEXT NOT NULL DEFAULT '',"
                       " text TEXT NOT NULL,"
                       " created INTEGER NOT NULL,"
                       " digest BLOB NOT NULL)"),
        QStringLiteral("CREATE INDEX versions_by_message ON versions(message)"),
        QStringLiteral("CREATE TABLE artifacts("
                       " id TEXT PRIMARY KEY NOT NULL,"
                       " message TEXT NOT NULL REFERENCES messages(id) ON DELETE CASCADE,"
                       " current TEXT NOT NULL DEFAULT '',"
                       " storage TEXT NOT NULL DEFAULT '',"
                       " hosts TEXT NOT NULL DEFAULT '',"
                       " digest BLOB NOT NULL)"),
        QStringLiteral("CREATE INDEX artifacts_by_message ON artifacts(message)"),
        QStringLiteral("CREATE TABLE thumbnails("
                       " version TEXT PRIMARY KEY NOT NULL,"
                       " message TEXT NOT NULL REFERENCES messages(id) ON DELETE CASCADE,"
                       " png BLOB NOT NULL)"),
        QStringLiteral("CREATE INDEX thumbnails_by_message ON thumbnails(message)"),
    };
}

// What is known of an artifact's runs. Their digests stay what they were where nothing is.
QStringList versionThree()
{
    return {
        QStringLiteral("ALTER TABLE artifacts ADD COLUMN tries INTEGER NOT NULL DEFAULT 0"),
        QStringLiteral("ALTER TABLE artifacts ADD COLUMN ran TEXT NOT NULL DEFAULT ''"),
    };
}

} // namespace

const Migrations& chatMigrations()
{
    static const Migrations migrations = {versionOne(), versionTwo(), versionThree()};
    return migrations;
}

Result<int> schemaVersion(Database& database)
{
    const auto version = database.scalar(QStringLiteral("PRAGMA user_version"));
    if (!version) {
        return version.error();
    }
    return version.value().toInt();
}

Status migrate(Database& database, const Migrations& migrations)
{
    const auto version = schemaVersion(database);
    if (!version) {
        return version.error();
    }
    const int newest = int(migrations.size());
    if (version.value() < 0 || version.value() > newest) {
        return Error{ErrorCode::Unsupported,
            "The chats were written by a newer version (" + std::to_string(version.value()) +
                ", this program knows up to " + std::to_string(newest) + ")."};
    }
    for (int from = version.value(); from < newest; ++from) {
        const Status done = database.transaction([&]() -> Status {
            for (const QString& statement : migrations[size_t(from)]) {
                if (Status step = database.execute(statement); !step) {
                    return step;
                }
            }
            return database.execute(QStringLiteral("PRAGMA user_version=%1").arg(from + 1));
        });
        if (!done) {
            return done;
        }
    }
    return Done{};
}

} // namespace atelier
