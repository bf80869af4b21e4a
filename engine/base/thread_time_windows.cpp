// SPDX-License-Identifier: MIT
#include "engine/base/thread_time.h"

#include <windows.h>

namespace atelier {

double threadSeconds()
{
    FILETIME created, ended, kernel, user;
    GetThreadTimes(GetCurrentThread(), &created, &ended, &kernel, &user);
    const auto seconds = [](const FILETIME& time) {
        return (double(time.dwHighDateTime) * 4294967296.0 + double(time.dwLowDateTime)) * 1e-7;
    };
    return seconds(kernel) + seconds(user);
}

} // namespace atelier
