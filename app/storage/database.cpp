// SPDX-License-Identifier: MIT
#include "app/storage/database.h"

#include <QSqlDatabase>
#include <QUuid>

#include <utility>

namespace atelier {

namespace {

constexpr int kSqliteCorrupt = 11;
constexpr int kSqliteNotADatabase = 26;

} // namespace

Database::Database(QString connection) : m_connection(std::move(connection)) {}

Database::~Database()
{
    {
        QSqlDatabase database = QSqlDatabase::database(m_connection, false);
        database.close();
    }
    QSqlDatabase::removeDatabase(m_connection);
}

Result<std::unique_ptr<Database>> Database::open(const QString& file, Mode mode)
{
    const QString name = QUuid::createUuid().toString(QUuid::Id128);
    auto opened = std::unique_ptr<Database>(new Database(name));
    QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
    database.setDatabaseName(file);
    QString options = QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000");
    if (mode == Mode::ReadOnly) {
        options += QStringLiteral(";QSQLITE_OPEN_READONLY");
    }
    database.setConnectOptions(options);
    if (!database.open()) {
        return errorOf(database.lastError());
    }
    // The first statement that touches the file finds out whether it is a database.
    if (const auto version = opened->scalar(QStringLiteral("PRAGMA schema_version")); !version) {
        return version.error();
    }
    if (mode == Mode::ReadWrite) {
        for (const char* pragma :
            {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"}) {
            if (const Status set = opened->execute(QLatin1String(pragma)); !set) {
                return set.error();
            }
        }
    }
    return opened;
}

Result<QSqlQuery> Database::query(const QString& sql, const QVariantList& values)
{
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    query.setForwardOnly(true);
    if (!query.prepare(sql)) {
        return errorOf(query.lastError());
    }
    for (const QVariant& value : values) {
        query.addBindValue(value);
    }
    if (!query.exec()) {
        return errorOf(query.lastError());
    }
    return query;
}

Status Database::execute(const QString& sql, const QVariantList& values)
{
    auto done = query(sql, values);
    if (!done) {
        return done.error();
    }
    return Done{};
}

Result<QVariant> Database::scalar(const QString& sql, const QVariantList& values)
{
    auto rows = query(sql, values);
    if (!rows) {
        return rows.error();
    }
    if (!rows.value().next()) {
        const QSqlError error = rows.value().lastError();
        return error.isValid() ? Result<QVariant>(errorOf(error)) : Result<QVariant>(QVariant());
    }
    return rows.value().value(0);
}

Error Database::errorOf(const QSqlError& error)
{
    const int code = error.nativeErrorCode().toInt() & 0xff; // without the extended part
    const bool damaged = code == kSqliteCorrupt || code == kSqliteNotADatabase;
    return {damaged ? ErrorCode::InvalidFormat : ErrorCode::Io, error.text().toStdString()};
}

} // namespace atelier
