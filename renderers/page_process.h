// SPDX-License-Identifier: MIT
// What Qt WebEngine does not offer about the process that draws a page. One small file per system.
#pragma once

#include <QtGlobal>

namespace atelier {

/// Ends the process at once. Nothing happens when it is gone already; `pid` must be positive.
void killPageProcess(qint64 pid);

/// Memory it holds [bytes], 0 when unknown.
qint64 pageProcessMemory(qint64 pid);

} // namespace atelier
