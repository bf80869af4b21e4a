// SPDX-License-Identifier: MIT
// How a session is created: its context, its cache, and how its positions are stretched.
#pragma once

#include <cstdint>
#include <optional>

namespace atelier {

enum class CacheType : uint8_t { F32, F16, Q8_0 };

// Positions beyond the trained context, squeezed by YaRN (rope_table.h has the formula).
struct YarnOptions
{
    double factor = 4.0;          // explicit: wins over whatever the file says
    uint32_t originalContext = 0; // tokens the model was trained for; 0: as the file says
    // Nothing: as the file says, or else the usual value.
    std::optional<double> extrapolationFactor = {}; // 1: pure YaRN; 0: all pairs interpolated
    std::optional<double> attentionFactor = {};     // 0.1 ln(factor) + 1
    std::optional<double> betaFast = {};            // 32
    std::optional<double> betaSlow = {};            // 1
};

enum class YarnMode : uint8_t {
    Given, // on, as `yarn` says; without one, what the model file says
    Off,   // plain positions, whatever the file says
    // Off until a prompt with its reply does not fit; then on with the smallest factor of 1.5, 2,
    // 3, 4 that makes room and fits memory. Never lowered while a chat lasts. `yarn` gives
    // everything but the factor.
    Auto,
};

struct SessionOptions
{
    // 0: the model's own, at most 32,768, lowered to what fits memory. More than the model (with
    // YaRN) was made for is lowered to that. With YarnMode::Auto the most it may grow to; 0: no
    // bound but memory.
    uint32_t contextTokens = 0;
    CacheType cacheType = CacheType::F16;
    uint32_t chunkTokens = 512;      // prompt tokens computed at once
    std::optional<YarnOptions> yarn; // nothing: as the model file says
    YarnMode yarnMode = YarnMode::Given;
    std::optional<double> ropeBase = {};     // nothing: as the model file says
    std::optional<double> linearFactor = {}; // positions divided by it; goes without YaRN only
};

} // namespace atelier
