// SPDX-License-Identifier: MIT
#include "app/platform/interrupt.h"

#include <QSocketNotifier>

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace atelier {

namespace {

// A signal handler can reach nothing else: almost no function may be called in it, write() may.
int g_writeEnd = -1; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void onSignal(int number)
{
    std::signal(number, SIG_DFL); // the second one ends the program
    const char byte = 1;
    (void)!::write(g_writeEnd, &byte, 1);
}

} // namespace

void watchInterrupts(QObject* context, std::function<void()> onInterrupt)
{
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0) {
        return; // the signals then end the program, as they always did
    }
    for (const int end : ends) {
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
    }
    g_writeEnd = ends[1];
    auto* notifier = new QSocketNotifier(ends[0], QSocketNotifier::Read, context);
    QObject::connect(notifier,
        &QSocketNotifier::activated,
        context,
        [readEnd = ends[0], interrupted = std::move(onInterrupt)] {
            char byte = 0;
            (void)!::read(readEnd, &byte, 1);
            interrupted();
        });
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
}

} // namespace atelier
