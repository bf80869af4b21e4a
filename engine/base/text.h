// SPDX-License-Identifier: MIT
// Small helpers for text in messages: names out of files are untrusted, paths are not always UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace atelier {

// The path as UTF-8, and its last component, for messages.
std::string utf8(const std::filesystem::path& path);
std::string fileNameUtf8(const std::filesystem::path& path);

// `name` in double quotes, safe to show: control characters and bytes that are not UTF-8 become
// '?', and what is longer than 80 bytes is cut with an ellipsis.
std::string shownName(std::string_view name);

std::string grouped(uint64_t number);      // "1,234,567"
std::string readableBytes(uint64_t bytes); // "812 bytes", "26.5 GiB"

// Length of the valid UTF-8 sequence at `at`: 1 to 4; 0 when there is none (truncated, overlong,
// surrogate, beyond U+10FFFF). `at` must be less than text.size().
size_t utf8SequenceLength(std::string_view text, size_t at);

} // namespace atelier
