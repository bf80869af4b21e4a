// SPDX-License-Identifier: MIT
// What this process holds in memory: process_memory_linux.cpp and its twins.
#pragma once

#include <cstdint>

namespace atelier {

struct ProcessMemory
{
    uint64_t residentBytes = 0; // now; 0 when unknown
    uint64_t peakBytes = 0;     // the most so far; 0 when unknown
};

// Reads it anew; costs well under a millisecond.
ProcessMemory readProcessMemory();

} // namespace atelier
