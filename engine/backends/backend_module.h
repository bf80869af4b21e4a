// SPDX-License-Identifier: MIT
// Backends that are libraries of their own, found beside the program when they are asked for: the
// program starts without any of them, and without the drivers they need.
#pragma once

#include "engine/backends/backend_list.h"
#include "engine/base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#if defined(_WIN32)
#define ATELIER_MODULE_EXPORT __declspec(dllexport)
#else
#define ATELIER_MODULE_EXPORT __attribute__((visibility("default")))
#endif

namespace atelier {

// What a module's one exported function, atelierBackendModule(), returns. The layout of the first
// two members never changes. Program and module exchange C++ objects, so both must come from one
// build: the loader compares `build` before it touches anything else.
struct BackendModule
{
    uint32_t version = 0;        // kBackendModuleVersion
    const char* build = nullptr; // ATELIER_BUILD_ID
    Result<std::unique_ptr<Backend>> (*create)(const BackendOptions&) = nullptr;
    Result<std::vector<DeviceInfo>> (*list)() = nullptr;
};

inline constexpr uint32_t kBackendModuleVersion = 3;
inline constexpr const char* kBackendModuleFunction = "atelierBackendModule";

// "libatelier_vulkan.so", "atelier_vulkan.dll"
std::string backendModuleFile(std::string_view backend);

// The module called `backend` in `folder`. It stays loaded: backends may outlive any owner of it.
// Unsupported when there is none, it cannot be loaded, or it belongs to another build.
Result<const BackendModule*> loadBackendModule(
    const std::filesystem::path& folder, std::string_view backend);

// From the folder that the running program lies in, and from nowhere else.
Result<std::unique_ptr<Backend>> createFromModule(
    std::string_view backend, const BackendOptions& options);

Result<std::vector<DeviceInfo>> listFromModule(std::string_view backend);

// Of each system (backend_module_posix.cpp, backend_module_windows.cpp). The address of
// `function` in the library `file`, or why not.
Result<void*> loadFunction(const std::filesystem::path& file, const char* function);

} // namespace atelier
