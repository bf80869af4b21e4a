// SPDX-License-Identifier: MIT
#include "engine/backends/vulkan/tiles_vulkan.h"

#include <algorithm>

namespace atelier {

namespace {

constexpr uint32_t kThreads = 128; // that every device allows
constexpr uint32_t kMaxSplits = 64;

} // namespace

ProductTile productTile(const TraitsVulkan& traits, uint32_t tokens)
{
    // 4 rows by 8 tokens for a thread: 12 reads of shared memory for 128 multiplications.
    ProductTile tile{kThreads, 64, 64, 8, 4, 8};
    if (tokens <= 32) {
        tile.tokens = tokens <= 16 ? 16 : 32;
        tile.tokensEach = tile.tokens / 8;
    }
    while (tile.sharedBytes() > traits.maxSharedBytes) {
        tile.quads /= 2; // 10 KiB at most with the first half
    }
    return tile;
}

AttentionTile attentionTile(const TraitsVulkan& traits, uint64_t rows, uint32_t headDim)
{
    AttentionTile tile{headDim > 64 ? kThreads : 64, 16, headDim};
    while (tile.rows > 4 && rows <= tile.rows / 2) {
        tile.rows /= 2;
    }
    while (tile.sharedBytes() > traits.maxSharedBytes) {
        tile.rows /= 2;
    }
    return tile;
}

uint32_t splitSlots(uint32_t slots)
{
    const uint32_t each = (slots + kMaxSplits - 1) / kMaxSplits;
    return std::max((each + kThreads - 1) / kThreads * kThreads, 2 * kThreads);
}

} // namespace atelier
