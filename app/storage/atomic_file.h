// SPDX-License-Identifier: MIT
// Replaces a small file so that a crash, a power cut or a full disk leaves the old or the new one.
#pragma once

#include "engine/base/result.h"

#include <QByteArray>
#include <QString>

namespace atelier {

/// Temporary file in the same folder, checked write loop, flush to the disk, rename, flush of the
/// folder. The file it replaces is untouched unless everything succeeded. Creates the folder.
/// Threads: any; two writers of one path take turns by who renames last.
Status writeFileAtomically(const QString& path, const QByteArray& bytes);

/// Io when it is missing, unreadable or larger than `limit` bytes.
Result<QByteArray> readSmallFile(const QString& path, qint64 limit = 16 * 1024 * 1024);

/// Removes temporary files of `path` that a killed program left behind.
void sweepTemporaryFiles(const QString& path);

namespace platform {

/// Writes a new file, all of it on the disk when it returns. Fails if `path` exists.
Status writeDurably(const QString& path, const QByteArray& bytes);
/// Renames over what is there, durably.
Status replaceDurably(const QString& from, const QString& to);

} // namespace platform

} // namespace atelier
