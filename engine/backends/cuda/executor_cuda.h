// SPDX-License-Identifier: MIT
// ExecutorCuda: turns operations into kernel launches, joins neighbors where one kernel does both,
// and replays a program that repeats itself as a graph.
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/cuda/kernels_cuda.h"
#include "engine/backends/cuda/objects_cuda.h"
#include "engine/backends/cuda/transfers_cuda.h"
#include "engine/ops/op.h"

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

namespace atelier {

// What changes from token to token (ids, positions, the first slot) lies in device memory that is
// filled before the launches, so that the launches of one token equal those of the next.
//
// Owner: the backend; device and transfers outlive it. Threads: one thread at a time.
class ExecutorCuda
{
public:
    // Bytes of working memory, by purpose.
    struct Work
    {
        size_t rounded = 0;    // activations as int8
        size_t floats = 0;     // activations padded
        size_t partials = 0;   // parts of attention
        size_t parameters = 0; // ids, slots, cosines

        size_t total() const;
        void cover(const Work& other); // the larger of both, each
    };

    ExecutorCuda(DeviceCuda& device, TransfersCuda& transfers)
        : m_device(device),
          m_transfers(transfers)
    {
    }
    ~ExecutorCuda();
    ExecutorCuda(const ExecutorCuda&) = delete;
    ExecutorCuda& operator=(const ExecutorCuda&) = delete;

    Status run(std::span<const Op> ops, std::stop_token stop);

    Work workOf(std::span<const Op> ops) const;
    Work workOf(const WorkShape& shape) const;
    Status reserve(const Work& work);

    // For tests: programs that were replayed as a graph so far.
    uint32_t replays() const { return m_replays; }

private:
    // Activations that lie prepared in working memory.
    struct Prepared
    {
        Activation x;
        bool valid = false;
    };
    struct Graph
    {
        cuda::LaunchList launches;
        cudaGraphExec_t exec = nullptr;
        uint64_t lastUse = 0;
    };

    // Each writes the launches of ops[at] and says how many operations that was.
    size_t record(std::span<const Op> ops, size_t at);
    size_t record(const EmbedOp& op, std::span<const Op> next);
    size_t record(const RmsNormOp& op, std::span<const Op> next);
    size_t record(const AddOp& op, std::span<const Op> next);
    size_t record(const MatMulOp& op, std::span<const Op> next);
    size_t record(const RopeOp& op, std::span<const Op> next);
    size_t record(const KvWriteOp& op, std::span<const Op> next);
    size_t record(const AttentionOp& op, std::span<const Op> next);
    size_t record(const SwiGluOp& op, std::span<const Op> next);

    cuda::RoundedRows roundedRows(uint32_t tokens, uint32_t cols) const;
    bool wantsRounded(const Activation& x, std::span<const Op> next) const;
    void prepareRounded(const Activation& x);
    void preparePadded(const Activation& x);
    void written(const Activation& out);
    uint32_t splitsOf(const AttentionOp& op) const;

    // Puts words among the parameters; where they will lie on the device.
    template <class T>
    const T* parameter(std::span<const T> values);
    const uint32_t* slotParameter(uint32_t slot);

    Status execute(std::stop_token stop);
    Status launch(const cuda::Launch& launch);
    Status launchAll(std::stop_token stop);
    Status capture();
    Graph* findGraph();
    double budget() const; // work of about five milliseconds

    DeviceCuda& m_device;
    TransfersCuda& m_transfers;
    Work m_reserved;
    std::unique_ptr<BufferCuda> m_memory; // all working memory, in the order of Work
    std::vector<std::byte> m_parameters;  // of this program
    uint32_t m_lastSlot = 0;              // that was made a parameter
    const uint32_t* m_lastSlotParameter = nullptr;
    const RopeOp* m_lastRope = nullptr;
    const float* m_lastTable = nullptr;

    Prepared m_rounded;
    Prepared m_padded;
    cuda::LaunchList m_list;
    cuda::LaunchList m_previous; // of the run before, if it was short
    std::vector<Graph> m_graphs;
    uint64_t m_runs = 0;
    uint32_t m_replays = 0;
    std::vector<void*> m_arguments;
    cudaEvent_t m_events[2] = {};
};

} // namespace atelier
