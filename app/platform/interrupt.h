// SPDX-License-Identifier: MIT
// Ctrl+C in the terminal, and a polite request to end, as an ordinary event of the GUI thread.
#pragma once

#include <QObject>

#include <functional>

namespace atelier {

/// Calls `onInterrupt` on the thread of `context` for SIGINT and SIGTERM (console events on
/// Windows). A second one ends the program at once. Call once; `context` lives until the program
/// ends.
void watchInterrupts(QObject* context, std::function<void()> onInterrupt);

} // namespace atelier
