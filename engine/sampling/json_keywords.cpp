// SPDX-License-Identifier: MIT
#include "engine/sampling/json_keywords.h"

#include <algorithm>

namespace atelier {

namespace {

constexpr std::string_view kAnnotations[] = {"$anchor",
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "example",
    "examples",
    "readOnly",
    "strict",
    "title",
    "writeOnly"};

constexpr std::string_view kEnforced[] = {"$ref",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "items",
    "maximum",
    "maxItems",
    "maxLength",
    "minimum",
    "minItems",
    "minLength",
    "oneOf",
    "pattern",
    "prefixItems",
    "properties",
    "required",
    "type"};

} // namespace

bool isAnnotation(std::string_view keyword)
{
    return std::ranges::find(kAnnotations, keyword) != std::ranges::end(kAnnotations);
}

bool isEnforced(std::string_view keyword)
{
    return std::ranges::find(kEnforced, keyword) != std::ranges::end(kEnforced);
}

} // namespace atelier
