// SPDX-License-Identifier: MIT
// The computer, for display and for memory decisions.
#pragma once

#include <cstdint>
#include <string>

namespace atelier {

struct MachineInfo
{
    std::string processor;      // "AMD EPYC 7763", or "x86_64" when unknown
    uint32_t physicalCores = 1; // this process may use
    uint64_t totalMemoryBytes = 0;
    uint64_t availableMemoryBytes = 0; // without swapping, cgroup limit included
    uint64_t processResidentBytes = 0; // this process now
    uint64_t processPeakBytes = 0;
};

// Reads it anew; costs well under a millisecond. Never fails: unknown values are 0.
MachineInfo readMachineInfo();

} // namespace atelier
