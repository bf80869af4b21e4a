// SPDX-License-Identifier: MIT
// SequenceTable: sequences of numbers, each kept once and known by a small number.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace atelier {

// Equal sequences have equal numbers. Numbers count up from 0 in order of insertion.
class SequenceTable
{
public:
    uint32_t intern(std::span<const uint64_t> sequence);

    std::span<const uint64_t> at(uint32_t number) const
    {
        const size_t begin = number == 0 ? 0 : m_ends[number - 1];
        return std::span(m_words).subspan(begin, m_ends[number] - begin);
    }
    uint32_t size() const { return uint32_t(m_ends.size()); }
    size_t words() const { return m_words.size(); } // in all sequences
    void clear();

private:
    void grow();

    std::vector<uint64_t> m_words;
    std::vector<size_t> m_ends;
    std::vector<uint64_t> m_hashes;
    std::vector<uint32_t> m_slots; // open addressing; number + 1, 0: free
};

} // namespace atelier
