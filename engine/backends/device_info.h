// SPDX-License-Identifier: MIT
// What a person chooses between: the devices that this build can compute on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace atelier {

struct DeviceInfo
{
    std::string backend; // "cpu", "vulkan", "cuda"
    uint32_t index = 0;  // among the backend's devices
    std::string name;    // "GeForce RTX 4090"
    std::string driver;  // "NVIDIA 550.54"; empty: has none
    uint64_t totalMemoryBytes = 0;
    uint64_t availableMemoryBytes = 0; // now, for this program
    bool chosenAutomatically = true;   // false: used only when it is named
    std::string lacks;                 // what it has not, so that it cannot be used; empty: it can
};

// How the device is written after --backend, and in LoadOptions.
inline std::string deviceId(const DeviceInfo& device)
{
    return device.index == 0 ? device.backend : device.backend + ":" + std::to_string(device.index);
}

// A backend that has no device here, and why: its module or its driver is missing.
struct AbsentBackend
{
    std::string backend;
    std::string reason;
};

struct DeviceList
{
    std::vector<DeviceInfo> devices; // best backends first; the processor is always the last one
    std::vector<AbsentBackend> absent;
};

} // namespace atelier
