// SPDX-License-Identifier: MIT
#include "engine/sampling/json_pattern.h"

#include "engine/base/text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace atelier {

namespace {

using Ranges = std::vector<CodePointRange>;

constexpr size_t kMaxDepth = 40; // of groups, each of which opens one in the grammar
constexpr uint32_t kLastCodePoint = 0x10FFFF;

constexpr CodePointRange kDigits[] = {{'0', '9'}};
constexpr CodePointRange kWord[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
constexpr CodePointRange kSpace[] = {{0x09, 0x0D},
    {0x20, 0x20},
    {0xA0, 0xA0},
    {0x1680, 0x1680},
    {0x2000, 0x200A},
    {0x2028, 0x2029},
    {0x202F, 0x202F},
    {0x205F, 0x205F},
    {0x3000, 0x3000},
    {0xFEFF, 0xFEFF}};
constexpr CodePointRange kLineEnds[] = {{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}};

Ranges rangesOf(std::span<const CodePointRange> ranges, bool negated)
{
    return normalizedRanges({ranges.begin(), ranges.end()}, negated);
}

bool isSingle(const Ranges& ranges)
{
    return ranges.size() == 1 && ranges[0].first == ranges[0].last;
}

// How JSON writes what may not stand in a string as it is.
struct ShortEscape
{
    uint32_t codePoint;
    const char* gbnf;
};
constexpr std::array<ShortEscape, 7> kShortEscapes{{{'\b', R"("\\b")"},
    {'\t', R"("\\t")"},
    {'\n', R"("\\n")"},
    {'\f', R"("\\f")"},
    {'\r', R"("\\r")"},
    {'"', R"("\\\"")"},
    {'\\', R"("\\\\")"}}};

bool contains(std::span<const CodePointRange> ranges, uint32_t codePoint)
{
    return std::ranges::any_of(ranges, [codePoint](const CodePointRange& range) {
        return codePoint >= range.first && codePoint <= range.last;
    });
}

// A character of a class, as itself where that is easy to read.
std::string classCharacter(uint32_t codePoint)
{
    const bool isPlain = contains(kWord, codePoint) && codePoint != '_';
    if (isPlain) {
        return std::string(1, char(codePoint));
    }
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out = "\\U";
    for (int shift = 28; shift >= 0; shift -= 4) {
        out += kHex[codePoint >> shift & 15u];
    }
    return out;
}

int hexValue(char c)
{
    constexpr std::string_view kLower = "0123456789abcdef";
    const char lower = c >= 'A' && c <= 'F' ? char(c - 'A' + 'a') : c;
    const size_t at = kLower.find(lower);
    return at == std::string_view::npos ? -1 : int(at);
}

// Recursive descent, from the expression to the text of the grammar. The first failure stays in
// m_error and ends it.
class Pattern
{
public:
    Pattern(std::string_view pattern, std::string_view anything)
        : m_text(pattern),
          m_anything(anything)
    {
    }

    Result<std::string> convert()
    {
        std::string out;
        do {
            out += out.empty() ? "" : " | ";
            const bool fromStart = take('^');
            const std::string inner = sequence(0);
            const bool toEnd = take('$');
            out += fromStart ? "" : m_anything + "* ";
            out += inner.empty() ? "\"\"" : inner;
            out += toEnd ? "" : " " + m_anything + "*";
        } while (!m_error && take('|'));
        if (!m_error && !atEnd()) {
            fail(is(')') ? ErrorCode::InvalidUse : ErrorCode::Unsupported,
                is(')') ? "a \")\" closes nothing" : "an anchor stands in the middle");
        }
        if (m_error) {
            return *m_error;
        }
        return "(" + out + ")";
    }

private:
    bool atEnd() const { return m_at >= m_text.size(); }
    bool is(char c) const { return !atEnd() && m_text[m_at] == c; }
    bool take(char c)
    {
        const bool found = is(c);
        m_at += found ? 1 : 0;
        return found;
    }

    std::string fail(ErrorCode code, const std::string& why)
    {
        if (!m_error) {
            m_error = Error{code,
                "the pattern " + shownName(m_text) + " cannot be used: " + why + " (character " +
                    std::to_string(m_at + 1) + ")."};
        }
        return {};
    }

    std::string choice(size_t depth)
    {
        std::string out;
        bool first = true;
        do {
            out += first ? "" : " | ";
            first = false;
            out += sequence(depth);
        } while (!m_error && take('|'));
        return out;
    }

    std::string sequence(size_t depth)
    {
        std::string out;
        while (!m_error && !atEnd() && !is('|') && !is(')') && !is('$') && !is('^')) {
            const std::string item = atom(depth);
            const std::string repeat = m_error ? std::string() : quantifier();
            out += (out.empty() ? "" : " ") + item + repeat;
        }
        return out;
    }

    std::string atom(size_t depth)
    {
        if (take('(')) {
            return group(depth);
        }
        if (take('[')) {
            return setText(bracketSet());
        }
        if (take('.')) {
            return setText(rangesOf(kLineEnds, true));
        }
        if (is('*') || is('+') || is('?')) {
            return fail(ErrorCode::InvalidUse, "a repetition repeats nothing");
        }
        if (take('\\')) {
            return setText(escape(false));
        }
        return setText(character());
    }

    std::string group(size_t depth)
    {
        if (depth >= kMaxDepth) {
            return fail(ErrorCode::Unsupported, "its groups are nested too deeply");
        }
        if (take('?') && !take(':')) {
            return fail(ErrorCode::Unsupported, "look-around and named groups are not known");
        }
        const std::string inner = choice(depth + 1);
        if (!m_error && !take(')')) {
            return is('^') || is('$') ? fail(ErrorCode::Unsupported, "an anchor is in a group")
                                      : fail(ErrorCode::InvalidUse, "a group is not closed");
        }
        return "(" + inner + ")";
    }

    std::string quantifier()
    {
        std::string out;
        if (is('*') || is('+') || is('?')) {
            out = m_text[m_at++];
        } else if (take('{')) {
            const size_t close = m_text.find('}', m_at);
            const std::string_view counts =
                m_text.substr(m_at, close == std::string_view::npos ? 0 : close - m_at);
            const size_t comma = counts.find(',');
            const auto least = count(counts.substr(0, comma));
            const bool open = comma != std::string_view::npos && comma + 1 == counts.size();
            const auto most = comma == std::string_view::npos ? least
                              : open ? std::optional(GrammarNode::kUnbounded)
                                     : count(counts.substr(comma + 1));
            if (!least || !most || *most < *least) {
                return fail(ErrorCode::Unsupported,
                    "a count is written {n}, {n,} or {n,m}, with numbers of at most " +
                        grouped(GrammarRules::kMaxRepeats));
            }
            out = "{" + std::string(counts) + "}";
            m_at = close + 1;
        }
        if (!out.empty()) {
            take('?'); // as few as possible: the same texts
            if (is('*') || is('+') || is('?') || is('{')) {
                return fail(ErrorCode::InvalidUse, "a repetition is repeated");
            }
        }
        return out;
    }

    static std::optional<uint32_t> count(std::string_view digits)
    {
        uint32_t value = 0;
        for (const char c : digits) {
            if (c < '0' || c > '9' || value > GrammarRules::kMaxRepeats) {
                return std::nullopt;
            }
            value = value * 10 + uint32_t(c - '0');
        }
        return digits.empty() || value > GrammarRules::kMaxRepeats ? std::nullopt
                                                                   : std::optional(value);
    }

    Ranges character()
    {
        const size_t length = atEnd() ? 0 : utf8SequenceLength(m_text, m_at);
        if (length == 0) {
            fail(ErrorCode::InvalidUse, "it ends too early or is not UTF-8");
            return {};
        }
        const auto first = uint8_t(m_text[m_at]);
        uint32_t codePoint = length == 1 ? first : first & (0x7Fu >> length);
        for (size_t i = 1; i < length; ++i) {
            codePoint = codePoint << 6 | (uint8_t(m_text[m_at + i]) & 0x3Fu);
        }
        m_at += length;
        return {{codePoint, codePoint}};
    }

    // Behind the backslash.
    Ranges escape(bool inSet)
    {
        const char kind = atEnd() ? '\0' : m_text[m_at++];
        switch (kind) {
        case 'd':
            return rangesOf(kDigits, false);
        case 'D':
            return rangesOf(kDigits, true);
        case 'w':
            return rangesOf(kWord, false);
        case 'W':
            return rangesOf(kWord, true);
        case 's':
            return rangesOf(kSpace, false);
        case 'S':
            return rangesOf(kSpace, true);
        case 'n':
            return {{'\n', '\n'}};
        case 'r':
            return {{'\r', '\r'}};
        case 't':
            return {{'\t', '\t'}};
        case 'f':
            return {{'\f', '\f'}};
        case 'v':
            return {{'\v', '\v'}};
        case 'x':
            return hex(2);
        case 'u':
            return hex(4);
        case 'b':
            if (inSet) {
                return {{'\b', '\b'}};
            }
            break;
        default:
            break;
        }
        const bool isSign = std::string_view("^$\\.*+?()[]{}|/-\"'#&%,:;<=>@_`~! ").find(kind) !=
                            std::string_view::npos;
        if (kind == '\0' || !isSign) {
            fail(ErrorCode::Unsupported, "it has an escape that is not known");
            return {};
        }
        return {{uint8_t(kind), uint8_t(kind)}};
    }

    Ranges hex(size_t digits)
    {
        uint32_t value = 0;
        for (size_t i = 0; i < digits; ++i, ++m_at) {
            const int digit = atEnd() ? -1 : hexValue(m_text[m_at]);
            if (digit < 0) {
                fail(ErrorCode::InvalidUse, "an escape lacks hex digits");
                return {};
            }
            value = value << 4 | uint32_t(digit);
        }
        return {{value, value}};
    }

    // Behind "[".
    Ranges bracketSet()
    {
        Ranges ranges;
        const bool negated = take('^');
        while (!m_error && !take(']')) {
            Ranges item = take('\\') ? escape(true) : character();
            // Beside a set, as in "[\\w-.]", the sign stands for itself.
            if (is('-') && m_at + 1 < m_text.size() && m_text[m_at + 1] != ']' && isSingle(item)) {
                ++m_at;
                const Ranges last = take('\\') ? escape(true) : character();
                if (!m_error && (!isSingle(last) || last[0].first < item[0].first)) {
                    fail(ErrorCode::InvalidUse, "a range of characters is no range");
                } else if (!m_error) {
                    item[0].last = last[0].first;
                }
            }
            ranges.insert(ranges.end(), item.begin(), item.end());
        }
        return normalizedRanges(std::move(ranges), negated);
    }

    std::string setText(const Ranges& ranges)
    {
        const std::string out =
            m_error ? std::string() : gbnfOfStringCharacter(normalizedRanges(ranges, false));
        return out.empty() ? fail(ErrorCode::Unsupported, "a part of it matches no character")
                           : out;
    }

    std::string_view m_text;
    std::string m_anything;
    size_t m_at = 0;
    std::optional<Error> m_error;
};

} // namespace

std::string gbnfOfStringCharacter(std::span<const CodePointRange> ranges)
{
    std::string plain;
    const auto put = [&plain](uint32_t first, uint32_t last) {
        if (first <= last) {
            plain += classCharacter(first);
            if (first < last) {
                plain.append("-").append(classCharacter(last));
            }
        }
    };
    for (const CodePointRange& range : ranges) {
        // What may stand as it is: all but control characters, the quote and the backslash.
        put(std::max(range.first, 0x20u), std::min(range.last, uint32_t('"') - 1));
        put(std::max(range.first, uint32_t('"') + 1), std::min(range.last, uint32_t('\\') - 1));
        put(std::max(range.first, uint32_t('\\') + 1), std::min(range.last, kLastCodePoint));
    }
    std::vector<std::string> ways;
    if (!plain.empty()) {
        ways.push_back("[" + plain + "]");
    }
    for (const ShortEscape& escape : kShortEscapes) {
        if (contains(ranges, escape.codePoint)) {
            ways.emplace_back(escape.gbnf);
        }
    }
    if (ways.size() <= 1) {
        return ways.empty() ? std::string() : ways.front();
    }
    std::string out = "(" + ways.front();
    for (size_t i = 1; i < ways.size(); ++i) {
        out += " | " + ways[i];
    }
    return out + ")";
}

Result<std::string> gbnfOfPattern(std::string_view pattern, std::string_view anything)
{
    return Pattern(pattern, anything).convert();
}

} // namespace atelier
