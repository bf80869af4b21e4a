// SPDX-License-Identifier: MIT
#include "engine/base/thread_pool.h"

#include "engine/base/check.h"
#include "engine/base/cpu_features.h"

#include <system_error>

#if defined(_MSC_VER)
#include <intrin.h>
#endif

namespace atelier {

namespace {

// Tells the processor that this is a waiting loop.
void pause()
{
#if defined(_MSC_VER) && defined(_M_X64)
    _mm_pause();
#elif defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) && !defined(_MSC_VER)
    __asm__ volatile("yield");
#endif
}

// Returns once `word` is no longer `old`.
void waitForChange(const std::atomic<uint32_t>& word, uint32_t old, SpinPolicy policy)
{
    for (uint32_t i = 0; i < policy.spins; ++i) {
        if (word.load(std::memory_order_acquire) != old) {
            return;
        }
        pause();
    }
    while (word.load(std::memory_order_acquire) == old) {
        word.wait(old, std::memory_order_acquire);
    }
}

} // namespace

SpinPolicy SpinPolicy::forThreads(uint32_t threads)
{
    // About 40 microseconds on current processors: several times what a step of a small model
    // takes.
    constexpr uint32_t kSpins = 2000;
    return {threads <= usablePhysicalCores() ? kSpins : 0};
}

Barrier::Barrier(uint32_t threads) : m_threads(threads), m_spin(SpinPolicy::forThreads(threads)) {}

void Barrier::wait()
{
    const uint32_t epoch = m_epoch.load(std::memory_order_acquire);
    if (m_arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == m_threads) {
        m_arrived.store(0, std::memory_order_relaxed); // nobody arrives again before the epoch ends
        m_epoch.fetch_add(1, std::memory_order_release);
        m_epoch.notify_all();
    } else {
        waitForChange(m_epoch, epoch, m_spin);
    }
}

ThreadPool::ThreadPool(uint32_t threads) : m_spin(SpinPolicy::forThreads(threads))
{
    check(threads > 0, "a pool has at least the calling thread");
    m_workers.reserve(threads - 1);
    try {
        while (m_workers.size() + 1 < threads) {
            m_workers.emplace_back(&ThreadPool::work, this, uint32_t(m_workers.size()) + 1);
        }
    } catch (const std::system_error&) {
        // The system has no more threads for us: fewer compute the same.
    }
}

ThreadPool::~ThreadPool()
{
    m_quit = true;
    m_epoch.fetch_add(1, std::memory_order_release);
    m_epoch.notify_all();
    for (std::thread& worker : m_workers) {
        worker.join();
    }
}

void ThreadPool::runErased(Call call, void* context)
{
    const auto workers = uint32_t(m_workers.size());
    if (workers > 0) {
        m_call = call;
        m_context = context;
        m_busy.store(workers, std::memory_order_relaxed);
        m_epoch.fetch_add(1, std::memory_order_release);
        m_epoch.notify_all();
    }
    call(context, 0);
    for (uint32_t busy = m_busy.load(std::memory_order_acquire); busy != 0;
         busy = m_busy.load(std::memory_order_acquire)) {
        waitForChange(m_busy, busy, m_spin);
    }
}

void ThreadPool::work(uint32_t thread)
{
    uint32_t seen = 0;
    while (true) {
        waitForChange(m_epoch, seen, m_spin);
        seen = m_epoch.load(std::memory_order_acquire);
        if (m_quit) {
            return;
        }
        m_call(m_context, thread);
        if (m_busy.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            m_busy.notify_all();
        }
    }
}

} // namespace atelier
