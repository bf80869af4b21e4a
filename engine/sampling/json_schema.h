// SPDX-License-Identifier: MIT
// JSON schemas as grammars: replies that parse, and that a validator accepts.
#pragma once

#include "engine/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace atelier {

// A grammar whose texts are JSON without anything around it.
struct JsonSchemaGrammar
{
    std::string gbnf;               // for Grammar::parse()
    std::vector<std::string> notes; // for people: which keywords are not enforced, and where
};

// Enforced: type (also a list), properties in the order written, required, additionalProperties,
// items, prefixItems, minItems, maxItems, enum, const, anyOf, oneOf (as anyOf), allOf with one
// member, $ref within the document ("#/$defs/..."), also recursive, minLength, maxLength, pattern
// (json_pattern.h), minimum, maximum, exclusiveMinimum and exclusiveMaximum (json_number.h; where
// they are no whole numbers, what is not an integer is only held to the next whole ones, with a
// note), and minProperties and maxProperties of objects without declared properties.
//
// Narrower than the schema, so that what comes out is what its author meant: objects that declare
// properties get others only when additionalProperties says so, tuples are written in full, numbers
// have at most 16 digits before and behind the point, and white space is a blank or a line break
// with indentation. Keywords that restrict further, such as multipleOf or format, make a note.
//
// InvalidUse when the text is no schema, Unsupported when it needs what is not here; both say
// where.
Result<JsonSchemaGrammar> grammarOfJsonSchema(std::string_view schema);

} // namespace atelier
