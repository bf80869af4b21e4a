// SPDX-License-Identifier: MIT
#include "renderers/sandbox_probe.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace atelier {

SandboxSupport probeSandbox()
{
    if (geteuid() == 0)
        return SandboxSupport::RunsAsAdministrator;
    // What Chromium does first, tried in a child: a user namespace, and others inside it. Some
    // systems allow the first and then refuse the second.
    const pid_t child = fork();
    if (child < 0)
        return SandboxSupport::DeniedBySystem;
    if (child == 0) {
        const bool works = unshare(CLONE_NEWUSER) == 0 && unshare(CLONE_NEWPID | CLONE_NEWNET) == 0;
        _exit(works ? 0 : 1);
    }
    int status = 1;
    if (waitpid(child, &status, 0) != child)
        return SandboxSupport::DeniedBySystem;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? SandboxSupport::Works
                                                         : SandboxSupport::DeniedBySystem;
}

} // namespace atelier
