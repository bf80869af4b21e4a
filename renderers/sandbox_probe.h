// SPDX-License-Identifier: MIT
// Whether Chromium's own sandbox can work here. One small file per system.
#pragma once

namespace atelier {

enum class SandboxSupport {
    Works,
    RunsAsAdministrator, // Chromium refuses to start its processes for root
    DeniedBySystem,      // no user namespaces, and no helper in their place
};

/// Call before QApplication is constructed, while the process has one thread.
SandboxSupport probeSandbox();

} // namespace atelier
