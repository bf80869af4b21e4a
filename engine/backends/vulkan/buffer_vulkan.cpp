// SPDX-License-Identifier: MIT
#include "engine/backends/vulkan/buffer_vulkan.h"

#include <string>

namespace atelier {

namespace {

VkBufferCreateInfo infoOf(size_t bytes)
{
    VkBufferCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
    info.size = (bytes + 3) / 4 * 4; // shaders read whole words
    info.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                 VK_BUFFER_USAGE_TRANSFER_DST_BIT;
    return info;
}

} // namespace

size_t BufferVulkan::allocatedBytes(const DeviceVulkan& device, size_t bytes)
{
    // Asked of a buffer without memory: the device decides about alignment.
    const VkBufferCreateInfo info = infoOf(bytes);
    VkBuffer buffer = VK_NULL_HANDLE;
    if (vkCreateBuffer(device.handle(), &info, nullptr, &buffer) != VK_SUCCESS) {
        return 0;
    }
    VkMemoryRequirements needs{};
    vkGetBufferMemoryRequirements(device.handle(), buffer, &needs);
    vkDestroyBuffer(device.handle(), buffer, nullptr);
    return size_t(needs.size);
}

Result<std::unique_ptr<BufferVulkan>> BufferVulkan::create(
    DeviceVulkan& device, size_t bytes, StorageMode mode, std::string_view label)
{
    std::unique_ptr<BufferVulkan> buffer(new BufferVulkan(device, bytes));
    const std::string action = "Making room for " + std::string(label);
    const VkBufferCreateInfo info = infoOf(bytes);
    VkResult made = vkCreateBuffer(device.handle(), &info, nullptr, &buffer->m_buffer);
    if (made != VK_SUCCESS) {
        return vulkanError(made, action, bytes);
    }
    VkMemoryRequirements needs{};
    vkGetBufferMemoryRequirements(device.handle(), buffer->m_buffer, &needs);
    const int type = device.memoryType(needs.memoryTypeBits, mode == StorageMode::HostVisible);
    if (type < 0) {
        return vulkanError(VK_ERROR_OUT_OF_DEVICE_MEMORY, action, bytes);
    }
    VkMemoryAllocateInfo memory{};
    memory.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
    memory.allocationSize = needs.size;
    memory.memoryTypeIndex = uint32_t(type);
    made = vkAllocateMemory(device.handle(), &memory, nullptr, &buffer->m_memory);
    if (made != VK_SUCCESS) {
        return vulkanError(made, action, bytes);
    }
    buffer->m_allocated = size_t(needs.size);
    made = vkBindBufferMemory(device.handle(), buffer->m_buffer, buffer->m_memory, 0);
    if (made == VK_SUCCESS && device.isHostVisible(uint32_t(type))) {
        void* mapped = nullptr;
        made = vkMapMemory(device.handle(), buffer->m_memory, 0, VK_WHOLE_SIZE, 0, &mapped);
        buffer->m_mapped = static_cast<std::byte*>(mapped);
    }
    if (made != VK_SUCCESS) {
        return vulkanError(made, action, bytes);
    }
    return buffer;
}

BufferVulkan::~BufferVulkan()
{
    vkDestroyBuffer(m_device.handle(), m_buffer, nullptr);
    vkFreeMemory(m_device.handle(), m_memory, nullptr);
}

} // namespace atelier
