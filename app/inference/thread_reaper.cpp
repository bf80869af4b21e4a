// SPDX-License-Identifier: MIT
#include "app/inference/thread_reaper.h"

#include <utility>

namespace atelier {

ThreadReaper::~ThreadReaper()
{
    for (Ending& ending : m_endings) {
        ending.thread.join();
    }
}

void ThreadReaper::take(std::thread thread, std::future<void> ended)
{
    m_endings.push_back({std::move(thread), std::move(ended)});
}

bool ThreadReaper::finish(std::chrono::milliseconds limit)
{
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::vector<Ending> late;
    for (Ending& ending : m_endings) {
        if (ending.ended.wait_until(deadline) == std::future_status::ready) {
            ending.thread.join();
        } else {
            late.push_back(std::move(ending));
        }
    }
    m_endings = std::move(late);
    return m_endings.empty();
}

} // namespace atelier
