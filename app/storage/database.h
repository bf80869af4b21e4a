// SPDX-License-Identifier: MIT
// One connection to one SQLite file, with errors as Results.
#pragma once

#include "engine/base/result.h"

#include <QSqlError>
#include <QSqlQuery>
#include <QString>
#include <QVariantList>

#include <memory>

namespace atelier {

/// ErrorCode::InvalidFormat means that the file is damaged or no database; all else is Io.
///
/// Threads: the thread that opened it. Queries must not outlive it.
class Database
{
public:
    enum class Mode { ReadWrite, ReadOnly };

    /// Read-write: creates the file, and sets WAL, synchronous=FULL, foreign keys and a busy
    /// time-out.
    static Result<std::unique_ptr<Database>> open(const QString& file, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    Result<QSqlQuery> query(const QString& sql, const QVariantList& values = {});
    Status execute(const QString& sql, const QVariantList& values = {});
    Result<QVariant> scalar(const QString& sql, const QVariantList& values = {});

    /// Runs `work` in a transaction; rolls back when it fails. Not nested.
    template <class Work>
    Status transaction(Work&& work)
    {
        if (Status begun = execute(QStringLiteral("BEGIN IMMEDIATE")); !begun) {
            return begun;
        }
        Status done = work();
        if (done) {
            done = execute(QStringLiteral("COMMIT"));
        }
        if (!done) {
            (void)execute(QStringLiteral("ROLLBACK"));
        }
        return done;
    }

    static Error errorOf(const QSqlError& error);

private:
    explicit Database(QString connection);

    QString m_connection;
};

} // namespace atelier
