// SPDX-License-Identifier: MIT
#include "engine/base/cpu_features.h"

#include <mach/mach.h>
#include <sys/sysctl.h>

#include <algorithm>

namespace atelier {

namespace {

template <class T>
T systemValue(const char* name, T fallback)
{
    T value{};
    size_t bytes = sizeof(value);
    return sysctlbyname(name, &value, &bytes, nullptr, 0) == 0 ? value : fallback;
}

} // namespace

uint32_t usablePhysicalCores()
{
    // Efficiency cores would make every static share wait for the slowest.
    const int performance = systemValue<int>("hw.perflevel0.physicalcpu", 0);
    const int all = systemValue<int>("hw.physicalcpu", 1);
    return uint32_t(std::max(1, performance > 0 ? performance : all));
}

HostMemory readHostMemory()
{
    HostMemory memory{systemValue<uint64_t>("hw.memsize", 0), 0};
    vm_statistics64_data_t statistics{};
    mach_msg_type_number_t count = HOST_VM_INFO64_COUNT;
    const auto result = host_statistics64(
        mach_host_self(), HOST_VM_INFO64, reinterpret_cast<host_info64_t>(&statistics), &count);
    if (result == KERN_SUCCESS) {
        const uint64_t pages = uint64_t(statistics.free_count) + statistics.inactive_count +
                               statistics.purgeable_count;
        memory.availableBytes = pages * vm_kernel_page_size;
    }
    return memory;
}

} // namespace atelier
