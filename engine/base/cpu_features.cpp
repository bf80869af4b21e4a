// SPDX-License-Identifier: MIT
#include "engine/base/cpu_features.h"

#include <array>
#include <cstring>

#if defined(__x86_64__) || defined(_M_X64)
#define ATELIER_X86 1
#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#endif

namespace atelier {

#if defined(ATELIER_X86)

namespace {

struct Registers
{
    uint32_t eax = 0;
    uint32_t ebx = 0;
    uint32_t ecx = 0;
    uint32_t edx = 0;
};

Registers cpuid(uint32_t leaf, uint32_t subleaf)
{
    Registers r;
#if defined(_MSC_VER)
    int values[4];
    __cpuidex(values, int(leaf), int(subleaf));
    r = {uint32_t(values[0]), uint32_t(values[1]), uint32_t(values[2]), uint32_t(values[3])};
#else
    __cpuid_count(leaf, subleaf, r.eax, r.ebx, r.ecx, r.edx);
#endif
    return r;
}

// The registers that the operating system saves on a context switch.
uint64_t enabledState()
{
#if defined(_MSC_VER)
    return _xgetbv(0);
#else
    uint32_t low = 0;
    uint32_t high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0)); // the intrinsic needs -mxsave
    return uint64_t(high) << 32 | low;
#endif
}

constexpr bool bit(uint64_t value, int index)
{
    return (value >> index & 1) != 0;
}

} // namespace

// Bit positions: Intel SDM volume 2A, CPUID; volume 1 chapter 13 for the state components.
CpuFeatures readCpuFeatures()
{
    CpuFeatures features;
    const uint32_t leaves = cpuid(0, 0).eax;
    const Registers basic = cpuid(1, 0);
    const bool osSavesState = bit(basic.ecx, 27);
    if (!osSavesState || leaves < 7) {
        return features;
    }
    const uint64_t state = enabledState();
    const bool ymm = (state & 0x6) == 0x6;
    const bool zmm = (state & 0xe6) == 0xe6;
    const bool tiles = (state & 0x60000) == 0x60000;
    const Registers extended = cpuid(7, 0);
    features.avx2 = ymm && bit(basic.ecx, 28) && bit(basic.ecx, 12) && bit(basic.ecx, 29) &&
                    bit(extended.ebx, 5);
    features.avx512 = features.avx2 && zmm && bit(extended.ebx, 16) && bit(extended.ebx, 17) &&
                      bit(extended.ebx, 30) && bit(extended.ebx, 31);
    features.avx512Vnni = features.avx512 && bit(extended.ecx, 11);
    features.amxInt8 =
        features.avx512Vnni && tiles && bit(extended.edx, 24) && bit(extended.edx, 25);
    return features;
}

std::string processorName()
{
    if (cpuid(0x80000000u, 0).eax < 0x80000004u) {
        return "x86_64";
    }
    std::array<char, 49> text{};
    for (uint32_t leaf = 0; leaf < 3; ++leaf) {
        const Registers r = cpuid(0x80000002u + leaf, 0);
        std::memcpy(text.data() + leaf * 16, &r, 16);
    }
    const std::string name(text.data());
    const size_t first = name.find_first_not_of(' ');
    const size_t last = name.find_last_not_of(' ');
    return first == std::string::npos ? "x86_64" : name.substr(first, last - first + 1);
}

#else

CpuFeatures readCpuFeatures()
{
    return {};
}

std::string processorName()
{
#if defined(__aarch64__) || defined(_M_ARM64)
    return "arm64";
#else
    return "unknown processor";
#endif
}

#endif

} // namespace atelier
