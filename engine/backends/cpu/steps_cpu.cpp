// SPDX-License-Identifier: MIT
#include "engine/backends/cpu/steps_cpu.h"

#include "engine/backends/cpu/kv_store_cpu.h"
#include "engine/backends/cpu/objects_cpu.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace atelier {

namespace {

template <class T>
const T& opOf(const Step& step)
{
    return *static_cast<const T*>(step.op);
}

const WeightCpu& cpu(const Weight* weight)
{
    return static_cast<const WeightCpu&>(*weight);
}

} // namespace

float* activationRow(const Activation& activation, size_t row)
{
    auto* data = reinterpret_cast<float*>(static_cast<BufferCpu*>(activation.buffer)->data());
    return data + activation.offset + row * activation.stride;
}

void StepsCpu::embed(ExecutorCpu&, const Step& step, uint32_t token, uint32_t)
{
    const auto& op = opOf<EmbedOp>(step);
    const WeightCpu& table = cpu(op.table);
    const size_t bytes = rowBytes(table.type(), table.cols());
    const uint8_t* row = table.bytes() + size_t(op.tokens[token]) * bytes;
    dequantizeValues(table.type(), row, table.cols(), activationRow(op.out, token));
}

void StepsCpu::rmsNorm(ExecutorCpu& executor, const Step& step, uint32_t token, uint32_t)
{
    const auto& op = opOf<RmsNormOp>(step);
    executor.m_kernels.rmsNorm(activationRow(op.x, token),
        cpu(op.weight).vector(),
        op.x.cols,
        op.epsilon,
        op.accumulate,
        activationRow(op.out, token));
}

void StepsCpu::addRow(ExecutorCpu& executor, const Step& step, uint32_t token, uint32_t)
{
    const auto& op = opOf<AddOp>(step);
    executor.m_kernels.add(activationRow(op.x, token), op.x.cols, activationRow(op.out, token));
}

void StepsCpu::swiGlu(ExecutorCpu& executor, const Step& step, uint32_t piece, uint32_t)
{
    const auto& op = opOf<SwiGluOp>(step);
    const uint32_t piecesPerRow = (op.out.cols + step.grain - 1) / step.grain;
    const uint32_t token = piece / piecesPerRow;
    const uint32_t first = piece % piecesPerRow * step.grain;
    const float* gate = activationRow(op.gateUp, token) + first;
    executor.m_kernels.swiGlu(gate,
        gate + op.out.cols,
        std::min(step.grain, op.out.cols - first),
        activationRow(op.out, token) + first);
}

void StepsCpu::rope(ExecutorCpu& executor, const Step& step, uint32_t token, uint32_t)
{
    const auto& op = opOf<RopeOp>(step);
    const size_t pairs = op.frequencies.size();
    const float* angles = executor.m_angles.data() + step.angles + size_t(token) * pairs * 2;
    float* row = activationRow(op.x, token);
    const bool adjacent = op.pairing == RopePairing::Adjacent;
    for (uint32_t head = 0; head < op.heads; ++head, row += op.headDim) {
        for (size_t j = 0; j < pairs; ++j) {
            float& first = row[adjacent ? 2 * j : j];
            float& second = row[adjacent ? 2 * j + 1 : j + pairs];
            const float a = first;
            const float b = second;
            const float cosine = angles[2 * j];
            const float sine = angles[2 * j + 1];
            first = a * cosine - b * sine;
            second = a * sine + b * cosine;
        }
    }
}

void StepsCpu::kvWrite(ExecutorCpu& executor, const Step& step, uint32_t slotBlock, uint32_t)
{
    const auto& op = opOf<KvWriteOp>(step);
    auto& kv = static_cast<KvStoreCpu&>(*op.kv);
    const uint32_t block = op.firstSlot / step.grain + slotBlock;
    const uint32_t begin = std::max(op.firstSlot, block * step.grain);
    const uint32_t end = std::min(op.firstSlot + op.k.rows, (block + 1) * step.grain);
    for (uint32_t slot = begin; slot < end; ++slot) {
        const float* k = activationRow(op.k, slot - op.firstSlot);
        const float* v = activationRow(op.v, slot - op.firstSlot);
        for (uint32_t head = 0; head < kv.shape().heads; ++head) {
            const size_t at = size_t(head) * kv.shape().headDim;
            kv.write(op.layer, head, slot, k + at, v + at, executor.m_kernels);
        }
    }
}

