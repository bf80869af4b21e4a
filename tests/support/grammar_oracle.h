// SPDX-License-Identifier: MIT
// What a text is to a grammar, found by trying everything: slow, plain, and written apart from the
// matcher it is compared with.
#pragma once

#include "engine/sampling/grammar_rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace atelier::test {

// Only for grammars that Grammar::create() takes: left recursion would never return.
class GrammarOracle
{
public:
    struct Answer
    {
        bool matches = false; // the text is in the language
        bool begins = false;  // or at least the beginning of one that is
    };

    explicit GrammarOracle(const GrammarRules& rules) : m_rules(rules) {}

    Answer ask(std::string_view text)
    {
        m_text = text;
        m_known.clear();
        m_ranOut = false;
        const Places& ends = endsOf(m_rules.rules[m_rules.root].node, 0);
        const bool matches = ends.count(text.size()) > 0;
        return {matches, matches || m_ranOut};
    }

private:
    using Kind = GrammarNode::Kind;
    using Places = std::set<size_t>;

    // Where `node` may end when it begins at `at`.
    const Places& endsOf(uint32_t node, size_t at)
    {
        const auto known = m_known.find({node, at});
        if (known != m_known.end()) {
            return known->second;
        }
        Places ends = tryNode(m_rules.nodes[node], at);
        return m_known[{node, at}] = std::move(ends);
    }

    Places tryNode(const GrammarNode& node, size_t at)
    {
        switch (node.kind) {
        case Kind::Text: {
            const std::string_view here = m_text.substr(at, node.text.size());
            if (here == node.text) {
                return {at + node.text.size()};
            }
            m_ranOut = m_ranOut || (at + here.size() == m_text.size() &&
                                       std::string_view(node.text).starts_with(here));
            return {};
        }
        case Kind::Class:
            return tryClass(node, at);
        case Kind::Sequence: {
            Places places{at};
            for (const uint32_t child : node.children) {
                places = after(child, places);
            }
            return places;
        }
        case Kind::Choice: {
            Places places;
            for (const uint32_t child : node.children) {
                places.merge(Places(endsOf(child, at)));
            }
            return places;
        }
        case Kind::Repeat:
            return tryRepeat(node, at);
        case Kind::Rule:
            return endsOf(m_rules.rules[node.rule].node, at);
        }
        return {};
    }

    Places after(uint32_t node, const Places& places)
    {
        Places out;
        for (const size_t place : places) {
            out.merge(Places(endsOf(node, place)));
        }
        return out;
    }

    Places tryRepeat(const GrammarNode& node, size_t at)
    {
        Places reached{at};
        Places ends = node.least == 0 ? reached : Places();
        std::set<Places> seen;
        for (uint32_t i = 1; i <= node.most && !reached.empty(); ++i) {
            reached = after(node.children.front(), reached);
            if (i >= node.least) {
                ends.merge(Places(reached));
                if (!seen.insert(reached).second) {
                    break; // from here on the same again
                }
            }
        }
        return ends;
    }

    Places tryClass(const GrammarNode& node, size_t at)
    {
        if (at == m_text.size()) {
            m_ranOut = true;
            return {};
        }
        const auto first = uint8_t(m_text[at]);
        const size_t size = first < 0x80   ? 1
                            : first < 0xC0 ? 0
                            : first < 0xE0 ? 2
                            : first < 0xF0 ? 3
                            : first < 0xF8 ? 4
                                           : 0;
        if (size == 0) {
            return {};
        }
        constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
        // What is missing could be anything: the characters from `low` to `high`.
        uint32_t low = size == 1 ? first : first & (0xFFu >> (size + 1));
        uint32_t high = low;
        for (size_t i = 1; i < size; ++i) {
            const bool missing = at + i >= m_text.size();
            const uint8_t byte = missing ? 0x80 : uint8_t(m_text[at + i]);
            if ((byte & 0xC0) != 0x80) {
                return {};
            }
            low = low << 6 | (byte & 0x3Fu);
            high = high << 6 | (missing ? 0x3Fu : byte & 0x3Fu);
        }
        low = std::max(low, kLeast[size]);
        const bool inside = std::ranges::any_of(node.ranges, [&](const CodePointRange& range) {
            return std::max(low, range.first) <= std::min(high, range.last);
        });
        if (!inside) {
            return {};
        }
        if (at + size <= m_text.size()) {
            return {at + size};
        }
        m_ranOut = true;
        return {};
    }

    const GrammarRules& m_rules;
    std::string_view m_text;
    std::map<std::pair<uint32_t, size_t>, Places> m_known;
    bool m_ranOut = false; // something could go on where the text ends
};

} // namespace atelier::test
