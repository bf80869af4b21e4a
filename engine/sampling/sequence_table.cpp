// SPDX-License-Identifier: MIT
#include "engine/sampling/sequence_table.h"

#include <algorithm>

namespace atelier {

namespace {

uint64_t hashOf(std::span<const uint64_t> sequence)
{
    uint64_t hash = 0x9e3779b97f4a7c15u + sequence.size();
    for (const uint64_t word : sequence) {
        hash = (hash ^ word) * 0xbf58476d1ce4e5b9u;
        hash ^= hash >> 29;
    }
    return hash * 0x94d049bb133111ebu ^ hash >> 32;
}

} // namespace

uint32_t SequenceTable::intern(std::span<const uint64_t> sequence)
{
    if ((m_ends.size() + 1) * 2 > m_slots.size()) {
        grow();
    }
    const uint64_t hash = hashOf(sequence);
    const size_t mask = m_slots.size() - 1;
    size_t slot = hash & mask;
    for (; m_slots[slot] != 0; slot = (slot + 1) & mask) {
        const uint32_t number = m_slots[slot] - 1;
        if (m_hashes[number] == hash && std::ranges::equal(at(number), sequence)) {
            return number;
        }
    }
    m_words.insert(m_words.end(), sequence.begin(), sequence.end());
    m_ends.push_back(m_words.size());
    m_hashes.push_back(hash);
    m_slots[slot] = uint32_t(m_ends.size());
    return uint32_t(m_ends.size() - 1);
}

void SequenceTable::clear()
{
    m_words.clear();
    m_ends.clear();
    m_hashes.clear();
    m_slots.clear();
}

void SequenceTable::grow()
{
    m_slots.assign(std::max<size_t>(64, m_slots.size() * 2), 0);
    const size_t mask = m_slots.size() - 1;
    for (uint32_t number = 0; number < m_hashes.size(); ++number) {
        size_t slot = m_hashes[number] & mask;
        while (m_slots[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        m_slots[slot] = number + 1;
    }
}

} // namespace atelier
