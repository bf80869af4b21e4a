// SPDX-License-Identifier: MIT
// Checksum: 64 bits that tell damaged bytes from whole ones, at the speed of memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace atelier {

// XXH64 with seed 0 (Yann Collet, xxHash specification 0.2.0). It guards against damage, not
// against people.
class Checksum
{
public:
    void update(std::span<const std::byte> bytes);
    uint64_t value() const; // of everything so far

    static uint64_t of(std::span<const std::byte> bytes);

private:
    std::array<uint64_t, 4> m_lanes = {0x60ea27eeadc0b5d6u, // prime 1 + prime 2
        0xc2b2ae3d27d4eb4fu,                                // prime 2
        0,
        0x61c8864e7a143579u}; // - prime 1
    std::array<std::byte, 32> m_pending = {};
    size_t m_pendingBytes = 0;
    uint64_t m_total = 0;
};

} // namespace atelier
