// SPDX-License-Identifier: MIT
// DeviceVulkan: an instance, one device of it and its compute queue.
#pragma once

#include "engine/backends/device_info.h"
#include "engine/base/result.h"

#include <vulkan/vulkan.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace atelier {

// What went wrong in `action`, from what the driver returned; `bytes` when it was for memory.
Error vulkanError(VkResult result, const std::string& action, uint64_t bytes = 0);

// What decides how to compute on a device. Tests lower it, to see what lesser devices would do.
struct TraitsVulkan
{
    uint64_t maxRangeBytes = 0;  // that a shader reads in one piece
    uint32_t maxSharedBytes = 0; // of a workgroup; 16 KiB are guaranteed
    uint32_t subgroupSize = 1;
    bool addsInSubgroups = false;
    bool knowsInt8 = false;   // multiplies and adds four int8 at once, in whatever time
    bool prefersInt8 = false; // and faster than floats
};

// Owner:   the backend, which outlives everything made on the device.
// Threads: creating and destroying objects from any thread; submit() one thread at a time.
class DeviceVulkan
{
public:
    // The device with this number, best kinds first. Without `allowProcessor`, devices that are
    // the processor itself (llvmpipe) do not count. Unsupported says what is missing.
    // `adjust` may take away from what the device can do.
    static Result<std::unique_ptr<DeviceVulkan>> create(
        uint32_t index, bool allowProcessor, const std::function<void(TraitsVulkan&)>& adjust = {});
    // All of them, in the order of their numbers.
    static Result<std::vector<DeviceInfo>> list();
    ~DeviceVulkan();
    DeviceVulkan(const DeviceVulkan&) = delete;
    DeviceVulkan& operator=(const DeviceVulkan&) = delete;

    VkDevice handle() const { return m_device; }
    const VkPhysicalDeviceProperties& properties() const { return m_properties; }
    const TraitsVulkan& traits() const { return m_traits; }
    std::span<const uint8_t, VK_UUID_SIZE> driverId() const { return m_driverId; }
    VkCommandBuffer commands() const { return m_commands; }

    // Bytes of the largest heap for the device, all and free now; any thread.
    uint64_t totalMemory() const { return m_totalMemory; }
    uint64_t availableMemory() const;

    // A memory type of `allowed` (bits). Prefers what the device reaches fastest; with
    // `hostVisible` the host must be able to map it. Nothing: -1.
    int memoryType(uint32_t allowed, bool hostVisible) const;
    bool isHostVisible(uint32_t type) const;

    // Runs what commands() holds and waits for it. DeviceLost is final.
    Status submit();
    bool isLost() const { return m_lost; }

private:
    DeviceVulkan() = default;

    Status createInstance();
    Status choosePhysical(uint32_t index, bool allowProcessor);
    void askAboutInt8();
    Status createLogical();

    VkInstance m_instance = VK_NULL_HANDLE;
    VkPhysicalDevice m_physical = VK_NULL_HANDLE;
    VkDevice m_device = VK_NULL_HANDLE;
    VkQueue m_queue = VK_NULL_HANDLE;
    VkCommandPool m_pool = VK_NULL_HANDLE;
    VkCommandBuffer m_commands = VK_NULL_HANDLE;
    VkFence m_fence = VK_NULL_HANDLE;
    uint32_t m_family = 0;
    VkPhysicalDeviceProperties m_properties{};
    VkPhysicalDeviceMemoryProperties m_memory{};
    TraitsVulkan m_traits;
    std::array<uint8_t, VK_UUID_SIZE> m_driverId{};
    uint64_t m_totalMemory = 0;
    bool m_lost = false;
};

} // namespace atelier