void StepsCpu::prepareActivations(ExecutorCpu& executor, const Step& step, uint32_t piece, uint32_t)
{
    const auto& op = opOf<MatMulOp>(step);
    const size_t chunks = chunkCount(op.x.cols);
    const size_t piecesPerRow = (chunks + step.grain - 1) / step.grain;
    const size_t token = piece / piecesPerRow;
    const size_t firstChunk = piece % piecesPerRow * step.grain;
    const size_t lastChunk = std::min(chunks, firstChunk + step.grain);
    const size_t first = firstChunk * kChunkValues;
    const size_t count = std::min<size_t>(op.x.cols, lastChunk * kChunkValues) - first;
    const float* x = activationRow(op.x, token) + first;
    const size_t at = firstChunk * op.x.rows + token;
    if (step.rounded) {
        executor.m_kernels.quantize(
            x, count, executor.m_quantized.as<QuantizedChunk>() + at, op.x.rows);
        return;
    }
    FloatChunk* out = executor.m_floats.as<FloatChunk>() + at;
    for (size_t done = 0; done < count; done += kChunkValues, out += op.x.rows) {
        const size_t values = std::min<size_t>(kChunkValues, count - done);
        std::memcpy(out->x, x + done, values * sizeof(float));
        std::memset(out->x + values, 0, (kChunkValues - values) * sizeof(float));
    }
}

ProductJob StepsCpu::productJob(
    ExecutorCpu& executor, const Step& step, uint32_t firstRow, uint32_t rows)
{
    const auto& op = opOf<MatMulOp>(step);
    const WeightCpu& weight = cpu(op.weight);
    ProductJob job;
    job.type = weight.type();
    job.rowBytes = rowBytes(weight.type(), weight.cols());
    job.weights = weight.bytes() + size_t(firstRow) * job.rowBytes;
    job.rows = std::min(rows, weight.rows() - firstRow);
    job.cols = weight.cols();
    job.x = {
        executor.m_quantized.as<QuantizedChunk>(), executor.m_floats.as<FloatChunk>(), op.x.rows};
    job.bias = op.bias != nullptr ? cpu(op.bias).vector() + firstRow : nullptr;
    job.out = activationRow(op.out, 0) + firstRow;
    job.outStride = op.out.stride;
    return job;
}

void StepsCpu::streamRows(ExecutorCpu& executor, const Step& step, uint32_t piece, uint32_t)
{
    executor.m_kernels.streamRows(productJob(executor, step, piece * step.grain, step.grain));
}

void StepsCpu::panel(ExecutorCpu& executor, const Step& step, uint32_t piece, uint32_t thread)
{
    auto& scratch = executor.m_threadScratch.as<ExecutorCpu::ThreadScratch>()[thread];
    executor.m_kernels.panel(productJob(executor, step, piece * step.grain, step.grain),
        !step.rounded,
        scratch.product,
        executor.stopQuestion());
}

// Which query rows and slots one piece of an attention step has.
struct StepsCpu::AttentionRows
{
    AttentionRows(const AttentionOp& attentionOp, const AttentionPlan& plan, uint32_t job)
        : op(attentionOp)
    {
        const uint32_t group = op.heads / op.kv->shape().heads;
        // The last tokens see the most slots: they come first, so that no thread ends late.
        const uint32_t tokenBlock = plan.tokenBlocks - 1 - job % plan.tokenBlocks;
        const uint32_t headJob = job / plan.tokenBlocks;
        kvHead = headJob / plan.groupBlocks;
        const uint32_t firstOfGroup = headJob % plan.groupBlocks * plan.groupRows;
        firstHead = kvHead * group + firstOfGroup;
        heads = std::min(plan.groupRows, group - firstOfGroup);
        firstToken = tokenBlock * plan.tokensPerJob;
        tokens = std::min(plan.tokensPerJob, op.q.rows - firstToken);
    }

    uint32_t rows() const { return heads * tokens; }
    uint32_t token(uint32_t row) const { return firstToken + row / heads; }
    size_t column(uint32_t row) const
    {
        return size_t(firstHead + row % heads) * op.kv->shape().headDim;
    }

    const AttentionOp& op;
    uint32_t kvHead = 0;
    uint32_t firstHead = 0;
    uint32_t heads = 0;
    uint32_t firstToken = 0;
    uint32_t tokens = 0;
};

