// SPDX-License-Identifier: MIT
// The printable stand-ins that byte-level vocabularies write for the 256 byte values ("Ġ" is a
// space), as GPT-2 introduced them: printable Latin-1 stands for itself, the rest for U+0100 on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace atelier {

// The bytes that `token` stands for, or nothing when a character is outside the alphabet.
std::optional<std::string> bytesFromAlphabet(std::string_view token);

std::string bytesToAlphabet(std::string_view bytes);

} // namespace atelier
