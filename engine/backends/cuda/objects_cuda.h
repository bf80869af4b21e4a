// SPDX-License-Identifier: MIT
// What the CUDA backend makes of weights and caches.
#pragma once

#include "engine/backends/cuda/buffer_cuda.h"
#include "engine/backends/cuda/layout_cuda.h"
#include "engine/backends/cuda/repack_cuda.h"
#include "engine/ops/tensor.h"

#include <array>
#include <memory>
#include <utility>

namespace atelier {

// Where the planes of a weight lie in its one allocation.
struct WeightLayoutCuda
{
    cuda::Stored stored = cuda::Stored::F32;
    uint32_t blocks = 0;
    std::array<size_t, 4> offsets{}; // low, high, scales, super
    size_t bytes = 0;

    static WeightLayoutCuda of(const WeightSource& source)
    {
        WeightLayoutCuda layout;
        layout.stored = cuda::storedForm(source.type, source.rows);
        layout.blocks = cuda::blocksOf(source.cols);
        const auto sizes = cuda::planeBytes(layout.stored, source.rows, layout.blocks);
        for (size_t i = 0; i < sizes.size(); ++i) {
            layout.offsets[i] = layout.bytes;
            layout.bytes += (sizes[i] + 255) / 256 * 256;
        }
        return layout;
    }
};

class WeightCuda final : public Weight
{
public:
    WeightCuda(const WeightSource& source,
        const WeightLayoutCuda& layout,
        std::unique_ptr<BufferCuda> buffer)
        : m_type(source.type),
          m_rows(source.rows),
          m_cols(source.cols),
          m_layout(layout),
          m_buffer(std::move(buffer))
    {
    }

    DType type() const override { return m_type; }
    uint32_t rows() const override { return m_rows; }
    uint32_t cols() const override { return m_cols; }
    size_t allocatedBytes() const override { return m_buffer->allocatedBytes(); }

    cuda::Stored stored() const { return m_layout.stored; }
    cuda::WeightPlanes planes() const
    {
        const auto* base = reinterpret_cast<const uint8_t*>(m_buffer->data());
        return {base + m_layout.offsets[0],
            base + m_layout.offsets[1],
            base + m_layout.offsets[2],
            base + m_layout.offsets[3],
            m_rows,
            m_layout.blocks};
    }
    const float* floats() const { return m_buffer->floats(); } // of a norm or bias

private:
    DType m_type;
    uint32_t m_rows;
    uint32_t m_cols;
    WeightLayoutCuda m_layout;
    std::unique_ptr<BufferCuda> m_buffer;
};

// Layers one after the other, each: keys, values, scales of keys, scales of values.
class KvStoreCuda final : public KvStore
{
public:
    KvStoreCuda(const KvShape& shape, std::unique_ptr<BufferCuda> buffer)
        : m_shape(shape),
          m_buffer(std::move(buffer))
    {
    }

    static uint32_t paddedDim(const KvShape& shape)
    {
        return shape.type == KvType::Q8_0 ? (shape.headDim + 31) / 32 * 32 : shape.headDim;
    }
    // Keys or values of one slot, without their scales.
    static size_t slotBytes(const KvShape& shape)
    {
        const size_t element = shape.type == KvType::F32 ? 4 : shape.type == KvType::F16 ? 2 : 1;
        return shape.heads * size_t(paddedDim(shape)) * element;
    }
    static size_t slotScaleBytes(const KvShape& shape)
    {
        return shape.type == KvType::Q8_0 ? shape.heads * size_t(paddedDim(shape)) / 32 * 2 : 0;
    }
    static size_t planeBytes(const KvShape& shape)
    {
        return padded(shape.slots * slotBytes(shape));
    }
    static size_t scalePlaneBytes(const KvShape& shape)
    {
        return padded(shape.slots * slotScaleBytes(shape));
    }
    static size_t layerBytes(const KvShape& shape)
    {
        return 2 * (planeBytes(shape) + scalePlaneBytes(shape));
    }

    const KvShape& shape() const override { return m_shape; }
    size_t allocatedBytes() const override { return m_buffer->allocatedBytes(); }
    BufferCuda& buffer() const { return *m_buffer; }

    cuda::KvPlanes planes(uint32_t layer) const
    {
        auto* base = reinterpret_cast<uint8_t*>(m_buffer->data()) + layerBytes(m_shape) * layer;
        cuda::KvPlanes planes;
        planes.form = m_shape.type == KvType::F32   ? cuda::KvForm::F32
                      : m_shape.type == KvType::F16 ? cuda::KvForm::F16
                                                    : cuda::KvForm::Q8_0;
        planes.heads = m_shape.heads;
        planes.headDim = m_shape.headDim;
        planes.paddedDim = paddedDim(m_shape);
        planes.keys = base;
        planes.values = base + planeBytes(m_shape);
        planes.keyScales = reinterpret_cast<uint16_t*>(base + 2 * planeBytes(m_shape));
        planes.valueScales =
            reinterpret_cast<uint16_t*>(base + 2 * planeBytes(m_shape) + scalePlaneBytes(m_shape));
        return planes;
    }

private:
    static size_t padded(size_t bytes) { return (bytes + 255) / 256 * 256; }

    KvShape m_shape;
    std::unique_ptr<BufferCuda> m_buffer;
};

} // namespace atelier
