// SPDX-License-Identifier: MIT
#include "app/storage/atomic_file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QUuid>

namespace atelier {

namespace {

constexpr auto kTemporaryMark = ".writing-";

Error ioError(const QString& what, const QString& path, const QString& why)
{
    return {ErrorCode::Io, QStringLiteral("%1 \"%2\": %3").arg(what, path, why).toStdString()};
}

} // namespace

Status writeFileAtomically(const QString& path, const QByteArray& bytes)
{
    const QString folder = QFileInfo(path).absolutePath();
    if (!QDir().mkpath(folder)) {
        return ioError(QStringLiteral("Cannot create the folder"),
            folder,
            QStringLiteral("a file is in the way, or it is not permitted"));
    }
    const QString temporary =
        path + QLatin1String(kTemporaryMark) + QUuid::createUuid().toString(QUuid::Id128).left(8);
    if (const Status written = platform::writeDurably(temporary, bytes); !written) {
        QFile::remove(temporary);
        return written.error();
    }
    if (const Status renamed = platform::replaceDurably(temporary, path); !renamed) {
        QFile::remove(temporary);
        return renamed.error();
    }
    return Done{};
}

Result<QByteArray> readSmallFile(const QString& path, qint64 limit)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return ioError(QStringLiteral("Cannot open"), path, file.errorString());
    }
    if (file.size() > limit) {
        return ioError(QStringLiteral("Will not read"),
            path,
            QStringLiteral("%1 bytes are more than the limit of %2").arg(file.size()).arg(limit));
    }
    const QByteArray bytes = file.readAll();
    if (file.error() != QFileDevice::NoError) {
        return ioError(QStringLiteral("Cannot read"), path, file.errorString());
    }
    return bytes;
}

void sweepTemporaryFiles(const QString& path)
{
    const QFileInfo info(path);
    QDir folder(info.absolutePath());
    const QString pattern = info.fileName() + QLatin1String(kTemporaryMark) + QLatin1Char('*');
    for (const QString& name : folder.entryList({pattern}, QDir::Files)) {
        folder.remove(name);
    }
}

} // namespace atelier
