// SPDX-License-Identifier: MIT
// What the program finds in libatelier_cuda.
#include "engine/backends/backend_module.h"
#include "engine/backends/cuda/backend_cuda.h"

extern "C" ATELIER_MODULE_EXPORT const atelier::BackendModule* atelierBackendModule()
{
    static constexpr atelier::BackendModule kModule{atelier::kBackendModuleVersion,
        ATELIER_BUILD_ID,
        &atelier::createCudaBackend,
        &atelier::DeviceCuda::list};
    return &kModule;
}
