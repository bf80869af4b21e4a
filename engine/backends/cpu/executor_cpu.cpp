// SPDX-License-Identifier: MIT
#include "engine/backends/cpu/executor_cpu.h"

#include "engine/backends/cpu/planner_cpu.h"

#include <utility>

namespace atelier {

namespace {

// Less than this, about a millisecond of one core, is computed by the calling thread alone: threads
// that meet a hundred times in a millisecond gain little on an idle machine, and on a busy one each
// meeting can cost a time slice of another program.
constexpr uint64_t kAloneBytes = uint64_t(16) << 20;

// Bytes of weights that products read, once for each token, and of the cache that attention reads.
uint64_t bytesRead(std::span<const Op> ops)
{
    uint64_t bytes = 0;
    for (const Op& op : ops) {
        if (const auto* attention = std::get_if<AttentionOp>(&op)) {
            const KvShape& shape = attention->kv->shape();
            bytes += uint64_t(attention->firstSlot + attention->q.rows) * attention->q.rows *
                     shape.heads * shape.headDim * 2 * sizeof(float);
        } else if (const auto* product = std::get_if<MatMulOp>(&op)) {
            const Weight& weight = *product->weight;
            bytes +=
                uint64_t(rowBytes(weight.type(), weight.cols())) * weight.rows() * product->x.rows;
        }
    }
    return bytes;
}

} // namespace

ExecutorCpu::ExecutorCpu(const CpuKernels& kernels, uint32_t threads, SmallPrograms small)
    : m_kernels(kernels),
      m_small(small),
      m_pool(threads),
      m_barrier(m_pool.threads())
{
}

Status ExecutorCpu::prepare()
{
    return reserve(m_threadScratch, sizeof(ThreadScratch) * threads());
}

Status ExecutorCpu::reserve(AlignedMemory& memory, size_t bytes)
{
    if (bytes > memory.bytes()) {
        memory = AlignedMemory(); // never both at a time
        auto created = AlignedMemory::create(bytes, "Working memory of the processor");
        if (!created) {
            return created.error();
        }
        memory = created.take();
    }
    return Done{};
}

Status ExecutorCpu::reserve(size_t quantized, size_t floats, size_t partials)
{
    for (auto& [memory, bytes] : {std::pair(&m_quantized, quantized),
             std::pair(&m_floats, floats),
             std::pair(&m_partials, partials)}) {
        if (auto reserved = reserve(*memory, bytes); !reserved) {
            return reserved;
        }
    }
    return Done{};
}

size_t ExecutorCpu::workBytes(const WorkShape& shape) const
{
    const auto sizes = PlannerCpu::workSizes(shape, threads());
    size_t total = 0;
    for (const size_t bytes :
        {sizeof(ThreadScratch) * threads(), sizes.quantized, sizes.floats, sizes.partials}) {
        total += bytes > 0 ? AlignedMemory::allocatedBytes(bytes) : 0;
    }
    return total;
}

Status ExecutorCpu::reserveWork(const WorkShape& shape)
{
    const auto sizes = PlannerCpu::workSizes(shape, threads());
    return reserve(sizes.quantized, sizes.floats, sizes.partials);
}

Status ExecutorCpu::run(std::span<const Op> ops, std::stop_token stop)
{
    m_steps.clear();
    m_angles.clear();
    PlannerCpu planner(*this);
    planner.plan(ops);
    if (auto reserved =
            reserve(planner.quantizedBytes(), planner.floatBytes(), planner.partialBytes());
        !reserved) {
        return reserved;
    }
    if (m_nextPieceCount < m_steps.size()) {
        m_nextPieceCount = m_steps.size();
        m_nextPiece = std::make_unique<std::atomic<uint32_t>[]>(m_nextPieceCount);
    }
    for (size_t i = 0; i < m_steps.size(); ++i) {
        m_nextPiece[i].store(0, std::memory_order_relaxed);
    }
    m_stop = std::move(stop);
    m_cancelled.store(false, std::memory_order_relaxed);
    m_piecesDone.store(0, std::memory_order_relaxed);
    m_alone = m_small == SmallPrograms::OnCallingThread && bytesRead(ops) < kAloneBytes;
    if (m_alone) {
        work(0);
    } else {
        m_pool.run([this](uint32_t thread) { work(thread); });
    }
    m_stop = {};
    if (m_cancelled.load(std::memory_order_relaxed)) {
        return Error{ErrorCode::Cancelled, "The computation was stopped."};
    }
    return Done{};
}

bool ExecutorCpu::stopped()
{
    if (m_cancelled.load(std::memory_order_relaxed)) {
        return true;
    }
    if (m_stop.stop_requested()) {
        m_cancelled.store(true, std::memory_order_relaxed);
        return true;
    }
    return false;
}

StopQuestion ExecutorCpu::stopQuestion()
{
    return {[](const void* context) {
                return static_cast<ExecutorCpu*>(const_cast<void*>(context))->stopped();
            },
        this};
}

// Every thread walks through all steps and meets the others at every barrier, also after a stop:
// then without computing.
void ExecutorCpu::work(uint32_t thread)
{
    for (size_t i = 0; i < m_steps.size(); ++i) {
        const Step& step = m_steps[i];
        if (step.barrierBefore && !m_alone) {
            m_barrier.wait();
        }
        if (step.onOneThread) {
            for (uint32_t piece = 0; thread == 0 && piece < step.pieces && !stopped(); ++piece) {
                step.work(*this, step, piece, thread);
            }
            continue;
        }
        while (!stopped()) {
            const uint32_t piece = m_nextPiece[i].fetch_add(1, std::memory_order_relaxed);
            if (piece >= step.pieces) {
                break;
            }
            step.work(*this, step, piece, thread);
            m_piecesDone.fetch_add(1, std::memory_order_relaxed);
        }
    }
}

} // namespace atelier
