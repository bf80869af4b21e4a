// SPDX-License-Identifier: MIT
// A function that the model may call, as its prompt describes it.
#pragma once

#include "engine/base/result.h"

#include <string>
#include <string_view>

namespace atelier {

struct Tool
{
    std::string name;
    std::string definition; // JSON of the function, indented by 4, keys in their order

    static constexpr int kMaxDepth = 64; // of the definition; writing JSON recurses

    // Reads {"name": ..., ...} or {"type": "function", "function": {...}}, as the OpenAI API has
    // it. InvalidUse when it is neither, with the reason.
    static Result<Tool> parse(std::string_view json);
};

} // namespace atelier
