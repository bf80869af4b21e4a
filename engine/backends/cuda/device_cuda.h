// SPDX-License-Identifier: MIT
// DeviceCuda: one NVIDIA device, its streams, and what its errors mean.
#pragma once

#include "engine/backends/device_info.h"
#include "engine/base/result.h"

#include <cuda_runtime_api.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace atelier {

// Owner:   the backend, which outlives everything made on the device.
// Threads: activate() first on every thread that calls CUDA; one thread at a time.
// Errors:  after a failure that CUDA does not recover from, every later call is DeviceLost.
class DeviceCuda
{
public:
    // The device with this number, as CUDA counts them. Unsupported says what is missing: driver,
    // a newer driver, a device, a newer device.
    static Result<std::unique_ptr<DeviceCuda>> create(uint32_t index);
    // Every device that the driver offers, with what it lacks, or why there is none.
    static Result<std::vector<DeviceInfo>> list();
    ~DeviceCuda();
    DeviceCuda(const DeviceCuda&) = delete;
    DeviceCuda& operator=(const DeviceCuda&) = delete;

    const std::string& name() const { return m_name; }
    uint32_t computeCapability() const { return m_capability; } // 86 is 8.6
    uint32_t multiprocessors() const { return m_multiprocessors; }
    uint32_t maxSharedBytes() const { return m_maxSharedBytes; } // of a block
    uint64_t totalMemory() const { return m_totalMemory; }
    uint64_t availableMemory() const; // now; 0 when the device refuses to say
    // The driver's version and what the device lacks, in words: "CUDA 13.0 driver, sm_75 without
    // BF16 tensor cores"
    std::string description() const;

    cudaStream_t compute() const { return m_compute; }
    cudaStream_t copies() const { return m_copies; }

    // Makes this device the one that CUDA calls of this thread mean.
    Status activate();
    // Done, or what went wrong in `action`; `bytes` when it was for memory.
    Status check(cudaError_t result, const char* action, uint64_t bytes = 0);
    Error error(cudaError_t result, const std::string& action, uint64_t bytes = 0);

private:
    DeviceCuda() = default;
    Status open(uint32_t index);

    int m_index = 0;
    bool m_lost = false;
    int m_driver = 0; // 13000 is 13.0
    std::string m_name;
    uint32_t m_capability = 0;
    uint32_t m_multiprocessors = 1;
    uint32_t m_maxSharedBytes = 48 * 1024;
    uint64_t m_totalMemory = 0;
    cudaStream_t m_compute = nullptr;
    cudaStream_t m_copies = nullptr;
};

} // namespace atelier
