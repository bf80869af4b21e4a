// SPDX-License-Identifier: MIT
// ThreadPool: threads that wait for work; Barrier: where they meet inside it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

namespace atelier {

// How long a thread looks for news before it sleeps. Long enough to cross a step of a token without
// a system call, short enough not to take a processor from others.
struct SpinPolicy
{
    uint32_t spins = 0; // pauses of some tens of nanoseconds

    // No spinning with more threads than cores: the one waited for needs the core.
    static SpinPolicy forThreads(uint32_t threads);
};

// All `threads` call wait(); each returns after the last one arrived. What was written before
// wait() is seen after it. Reusable.
class Barrier
{
public:
    explicit Barrier(uint32_t threads);

    void wait();

private:
    const uint32_t m_threads;
    const SpinPolicy m_spin;
    alignas(64) std::atomic<uint32_t> m_arrived{0};
    alignas(64) std::atomic<uint32_t> m_epoch{0};
};

// Persistent workers. The calling thread is one of them.
//
// Owner:   whoever computes; destruction joins the workers.
// Threads: run() from one thread at a time, never from inside a task.
// Errors:  when the system refuses a thread the pool is smaller than asked for; ask threads().
class ThreadPool
{
public:
    explicit ThreadPool(uint32_t threads); // at least 1
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    uint32_t threads() const { return uint32_t(m_workers.size()) + 1; }

    // Calls task(thread) once on each thread, thread = 0 on the caller's, and returns when all have
    // returned. Tasks must not throw.
    template <class Task>
    void run(Task&& task)
    {
        runErased(
            [](void* context, uint32_t thread) {
                (*static_cast<std::remove_reference_t<Task>*>(context))(thread);
            },
            &task);
    }

private:
    using Call = void (*)(void* context, uint32_t thread);

    void runErased(Call call, void* context);
    void work(uint32_t thread);

    SpinPolicy m_spin;
    Call m_call = nullptr;
    void* m_context = nullptr;
    bool m_quit = false;
    // Odd and even do not matter: a changed number is a new task for every worker.
    alignas(64) std::atomic<uint32_t> m_epoch{0};
    alignas(64) std::atomic<uint32_t> m_busy{0};
    std::vector<std::thread> m_workers;
};

} // namespace atelier
