// SPDX-License-Identifier: MIT
// BufferCuda: memory of a device. HostVisible memory is the device's too: reads of it are copies,
// which cost less than kernels that write over the bus.
#pragma once

#include "engine/backends/cuda/device_cuda.h"
#include "engine/backends/device_buffer.h"

#include <cstddef>
#include <memory>
#include <string_view>

namespace atelier {

// Owner: whoever asked for it; the device outlives it.
class BufferCuda final : public DeviceBuffer
{
public:
    // Not initialized. `label` names it in messages.
    static Result<std::unique_ptr<BufferCuda>> create(
        DeviceCuda& device, size_t bytes, std::string_view label);
    ~BufferCuda() override;
    BufferCuda(const BufferCuda&) = delete;
    BufferCuda& operator=(const BufferCuda&) = delete;

    // What create() takes: CUDA hands out memory in steps.
    static size_t allocatedBytes(size_t bytes) { return (bytes + 255) / 256 * 256; }

    size_t bytes() const override { return m_bytes; }
    size_t allocatedBytes() const { return allocatedBytes(m_bytes); }
    std::byte* data() const { return m_data; } // of the device
    float* floats() const { return reinterpret_cast<float*>(m_data); }

private:
    BufferCuda(DeviceCuda& device, size_t bytes) : m_device(device), m_bytes(bytes) {}

    DeviceCuda& m_device;
    size_t m_bytes;
    std::byte* m_data = nullptr;
};

} // namespace atelier
