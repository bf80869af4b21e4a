// SPDX-License-Identifier: MIT
// What the program finds in libatelier_vulkan.
#include "engine/backends/backend_module.h"
#include "engine/backends/vulkan/backend_vulkan.h"

extern "C" ATELIER_MODULE_EXPORT const atelier::BackendModule* atelierBackendModule()
{
    static constexpr atelier::BackendModule kModule{atelier::kBackendModuleVersion,
        ATELIER_BUILD_ID,
        &atelier::createVulkanBackend,
        &atelier::DeviceVulkan::list};
    return &kModule;
}
