// SPDX-License-Identifier: MIT
#include "engine/backends/cpu/planner_cpu.h"

#include "engine/backends/cpu/kv_store_cpu.h"
#include "engine/backends/cpu/objects_cpu.h"
#include "engine/backends/cpu/steps_cpu.h"

#include <algorithm>
#include <cmath>

namespace atelier {

namespace {

// Below this many elements one thread is done before the others have met.
constexpr size_t kSmallElements = 16384;

Access accessTo(const Activation& a, bool write)
{
    const size_t end = a.offset + size_t(a.rows - 1) * a.stride + a.cols;
    return {a.buffer, a.offset, end, a.stride, a.cols, write};
}

Access reading(const Activation& a)
{
    return accessTo(a, false);
}

Access writing(const Activation& a)
{
    return accessTo(a, true);
}

Access layerOf(const KvStore& kv, uint32_t layer, bool write)
{
    return {&kv, layer, layer + 1, 0, 0, write};
}

Access whole(const void* scratch, bool write)
{
    return {scratch, 0, 1, 0, 0, write};
}

bool overlap(size_t begin, size_t end, size_t otherBegin, size_t otherEnd)
{
    return begin < otherEnd && otherBegin < end;
}

bool isSmall(const Activation& a)
{
    return size_t(a.rows) * a.cols <= kSmallElements;
}

uint32_t divideUp(size_t a, size_t b)
{
    return uint32_t((a + b - 1) / b);
}

bool sameView(const Activation& a, const Activation& b)
{
    return a.buffer == b.buffer && a.offset == b.offset && a.rows == b.rows && a.cols == b.cols &&
           (a.rows == 1 || a.stride == b.stride);
}

// A context of fewer slots than this is not shared out among threads.
constexpr uint32_t kMinSlotsOfSplit = 256;

// Jobs of an attention step that are wanted at least, so that no thread is idle.
uint32_t wantedJobs(uint32_t threads)
{
    return threads * 2;
}

size_t partialFloats(size_t results, size_t rows, uint32_t headDim)
{
    const size_t layoutDim = size_t(headDim) + 31; // before rounding up
    return results * rows * (layoutDim + 2);
}

} // namespace

PlannerCpu::WorkSizes PlannerCpu::workSizes(const WorkShape& shape, uint32_t threads)
{
    WorkSizes sizes;
    sizes.quantized = chunkCount(shape.roundedWidth) * shape.tokens * sizeof(QuantizedChunk);
    sizes.floats = chunkCount(shape.exactWidth) * shape.tokens * sizeof(FloatChunk);
    if (threads > 1 && shape.slots >= 2 * kMinSlotsOfSplit) {
        // Fewer jobs than wanted are split to at most that many and one for each job again.
        const size_t results = 2 * size_t(wantedJobs(threads));
        sizes.partials = partialFloats(results, kAttentionRows, shape.headDim) * sizeof(float);
    }
    return sizes;
}

bool Access::conflictsWith(const Access& other) const
{
    if (base != other.base || !(write || other.write) || (onOneThread && other.onOneThread)) {
        return false;
    }
    if (stride > 0 && stride == other.stride) {
        // Column ranges of one matrix: q, k and v side by side do not touch each other.
        const size_t first = begin % stride;
        const size_t otherFirst = other.begin % stride;
        const bool insideRows = first + cols <= stride && otherFirst + other.cols <= stride;
        if (insideRows && !overlap(first, first + cols, otherFirst, otherFirst + other.cols)) {
            return false;
        }
    }
    return overlap(begin, end, other.begin, other.end);
}

void PlannerCpu::plan(std::span<const Op> ops)
{
    for (const Op& op : ops) {
        std::visit([this](const auto& concrete) { add(concrete); }, op);
    }
}

void PlannerCpu::push(Step step, std::initializer_list<Access> accesses)
{
    for (const Access& access : accesses) {
        Access mine = access;
        mine.onOneThread = step.onOneThread;
        for (const Access& earlier : m_phase) {
            step.barrierBefore = step.barrierBefore || mine.conflictsWith(earlier);
        }
    }
    if (step.barrierBefore) {
        m_phase.clear();
    }
    for (const Access& access : accesses) {
        m_phase.push_back(access);
        m_phase.back().onOneThread = step.onOneThread;
        if (access.write) {
            forgetPrepared(access);
        }
    }
    m_executor.m_steps.push_back(step);
}

void PlannerCpu::forgetPrepared(const Access& written)
{
    for (Prepared* prepared : {&m_quantized, &m_floats}) {
        if (prepared->valid && written.conflictsWith(reading(prepared->x))) {
            prepared->valid = false;
        }
    }
}

void PlannerCpu::add(const EmbedOp& op)
{
    Step step{.work = StepsCpu::embed, .op = &op, .pieces = op.out.rows};
    step.onOneThread = op.out.rows == 1;
    push(step, {writing(op.out)});
}

void PlannerCpu::add(const RmsNormOp& op)
{
    Step step{.work = StepsCpu::rmsNorm, .op = &op, .pieces = op.x.rows};
    step.onOneThread = op.x.rows == 1 || isSmall(op.x);
    push(step, {reading(op.x), writing(op.out)});
}

void PlannerCpu::add(const AddOp& op)
{
    Step step{.work = StepsCpu::addRow, .op = &op, .pieces = op.x.rows};
    step.onOneThread = op.x.rows == 1 || isSmall(op.x);
    push(step, {reading(op.x), writing(op.out)});
}

void PlannerCpu::add(const SwiGluOp& op)
{
    constexpr uint32_t kCols = 2048; // a few microseconds of exponentials
    Step step{.work = StepsCpu::swiGlu, .op = &op, .grain = kCols};
    step.pieces = op.out.rows * divideUp(op.out.cols, kCols);
    step.onOneThread = size_t(op.out.rows) * op.out.cols <= 2 * kCols;
    push(step, {reading(op.gateUp), writing(op.out)});
}

void PlannerCpu::add(const RopeOp& op)
{
    Step step{.work = StepsCpu::rope, .op = &op, .pieces = op.x.rows};
    step.angles = anglesOf(op);
    step.onOneThread = isSmall(op.x);
    push(step, {writing(op.x)});
}

// Cosine and sine of every token and frequency, times the magnitude: [T][F][2]. Consecutive
// operations with the same positions share them.
size_t PlannerCpu::anglesOf(const RopeOp& op)
{
    const RopeOp* last = m_lastRope;
    if (last != nullptr && last->positions.data() == op.positions.data() &&
        last->positions.size() == op.positions.size() &&
        last->frequencies.data() == op.frequencies.data() &&
        last->frequencies.size() == op.frequencies.size() && last->magnitude == op.magnitude) {
        return m_lastAngles;
    }
    std::vector<float>& angles = m_executor.m_angles;
    m_lastRope = &op;
    m_lastAngles = angles.size();
    for (const int32_t position : op.positions) {
        for (const float frequency : op.frequencies) {
            const double angle = double(position) * double(frequency);
            angles.push_back(float(op.magnitude * std::cos(angle)));
            angles.push_back(float(op.magnitude * std::sin(angle)));
        }
    }
    return m_lastAngles;
}

void PlannerCpu::add(const KvWriteOp& op)
{
    Step step{.work = StepsCpu::kvWrite, .op = &op, .grain = 16};
    // Whole blocks of 16 slots, because those share lines of memory.
    step.pieces = divideUp(op.firstSlot % 16 + op.k.rows, 16);
    step.onOneThread = op.k.rows == 1 || isSmall(op.k);
    push(step, {reading(op.k), reading(op.v), layerOf(*op.kv, op.layer, true)});
}

void PlannerCpu::prepareActivations(const MatMulOp& op, bool rounded)
{
    Prepared& prepared = rounded ? m_quantized : m_floats;
    if (prepared.valid && sameView(prepared.x, op.x)) {
        return;
    }
    const size_t chunks = chunkCount(op.x.cols);
    size_t& bytes = rounded ? m_quantizedBytes : m_floatBytes;
    const size_t chunkBytes = rounded ? sizeof(QuantizedChunk) : sizeof(FloatChunk);
    bytes = std::max(bytes, chunks * op.x.rows * chunkBytes);

    Step step{.work = StepsCpu::prepareActivations, .op = &op, .rounded = rounded};
    step.grain = uint32_t(std::min<size_t>(chunks, 16));
    step.pieces = op.x.rows * divideUp(chunks, step.grain);
    step.onOneThread = size_t(op.x.rows) * op.x.cols <= kSmallElements / 2;
    push(step, {reading(op.x), whole(&prepared, true)});
    prepared = {op.x, true};
}

void PlannerCpu::add(const MatMulOp& op)
{
    const bool quantized = dtypeInfo(op.weight->type()).valuesPerBlock > 1;
    const bool rounded = quantized && !op.exact;
    prepareActivations(op, rounded);

    const uint32_t rows = op.weight->rows();
    Step step{.op = &op, .rounded = rounded};
    if (op.x.rows <= kMaxStreamedTokens && (rounded || !quantized)) {
        // Pieces of at most a megabyte, for a prompt stop; and several for each thread, so that
        // one that was interrupted does not hold up the others.
        const size_t bytesOfRow = rowBytes(op.weight->type(), op.weight->cols());
        const size_t byBytes = std::max<size_t>((size_t(1) << 20) / bytesOfRow, 1);
        const size_t byThreads = rows / (size_t(m_executor.threads()) * 8) + 1;
        // A multiple of 16: threads do not write to the same line of the result.
        step.grain = uint32_t(std::min(byBytes, byThreads) + 15) / 16 * 16;
        step.work = StepsCpu::streamRows;
    } else {
        step.grain = kPanelRows;
        step.work = StepsCpu::panel;
    }
    step.pieces = divideUp(rows, step.grain);
    step.onOneThread = step.pieces == 1;
    push(step, {whole(rounded ? &m_quantized : &m_floats, false), writing(op.out)});
}

AttentionPlan PlannerCpu::planAttention(const AttentionOp& op) const
{
    const uint32_t kvHeads = op.kv->shape().heads;
    const uint32_t group = op.heads / kvHeads;
    AttentionPlan plan;
    plan.groupBlocks = divideUp(group, kAttentionRows);
    plan.groupRows = divideUp(group, plan.groupBlocks);
    plan.tokensPerJob = std::min(op.q.rows, std::max(1u, kAttentionRows / plan.groupRows));
    plan.tokenBlocks = divideUp(op.q.rows, plan.tokensPerJob);
    // Long contexts and few tokens: threads share the slots as well.
    const uint32_t seen = op.firstSlot + op.q.rows;
    const uint32_t jobs = kvHeads * plan.groupBlocks * plan.tokenBlocks;
    const uint32_t wanted = wantedJobs(m_executor.threads());
    uint32_t splits = 1;
    if (jobs < wanted && m_executor.threads() > 1) {
        splits = std::clamp(seen / kMinSlotsOfSplit, 1u, divideUp(wanted, jobs));
    }
    plan.slotsPerSplit = divideUp(divideUp(seen, splits), kAttentionSlots) * kAttentionSlots;
    plan.splits = divideUp(seen, plan.slotsPerSplit);
    return plan;
}

void PlannerCpu::add(const AttentionOp& op)
{
    AttentionPlan plan = planAttention(op);
    const uint32_t jobs = op.kv->shape().heads * plan.groupBlocks * plan.tokenBlocks;
    if (plan.splits > 1) {
        const size_t floats =
            partialFloats(size_t(jobs) * plan.splits, plan.rowsPerJob(), op.kv->shape().headDim);
        m_partialFloats = std::max(m_partialFloats, floats); // layers take turns in it
    }
    Step step{.work = StepsCpu::attention, .op = &op, .attention = plan};
    step.pieces = jobs * plan.splits;
    const size_t work = size_t(op.firstSlot + op.q.rows) * op.q.rows * op.q.cols;
    step.onOneThread = work <= 16 * kSmallElements; // two fused multiply-adds each
    if (plan.splits == 1) {
        push(step, {reading(op.q), layerOf(*op.kv, op.layer, false), writing(op.out)});
        return;
    }
    push(step, {reading(op.q), layerOf(*op.kv, op.layer, false), whole(&m_partialFloats, true)});
    Step merge{.work = StepsCpu::mergeAttention, .op = &op, .attention = plan};
    merge.pieces = jobs;
    merge.onOneThread = isSmall(op.out);
    push(merge, {whole(&m_partialFloats, false), writing(op.out)});
}

} // namespace atelier
