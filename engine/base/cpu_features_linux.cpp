// SPDX-License-Identifier: MIT
#include "engine/base/cpu_features.h"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace atelier {

namespace {

std::string firstLine(const std::string& path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

// A number at the start of a file, or `fallback` ("max" in cgroup files is no number).
uint64_t numberIn(const std::string& path, uint64_t fallback)
{
    std::istringstream text(firstLine(path));
    uint64_t value = 0;
    return text >> value ? value : fallback;
}

// The folder of this process in the unified cgroup hierarchy, and all its ancestors: a limit may
// be set on any of them.
std::vector<std::string> cgroupFolders()
{
    std::ifstream file("/proc/self/cgroup");
    std::vector<std::string> folders;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("0::")) {
            continue;
        }
        std::string path = line.substr(3);
        while (!path.empty() && path != "/") {
            folders.push_back("/sys/fs/cgroup" + path);
            path.resize(path.rfind('/'));
        }
    }
    folders.push_back("/sys/fs/cgroup"); // inside a container this is the container's own group
    return folders;
}

// Cores' worth of time per period, rounded up; a large number without a quota.
uint32_t cgroupQuotaCores()
{
    uint64_t cores = UINT32_MAX;
    for (const std::string& folder : cgroupFolders()) {
        std::istringstream text(firstLine(folder + "/cpu.max"));
        uint64_t quota = 0;
        uint64_t period = 0;
        if (text >> quota >> period && period > 0) {
            cores = std::min(cores, (quota + period - 1) / period);
        }
    }
    return uint32_t(std::max<uint64_t>(cores, 1));
}

uint32_t physicalCoresInAffinityMask()
{
    // Large enough for any kernel's mask; a fixed cpu_set_t fails beyond 1024 processors.
    constexpr int kMaxProcessors = 8192;
    cpu_set_t* mask = CPU_ALLOC(kMaxProcessors);
    if (mask == nullptr) {
        return 1;
    }
    const size_t bytes = CPU_ALLOC_SIZE(kMaxProcessors);
    CPU_ZERO_S(bytes, mask);
    std::set<std::pair<uint64_t, uint64_t>> cores; // package, core
    uint32_t processors = 0;
    if (sched_getaffinity(0, bytes, mask) == 0) {
        for (int processor = 0; processor < kMaxProcessors; ++processor) {
            if (!CPU_ISSET_S(size_t(processor), bytes, mask)) {
                continue;
            }
            ++processors;
            const std::string topology =
                "/sys/devices/system/cpu/cpu" + std::to_string(processor) + "/topology/";
            // Without topology files every processor counts as a core of its own.
            cores.emplace(numberIn(topology + "physical_package_id", 0),
                numberIn(topology + "core_id", 1000000u + unsigned(processor)));
        }
    }
    CPU_FREE(mask);
    if (processors == 0) {
        return std::max(1u, std::thread::hardware_concurrency());
    }
    return uint32_t(cores.size());
}

uint64_t memInfo(const std::string& key)
{
    std::ifstream file("/proc/meminfo");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(key)) {
            std::istringstream text(line.substr(key.size()));
            uint64_t kibibytes = 0;
            text >> kibibytes;
            return kibibytes * 1024;
        }
    }
    return 0;
}

} // namespace

uint32_t usablePhysicalCores()
{
    return std::max(1u, std::min(physicalCoresInAffinityMask(), cgroupQuotaCores()));
}

HostMemory readHostMemory()
{
    HostMemory memory{memInfo("MemTotal:"), memInfo("MemAvailable:")};
    for (const std::string& folder : cgroupFolders()) {
        const uint64_t limit = numberIn(folder + "/memory.max", UINT64_MAX);
        const uint64_t used = numberIn(folder + "/memory.current", 0);
        // File pages count as used by the group although they are dropped when memory is short.
        uint64_t reclaimable = 0;
        if (limit != UINT64_MAX) {
            std::ifstream file(folder + "/memory.stat");
            std::string key;
            for (uint64_t value = 0; file >> key >> value;) {
                if (key == "inactive_file" || key == "active_file") {
                    reclaimable += value;
                }
            }
        }
        const uint64_t pinned = used > reclaimable ? used - reclaimable : 0;
        memory.totalBytes = std::min(memory.totalBytes, limit);
        memory.availableBytes =
            std::min(memory.availableBytes, limit > pinned ? limit - pinned : 0);
    }
    return memory;
}

} // namespace atelier
