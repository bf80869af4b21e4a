// SPDX-License-Identifier: MIT
#include "engine/base/cpu_features.h"

#include <windows.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace atelier {

uint32_t usablePhysicalCores()
{
    DWORD_PTR processMask = 0;
    DWORD_PTR systemMask = 0;
    if (GetProcessAffinityMask(GetCurrentProcess(), &processMask, &systemMask) == 0) {
        processMask = 0;
    }
    DWORD bytes = 0;
    GetLogicalProcessorInformationEx(RelationProcessorCore, nullptr, &bytes);
    std::vector<std::byte> storage(bytes);
    auto* first = reinterpret_cast<SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX*>(storage.data());
    if (bytes == 0 || GetLogicalProcessorInformationEx(RelationProcessorCore, first, &bytes) == 0) {
        return 1;
    }
    uint32_t cores = 0;
    for (DWORD at = 0; at < bytes;) {
        const auto* entry =
            reinterpret_cast<const SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX*>(storage.data() + at);
        // The mask is of the process's own group; processors of other groups count as usable.
        const GROUP_AFFINITY& group = entry->Processor.GroupMask[0];
        if (processMask == 0 || group.Group != 0 || (group.Mask & processMask) != 0) {
            ++cores;
        }
        at += entry->Size;
    }
    return std::max(1u, cores);
}

HostMemory readHostMemory()
{
    MEMORYSTATUSEX status{};
    status.dwLength = sizeof(status);
    if (GlobalMemoryStatusEx(&status) == 0) {
        return {};
    }
    return {status.ullTotalPhys, status.ullAvailPhys};
}

} // namespace atelier
