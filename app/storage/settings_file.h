// SPDX-License-Identifier: MIT
// The program's settings: one JSON object in one file, written atomically.
#pragma once

#include "engine/base/result.h"

#include <QJsonObject>
#include <QJsonValue>
#include <QString>

namespace atelier {

/// Keys this version does not know are kept. A damaged file is set aside as NAME.damaged and the
/// last good copy, NAME.bak, is read instead.
///
/// Owner:   main(). Threads: GUI thread only; a write is one small file, flushed to the disk.
/// Errors:  a failed write keeps the old file, and the new value in memory.
class SettingsFile
{
public:
    explicit SettingsFile(QString path);

    /// Empty when everything is well or there is no file yet; else one sentence for the person.
    const QString& problem() const { return m_problem; }

    QJsonValue value(const QString& key) const { return m_values.value(key); }
    QString text(const QString& key) const { return m_values.value(key).toString(); }

    /// Writes only when the value differs.
    Status set(const QString& key, const QJsonValue& value);

private:
    Result<QJsonObject> read(const QString& path) const;

    QString m_path;
    QString m_problem;
    QJsonObject m_values;
};

} // namespace atelier
