// SPDX-License-Identifier: MIT
// What the keywords of a JSON schema are to the grammar made from it.
#pragma once

#include <string_view>

namespace atelier {

bool isAnnotation(std::string_view keyword); // says nothing about which values are right
// Enforced where it stands beside a fitting type, and without meaning elsewhere.
bool isEnforced(std::string_view keyword);

// A schema without a type is meant for the type that its keywords speak of.
struct KeywordImplication
{
    const char* keyword;
    const char* type;
};
constexpr KeywordImplication kImplications[] = {{"properties", "object"},
    {"required", "object"},
    {"additionalProperties", "object"},
    {"items", "array"},
    {"prefixItems", "array"},
    {"minItems", "array"},
    {"maxItems", "array"},
    {"pattern", "string"},
    {"minLength", "string"},
    {"maxLength", "string"},
    {"minimum", "number"},
    {"maximum", "number"},
    {"exclusiveMinimum", "number"},
    {"exclusiveMaximum", "number"}};

} // namespace atelier
