// SPDX-License-Identifier: MIT
// What the CPU backend hands out: buffers, weights and caches in host memory.
#pragma once

#include "engine/backends/cpu/aligned_memory.h"
#include "engine/ops/tensor.h"

#include <memory>
#include <span>
#include <string>
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

// Uses the bytes of the file where they lie when the kernels can read them there, else a copy.
class WeightCpu final : public Weight
{
public:
    WeightCpu(WeightSource source, AlignedMemory copy)
        : m_source(std::move(source)),
          m_copy(std::move(copy))
    {
        if (m_copy.data() != nullptr) {
            m_source.bytes = {m_copy.data(), m_copy.bytes()};
            m_source.keepAlive.reset();
        }
    }

    DType type() const override { return m_source.type; }
    uint32_t rows() const override { return m_source.rows; }
    uint32_t cols() const override { return m_source.cols; }
    size_t allocatedBytes() const override
    {
        return m_copy.data() == nullptr ? 0 : AlignedMemory::allocatedBytes(m_copy.bytes());
    }

    std::span<const std::byte> bytes() const { return m_source.bytes; }
    const std::string& name() const { return m_source.name; }

private:
    WeightSource m_source;
    AlignedMemory m_copy;
};

class KvStoreCpu final : public KvStore
{
public:
    KvStoreCpu(const KvShape& shape, AlignedMemory memory)
        : m_shape(shape),
          m_memory(std::move(memory))
    {
    }

    // K and V of [L, S, H * D].
    static size_t payloadBytes(const KvShape& shape)
    {
        return size_t(2) * shape.layers * shape.slots * shape.heads * shape.headDim * sizeof(float);
    }

    const KvShape& shape() const override { return m_shape; }
    size_t allocatedBytes() const override
    {
        return AlignedMemory::allocatedBytes(m_memory.bytes());
    }

    float* keys(uint32_t layer) const { return rows(2 * layer); }
    float* values(uint32_t layer) const { return rows(2 * layer + 1); }
    size_t rowSize() const { return size_t(m_shape.heads) * m_shape.headDim; }

private:
    float* rows(size_t index) const
    {
        return m_memory.as<float>() + index * m_shape.slots * rowSize();
    }

    KvShape m_shape;
    AlignedMemory m_memory;
};

} // namespace atelier
