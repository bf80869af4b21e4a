// SPDX-License-Identifier: MIT
// What a device can do. Filled once by the backend, then constant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace atelier {

struct Capabilities
{
    std::string deviceName;          // "AMD EPYC 7763", "GeForce RTX 4090"
    std::string kernels;             // code path in use: "avx2", "avx512-vnni", "portable"
    size_t maxBufferBytes = 0;       // largest single allocation
    size_t totalMemoryBytes = 0;     // of the device
    size_t availableMemoryBytes = 0; // when the backend was created
    uint32_t subgroupSize = 1;       // lanes that run in lockstep; 1 if unknown
    uint32_t threads = 1;            // host threads that compute
    bool hostVisibleMemory = false;  // unified memory: weights can be used where the file is mapped
};

} // namespace atelier
