// SPDX-License-Identifier: MIT
// SpecialMatcher: finds the names of special tokens in a text, in one pass.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace atelier {

// Of names that start at the same place the longest wins; of overlapping ones the first.
//
// Threads:  thread-safe. Lifetime: the names outlive the matcher.
class SpecialMatcher
{
public:
    using Name = std::pair<std::string_view, int32_t>; // name, id

    explicit SpecialMatcher(std::vector<Name> names); // longer than 256 bytes and empty: left out

    struct Match
    {
        size_t at = 0;
        size_t size = 0;
        int32_t id = -1;
    };
    std::optional<Match> next(std::string_view text, size_t from) const;

    std::optional<int32_t> find(std::string_view name) const;

private:
    std::optional<Match> longestAt(std::string_view text, size_t at) const;

    std::vector<Name> m_names; // sorted by name, without duplicates
    std::array<bool, 256> m_isFirstByte{};
};

} // namespace atelier
