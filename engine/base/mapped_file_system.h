// SPDX-License-Identifier: MIT
// What MappedFile asks of the operating system: mapped_file_posix.cpp (Linux, macOS) and
// mapped_file_windows.cpp. Not for other code.
#pragma once

#include "engine/base/mapped_file.h"

namespace atelier::system {

enum class FileAdvice : uint8_t { Sequential, Random, WillNeed };

// An empty span for an empty file. The error's message is the reason alone, a sentence.
Result<std::span<const std::byte>> mapFile(const std::filesystem::path& path);
void unmapFile(std::span<const std::byte> bytes); // nothing for an empty span
void adviseFile(std::span<const std::byte> bytes, FileAdvice advice);

} // namespace atelier::system
