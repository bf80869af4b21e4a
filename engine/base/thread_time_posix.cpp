// SPDX-License-Identifier: MIT
#include "engine/base/thread_time.h"

#include <ctime>

namespace atelier {

double threadSeconds()
{
    timespec time = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time); // cannot fail for the calling thread
    return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

} // namespace atelier
