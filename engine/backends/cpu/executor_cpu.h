// SPDX-License-Identifier: MIT
// ExecutorCpu: turns a list of operations into steps, and runs them on all threads.
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/cpu/kernels.h"
#include "engine/base/aligned_memory.h"
#include "engine/base/result.h"
#include "engine/base/thread_pool.h"
#include "engine/ops/op.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

namespace atelier {

// The rows of an attention step that share a kv head, and how they are shared out.
struct AttentionPlan
{
    uint32_t groupRows = 0;     // query heads of one kv head handled together
    uint32_t groupBlocks = 0;   // blocks of groupRows that cover H / K
    uint32_t tokensPerJob = 0;  // tokens handled together
    uint32_t tokenBlocks = 0;   //
    uint32_t splits = 1;        // ranges of slots; their results are merged
    uint32_t slotsPerSplit = 0; // a multiple of kAttentionSlots

    uint32_t rowsPerJob() const { return groupRows * tokensPerJob; }
};

// A part of the program that all threads share out among themselves, piece by piece.
struct Step
{
    using Work = void (*)(class ExecutorCpu&, const Step&, uint32_t piece, uint32_t thread);

    Work work = nullptr;
    const void* op = nullptr;
    uint32_t pieces = 0;
    uint32_t grain = 0;         // rows, columns or slots of one piece
    bool onOneThread = false;   // too small to be worth a meeting of the threads
    bool barrierBefore = false; // needs what other threads computed since the last barrier
    bool rounded = false;       // products: activations are rounded to int8
    size_t angles = 0;          // RoPE: first float of its cosines and sines
    AttentionPlan attention = {};
};

// Who computes a program that takes less than about a millisecond.
enum class SmallPrograms : uint8_t { OnAllThreads, OnCallingThread };

// Owner:   BackendCpu.
// Threads: run() one at a time; it uses the pool's threads.
// Errors:  OutOfMemory for scratch memory, Cancelled.
class ExecutorCpu
{
public:
    ExecutorCpu(const CpuKernels& kernels, uint32_t threads, SmallPrograms small);

    // Memory for each thread. Call once, before run().
    Status prepare();
    uint32_t threads() const { return m_pool.threads(); }

    // What prepare() and reserveWork() allocate, and reserveWork() itself: afterwards run() has the
    // memory for any program up to `shape`.
    size_t workBytes(const WorkShape& shape) const;
    Status reserveWork(const WorkShape& shape);

    Status run(std::span<const Op> ops, std::stop_token stop);

    // Pieces of products computed in the last run(): what a test of cancelling counts.
    uint64_t piecesDone() const { return m_piecesDone.load(std::memory_order_relaxed); }

private:
    friend struct StepsCpu; // the work of each step (steps_cpu.cpp)
    friend class PlannerCpu;

    struct ThreadScratch
    {
        KernelScratch product;
        AttentionScratch attention;
        float queries[size_t(kAttentionRows) * kMaxHeadDim];
        float outputs[size_t(kAttentionRows) * kMaxHeadDim];
        float maximum[kAttentionRows];
        float total[kAttentionRows];
        uint32_t visible[kAttentionRows];
    };

    void work(uint32_t thread);
    bool stopped();
    StopQuestion stopQuestion();
    Status reserve(AlignedMemory& memory, size_t bytes);
    Status reserve(size_t quantized, size_t floats, size_t partials);

    const CpuKernels& m_kernels;
    const SmallPrograms m_small;
    ThreadPool m_pool;
    Barrier m_barrier;
    AlignedMemory m_threadScratch; // ThreadScratch [threads]

    // Shared between threads, for the current run.
    AlignedMemory m_quantized;   // QuantizedChunk [chunks][T] of the current product
    AlignedMemory m_floats;      // FloatChunk [chunks][T]
    AlignedMemory m_partials;    // attention, float
    std::vector<float> m_angles; // cosine, sine for each [T][F]

    std::vector<Step> m_steps;
    std::unique_ptr<std::atomic<uint32_t>[]> m_nextPiece; // [steps]
    size_t m_nextPieceCount = 0;
    bool m_alone = false; // this run is on the calling thread only
    std::stop_token m_stop;
    std::atomic<bool> m_cancelled{false};
    std::atomic<uint64_t> m_piecesDone{0};
};

} // namespace atelier
