// SPDX-License-Identifier: MIT
#include "renderers/sandbox_probe.h"

namespace atelier {

// The sandbox is part of the system here and works for every account.
SandboxSupport probeSandbox()
{
    return SandboxSupport::Works;
}

} // namespace atelier
