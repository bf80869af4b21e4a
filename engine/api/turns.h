// SPDX-License-Identifier: MIT
// Turns: sessions of one model compute one after another, and a waiting one can be stopped.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace atelier {

// Threads: thread-safe.
class Turns
{
public:
    // Holds the turn while it lives; empty when the wait was stopped.
    class Turn
    {
    public:
        Turn() = default;
        explicit Turn(Turns* turns) : m_turns(turns) {}
        Turn(Turn&& other) noexcept : m_turns(other.m_turns) { other.m_turns = nullptr; }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        Turn& operator=(Turn&&) = delete;
        ~Turn()
        {
            if (m_turns != nullptr) {
                m_turns->give();
            }
        }

        explicit operator bool() const { return m_turns != nullptr; }

    private:
        Turns* m_turns = nullptr;
    };

    Turn take(std::stop_token stop)
    {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait(lock, std::move(stop), [this] { return !m_taken; })) {
            return {};
        }
        m_taken = true;
        return Turn(this);
    }

private:
    void give()
    {
        {
            const std::scoped_lock lock(m_mutex);
            m_taken = false;
        }
        m_changed.notify_one();
    }

    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    bool m_taken = false; // guarded by m_mutex
};

} // namespace atelier
