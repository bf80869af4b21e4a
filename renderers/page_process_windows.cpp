// SPDX-License-Identifier: MIT
#include "renderers/page_process.h"

#include <windows.h>

#include <psapi.h>

namespace atelier {

void killPageProcess(qint64 pid)
{
    if (const HANDLE process = OpenProcess(PROCESS_TERMINATE, FALSE, static_cast<DWORD>(pid))) {
        TerminateProcess(process, 9);
        CloseHandle(process);
    }
}

qint64 pageProcessMemory(qint64 pid)
{
    const DWORD rights = PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_VM_READ;
    const HANDLE process = OpenProcess(rights, FALSE, static_cast<DWORD>(pid));
    if (!process)
        return 0;
    PROCESS_MEMORY_COUNTERS counters = {};
    const BOOL known = GetProcessMemoryInfo(process, &counters, sizeof(counters));
    CloseHandle(process);
    return known ? static_cast<qint64>(counters.WorkingSetSize) : 0;
}

} // namespace atelier
