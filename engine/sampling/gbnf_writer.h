// SPDX-License-Identifier: MIT
// GbnfWriter: the rules of a grammar for JSON, as text.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace atelier {

// `text` as a GBNF literal, quotes included.
std::string gbnfText(std::string_view text);

// Threads: one thread at a time.
class GbnfWriter
{
public:
    void add(const std::string& rule, const std::string& body);

    // A name no other rule has; letters of the last part of `hint` make it readable.
    std::string newName(std::string_view hint);

    // The name of a rule for `body`. Equal bodies share one.
    std::string ruleFor(const std::string& body, std::string_view hint);

    // A rule that every JSON grammar may need: ws, char (of a string), string, integer, number,
    // boolean, null, value (anything). Returns the name; take() writes those that were asked for.
    std::string primitive(std::string_view name);

    // A JSON string, quotes included, that is none of `names`; written without escapes.
    std::string stringOtherThan(const std::set<std::string>& names);

    bool isFull() const; // beyond what a grammar may be: stop adding
    std::string take();  // all rules

private:
    std::string notAnyOf(const std::vector<std::string>& names);

    std::string m_text;
    size_t m_rules = 0;
    size_t m_names = 0;
    std::set<std::string_view> m_used;           // primitives
    std::map<std::string, std::string> m_bodies; // to the names of their rules
};

} // namespace atelier