void StepsCpu::attention(ExecutorCpu& executor, const Step& step, uint32_t piece, uint32_t thread)
{
    const auto& op = opOf<AttentionOp>(step);
    const AttentionPlan& plan = step.attention;
    auto& scratch = executor.m_threadScratch.as<ExecutorCpu::ThreadScratch>()[thread];
    const uint32_t split = piece % plan.splits;
    const AttentionRows rows(op, plan, piece / plan.splits);

    AttentionJob job;
    job.kv = static_cast<const KvStoreCpu&>(*op.kv).view(op.layer, rows.kvHead);
    const uint32_t headDim = op.kv->shape().headDim;
    for (uint32_t row = 0; row < rows.rows(); ++row) {
        const float* query = activationRow(op.q, rows.token(row)) + rows.column(row);
        float* to = scratch.queries + size_t(row) * job.kv.headDim;
        for (uint32_t d = 0; d < headDim; ++d) {
            to[d] = query[d] * op.scale;
        }
        std::fill(to + headDim, to + job.kv.headDim, 0.0f);
        scratch.visible[row] = op.firstSlot + rows.token(row) + 1;
    }
    job.queries = scratch.queries;
    job.visible = scratch.visible;
    job.rows = rows.rows();
    job.firstSlot = split * plan.slotsPerSplit;
    job.endSlot = std::min(job.firstSlot + plan.slotsPerSplit, op.firstSlot + op.q.rows);
    job.out = scratch.outputs;
    job.maximum = scratch.maximum;
    job.total = scratch.total;
    if (plan.splits > 1) {
        const size_t rowFloats = size_t(job.kv.headDim) + 2;
        job.out = executor.m_partials.as<float>() + size_t(piece) * plan.rowsPerJob() * rowFloats;
        job.maximum = job.out + size_t(plan.rowsPerJob()) * job.kv.headDim;
        job.total = job.maximum + plan.rowsPerJob();
    }
    if (!executor.m_kernels.attention(job, scratch.attention, executor.stopQuestion()) ||
        plan.splits > 1) {
        return;
    }
    for (uint32_t row = 0; row < rows.rows(); ++row) {
        const float* from = job.out + size_t(row) * job.kv.headDim;
        float* out = activationRow(op.out, rows.token(row)) + rows.column(row);
        const float inverse = 1.0f / job.total[row];
        for (uint32_t d = 0; d < headDim; ++d) {
            out[d] = from[d] * inverse;
        }
    }
}

// softmax over all slots from the softmaxes over ranges: each range is weighted with
// exp(its maximum - the overall maximum).
void StepsCpu::mergeAttention(ExecutorCpu& executor, const Step& step, uint32_t job, uint32_t)
{
    const auto& op = opOf<AttentionOp>(step);
    const AttentionPlan& plan = step.attention;
    const AttentionRows rows(op, plan, job);
    const uint32_t headDim = op.kv->shape().headDim;
    const size_t layoutDim = static_cast<const KvStoreCpu&>(*op.kv).view(op.layer, 0).headDim;
    const size_t splitFloats = plan.rowsPerJob() * (layoutDim + 2);
    const float* parts = executor.m_partials.as<float>() + size_t(job) * plan.splits * splitFloats;
    for (uint32_t row = 0; row < rows.rows(); ++row) {
        const float* maximums = parts + plan.rowsPerJob() * layoutDim + row;
        float maximum = maximums[0];
        for (uint32_t split = 1; split < plan.splits; ++split) {
            maximum = std::max(maximum, maximums[split * splitFloats]);
        }
        float* out = activationRow(op.out, rows.token(row)) + rows.column(row);
        std::fill(out, out + headDim, 0.0f);
        float total = 0.0f;
        for (uint32_t split = 0; split < plan.splits; ++split) {
            const float* part = parts + split * splitFloats;
            const float weight = std::exp(maximums[split * splitFloats] - maximum);
            total += weight * maximums[split * splitFloats + plan.rowsPerJob()];
            for (uint32_t d = 0; d < headDim; ++d) {
                out[d] += weight * part[row * layoutDim + d];
            }
        }
        for (uint32_t d = 0; d < headDim; ++d) {
            out[d] /= total;
        }
    }
}

} // namespace atelier
