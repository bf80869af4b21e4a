// SPDX-License-Identifier: MIT
#include "engine/tokenizer/special_tokens.h"

#include <algorithm>

namespace atelier {

namespace {

constexpr size_t kMaxNameBytes = 256; // keeps the search linear in the text for any vocabulary

} // namespace

SpecialMatcher::SpecialMatcher(std::vector<Name> names) : m_names(std::move(names))
{
    std::erase_if(m_names,
        [](const Name& name) { return name.first.empty() || name.first.size() > kMaxNameBytes; });
    std::ranges::sort(m_names); // the smallest id of a name comes first and stays
    // Not std::ranges: clang 14 cannot compile the ranges that those return.
    const auto sameName = [](const Name& a, const Name& b) { return a.first == b.first; };
    m_names.erase(std::unique(m_names.begin(), m_names.end(), sameName), m_names.end());
    for (const Name& name : m_names) {
        m_isFirstByte[uint8_t(name.first.front())] = true;
    }
}

std::optional<SpecialMatcher::Match> SpecialMatcher::next(std::string_view text, size_t from) const
{
    for (size_t at = from; at < text.size(); ++at) {
        if (m_isFirstByte[uint8_t(text[at])]) {
            if (const auto match = longestAt(text, at)) {
                return match;
            }
        }
    }
    return std::nullopt;
}

std::optional<int32_t> SpecialMatcher::find(std::string_view name) const
{
    const auto found = std::ranges::lower_bound(m_names, name, {}, &Name::first);
    return found != m_names.end() && found->first == name ? std::optional(found->second)
                                                          : std::nullopt;
}

std::optional<SpecialMatcher::Match> SpecialMatcher::longestAt(
    std::string_view text, size_t at) const
{
    // Narrows the sorted names byte by byte to those that share the text's next `depth` bytes. A
    // name of exactly that length, if there is one, comes first.
    std::optional<Match> best;
    auto begin = m_names.begin();
    auto end = m_names.end();
    for (size_t depth = 0; at + depth < text.size() && begin != end; ++depth) {
        const auto byteOf = [depth](const Name& name) { // -1: the name ends here
            return name.first.size() > depth ? int(uint8_t(name.first[depth])) : -1;
        };
        const int byte = uint8_t(text[at + depth]);
        begin = std::lower_bound(
            begin, end, byte, [&](const Name& name, int wanted) { return byteOf(name) < wanted; });
        end = std::upper_bound(
            begin, end, byte, [&](int wanted, const Name& name) { return wanted < byteOf(name); });
        if (begin != end && begin->first.size() == depth + 1) {
            best = Match{at, depth + 1, begin->second};
        }
    }
    return best;
}

} // namespace atelier
