// SPDX-License-Identifier: MIT
// One worker thread that runs jobs in the order they were handed in, each with its own stop token.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <stop_token>
#include <thread>

namespace atelier {

class ThreadReaper;

/// Threads: call every method on the thread that owns this object. None of them waits for a job.
class InferenceLane
{
public:
    using Job = std::function<void(std::stop_token)>;

    InferenceLane();
    InferenceLane(const InferenceLane&) = delete;
    InferenceLane& operator=(const InferenceLane&) = delete;

    /// shutDown() must have been called.
    ~InferenceLane();

    void post(uint64_t id, Job job);

    /// The job's token is asked to stop, whether it runs or still waits; a waiting job still runs
    /// in its turn and sees a token that wants to stop. Unknown ids are ignored.
    void stop(uint64_t id);

    /// Drops a job that has not begun; false when it has, or is unknown.
    bool withdraw(uint64_t id);

    /// Stops the running job, drops the waiting ones and hands the thread to `reaper`.
    void shutDown(ThreadReaper& reaper);

private:
    struct State; // shared with the thread, which may outlive this object
    static void run(const std::shared_ptr<State>& state);

    std::shared_ptr<State> m_state;
    std::future<void> m_ended;
    std::thread m_thread;
};

} // namespace atelier
