// SPDX-License-Identifier: MIT
#include "app/storage/data_paths.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QStandardPaths>

namespace atelier {

QString DataPaths::socketName() const
{
    const QByteArray digest =
        QCryptographicHash::hash(folder.toUtf8(), QCryptographicHash::Sha256).toHex();
    return QStringLiteral("atelier-") + QString::fromLatin1(digest.left(16));
}

DataPaths dataPaths(const QString& chosen)
{
    const QString wanted = chosen.isEmpty()
                               ? QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)
                               : chosen;
    const QString folder = QDir(wanted).absolutePath();
    const bool isNew = !QDir(folder).exists();
    if (wanted.isEmpty() || !QDir().mkpath(folder)) {
        return {};
    }
    if (isNew) { // what people write is theirs alone; a folder they made keeps its permissions
        QFile::setPermissions(
            folder, QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner);
    }
    const QString cache = chosen.isEmpty()
                              ? QStandardPaths::writableLocation(QStandardPaths::CacheLocation)
                              : folder + QStringLiteral("/cache");
    return {folder, cache};
}

} // namespace atelier
