// SPDX-License-Identifier: MIT
#include "engine/base/cpu_features.h"
#include "engine/base/thread_pool.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <vector>

using namespace atelier;

class TstThreadPool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyThreadRunsOnce_data();
    void everyThreadRunsOnce();
    void resultsAreVisibleAfterwards();
    void canBeDestroyedWithoutEverRunning();
    void barrierSeparatesPhases_data();
    void barrierSeparatesPhases();
    void coresAndMemoryAreKnown();
};

void TstThreadPool::everyThreadRunsOnce_data()
{
    QTest::addColumn<int>("threads");
    for (const int threads : {1, 2, 3, 8}) {
        QTest::addRow("%d", threads) << threads;
    }
}

void TstThreadPool::everyThreadRunsOnce()
{
    QFETCH(int, threads);
    ThreadPool pool{uint32_t(threads)};
    QCOMPARE(pool.threads(), uint32_t(threads));
    for (int repeat = 0; repeat < 200; ++repeat) {
        std::vector<std::atomic<int>> calls(static_cast<size_t>(threads));
        pool.run([&](uint32_t thread) { ++calls[thread]; });
        for (const auto& count : calls) {
            QCOMPARE(count.load(), 1);
        }
    }
}

void TstThreadPool::resultsAreVisibleAfterwards()
{
    ThreadPool pool(4);
    std::vector<int> values(4); // plain memory: the pool itself must order the accesses
    for (int round = 1; round <= 500; ++round) {
        pool.run([&](uint32_t thread) { values[thread] += int(thread) + 1; });
        QCOMPARE(std::accumulate(values.begin(), values.end(), 0), round * 10);
    }
}

void TstThreadPool::canBeDestroyedWithoutEverRunning()
{
    for (int i = 0; i < 20; ++i) {
        const ThreadPool pool(3);
        QCOMPARE(pool.threads(), 3u);
    }
}

void TstThreadPool::barrierSeparatesPhases_data()
{
    everyThreadRunsOnce_data();
}

// Each phase writes what the next one reads from a neighbor. Any thread that passes a barrier early
// reads an old number (and the thread sanitizer sees the race).
void TstThreadPool::barrierSeparatesPhases()
{
    QFETCH(int, threads);
    constexpr int kPhases = 300;
    ThreadPool pool{uint32_t(threads)};
    Barrier barrier{uint32_t(threads)};
    std::vector<int> numbers(static_cast<size_t>(threads));
    std::atomic<int> wrong = 0;
    pool.run([&](uint32_t thread) {
        for (int phase = 1; phase <= kPhases; ++phase) {
            numbers[thread] = phase;
            barrier.wait();
            if (numbers[(thread + 1) % uint32_t(threads)] != phase) {
                ++wrong;
            }
            barrier.wait();
        }
    });
    QCOMPARE(wrong.load(), 0);
}

void TstThreadPool::coresAndMemoryAreKnown()
{
    QVERIFY(usablePhysicalCores() >= 1);
    QVERIFY(usablePhysicalCores() <= std::max(1u, std::thread::hardware_concurrency()));
    QVERIFY(!processorName().empty());
    QVERIFY(readHostMemory().totalBytes >= readHostMemory().availableBytes);
    const CpuFeatures features = readCpuFeatures();
    QVERIFY(!features.avx512 || features.avx2);
    QVERIFY(!features.avx512Vnni || features.avx512);
#if defined(__x86_64__) && defined(__GNUC__)
    // The compiler's own detection, which asks the same processor.
    QCOMPARE(
        features.avx2, bool(__builtin_cpu_supports("avx2")) && bool(__builtin_cpu_supports("fma")));
    QCOMPARE(features.avx512Vnni,
        bool(__builtin_cpu_supports("avx512vnni")) && bool(__builtin_cpu_supports("avx512bw")));
#endif
}

QTEST_APPLESS_MAIN(TstThreadPool)
#include "tst_thread_pool.moc"
