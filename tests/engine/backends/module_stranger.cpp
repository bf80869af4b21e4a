// SPDX-License-Identifier: MIT
// A module that claims to come from another build. Its create function must never be called.
#include "engine/backends/backend_module.h"

#include <cstdlib>

extern "C" ATELIER_MODULE_EXPORT const atelier::BackendModule* atelierBackendModule()
{
    static constexpr atelier::BackendModule kModule{atelier::kBackendModuleVersion,
        "another build",
        [](const atelier::BackendOptions&) -> atelier::Result<std::unique_ptr<atelier::Backend>> {
            std::abort();
        },
        nullptr};
    return &kModule;
}
