// SPDX-License-Identifier: MIT
#include "renderers/page_process.h"

#include <QFile>
#include <QString>

#include <signal.h>
#include <unistd.h>

namespace atelier {

void killPageProcess(qint64 pid)
{
    if (pid > 1)
        kill(static_cast<pid_t>(pid), SIGKILL);
}

qint64 pageProcessMemory(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/statm").arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QByteArrayList fields = file.readAll().split(' '); // size, resident, ... [pages]
    return fields.value(1).toLongLong() * sysconf(_SC_PAGESIZE);
}

} // namespace atelier
