// SPDX-License-Identifier: MIT
#include "app/inference/inference_lane.h"

#include "app/inference/thread_reaper.h"
#include "engine/base/check.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace atelier {

struct InferenceLane::State
{
    struct Item
    {
        uint64_t id = 0;
        Job job;
        std::stop_source stop;
    };

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Item> waiting;     // guarded by mutex
    uint64_t running = 0;         // guarded by mutex; 0: none
    std::stop_source runningStop; // guarded by mutex
    bool quitting = false;        // guarded by mutex
};

InferenceLane::InferenceLane() : m_state(std::make_shared<State>())
{
    std::promise<void> ended;
    m_ended = ended.get_future();
    m_thread = std::thread([state = m_state, done = std::move(ended)]() mutable {
        run(state);
        state.reset();
        done.set_value();
    });
}

InferenceLane::~InferenceLane()
{
    check(!m_thread.joinable(), "a lane must be shut down before it is destroyed");
}

void InferenceLane::post(uint64_t id, Job job)
{
    {
        const std::scoped_lock lock(m_state->mutex);
        m_state->waiting.push_back({id, std::move(job), {}});
    }
    m_state->changed.notify_one();
}

void InferenceLane::stop(uint64_t id)
{
    std::stop_source found(std::nostopstate);
    {
        const std::scoped_lock lock(m_state->mutex);
        if (m_state->running == id) {
            found = m_state->runningStop;
        }
        for (State::Item& item : m_state->waiting) {
            if (item.id == id) {
                found = item.stop;
            }
        }
    }
    found.request_stop(); // outside the lock: stop callbacks may do anything
}

bool InferenceLane::withdraw(uint64_t id)
{
    const std::scoped_lock lock(m_state->mutex);
    return std::erase_if(
               m_state->waiting, [id](const State::Item& item) { return item.id == id; }) > 0;
}

void InferenceLane::shutDown(ThreadReaper& reaper)
{
    if (!m_thread.joinable()) {
        return;
    }
    std::stop_source running(std::nostopstate);
    std::deque<State::Item> dropped; // destroyed after the lock is released
    {
        const std::scoped_lock lock(m_state->mutex);
        m_state->quitting = true;
        dropped.swap(m_state->waiting);
        if (m_state->running != 0) {
            running = m_state->runningStop;
        }
    }
    running.request_stop();
    m_state->changed.notify_one();
    reaper.take(std::move(m_thread), std::move(m_ended));
}

void InferenceLane::run(const std::shared_ptr<State>& state)
{
    for (;;) {
        State::Item item;
        {
            std::unique_lock lock(state->mutex);
            state->changed.wait(lock, [&] { return state->quitting || !state->waiting.empty(); });
            if (state->quitting) {
                return;
            }
            item = std::move(state->waiting.front());
            state->waiting.pop_front();
            state->running = item.id;
            state->runningStop = item.stop;
        }
        item.job(item.stop.get_token());
        const std::scoped_lock lock(state->mutex);
        state->running = 0;
    }
}

} // namespace atelier
