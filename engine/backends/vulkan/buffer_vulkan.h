// SPDX-License-Identifier: MIT
// BufferVulkan: memory of a device, with the memory it lies in.
#pragma once

#include "engine/backends/device_buffer.h"
#include "engine/backends/vulkan/device_vulkan.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace atelier {

// Owner: whoever asked for it; the device outlives it.
class BufferVulkan final : public DeviceBuffer
{
public:
    // Not initialized. `label` names it in messages.
    static Result<std::unique_ptr<BufferVulkan>> create(
        DeviceVulkan& device, size_t bytes, StorageMode mode, std::string_view label);
    ~BufferVulkan() override;
    BufferVulkan(const BufferVulkan&) = delete;
    BufferVulkan& operator=(const BufferVulkan&) = delete;

    // What create() will take from the device's memory; 0 when the device refuses to say.
    static size_t allocatedBytes(const DeviceVulkan& device, size_t bytes);

    size_t bytes() const override { return m_bytes; }
    size_t allocatedBytes() const { return m_allocated; }
    VkBuffer handle() const { return m_buffer; }
    std::byte* mapped() const { return m_mapped; } // null: only the device reaches it

private:
    BufferVulkan(DeviceVulkan& device, size_t bytes) : m_device(device), m_bytes(bytes) {}

    DeviceVulkan& m_device;
    size_t m_bytes;
    size_t m_allocated = 0;
    VkBuffer m_buffer = VK_NULL_HANDLE;
    VkDeviceMemory m_memory = VK_NULL_HANDLE;
    std::byte* m_mapped = nullptr;
};

} // namespace atelier
