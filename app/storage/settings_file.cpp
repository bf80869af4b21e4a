// SPDX-License-Identifier: MIT
#include "app/storage/settings_file.h"

#include "app/storage/atomic_file.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>

#include <utility>

namespace atelier {

namespace {

constexpr auto kVersionKey = "version";
constexpr int kVersion = 1;

} // namespace

SettingsFile::SettingsFile(QString path) : m_path(std::move(path))
{
    sweepTemporaryFiles(m_path);
    const QString backup = m_path + QStringLiteral(".bak");
    if (!QFile::exists(m_path) && !QFile::exists(backup)) {
        return; // first start
    }
    if (auto values = read(m_path)) {
        m_values = values.take();
        return;
    }
    if (QFile::exists(m_path)) {
        const QString aside = m_path + QStringLiteral(".damaged");
        QFile::remove(aside);
        QFile::rename(m_path, aside);
        m_problem = QCoreApplication::translate(
            "SettingsFile", "The settings could not be read. They were set aside as \"%1\".")
                        .arg(aside);
    }
    if (auto values = read(backup)) {
        m_values = values.take();
    }
}

Status SettingsFile::set(const QString& key, const QJsonValue& value)
{
    if (m_values.value(key) == value) {
        return Done{};
    }
    m_values.insert(key, value);
    m_values.insert(QLatin1String(kVersionKey), kVersion);
    const QByteArray bytes = QJsonDocument(m_values).toJson();
    if (const auto old = readSmallFile(m_path)) {
        const Status kept = writeFileAtomically(m_path + QStringLiteral(".bak"), old.value());
        if (!kept) {
            return kept;
        }
    }
    return writeFileAtomically(m_path, bytes);
}

Result<QJsonObject> SettingsFile::read(const QString& path) const
{
    const auto bytes = readSmallFile(path);
    if (!bytes) {
        return bytes.error();
    }
    QJsonParseError problem;
    const auto document = QJsonDocument::fromJson(bytes.value(), &problem);
    if (!document.isObject()) {
        return Error{ErrorCode::InvalidFormat, problem.errorString().toStdString()};
    }
    return document.object();
}

} // namespace atelier
