// SPDX-License-Identifier: MIT
// KvStoreCpu: keys and values of a session in the order in which attention reads them.
#pragma once

#include "engine/backends/cpu/kernels.h"
#include "engine/base/aligned_memory.h"
#include "engine/ops/tensor.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace atelier {

// Sizes in bytes of the parts of one kv head of one layer. Each part starts on a 64-byte line.
//
//   keys         [S / 16][D][16]       16 slots side by side: scores of 16 slots are one vector
//   key scales   [S / 16][D / 32][16]  F16, Q8_0 only
//   values       [S][D]
//   value scales [S][D / 32]           F16, Q8_0 only
//
// S is rounded up to 16 slots, D to 16 (32 for Q8_0) dimensions; the additions stay zero.
struct KvLayout
{
    uint32_t headDim = 0; // D, rounded up
    size_t keys = 0;
    size_t keyScales = 0;
    size_t values = 0;
    size_t valueScales = 0;

    size_t headBytes() const { return keys + keyScales + values + valueScales; }

    // Nothing when a head is larger than kMaxHeadDim or the whole does not fit in a size_t.
    static std::optional<KvLayout> of(const KvShape& shape);
    static size_t totalBytes(const KvLayout& layout, const KvShape& shape)
    {
        return layout.headBytes() * shape.heads * shape.layers;
    }
};

class KvStoreCpu final : public KvStore
{
public:
    KvStoreCpu(const KvShape& shape, const KvLayout& layout, AlignedMemory memory);

    const KvShape& shape() const override { return m_shape; }
    size_t allocatedBytes() const override
    {
        return AlignedMemory::allocatedBytes(m_memory.bytes());
    }

    KvHeadView view(uint32_t layer, uint32_t head) const;

    // Stores the keys and values of one token and one head, [headDim] of the shape each.
    void write(uint32_t layer,
        uint32_t head,
        uint32_t slot,
        const float* key,
        const float* value,
        const CpuKernels& kernels);

    // One slot of a layer in the form of kvRowBytes().
    void readRow(uint32_t layer, uint32_t slot, std::byte* keys, std::byte* values) const;
    void writeRow(uint32_t layer, uint32_t slot, const std::byte* keys, const std::byte* values);

private:
    // Where the values of one slot and one head lie.
    struct Row
    {
        std::byte* keys; // 16 elements from one value to the next
        std::byte* values;
        uint16_t* keyScales; // 16 from one to the next; Q8_0 only
        uint16_t* valueScales;
    };
    Row row(uint32_t layer, uint32_t head, uint32_t slot) const;
    std::byte* head(uint32_t layer, uint32_t head) const;
    void writeQuantized(std::byte* base, uint32_t slot, const float* key, const float* value) const;

    KvShape m_shape;
    KvLayout m_layout;
    AlignedMemory m_memory;
};

} // namespace atelier
