// SPDX-License-Identifier: MIT
// What FileReplacement asks of the operating system; one source file for each.
#pragma once

#include <cstdio>
#include <filesystem>

namespace atelier {

// A file that did not exist before, or null with errno set.
std::FILE* createNewFile(const std::filesystem::path& path);
// Renames within a folder, over what is there, so that a crash leaves one or the other. False with
// errno set.
bool replaceFile(const std::filesystem::path& from, const std::filesystem::path& to);

} // namespace atelier
