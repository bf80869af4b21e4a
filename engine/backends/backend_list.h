// SPDX-License-Identifier: MIT
// The backends of this build, and how to choose one.
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/device_info.h"

#include <filesystem>
#include <span>
#include <vector>

namespace atelier {

// The highest instruction set the CPU backend may use: a cap for tests and measurements. A cap
// above what the processor has is lowered to it.
enum class IsaCap : uint8_t { Portable, Avx2, Avx512, Amx, None };

struct BackendOptions
{
    uint32_t threads = 0; // 0: physical cores this process may use
    IsaCap isa = IsaCap::None;
    uint32_t deviceIndex = 0; // among the devices of one GPU backend
    bool named = false;       // the user asked for this backend: also devices nobody would choose
    // Where a backend may keep what it would have to make anew each time, such as compiled shaders;
    // it may be deleted at any time. Empty: nowhere.
    std::filesystem::path cacheFolder = {};
};

struct BackendFactory
{
    std::string_view name; // what the user types: --backend vulkan
    Result<std::unique_ptr<Backend>> (*create)(const BackendOptions&);
    // Its devices, in the order of their numbers, or why there is none. Also those that cannot be
    // used: they say what they lack.
    Result<std::vector<DeviceInfo>> (*list)();
};

// Best first; the last one is always the CPU and never fails.
std::span<const BackendFactory> builtInBackends();

// The backend called `name` ("cpu", "vulkan:1"), or the first that can be created when `name` is
// empty or "auto". A named backend that fails is an error: never silently another one.
Result<std::unique_ptr<Backend>> createBackend(std::string_view name,
    BackendOptions options,
    std::span<const BackendFactory> factories = builtInBackends());

// What each of `factories` lists.
DeviceList listDevicesOf(std::span<const BackendFactory> factories);

} // namespace atelier
