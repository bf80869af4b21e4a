// SPDX-License-Identifier: MIT
#include "engine/api/machine.h"

#include "engine/base/cpu_features.h"
#include "engine/base/process_memory.h"

namespace atelier {

MachineInfo readMachineInfo()
{
    const HostMemory host = readHostMemory();
    const ProcessMemory process = readProcessMemory();
    return {processorName(),
        usablePhysicalCores(),
        host.totalBytes,
        host.availableBytes,
        process.residentBytes,
        process.peakBytes};
}

} // namespace atelier
