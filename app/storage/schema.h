// SPDX-License-Identifier: MIT
// The chat store's tables, by version, and the steps from one version to the next.
#pragma once

#include "app/storage/database.h"

#include <QStringList>

#include <vector>

namespace atelier {

/// Step i turns version i into version i + 1; version 0 is an empty file. A published step never
/// changes: a new version is a new step.
using Migrations = std::vector<QStringList>;

const Migrations& chatMigrations();

Result<int> schemaVersion(Database& database);

/// Brings the file to the newest version, each step in a transaction of its own with its number.
/// Unsupported when the file is newer than this program: it is left as it is.
Status migrate(Database& database, const Migrations& migrations);

} // namespace atelier
