// SPDX-License-Identifier: MIT
// Regular expressions of JSON schemas as parts of a grammar.
#pragma once

#include "engine/base/result.h"
#include "engine/sampling/grammar_rules.h"

#include <span>
#include <string>
#include <string_view>

namespace atelier {

// One character of `ranges` as JSON writes it in a string: as itself or, where it must be, escaped.
// Control characters without a short escape are left out. Empty when nothing is left.
std::string gbnfOfStringCharacter(std::span<const CodePointRange> ranges);

// What stands between the quotes of a JSON string whose value matches an ECMAScript regular
// expression. Anchors may stand at the ends of the alternatives only; a side without one matches
// anything. `anything` is the rule of one character of a string.
//
// Unsupported: look-around, references back, word boundaries, Unicode properties. InvalidUse: what
// is no regular expression.
Result<std::string> gbnfOfPattern(std::string_view pattern, std::string_view anything);

} // namespace atelier
