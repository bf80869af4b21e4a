// SPDX-License-Identifier: MIT
// What the CPU backend hands out: buffers and weights in host memory.
#pragma once

#include "engine/base/aligned_memory.h"
#include "engine/ops/tensor.h"

#include <cstdint>
#include <utility>

namespace atelier {

class BufferCpu final : public DeviceBuffer
{
public:
    explicit BufferCpu(AlignedMemory memory) : m_memory(std::move(memory)) {}

    size_t bytes() const override { return m_memory.bytes(); }
    std::byte* data() const { return m_memory.data(); }

private:
    AlignedMemory m_memory;
};

// Matrices are used where the file is mapped: the kernels read any alignment. A single row (a norm
// weight or a bias) is widened to F32 once; it is small and read with every token.
class WeightCpu final : public Weight
{
public:
    WeightCpu(WeightSource source, AlignedMemory vector)
        : m_source(std::move(source)),
          m_vector(std::move(vector))
    {
    }

    // Bytes of the widened copy; 0 for a matrix.
    static size_t vectorBytes(const WeightSource& source)
    {
        return source.rows == 1 ? source.cols * sizeof(float) : 0;
    }

    DType type() const override { return m_source.type; }
    uint32_t rows() const override { return m_source.rows; }
    uint32_t cols() const override { return m_source.cols; }
    size_t allocatedBytes() const override
    {
        return m_vector.data() == nullptr ? 0 : AlignedMemory::allocatedBytes(m_vector.bytes());
    }

    const uint8_t* bytes() const { return reinterpret_cast<const uint8_t*>(m_source.bytes.data()); }
    // [cols] of a single row; null for a matrix.
    float* vector() const { return m_vector.as<float>(); }

private:
    WeightSource m_source;
    AlignedMemory m_vector;
};

} // namespace atelier
