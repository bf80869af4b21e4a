// SPDX-License-Identifier: MIT
// GrammarRules: a grammar as it was written, parsed from text in a subset of GBNF:
//
//   root   ::= "yes" | "no" | list          # a comment; the text must match `root`
//   list   ::= "[" number ("," number)* "]"
//   number ::= [1-9] [0-9]{0,5} | "\x30"
//
// Names are letters, digits, '-' and '_'. Literals and classes know the escapes \n \r \t \\ \" \[
// \]
// \- \^ \xHH \uHHHH \UHHHHHHHH, which mean characters; "." is any character. Repetitions are * + ?
// {n} {n,} {n,m}. A rule ends with its line, unless a group is open, the line ends in "|" or the
// next one starts with it.
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atelier {

struct CodePointRange
{
    uint32_t first = 0;
    uint32_t last = 0; // inclusive
};

struct GrammarNode
{
    enum class Kind : uint8_t {
        Text,     // `text`, never empty
        Class,    // one character of `ranges`
        Sequence, // all children; none: the empty text
        Choice,   // one of the children
        Repeat,   // the only child, `least` to `most` times
        Rule,     // rule number `rule`
    };
    static constexpr uint32_t kUnbounded = UINT32_MAX;

    Kind kind = Kind::Sequence;
    std::string text = {};                   // UTF-8
    std::vector<CodePointRange> ranges = {}; // sorted, disjoint, without surrogates, never empty
    std::vector<uint32_t> children = {};
    uint32_t least = 0;
    uint32_t most = 0; // >= least, or kUnbounded
    uint32_t rule = 0;
};

struct GrammarRules
{
    // Bound what a hostile grammar can cost. The largest schema seen in use made 90 KiB of text.
    static constexpr size_t kMaxTextBytes = 1 << 20;
    static constexpr size_t kMaxDepth = 100; // open groups
    static constexpr uint32_t kMaxRepeats = 10'000;

    struct Rule
    {
        std::string name;
        uint32_t node = 0;
    };

    std::vector<GrammarNode> nodes;
    std::vector<Rule> rules;
    uint32_t root = 0;

    // InvalidUse with line and column.
    static Result<GrammarRules> parse(std::string_view text);
};

// Sorts, merges what touches, removes surrogates and what is beyond U+10FFFF; then the complement
// when `negated`. May give nothing.
std::vector<CodePointRange> normalizedRanges(std::vector<CodePointRange> ranges, bool negated);

std::string utf8Of(uint32_t codePoint); // at most U+10FFFF, no surrogate

} // namespace atelier
