// SPDX-License-Identifier: MIT
// Where the running program lies.
#pragma once

#include "engine/base/result.h"

#include <filesystem>

namespace atelier {

// The folder of the program's file, with links resolved; not the working folder.
Result<std::filesystem::path> programFolder();

} // namespace atelier
