// SPDX-License-Identifier: MIT
#include "engine/sampling/gbnf_writer.h"

#include "engine/base/text.h"
#include "engine/sampling/grammar_rules.h"

#include <algorithm>

namespace atelier {

namespace {

constexpr size_t kMaxRules = 20'000;

// Rules that schemas refer to; only those in use are written.
struct Primitive
{
    std::string_view name;
    std::string_view body;
    std::string_view uses; // names, separated by blanks
};
constexpr Primitive kPrimitives[] = {
    {"ws", R"((" " | "\n" [ \t]{0,20})?)", ""},
    {"char",
        R"([^"\\\x00-\x1F] | "\\" (["\\/bfnrt] | "u" ([0-9A-Ca-cE-Fe-f] [0-9A-Fa-f]{3} | [Dd] [0-7] [0-9A-Fa-f]{2})))",
        ""},
    {"string", R"("\"" char* "\"")", "char"},
    {"whole", R"("0" | [1-9] [0-9]{0,15})", ""},
    {"integer", R"("-"? whole)", "whole"},
    {"number", R"("-"? whole ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?)", "whole"},
    {"boolean", R"("true" | "false")", ""},
    {"null", R"("null")", ""},
    {"plainkey", R"([^"\\\x00-\x1F]*)", ""},
    {"pair", R"(string ws ":" ws value)", "string ws value"},
    {"object", R"("{" ws (pair ws ("," ws pair ws)*)? "}")", "pair ws"},
    {"array", R"("[" ws (value ws ("," ws value ws)*)? "]")", "value ws"},
    {"value",
        "object | array | string | number | boolean | null",
        "object array string number boolean null"},
};

} // namespace

std::string gbnfText(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (uint8_t(c) < 0x20 || c == 0x7F) {
            constexpr std::string_view kDigits = "0123456789ABCDEF";
            out += "\\x";
            out += kDigits[uint8_t(c) >> 4];
            out += kDigits[uint8_t(c) & 15u];
        } else {
            out += c;
        }
    }
    out += '"';
    return out;
}

void GbnfWriter::add(const std::string& rule, const std::string& body)
{
    m_text.append(rule).append(" ::= ").append(body).append("\n");
    ++m_rules;
}

bool GbnfWriter::isFull() const
{
    return m_rules > kMaxRules || m_text.size() > GrammarRules::kMaxTextBytes;
}

std::string GbnfWriter::newName(std::string_view hint)
{
    std::string name;
    for (const char c : hint.substr(hint.rfind('/') + 1).substr(0, 20)) {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
            name += c;
        }
    }
    name.append(name.empty() ? "part-" : "-").append(std::to_string(++m_names));
    return name;
}

std::string GbnfWriter::ruleFor(const std::string& body, std::string_view hint)
{
    const auto [found, isNew] = m_bodies.try_emplace(body);
    if (isNew) {
        found->second = newName(hint);
        add(found->second, body);
    }
    return found->second;
}

std::string GbnfWriter::primitive(std::string_view name)
{
    const auto known = std::ranges::find(kPrimitives, name, &Primitive::name);
    if (known != std::end(kPrimitives) && m_used.insert(known->name).second) {
        for (std::string_view rest = known->uses; !rest.empty();) {
            const size_t end = std::min(rest.find(' '), rest.size());
            primitive(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return std::string(name);
}

std::string GbnfWriter::stringOtherThan(const std::set<std::string>& names)
{
    return R"("\"" )" + notAnyOf({names.begin(), names.end()}) + R"( "\"")";
}

// The rest of a name that must not be one of `names`, which are sorted: along their characters.
std::string GbnfWriter::notAnyOf(const std::vector<std::string>& names)
{
    std::string body;
    std::string taken;
    bool endsHere = false;
    for (size_t i = 0; i < names.size();) {
        if (names[i].empty()) {
            endsHere = true;
            ++i;
            continue;
        }
        const size_t length = std::max<size_t>(1, utf8SequenceLength(names[i], 0));
        const std::string first = names[i].substr(0, length);
        std::vector<std::string> rests;
        for (; i < names.size() && names[i].starts_with(first); ++i) {
            rests.push_back(names[i].substr(length));
        }
        if (uint8_t(first[0]) < 0x20 || first == "\"" || first == "\\") {
            continue; // cannot be written without an escape
        }
        const bool special = first == "]" || first == "^" || first == "-" || first == "[";
        taken.append(special ? "\\" : "").append(first);
        body.append(gbnfText(first)).append(" ").append(notAnyOf(rests)).append(" | ");
    }
    body.append("[^\"\\\\\\x00-\\x1F").append(taken).append("] ").append(primitive("plainkey"));
    return ruleFor(body.append(endsHere ? "" : " | \"\""), "name");
}

std::string GbnfWriter::take()
{
    for (const Primitive& primitive : kPrimitives) {
        if (m_used.count(primitive.name) > 0) {
            add(std::string(primitive.name), std::string(primitive.body));
        }
    }
    return std::move(m_text);
}

} // namespace atelier
