// SPDX-License-Identifier: MIT
// A place in a JSON document, as a schema refers to it.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace atelier {

// What "#/$defs/name" names in `document`; null when there is nothing.
const nlohmann::ordered_json* findByPointer(
    const nlohmann::ordered_json& document, const std::string& pointer);

} // namespace atelier
