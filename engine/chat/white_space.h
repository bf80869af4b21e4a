// SPDX-License-Identifier: MIT
// White space as Python's str.strip() knows it, which chat templates are written for.
#pragma once

#include <string_view>

namespace atelier {

// Without the white space of Unicode at both ends. Bytes that are not UTF-8 are no white space.
std::string_view stripped(std::string_view text);

} // namespace atelier
