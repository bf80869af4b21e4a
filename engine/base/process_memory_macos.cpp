// SPDX-License-Identifier: MIT
#include "engine/base/process_memory.h"

#include <mach/mach.h>

namespace atelier {

ProcessMemory readProcessMemory()
{
    mach_task_basic_info facts = {};
    mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
    const kern_return_t status = ::task_info(
        ::mach_task_self(), MACH_TASK_BASIC_INFO, reinterpret_cast<task_info_t>(&facts), &count);
    if (status != KERN_SUCCESS) {
        return {};
    }
    return {facts.resident_size, facts.resident_size_max};
}

} // namespace atelier
