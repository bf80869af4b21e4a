// SPDX-License-Identifier: MIT
#include "engine/sampling/grammar_rules.h"

#include "engine/base/text.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace atelier {

namespace {

constexpr uint32_t kLastCodePoint = 0x10FFFF;
constexpr uint32_t kFirstSurrogate = 0xD800;
constexpr uint32_t kLastSurrogate = 0xDFFF;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isNameByte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '-' || c == '_';
}

int hexValue(char c)
{
    if (isDigit(c)) {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

uint32_t decode(std::string_view sequence) // of valid UTF-8
{
    const auto first = uint8_t(sequence.front());
    if (sequence.size() == 1) {
        return first;
    }
    uint32_t codePoint = first & (0x7Fu >> sequence.size());
    for (const char c : sequence.substr(1)) {
        codePoint = codePoint << 6 | (uint8_t(c) & 0x3Fu);
    }
    return codePoint;
}

// Recursive descent. What fails leaves the reason in m_error, and the first failure ends the parse.
class Parser
{
public:
    explicit Parser(std::string_view text) : m_text(text) {}

    Result<GrammarRules> parse()
    {
        if (m_text.size() > GrammarRules::kMaxTextBytes) {
            return Error{ErrorCode::InvalidUse,
                "The grammar has " + grouped(m_text.size()) + " bytes; the limit is " +
                    grouped(GrammarRules::kMaxTextBytes) + "."};
        }
        skipSpace(true);
        while (!m_error && !atEnd()) {
            parseRule();
            skipSpace(true);
        }
        if (!m_error) {
            finishNames();
        }
        if (m_error) {
            return *m_error;
        }
        return std::move(m_rules);
    }

private:
    using Kind = GrammarNode::Kind;
    using Node = std::optional<uint32_t>; // nothing: m_error says why

    // A name, where it was used first, and whether it has been defined.
    struct Name
    {
        uint32_t rule = 0;
        size_t at = 0;
        bool defined = false;
    };

    std::nullopt_t fail(size_t at, const std::string& what)
    {
        if (m_error) {
            return std::nullopt;
        }
        const std::string_view before = m_text.substr(0, at);
        const size_t newline = before.rfind('\n');
        const size_t lineStart = newline == std::string_view::npos ? 0 : newline + 1;
        const auto line = 1 + std::count(before.begin(), before.end(), '\n');
        size_t column = 1;
        for (const char c : before.substr(lineStart)) {
            column += (uint8_t(c) & 0xC0u) != 0x80u ? 1 : 0; // characters, not bytes
        }
        m_error = Error{ErrorCode::InvalidUse,
            "The grammar has a mistake in line " + std::to_string(line) + ", column " +
                std::to_string(column) + ": " + what};
        return std::nullopt;
    }

    bool atEnd() const { return m_at >= m_text.size(); }
    bool is(char c) const { return !atEnd() && m_text[m_at] == c; }
    bool take(char c)
    {
        const bool found = is(c);
        m_at += found ? 1 : 0;
        return found;
    }

    void skipSpace(bool newlines)
    {
        while (!atEnd()) {
            const char c = m_text[m_at];
            if (c == '#') {
                m_at = std::min(m_text.find('\n', m_at), m_text.size());
            } else if (c == ' ' || c == '\t' || (newlines && (c == '\n' || c == '\r'))) {
                ++m_at;
            } else {
                break;
            }
        }
    }

    std::string_view takeName()
    {
        const size_t begin = m_at;
        while (!atEnd() && isNameByte(m_text[m_at])) {
            ++m_at;
        }
        return m_text.substr(begin, m_at - begin);
    }

    Name& nameOf(std::string_view name, size_t at)
    {
        const auto [found, isNew] = m_names.try_emplace(std::string(name));
        if (isNew) {
            found->second = {uint32_t(m_rules.rules.size()), at, false};
            m_rules.rules.push_back({std::string(name), 0});
        }
        return found->second;
    }

    uint32_t add(GrammarNode node)
    {
        m_rules.nodes.push_back(std::move(node));
        return uint32_t(m_rules.nodes.size() - 1);
    }

    void parseRule()
    {
        const size_t begin = m_at;
        const std::string_view text = takeName();
        if (text.empty()) {
            fail(begin, "a rule starts with its name: letters, digits, '-' or '_'.");
            return;
        }
        Name& name = nameOf(text, begin);
        if (name.defined) {
            fail(begin, "the rule " + shownName(text) + " is defined a second time.");
            return;
        }
        name.defined = true;
        const uint32_t rule = name.rule;
        skipSpace(false);
        if (m_text.substr(m_at, 3) != "::=") {
            fail(m_at, "\"::=\" must follow the name of a rule.");
            return;
        }
        m_at += 3;
        skipSpace(true);
        const Node body = parseChoice(0);
        if (!body) {
            return;
        }
        if (!atEnd() && !is('\n') && !is('\r')) {
            fail(m_at, "nothing of a rule can start here.");
            return;
        }
        m_rules.rules[rule].node = *body;
    }

    Node parseChoice(size_t depth)
    {
        GrammarNode choice{.kind = Kind::Choice};
        do {
            skipSpace(depth > 0 || !choice.children.empty());
            const Node sequence = parseSequence(depth);
            if (!sequence) {
                return std::nullopt;
            }
            choice.children.push_back(*sequence);
        } while (takeBar());
        return choice.children.size() == 1 ? choice.children.front() : add(std::move(choice));
    }

    // Also at the start of a later line, where no rule could begin.
    bool takeBar()
    {
        const size_t before = m_at;
        skipSpace(true);
        const bool found = take('|');
        if (!found) {
            m_at = before;
        }
        return found;
    }

    Node parseSequence(size_t depth)
    {
        GrammarNode sequence{.kind = Kind::Sequence};
        while (!atEnd() && (is('"') || is('[') || is('.') || is('(') || isNameByte(m_text[m_at]))) {
            Node item = parseItem(depth);
            skipSpace(depth > 0);
            if (item && !atEnd()) {
                item = parseRepeat(*item);
                skipSpace(depth > 0);
            }
            if (!item) {
                return std::nullopt;
            }
            sequence.children.push_back(*item);
        }
        return sequence.children.size() == 1 ? sequence.children.front() : add(std::move(sequence));
    }

    Node parseItem(size_t depth)
    {
        const size_t begin = m_at;
        if (take('"')) {
            return parseText(begin);
        }
        if (take('[')) {
            return parseClass(begin);
        }
        if (take('.')) {
            return add({.kind = Kind::Class, .ranges = normalizedRanges({}, true)});
        }
        if (take('(')) {
            if (depth >= GrammarRules::kMaxDepth) {
                return fail(begin,
                    "groups are nested deeper than " + std::to_string(GrammarRules::kMaxDepth) +
                        " levels.");
            }
            const Node inner = parseChoice(depth + 1);
            if (inner && !take(')')) {
                return fail(atEnd() ? begin : m_at,
                    atEnd() ? "this group is never closed." : "\")\" is missing here.");
            }
            return inner;
        }
        return add({.kind = Kind::Rule, .rule = nameOf(takeName(), begin).rule});
    }

    Node parseText(size_t begin)
    {
        std::string text;
        while (!take('"')) {
            const auto codePoint = takeCharacter(begin, "text");
            if (!codePoint) {
                return std::nullopt;
            }
            text += utf8Of(*codePoint);
        }
        return text.empty() ? add({.kind = Kind::Sequence})
                            : add({.kind = Kind::Text, .text = std::move(text)});
    }

    Node parseClass(size_t begin)
    {
        std::vector<CodePointRange> ranges;
        const bool negated = take('^');
        while (!take(']')) {
            const size_t at = m_at;
            const auto first = takeCharacter(begin, "class");
            if (!first) {
                return std::nullopt;
            }
            ranges.push_back({*first, *first});
            if (is('-') && m_text.substr(m_at + 1, 1) != "]") {
                ++m_at;
                const auto last = takeCharacter(begin, "class");
                if (!last) {
                    return std::nullopt;
                }
                if (*last < *first) {
                    return fail(at, "the range ends before it starts.");
                }
                ranges.back().last = *last;
            }
        }
        auto normalized = normalizedRanges(std::move(ranges), negated);
        if (normalized.empty()) {
            return fail(begin, "this class matches no character.");
        }
        return add({.kind = Kind::Class, .ranges = std::move(normalized)});
    }

    // One character of a text or class, written as itself or as an escape.
    std::optional<uint32_t> takeCharacter(size_t begin, const std::string& where)
    {
        if (atEnd() || is('\n') || is('\r')) {
            return fail(begin, "this " + where + " is not closed in its line.");
        }
        const size_t length = utf8SequenceLength(m_text, m_at);
        if (length == 0) {
            return fail(m_at, "there are bytes that are not UTF-8.");
        }
        if (!take('\\')) {
            m_at += length;
            return decode(m_text.substr(m_at - length, length));
        }
        const size_t at = m_at - 1;
        const char kind = atEnd() ? '\n' : m_text[m_at++];
        switch (kind) {
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case 'x':
            return takeHex(at, 2);
        case 'u':
            return takeHex(at, 4);
        case 'U':
            return takeHex(at, 8);
        case '\\':
        case '"':
        case '[':
        case ']':
        case '-':
        case '^':
            return uint32_t(kind);
        default:
            return fail(at, "there is no such escape.");
        }
    }

    std::optional<uint32_t> takeHex(size_t at, size_t digits)
    {
        uint32_t value = 0;
        for (size_t i = 0; i < digits; ++i, ++m_at) {
            const int digit = atEnd() ? -1 : hexValue(m_text[m_at]);
            if (digit < 0) {
                return fail(at, "this escape needs " + std::to_string(digits) + " hex digits.");
            }
            value = value << 4 | uint32_t(digit);
        }
        if (value > kLastCodePoint || (value >= kFirstSurrogate && value <= kLastSurrogate)) {
            return fail(at, "this escape is no character.");
        }
        return value;
    }

    Node parseRepeat(uint32_t item)
    {
        const size_t begin = m_at;
        uint32_t least = 0;
        uint32_t most = GrammarNode::kUnbounded;
        if (take('?')) {
            most = 1;
        } else if (take('+')) {
            least = 1;
        } else if (take('{')) {
            const auto bounds = takeBounds(begin);
            if (!bounds) {
                return std::nullopt;
            }
            std::tie(least, most) = *bounds;
        } else if (!take('*')) {
            return item;
        }
        skipSpace(false);
        if (is('*') || is('+') || is('?') || is('{')) {
            return fail(m_at, "to repeat a repetition, put it into a group.");
        }
        return add({.kind = Kind::Repeat, .children = {item}, .least = least, .most = most});
    }

    // The rest of "{n}", "{n,}" or "{n,m}".
    std::optional<std::pair<uint32_t, uint32_t>> takeBounds(size_t begin)
    {
        const auto least = takeCount(begin);
        if (!least) {
            return std::nullopt;
        }
        uint32_t most = *least;
        skipSpace(false);
        if (take(',')) {
            skipSpace(false);
            most = GrammarNode::kUnbounded;
            if (!is('}')) {
                const auto count = takeCount(begin);
                if (!count) {
                    return std::nullopt;
                }
                most = *count;
                skipSpace(false);
            }
        }
        if (!take('}')) {
            return fail(begin, "a count is written {n}, {n,} or {n,m}.");
        }
        if (most < *least) {
            return fail(begin, "the second count is smaller than the first.");
        }
        return std::pair(*least, most);
    }

    std::optional<uint32_t> takeCount(size_t begin)
    {
        skipSpace(false);
        const size_t first = m_at;
        uint32_t count = 0;
        while (!atEnd() && isDigit(m_text[m_at])) {
            count = count * 10 + uint32_t(m_text[m_at] - '0');
            if (count > GrammarRules::kMaxRepeats) {
                return fail(
                    begin, "a count is at most " + grouped(GrammarRules::kMaxRepeats) + ".");
            }
            ++m_at;
        }
        if (m_at == first) {
            return fail(begin, "a count is written {n}, {n,} or {n,m}.");
        }
        return count;
    }

    void finishNames()
    {
        for (const auto& [name, use] : m_names) {
            if (!use.defined) {
                fail(use.at, "the rule " + shownName(name) + " is not defined.");
                return;
            }
        }
        const auto root = m_names.find("root");
        if (root == m_names.end()) {
            m_error = Error{ErrorCode::InvalidUse,
                "The grammar has no rule named \"root\", which is what a reply must match."};
            return;
        }
        m_rules.root = root->second.rule;
    }

    std::string_view m_text;
    size_t m_at = 0;
    GrammarRules m_rules;
    std::map<std::string, Name, std::less<>> m_names;
    std::optional<Error> m_error;
};

} // namespace

Result<GrammarRules> GrammarRules::parse(std::string_view text)
{
    return Parser(text).parse();
}

std::vector<CodePointRange> normalizedRanges(std::vector<CodePointRange> ranges, bool negated)
{
    std::sort(ranges.begin(), ranges.end(), [](const CodePointRange& a, const CodePointRange& b) {
        return a.first < b.first;
    });
    // One pass over the gaps and the ranges, so that both are cut at the surrogates alike.
    std::vector<CodePointRange> out;
    const auto put = [&out](uint32_t first, uint32_t last) { // inclusive; empty when last < first
        if (first < kFirstSurrogate && first <= last) {
            out.push_back({first, std::min(last, kFirstSurrogate - 1)});
        }
        if (last > kLastSurrogate && first <= last) {
            out.push_back({std::max(first, kLastSurrogate + 1), std::min(last, kLastCodePoint)});
        }
    };
    uint32_t next = 0; // the first code point not yet decided
    for (size_t i = 0; i < ranges.size();) {
        const uint32_t first = std::max(ranges[i].first, next);
        uint32_t last = ranges[i].last;
        for (++i; i < ranges.size() && ranges[i].first <= last + 1; ++i) {
            last = std::max(last, ranges[i].last);
        }
        if (negated && first > next) {
            put(next, first - 1);
        } else if (!negated) {
            put(first, last);
        }
        next = last + 1;
    }
    if (negated && next <= kLastCodePoint) {
        put(next, kLastCodePoint);
    }
    return out;
}

std::string utf8Of(uint32_t codePoint)
{
    if (codePoint < 0x80) {
        return std::string(1, char(codePoint));
    }
    std::string out;
    const int rest = codePoint < 0x800 ? 1 : codePoint < 0x10000 ? 2 : 3;
    out += char((0xFF00u >> (rest + 1) & 0xFFu) | codePoint >> (6 * rest));
    for (int i = rest - 1; i >= 0; --i) {
        out += char(0x80u | (codePoint >> (6 * i) & 0x3Fu));
    }
    return out;
}

} // namespace atelier
