// SPDX-License-Identifier: MIT
// JSON as models write it to JSON as it is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace atelier {

struct RepairedJson
{
    std::string text;               // an object; empty when it cannot be repaired
    std::vector<std::string> notes; // what was wrong, for people; empty when nothing was
};

// Deepest nesting of arguments that is read.
inline constexpr size_t kMaxArgumentDepth = 64;

// Reads an object. When it is not quite JSON, repairs what models get wrong: a comma before a
// closing bracket, brackets and quotes that are missing at the end, single quotes, keys without
// quotes, raw line breaks in texts, True, False and None. Never invents a value: a key at the end
// without one goes. Takes time and memory in proportion to `text`.
RepairedJson repairJsonObject(std::string_view text);

} // namespace atelier
