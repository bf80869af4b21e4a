// SPDX-License-Identifier: MIT
#include "engine/base/process_memory.h"

// psapi.h needs windows.h before it.
#include <windows.h>

#include <psapi.h>

namespace atelier {

ProcessMemory readProcessMemory()
{
    PROCESS_MEMORY_COUNTERS counters = {};
    if (!::K32GetProcessMemoryInfo(::GetCurrentProcess(), &counters, sizeof counters)) {
        return {};
    }
    return {counters.WorkingSetSize, counters.PeakWorkingSetSize};
}

} // namespace atelier
