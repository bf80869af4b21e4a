// SPDX-License-Identifier: MIT
// JSON out of files that are taken to be hostile: bounded before anything is built from it.
#pragma once

#include "engine/base/result.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace atelier {

using Json = nlohmann::json;

struct JsonLimits
{
    size_t bytes = size_t(32) << 20;
    size_t depth = 64;
    size_t values = 1'000'000; // a value takes some hundred bytes of memory at most
};

// `name` is what to call the file in messages, in quotes.
// Errors: InvalidFormat with the position for what is no JSON, has a key twice in one object, or
//         exceeds a limit. Throws nothing but std::bad_alloc.
Result<Json> parseJson(std::string_view text, const std::string& name, const JsonLimits& limits);

// For the SAX parsers of this folder: where a text stops being JSON.
Error notJson(const std::string& name, size_t position);

// Members of an object; nothing when `object` is none, or the member is absent or of another kind.
const Json* member(const Json& object, std::string_view key);
std::optional<uint64_t> unsignedMember(const Json& object, std::string_view key);
std::optional<double> numberMember(const Json& object, std::string_view key);
std::optional<bool> booleanMember(const Json& object, std::string_view key);
std::optional<std::string> stringMember(const Json& object, std::string_view key);

} // namespace atelier
