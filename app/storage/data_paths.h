// SPDX-License-Identifier: MIT
// Where the program keeps what it writes.
#pragma once

#include <QString>

namespace atelier {

struct DataPaths
{
    QString folder; // absolute
    QString cache;  // what can be made again: compiled shaders

    QString settings() const { return folder + QStringLiteral("/settings.json"); }
    QString chats() const { return folder + QStringLiteral("/chats"); } // a folder
    QString lock() const { return folder + QStringLiteral("/running.lock"); }
    /// Name of the local socket by which a second start hands over its files: one per data folder.
    QString socketName() const;
};

/// The platform's places for application data and caches, or `chosen` (from --data-dir) with a
/// folder for caches in it when it is not empty.
/// Creates the folder, readable by its owner only. `folder` is empty when that fails.
DataPaths dataPaths(const QString& chosen);

} // namespace atelier
