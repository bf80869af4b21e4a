// SPDX-License-Identifier: MIT
// The template library as one script (engine/chat/jinja/bundle.mjs makes its source).
#pragma once

#include <cstddef>

namespace atelier {

extern const char* const kJinjaScript; // ASCII, ends with a NUL that is not counted
extern const size_t kJinjaScriptBytes;

} // namespace atelier
