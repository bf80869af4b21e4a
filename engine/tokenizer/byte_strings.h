// SPDX-License-Identifier: MIT
// ByteStrings: many short byte strings in one block, found by number; ByteStringIndex finds their
// number by contents.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atelier {

class ByteStrings
{
public:
    void reserve(size_t strings, size_t bytes);
    void append(std::string_view bytes);

    size_t size() const { return m_ends.size(); }
    std::string_view at(size_t index) const
    {
        const size_t begin = index == 0 ? 0 : size_t(m_ends[index - 1]);
        return std::string_view(m_bytes).substr(begin, size_t(m_ends[index]) - begin);
    }

private:
    std::string m_bytes;
    std::vector<uint64_t> m_ends;
};

// Open addressing with linear probing. The hash is seeded per index, so that a file cannot be
// made to collide.
//
// Lifetime: `strings` outlives the index and stays where it is.
class ByteStringIndex
{
public:
    ByteStringIndex(const ByteStrings& strings, size_t capacity);

    // The first one wins when the same bytes are inserted again. At most `capacity` inserts.
    void insert(int32_t number);

    int32_t find(std::string_view bytes) const; // -1 when absent

private:
    struct Slot
    {
        uint32_t hash = 0;
        int32_t number = -1; // -1: free
    };

    uint64_t hashOf(std::string_view bytes) const;

    const ByteStrings& m_strings;
    uint64_t m_seed;
    size_t m_mask;
    std::vector<Slot> m_slots;
};

} // namespace atelier
