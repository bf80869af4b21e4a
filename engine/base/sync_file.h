// SPDX-License-Identifier: MIT
// Makes a written file survive a loss of power.
#pragma once

#include "engine/base/result.h"

#include <filesystem>

namespace atelier {

// Blocks until the file's contents are on the disk. Io with the system's reason.
Status syncFile(const std::filesystem::path& path);

} // namespace atelier
