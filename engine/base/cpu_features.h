// SPDX-License-Identifier: MIT
// What the processor and the machine offer this process: instruction sets, cores, memory.
#pragma once

#include <cstdint>
#include <string>

namespace atelier {

// True only when the operating system saves the registers too (xgetbv), so a true flag may be used.
struct CpuFeatures
{
    bool avx2 = false;   // AVX2, FMA and F16C together: every processor with one has the others
    bool avx512 = false; // AVX-512 F, BW, DQ and VL
    bool avx512Vnni = false;
    bool amxInt8 = false;
};

CpuFeatures readCpuFeatures();

// "AMD EPYC 7763", or the architecture's name when the processor does not tell.
std::string processorName();

// The rest asks the operating system: cpu_features_linux.cpp and its twins.

// Physical cores in the affinity mask of this process, no more than its cgroup quota; >= 1.
uint32_t usablePhysicalCores();

struct HostMemory
{
    uint64_t totalBytes = 0;     // cgroup limit included; 0 when unknown
    uint64_t availableBytes = 0; // without swapping, cgroup limit included; 0 when unknown
};

// Reads it anew; costs well under a millisecond.
HostMemory readHostMemory();

} // namespace atelier
