// SPDX-License-Identifier: MIT
#include "app/platform/interrupt.h"

#include <atomic>
#include <utility>
#include <windows.h>

namespace atelier {

namespace {

// The system calls the handler on a thread of its own and hands it nothing.
std::function<void()> g_interrupted; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<QObject*> g_context{};   // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

BOOL WINAPI onConsoleEvent(DWORD)
{
    QObject* context = g_context.exchange(nullptr);
    if (context == nullptr) {
        return FALSE; // the second one ends the program
    }
    QMetaObject::invokeMethod(
        context, [] { g_interrupted(); }, Qt::QueuedConnection);
    return TRUE;
}

} // namespace

void watchInterrupts(QObject* context, std::function<void()> onInterrupt)
{
    g_interrupted = std::move(onInterrupt);
    g_context = context;
    SetConsoleCtrlHandler(onConsoleEvent, TRUE);
}

} // namespace atelier
