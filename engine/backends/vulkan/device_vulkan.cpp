// SPDX-License-Identifier: MIT
#include "engine/backends/vulkan/device_vulkan.h"

#include "engine/base/text.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace atelier {

namespace {

constexpr uint32_t kVersion = VK_API_VERSION_1_1; // subgroup properties, 16 storage buffers

// Lower is better; nothing: not to be used.
std::optional<int> rank(VkPhysicalDeviceType type, bool allowProcessor)
{
    switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
        return 0;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
        return 1;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
        return 2;
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
        return allowProcessor ? std::optional(4) : std::nullopt;
    default:
        return 3;
    }
}

std::optional<uint32_t> computeFamily(VkPhysicalDevice device)
{
    uint32_t count = 0;
    vkGetPhysicalDeviceQueueFamilyProperties(device, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    vkGetPhysicalDeviceQueueFamilyProperties(device, &count, families.data());
    for (uint32_t i = 0; i < count; ++i) {
        if ((families[i].queueFlags & VK_QUEUE_COMPUTE_BIT) != 0) {
            return i;
        }
    }
    return std::nullopt;
}

bool hasExtension(VkPhysicalDevice device, const char* name)
{
    uint32_t count = 0;
    vkEnumerateDeviceExtensionProperties(device, nullptr, &count, nullptr);
    std::vector<VkExtensionProperties> extensions(count);
    vkEnumerateDeviceExtensionProperties(device, nullptr, &count, extensions.data());
    return std::ranges::any_of(extensions, [name](const VkExtensionProperties& extension) {
        return std::strcmp(extension.extensionName, name) == 0;
    });
}

struct HeapMemory
{
    uint64_t total = 0;
    uint64_t available = 0;
};

// Of the largest heap for the device.
HeapMemory memoryOf(VkPhysicalDevice device)
{
    VkPhysicalDeviceMemoryBudgetPropertiesEXT budget{};
    budget.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT;
    VkPhysicalDeviceMemoryProperties2 memory{};
    memory.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2;
    const bool knowsBudget = hasExtension(device, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
    memory.pNext = knowsBudget ? &budget : nullptr;
    vkGetPhysicalDeviceMemoryProperties2(device, &memory);
    HeapMemory largest;
    for (uint32_t i = 0; i < memory.memoryProperties.memoryHeapCount; ++i) {
        const VkMemoryHeap& heap = memory.memoryProperties.memoryHeaps[i];
        if ((heap.flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0 && heap.size > largest.total) {
            largest = {heap.size, heap.size};
            if (knowsBudget && budget.heapBudget[i] > 0) {
                largest.available =
                    budget.heapBudget[i] - std::min(budget.heapBudget[i], budget.heapUsage[i]);
            }
        }
    }
    return largest;
}

// "radv Mesa 24.1.0"; empty when the driver does not tell.
std::string driverOf(VkPhysicalDevice device)
{
    VkPhysicalDeviceProperties properties{};
    vkGetPhysicalDeviceProperties(device, &properties);
    if (properties.apiVersion < VK_API_VERSION_1_2 &&
        !hasExtension(device, VK_KHR_DRIVER_PROPERTIES_EXTENSION_NAME)) {
        return {};
    }
    VkPhysicalDeviceDriverProperties driver{};
    driver.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES;
    VkPhysicalDeviceProperties2 query{};
    query.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
    query.pNext = &driver;
    vkGetPhysicalDeviceProperties2(device, &query);
    std::string text = driver.driverName;
    if (driver.driverInfo[0] != '\0') {
        text.append(text.empty() ? "" : " ").append(driver.driverInfo);
    }
    return text;
}

// Those that this backend can compute on, best kinds first.
std::vector<VkPhysicalDevice> usableDevices(VkInstance instance, bool allowProcessor)
{
    uint32_t count = 0;
    vkEnumeratePhysicalDevices(instance, &count, nullptr);
    std::vector<VkPhysicalDevice> devices(count);
    vkEnumeratePhysicalDevices(instance, &count, devices.data());
    const auto quality = [allowProcessor](VkPhysicalDevice device) -> std::optional<int> {
        VkPhysicalDeviceProperties properties{};
        vkGetPhysicalDeviceProperties(device, &properties);
        const bool usable = properties.apiVersion >= kVersion && computeFamily(device).has_value();
        return usable ? rank(properties.deviceType, allowProcessor) : std::nullopt;
    };
    std::erase_if(devices, [&](VkPhysicalDevice device) { return !quality(device); });
    std::ranges::stable_sort(
        devices, {}, [&](VkPhysicalDevice device) { return *quality(device); });
    return devices;
}

Error noDevice()
{
    return Error{
        ErrorCode::Unsupported, "No graphics device here offers Vulkan 1.1 with compute shaders."};
}

} // namespace

Error vulkanError(VkResult result, const std::string& action, uint64_t bytes)
{
    const std::string code = " (Vulkan result " + std::to_string(int(result)) + ").";
    switch (result) {
    case VK_ERROR_OUT_OF_HOST_MEMORY:
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
        return Error{ErrorCode::OutOfMemory,
            action + " failed: the device has no " + (bytes > 0 ? readableBytes(bytes) : "memory") +
                " left. Use a smaller model or a shorter context" + code,
            bytes};
    case VK_ERROR_DEVICE_LOST:
        return Error{ErrorCode::DeviceLost,
            action +
                " failed: the graphics device stopped answering. Load the model again, or "
                "use the CPU" +
                code};
    default:
        return Error{ErrorCode::Unsupported, action + " failed" + code};
    }
}

Result<std::unique_ptr<DeviceVulkan>> DeviceVulkan::create(
    uint32_t index, bool allowProcessor, const std::function<void(TraitsVulkan&)>& adjust)
{
    std::unique_ptr<DeviceVulkan> device(new DeviceVulkan);
    if (const Status made = device->createInstance(); !made) {
        return made.error();
    }
    if (const Status chosen = device->choosePhysical(index, allowProcessor); !chosen) {
        return chosen.error();
    }
    if (adjust) {
        adjust(device->m_traits);
    }
    if (const Status made = device->createLogical(); !made) {
        return made.error();
    }
    return device;
}

DeviceVulkan::~DeviceVulkan()
{
    if (m_device != VK_NULL_HANDLE) {
        vkDeviceWaitIdle(m_device);
        vkDestroyFence(m_device, m_fence, nullptr);
        vkDestroyCommandPool(m_device, m_pool, nullptr);
        vkDestroyDevice(m_device, nullptr);
    }
    if (m_instance != VK_NULL_HANDLE) {
        vkDestroyInstance(m_instance, nullptr);
    }
}

Status DeviceVulkan::createInstance()
{
    VkApplicationInfo application{};
    application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
    application.pApplicationName = "Atelier";
    application.apiVersion = kVersion;
    VkInstanceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
    info.pApplicationInfo = &application;
    const VkResult made = vkCreateInstance(&info, nullptr, &m_instance);
    if (made == VK_ERROR_INCOMPATIBLE_DRIVER) {
        return Error{ErrorCode::Unsupported,
            "There is no Vulkan driver on this machine. Install the one of the graphics card."};
    }
    return made == VK_SUCCESS ? Status(Done{}) : vulkanError(made, "Starting Vulkan");
}

Status DeviceVulkan::choosePhysical(uint32_t index, bool allowProcessor)
{
    const std::vector<VkPhysicalDevice> candidates = usableDevices(m_instance, allowProcessor);
    if (index >= candidates.size()) {
        return candidates.empty()
                   ? noDevice()
                   : Error{ErrorCode::Unsupported,
                         "There is no Vulkan device " + std::to_string(index) +
                             "; this machine has " + std::to_string(candidates.size()) +
                             ", counted from 0."};
    }
    m_physical = candidates[index];
    VkPhysicalDeviceIDProperties id{};
    id.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES;
    VkPhysicalDeviceMaintenance3Properties allocation{};
    allocation.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES;
    allocation.pNext = &id;
    VkPhysicalDeviceSubgroupProperties subgroup{};
    subgroup.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES;
    subgroup.pNext = &allocation;
    VkPhysicalDeviceProperties2 properties{};
    properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
    properties.pNext = &subgroup;
    vkGetPhysicalDeviceProperties2(m_physical, &properties);
    m_properties = properties.properties;
    std::ranges::copy(id.driverUUID, m_driverId.begin());
    m_traits.maxRangeBytes = std::min<uint64_t>(
        m_properties.limits.maxStorageBufferRange, allocation.maxMemoryAllocationSize);
    m_traits.maxSharedBytes = m_properties.limits.maxComputeSharedMemorySize;
    m_traits.subgroupSize = subgroup.subgroupSize;
    m_traits.addsInSubgroups =
        (subgroup.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0 &&
        (subgroup.supportedOperations & VK_SUBGROUP_FEATURE_ARITHMETIC_BIT) != 0;
    askAboutInt8();
    m_family = *computeFamily(m_physical);
    vkGetPhysicalDeviceMemoryProperties(m_physical, &m_memory);
    m_totalMemory = memoryOf(m_physical).total;
    return Done{};
}

// Part of Vulkan 1.3, which this program does not ask for, and an extension before.
void DeviceVulkan::askAboutInt8()
{
    if (!hasExtension(m_physical, VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME)) {
        return;
    }
    VkPhysicalDeviceShaderIntegerDotProductFeatures feature{};
    feature.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES;
    VkPhysicalDeviceFeatures2 features{};
    features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    features.pNext = &feature;
    vkGetPhysicalDeviceFeatures2(m_physical, &features);
    VkPhysicalDeviceShaderIntegerDotProductProperties speed{};
    speed.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_PROPERTIES;
    VkPhysicalDeviceProperties2 properties{};
    properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
    properties.pNext = &speed;
    vkGetPhysicalDeviceProperties2(m_physical, &properties);
    m_traits.knowsInt8 = feature.shaderIntegerDotProduct == VK_TRUE;
    m_traits.prefersInt8 =
        m_traits.knowsInt8 && speed.integerDotProduct4x8BitPackedSignedAccelerated == VK_TRUE;
}

Result<std::vector<DeviceInfo>> DeviceVulkan::list()
{
    DeviceVulkan probe; // an instance, and no device of it
    if (const Status made = probe.createInstance(); !made) {
        return made.error();
    }
    std::vector<DeviceInfo> list;
    for (const VkPhysicalDevice device : usableDevices(probe.m_instance, true)) {
        VkPhysicalDeviceProperties properties{};
        vkGetPhysicalDeviceProperties(device, &properties);
        const HeapMemory memory = memoryOf(device);
        DeviceInfo info;
        info.backend = "vulkan";
        info.index = uint32_t(list.size());
        info.name = properties.deviceName;
        info.driver = driverOf(device);
        info.totalMemoryBytes = memory.total;
        info.availableMemoryBytes = memory.available;
        info.chosenAutomatically = false; // createVulkanBackend() says why
        list.push_back(std::move(info));
    }
    return list.empty() ? Result<std::vector<DeviceInfo>>(noDevice()) : list;
}

uint64_t DeviceVulkan::availableMemory() const
{
    return memoryOf(m_physical).available;
}

Status DeviceVulkan::createLogical()
{
    const float priority = 1.0f;
    VkDeviceQueueCreateInfo queue{};
    queue.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
    queue.queueFamilyIndex = m_family;
    queue.queueCount = 1;
    queue.pQueuePriorities = &priority;
    VkDeviceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
    info.queueCreateInfoCount = 1;
    info.pQueueCreateInfos = &queue;
    const char* const int8 = VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME;
    VkPhysicalDeviceShaderIntegerDotProductFeatures feature{};
    feature.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES;
    feature.shaderIntegerDotProduct = VK_TRUE;
    if (m_traits.knowsInt8) {
        info.pNext = &feature;
        info.enabledExtensionCount = 1;
        info.ppEnabledExtensionNames = &int8;
    }
    if (const VkResult made = vkCreateDevice(m_physical, &info, nullptr, &m_device);
        made != VK_SUCCESS) {
        m_device = VK_NULL_HANDLE;
        return vulkanError(made, std::string("Opening ") + m_properties.deviceName);
    }
    vkGetDeviceQueue(m_device, m_family, 0, &m_queue);
    VkCommandPoolCreateInfo pool{};
    pool.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
    pool.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
    pool.queueFamilyIndex = m_family;
    VkResult made = vkCreateCommandPool(m_device, &pool, nullptr, &m_pool);
    if (made == VK_SUCCESS) {
        VkCommandBufferAllocateInfo commands{};
        commands.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
        commands.commandPool = m_pool;
        commands.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
        commands.commandBufferCount = 1;
        made = vkAllocateCommandBuffers(m_device, &commands, &m_commands);
    }
    if (made == VK_SUCCESS) {
        VkFenceCreateInfo fence{};
        fence.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
        made = vkCreateFence(m_device, &fence, nullptr, &m_fence);
    }
    return made == VK_SUCCESS ? Status(Done{}) : vulkanError(made, "Preparing the device");
}

int DeviceVulkan::memoryType(uint32_t allowed, bool hostVisible) const
{
    constexpr VkMemoryPropertyFlags kHost =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    const VkMemoryPropertyFlags needed = hostVisible ? kHost : 0;
    // Buffers of the host are read back: cached memory first. All others: the device's own first.
    const VkMemoryPropertyFlags wished =
        hostVisible ? VK_MEMORY_PROPERTY_HOST_CACHED_BIT : VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
    for (const VkMemoryPropertyFlags flags : {needed | wished, needed}) {
        for (uint32_t i = 0; i < m_memory.memoryTypeCount; ++i) {
            const bool fits = (m_memory.memoryTypes[i].propertyFlags & flags) == flags;
            if ((allowed >> i & 1u) != 0 && fits) {
                return int(i);
            }
        }
    }
    return -1;
}

bool DeviceVulkan::isHostVisible(uint32_t type) const
{
    constexpr VkMemoryPropertyFlags kHost =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    return (m_memory.memoryTypes[type].propertyFlags & kHost) == kHost;
}

Status DeviceVulkan::submit()
{
    VkSubmitInfo info{};
    info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
    info.commandBufferCount = 1;
    info.pCommandBuffers = &m_commands;
    VkResult done = m_lost ? VK_ERROR_DEVICE_LOST : vkQueueSubmit(m_queue, 1, &info, m_fence);
    if (done == VK_SUCCESS) {
        // Drivers end what hangs with VK_ERROR_DEVICE_LOST themselves.
        done = vkWaitForFences(m_device, 1, &m_fence, VK_TRUE, UINT64_MAX);
        vkResetFences(m_device, 1, &m_fence);
    }
    m_lost = m_lost || done == VK_ERROR_DEVICE_LOST;
    return done == VK_SUCCESS ? Status(Done{}) : vulkanError(done, "Computing");
}

} // namespace atelier
