// SPDX-License-Identifier: MIT
// Where threads that were asked to stop go to end, so that nobody on the GUI thread joins them.
#pragma once

#include <chrono>
#include <future>
#include <thread>
#include <vector>

namespace atelier {

/// Owner:   main(), longer than everything that hands threads in.
/// Threads: one thread only, the GUI thread.
class ThreadReaper
{
public:
    ThreadReaper() = default;
    ThreadReaper(const ThreadReaper&) = delete;
    ThreadReaper& operator=(const ThreadReaper&) = delete;

    /// Joins what is left: call finish() first where that could take long.
    ~ThreadReaper();

    /// `ended` becomes ready as the last thing the thread does.
    void take(std::thread thread, std::future<void> ended);

    /// Waits until every thread has ended, at most this long. When it returns false the caller must
    /// leave with std::_Exit(): a thread is still inside a driver or a file system.
    bool finish(std::chrono::milliseconds limit);

private:
    struct Ending
    {
        std::thread thread;
        std::future<void> ended;
    };
    std::vector<Ending> m_endings;
};

} // namespace atelier
