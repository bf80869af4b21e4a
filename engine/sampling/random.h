// SPDX-License-Identifier: MIT
// Random numbers that are the same on every platform and standard library.
#pragma once

#include <cstdint>

namespace atelier {

// Counter-based: draw n depends on the seed and n only. SplitMix64 (Steele, Lea, Flood 2014).
class CounterRandom
{
public:
    explicit CounterRandom(uint64_t seed) : m_seed(seed) {}

    uint64_t next() { return at(m_seed, m_counter++); }
    // Uniform in [0, limit), limit >= 1; no value is favored by more than 2^-64.
    uint64_t below(uint64_t limit);

    static uint64_t at(uint64_t seed, uint64_t counter);

private:
    uint64_t m_seed;
    uint64_t m_counter = 0;
};

// A seed nobody asked for: from the system's source of randomness, or the clock without one.
uint64_t unpredictableSeed();

} // namespace atelier
