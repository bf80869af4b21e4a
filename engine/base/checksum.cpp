// SPDX-License-Identifier: MIT
#include "engine/base/checksum.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace atelier {

namespace {

static_assert(std::endian::native == std::endian::little, "files hold little-endian numbers");

constexpr uint64_t kPrime1 = 0x9e3779b185ebca87u;
constexpr uint64_t kPrime2 = 0xc2b2ae3d27d4eb4fu;
constexpr uint64_t kPrime3 = 0x165667b19e3779f9u;
constexpr uint64_t kPrime4 = 0x85ebca77c2b2ae63u;
constexpr uint64_t kPrime5 = 0x27d4eb2f165667c5u;

template <class T>
T load(const std::byte* from)
{
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

uint64_t round(uint64_t lane, uint64_t input)
{
    return std::rotl(lane + input * kPrime2, 31) * kPrime1;
}

void stripe(std::array<uint64_t, 4>& lanes, const std::byte* bytes)
{
    for (size_t i = 0; i < 4; ++i) {
        lanes[i] = round(lanes[i], load<uint64_t>(bytes + i * 8));
    }
}

} // namespace

void Checksum::update(std::span<const std::byte> bytes)
{
    m_total += bytes.size();
    if (m_pendingBytes > 0) {
        const size_t count = std::min(bytes.size(), m_pending.size() - m_pendingBytes);
        std::copy_n(bytes.begin(), count, m_pending.begin() + ptrdiff_t(m_pendingBytes));
        m_pendingBytes += count;
        bytes = bytes.subspan(count);
        if (m_pendingBytes < m_pending.size()) {
            return;
        }
        stripe(m_lanes, m_pending.data());
        m_pendingBytes = 0;
    }
    auto lanes = m_lanes; // in registers
    for (; bytes.size() >= m_pending.size(); bytes = bytes.subspan(m_pending.size())) {
        stripe(lanes, bytes.data());
    }
    m_lanes = lanes;
    std::copy(bytes.begin(), bytes.end(), m_pending.begin());
    m_pendingBytes = bytes.size();
}

uint64_t Checksum::value() const
{
    uint64_t hash = kPrime5;
    if (m_total >= m_pending.size()) {
        constexpr int kTurns[] = {1, 7, 12, 18};
        hash = 0;
        for (size_t i = 0; i < 4; ++i) {
            hash += std::rotl(m_lanes[i], kTurns[i]);
        }
        for (const uint64_t lane : m_lanes) {
            hash = (hash ^ round(0, lane)) * kPrime1 + kPrime4;
        }
    }
    hash += m_total;
    const std::byte* at = m_pending.data();
    size_t left = m_pendingBytes;
    for (; left >= 8; left -= 8, at += 8) {
        hash = std::rotl(hash ^ round(0, load<uint64_t>(at)), 27) * kPrime1 + kPrime4;
    }
    if (left >= 4) {
        hash = std::rotl(hash ^ load<uint32_t>(at) * kPrime1, 23) * kPrime2 + kPrime3;
        left -= 4;
        at += 4;
    }
    for (; left > 0; --left, ++at) {
        hash = std::rotl(hash ^ uint64_t(*at) * kPrime5, 11) * kPrime1;
    }
    hash = (hash ^ (hash >> 33)) * kPrime2;
    hash = (hash ^ (hash >> 29)) * kPrime3;
    return hash ^ (hash >> 32);
}

uint64_t Checksum::of(std::span<const std::byte> bytes)
{
    Checksum checksum;
    checksum.update(bytes);
    return checksum.value();
}

} // namespace atelier
