// SPDX-License-Identifier: MIT
#include "engine/base/process_memory.h"

#include <algorithm>
#include <fstream>
#include <string>

namespace atelier {

ProcessMemory readProcessMemory()
{
    // "VmHWM:     12345 kB". The peak is the high-water mark of exactly the resident pages, which
    // getrusage's is not: it survives exec.
    ProcessMemory memory;
    std::ifstream status("/proc/self/status");
    std::string field;
    while (status >> field) {
        uint64_t kib = 0;
        if (field == "VmRSS:" && status >> kib) {
            memory.residentBytes = kib * 1024;
        } else if (field == "VmHWM:" && status >> kib) {
            memory.peakBytes = kib * 1024;
        }
        std::getline(status, field);
    }
    // The two are counted apart, each a little late.
    memory.peakBytes = std::max(memory.peakBytes, memory.residentBytes);
    return memory;
}

} // namespace atelier
