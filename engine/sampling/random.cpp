// SPDX-License-Identifier: MIT
#include "engine/sampling/random.h"

#include "engine/base/check.h"

#include <chrono>
#include <random>

namespace atelier {

namespace {

// The upper half of the 128-bit product, in portable arithmetic.
uint64_t multiplyHigh(uint64_t a, uint64_t b)
{
    constexpr uint64_t kLow = 0xffffffffu;
    const uint64_t low = (a & kLow) * (b & kLow);
    const uint64_t middle1 = (a >> 32) * (b & kLow) + (low >> 32);
    const uint64_t middle2 = (a & kLow) * (b >> 32) + (middle1 & kLow);
    return (a >> 32) * (b >> 32) + (middle1 >> 32) + (middle2 >> 32);
}

} // namespace

uint64_t CounterRandom::at(uint64_t seed, uint64_t counter)
{
    uint64_t z = seed + (counter + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t CounterRandom::below(uint64_t limit)
{
    check(limit >= 1, "a draw needs at least one value");
    return multiplyHigh(next(), limit);
}

uint64_t unpredictableSeed()
{
    try { // the standard allows random_device to throw where there is no such device
        std::random_device device;
        return uint64_t(device()) << 32 | device();
    } catch (const std::exception&) {
        const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
        return CounterRandom::at(uint64_t(now), 0);
    }
}

} // namespace atelier
