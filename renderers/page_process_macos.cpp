// SPDX-License-Identifier: MIT
#include "renderers/page_process.h"

#include <libproc.h>
#include <signal.h>

namespace atelier {

void killPageProcess(qint64 pid)
{
    if (pid > 1)
        kill(static_cast<pid_t>(pid), SIGKILL);
}

qint64 pageProcessMemory(qint64 pid)
{
    proc_taskinfo info = {};
    const int size = proc_pidinfo(static_cast<int>(pid), PROC_PIDTASKINFO, 0, &info, sizeof(info));
    return size == int(sizeof(info)) ? static_cast<qint64>(info.pti_resident_size) : 0;
}

} // namespace atelier
