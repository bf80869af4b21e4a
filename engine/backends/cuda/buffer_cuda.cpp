// SPDX-License-Identifier: MIT
#include "engine/backends/cuda/buffer_cuda.h"

#include <string>

namespace atelier {

Result<std::unique_ptr<BufferCuda>> BufferCuda::create(
    DeviceCuda& device, size_t bytes, std::string_view label)
{
    if (const Status activated = device.activate(); !activated) {
        return activated.error();
    }
    std::unique_ptr<BufferCuda> buffer(new BufferCuda(device, bytes));
    void* data = nullptr;
    const std::string action = "Making room for " + std::string(label);
    const Status made =
        device.check(cudaMalloc(&data, buffer->allocatedBytes()), action.c_str(), bytes);
    if (!made) {
        return made.error();
    }
    buffer->m_data = static_cast<std::byte*>(data);
    return buffer;
}

BufferCuda::~BufferCuda()
{
    // Uploads may still be on their way to it.
    if (m_data != nullptr && m_device.activate()) {
        cudaStreamSynchronize(m_device.copies());
        cudaStreamSynchronize(m_device.compute());
        cudaFree(m_data);
    }
}

} // namespace atelier
