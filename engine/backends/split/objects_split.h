// SPDX-License-Identifier: MIT
// What BackendSplit hands out: a weight on one device, a cache shared out by layers, and buffers
// that are on every device.
#pragma once

#include "engine/ops/tensor.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace atelier {

class WeightSplit final : public Weight
{
public:
    WeightSplit(std::unique_ptr<Weight> weight, uint32_t part)
        : m_weight(std::move(weight)),
          m_part(part)
    {
    }

    DType type() const override { return m_weight->type(); }
    uint32_t rows() const override { return m_weight->rows(); }
    uint32_t cols() const override { return m_weight->cols(); }
    size_t allocatedBytes() const override { return m_weight->allocatedBytes(); }

    const Weight& inner() const { return *m_weight; }
    uint32_t part() const { return m_part; }

private:
    std::unique_ptr<Weight> m_weight;
    uint32_t m_part;
};

class KvStoreSplit final : public KvStore
{
public:
    // `stores` by part; null where a part has no layers.
    KvStoreSplit(const KvShape& shape, std::vector<std::unique_ptr<KvStore>> stores)
        : m_shape(shape),
          m_stores(std::move(stores))
    {
    }

    const KvShape& shape() const override { return m_shape; }
    size_t allocatedBytes() const override
    {
        size_t total = 0;
        for (const auto& store : m_stores) {
            total += store ? store->allocatedBytes() : 0;
        }
        return total;
    }

    KvStore& inner(uint32_t part) const { return *m_stores[part]; }

private:
    KvShape m_shape;
    std::vector<std::unique_ptr<KvStore>> m_stores;
};

class BufferSplit final : public DeviceBuffer
{
public:
    // Bytes [begin, end) are as they should be on one device.
    struct Range
    {
        size_t begin = 0;
        size_t end = 0;
        uint32_t part = 0;
    };

    BufferSplit(size_t bytes, std::vector<std::unique_ptr<DeviceBuffer>> buffers)
        : m_bytes(bytes),
          m_buffers(std::move(buffers)),
          m_ranges{{0, bytes, 0}} // new memory is zero everywhere
    {
    }

    size_t bytes() const override { return m_bytes; }
    DeviceBuffer& inner(uint32_t part) const { return *m_buffers[part]; }

    // In order, together all of the buffer.
    const std::vector<Range>& ranges() const { return m_ranges; }

    void setPart(size_t begin, size_t end, uint32_t part)
    {
        std::vector<Range> ranges;
        const auto add = [&ranges](const Range& range) {
            if (range.begin >= range.end) {
                return;
            }
            if (!ranges.empty() && ranges.back().part == range.part) {
                ranges.back().end = range.end;
            } else {
                ranges.push_back(range);
            }
        };
        for (const Range& range : m_ranges) {
            add({range.begin, std::min(range.end, begin), range.part});
            if (range.begin <= begin && begin < range.end) {
                add({begin, end, part});
            }
            add({std::max(range.begin, end), range.end, range.part});
        }
        m_ranges = std::move(ranges);
    }

private:
    size_t m_bytes;
    std::vector<std::unique_ptr<DeviceBuffer>> m_buffers; // by part
    std::vector<Range> m_ranges;
};

} // namespace atelier
