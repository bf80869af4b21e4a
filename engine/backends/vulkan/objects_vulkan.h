// SPDX-License-Identifier: MIT
// What the Vulkan backend makes of weights and caches.
#pragma once

#include "engine/backends/vulkan/buffer_vulkan.h"
#include "engine/ops/tensor.h"

#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace atelier {

// Rows one after the other, in as many buffers as the device's shaders need to reach all of them.
class WeightVulkan final : public Weight
{
public:
    struct Part
    {
        std::unique_ptr<BufferVulkan> buffer;
        uint32_t firstRow = 0;
        uint32_t rows = 0;
    };

    WeightVulkan(const WeightSource& source, DType stored, std::vector<Part> parts)
        : m_type(source.type),
          m_stored(stored),
          m_rows(source.rows),
          m_cols(source.cols),
          m_parts(std::move(parts))
    {
    }

    DType type() const override { return m_type; }
    uint32_t rows() const override { return m_rows; }
    uint32_t cols() const override { return m_cols; }
    size_t allocatedBytes() const override
    {
        size_t bytes = 0;
        for (const Part& part : m_parts) {
            bytes += part.buffer->allocatedBytes();
        }
        return bytes;
    }

    DType stored() const { return m_stored; } // F32 where the type has no kernel
    std::span<const Part> parts() const { return m_parts; }
    // Of a weight of one row, which is always in one part.
    VkBuffer handle() const { return m_parts.front().buffer->handle(); }

private:
    DType m_type;
    DType m_stored;
    uint32_t m_rows;
    uint32_t m_cols;
    std::vector<Part> m_parts;
};

// Layers one after the other, each [S] slots of a row of keys and a row of values
// (shaders/kv.glsl).
class KvStoreVulkan final : public KvStore
{
public:
    KvStoreVulkan(const KvShape& shape, std::unique_ptr<BufferVulkan> buffer)
        : m_shape(shape),
          m_buffer(std::move(buffer))
    {
    }

    static uint32_t rowWords(const KvShape& shape) // keys or values of a slot
    {
        switch (shape.type) {
        case KvType::F32:
            return shape.heads * shape.headDim;
        case KvType::F16:
            return shape.heads * shape.headDim / 2;
        case KvType::Q8_0:
            return shape.heads * ((shape.headDim + 31) / 32) * 9;
        }
        return 0;
    }
    static size_t layerBytes(const KvShape& shape) // layers begin where descriptors may
    {
        return (size_t(shape.slots) * rowWords(shape) * 2 * 4 + 255) / 256 * 256;
    }

    const KvShape& shape() const override { return m_shape; }
    size_t allocatedBytes() const override { return m_buffer->allocatedBytes(); }
    const BufferVulkan& buffer() const { return *m_buffer; }

private:
    KvShape m_shape;
    std::unique_ptr<BufferVulkan> m_buffer;
};

} // namespace atelier
