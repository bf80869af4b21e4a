// SPDX-License-Identifier: MIT
// How large pieces of work a workgroup takes, to suit the device: specialization constants.
#pragma once

#include "engine/backends/vulkan/device_vulkan.h"

#include <array>
#include <cstdint>

namespace atelier {

inline constexpr uint32_t kFewTokens = 8; // up to here a product streams weights: mat_vec.comp

// mat_tile.comp, for more tokens than kFewTokens.
struct ProductTile
{
    uint32_t threads = 0;
    uint32_t rows = 0;       // of the weight
    uint32_t tokens = 0;     //
    uint32_t quads = 0;      // columns at once, in groups of four
    uint32_t rowsEach = 0;   // sums of a thread
    uint32_t tokensEach = 0; //

    std::array<uint32_t, 6> constants() const
    {
        return {threads, rows, tokens, quads, rowsEach, tokensEach};
    }
    uint32_t sharedBytes() const { return (rows + tokens) * (quads + 1) * 16; }
};

ProductTile productTile(const TraitsVulkan& traits, uint32_t tokens);

// attention.comp
struct AttentionTile
{
    uint32_t threads = 0;
    uint32_t rows = 0; // of queries that share a head of the cache
    uint32_t headDim = 0;

    std::array<uint32_t, 3> constants() const { return {threads, rows, headDim}; }
    uint32_t sharedBytes() const
    {
        const uint32_t row = (headDim + 3) / 4 * 16 + threads * 4 + 12;
        return rows * row + threads * 4;
    }
};

// `rows`: query heads of one head of the cache, times tokens.
AttentionTile attentionTile(const TraitsVulkan& traits, uint64_t rows, uint32_t headDim);

// Where a cache of `slots` is cut for few tokens. The same for each number of tokens, so that a
// token's result does not depend on how many are computed with it.
uint32_t splitSlots(uint32_t slots);
// Up to this many workgroups, without parts, a cache is cut.
inline constexpr uint32_t kFewGroups = 32;

} // namespace atelier
