// SPDX-License-Identifier: MIT
#include "engine/tokenizer/byte_strings.h"

#include <bit>
#include <chrono>
#include <cstring>

namespace atelier {

namespace {

uint64_t mixed(uint64_t value)
{
    // The finalizer of MurmurHash3: every input bit reaches every output bit.
    value ^= value >> 33;
    value *= 0xff51afd7ed558ccdull;
    value ^= value >> 33;
    value *= 0xc4ceb9fe1a85ec53ull;
    return value ^ value >> 33;
}

} // namespace

void ByteStrings::reserve(size_t strings, size_t bytes)
{
    m_ends.reserve(strings);
    m_bytes.reserve(bytes);
}

void ByteStrings::append(std::string_view bytes)
{
    m_bytes += bytes;
    m_ends.push_back(m_bytes.size());
}

ByteStringIndex::ByteStringIndex(const ByteStrings& strings, size_t capacity)
    : m_strings(strings),
      m_seed(mixed(uint64_t(std::chrono::steady_clock::now().time_since_epoch().count()) ^
                   uint64_t(reinterpret_cast<uintptr_t>(this)))),
      m_mask(std::bit_ceil(2 * capacity + 2) - 1), // at most half full
      m_slots(m_mask + 1)
{
}

uint64_t ByteStringIndex::hashOf(std::string_view bytes) const
{
    uint64_t hash = m_seed ^ bytes.size();
    const char* at = bytes.data();
    size_t left = bytes.size();
    for (; left >= 8; at += 8, left -= 8) {
        uint64_t word;
        std::memcpy(&word, at, 8);
        hash = mixed(hash ^ word);
    }
    if (left != 0) {
        uint64_t word = 0;
        std::memcpy(&word, at, left);
        hash = mixed(hash ^ word);
    }
    return hash;
}

void ByteStringIndex::insert(int32_t number)
{
    const std::string_view bytes = m_strings.at(size_t(number));
    const uint64_t hash = hashOf(bytes);
    for (size_t i = hash & m_mask;; i = (i + 1) & m_mask) {
        Slot& slot = m_slots[i];
        if (slot.number < 0) {
            slot = {uint32_t(hash >> 32), number};
            return;
        }
        if (slot.hash == uint32_t(hash >> 32) && m_strings.at(size_t(slot.number)) == bytes) {
            return;
        }
    }
}

int32_t ByteStringIndex::find(std::string_view bytes) const
{
    const uint64_t hash = hashOf(bytes);
    for (size_t i = hash & m_mask;; i = (i + 1) & m_mask) {
        const Slot& slot = m_slots[i];
        if (slot.number < 0) {
            return -1;
        }
        if (slot.hash == uint32_t(hash >> 32) && m_strings.at(size_t(slot.number)) == bytes) {
            return slot.number;
        }
    }
}

} // namespace atelier
