// SPDX-License-Identifier: MIT
// From operations to launches.
#include "engine/backends/cuda/executor_cuda.h"
#include "engine/base/check.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace atelier {

namespace {

using cuda::ConstRows;
using cuda::Rows;

constexpr uint32_t kMinSlotsOfSplit = 64;
constexpr uint32_t kMinTier = 256; // slots; see splitsOf()

Rows rowsOf(const Activation& a)
{
    return {static_cast<const BufferCuda&>(*a.buffer).floats() + a.offset, a.stride};
}

ConstRows constRowsOf(const Activation& a)
{
    return {rowsOf(a).data, a.stride};
}

const WeightCuda& weightOf(const Weight* weight)
{
    return static_cast<const WeightCuda&>(*weight);
}

uint32_t divideUp(uint32_t a, uint32_t b)
{
    return (a + b - 1) / b;
}

bool sameView(const Activation& a, const Activation& b)
{
    return a.buffer == b.buffer && a.offset == b.offset && a.rows == b.rows && a.cols == b.cols &&
           (a.rows == 1 || a.stride == b.stride);
}

bool overlap(const Activation& a, const Activation& b)
{
    const size_t endOfA = a.offset + size_t(a.rows - 1) * a.stride + a.cols;
    const size_t endOfB = b.offset + size_t(b.rows - 1) * b.stride + b.cols;
    return a.buffer == b.buffer && a.offset < endOfB && b.offset < endOfA;
}

bool roundsActivations(const MatMulOp& op)
{
    return !op.exact && cuda::isQuantized(weightOf(op.weight).stored());
}

size_t roundedBytes(size_t tokens, size_t cols)
{
    return tokens * cuda::blocksOf(uint32_t(cols)) * (32 + sizeof(cuda::RoundedBlock));
}

size_t paddedBytes(size_t tokens, size_t cols)
{
    return tokens * cuda::blocksOf(uint32_t(cols)) * 32 * sizeof(float);
}

// Rows [first, first + count) of a weight.
cuda::WeightPlanes rowsOfWeight(
    cuda::WeightPlanes planes, cuda::Stored stored, uint32_t first, uint32_t count)
{
    const auto bytes = cuda::planeBytes(stored, first, planes.blocks);
    planes.low += bytes[0];
    planes.high += bytes[1];
    planes.scales += bytes[2];
    planes.super += bytes[3];
    planes.rows = count;
    return planes;
}

} // namespace

ExecutorCuda::Work ExecutorCuda::workOf(std::span<const Op> ops) const
{
    Work work;
    const RopeOp* lastRope = nullptr;
    for (const Op& op : ops) {
        if (const auto* product = std::get_if<MatMulOp>(&op)) {
            const size_t tokens = product->x.rows;
            if (roundsActivations(*product)) {
                work.rounded = std::max(work.rounded, roundedBytes(tokens, product->x.cols));
            } else {
                work.floats = std::max(work.floats, paddedBytes(tokens, product->x.cols));
            }
        } else if (const auto* embed = std::get_if<EmbedOp>(&op)) {
            work.parameters += embed->tokens.size_bytes() + 16;
        } else if (const auto* rope = std::get_if<RopeOp>(&op)) {
            // One table serves all layers.
            const bool same = lastRope != nullptr &&
                              lastRope->positions.data() == rope->positions.data() &&
                              lastRope->frequencies.data() == rope->frequencies.data();
            work.parameters +=
                same ? 0 : 8 * rope->positions.size() * rope->frequencies.size() + 16;
            lastRope = rope;
        } else if (const auto* attention = std::get_if<AttentionOp>(&op)) {
            const uint32_t splits = splitsOf(*attention);
            const size_t floats = splits > 1 ? cuda::partialFloats(attention->heads,
                                                   attention->kv->shape().headDim,
                                                   attention->q.rows,
                                                   splits)
                                             : 0;
            work.partials = std::max(work.partials, floats * sizeof(float));
            // Long ones are cut by tokens, each with a first slot of its own.
            work.parameters += 16 * (size_t(attention->q.rows) + 1);
        } else if (std::holds_alternative<KvWriteOp>(op)) {
            work.parameters += 16;
        }
    }
    return work;
}

// What programs of a model need; operations of a check may need more, and get it in run().
ExecutorCuda::Work ExecutorCuda::workOf(const WorkShape& shape) const
{
    Work work;
    work.rounded = roundedBytes(shape.tokens, shape.roundedWidth);
    work.floats = paddedBytes(shape.tokens, shape.exactWidth);
    if (shape.heads > 0 && shape.kvHeads > 0) {
        // splitsOf() splits only what leaves the device idle, to twice its size at most.
        const uint32_t rows = divideUp(shape.heads, shape.kvHeads) + 16;
        work.partials = size_t(4) * m_device.multiprocessors() * rows *
                        (size_t(shape.headDim) + 2) * sizeof(float);
    }
    const size_t layers = 256; // operations that have a first slot
    work.parameters = size_t(shape.tokens) * (4 + size_t(shape.headDim) * 4) +
                      layers * 16 * (size_t(shape.tokens) + 2);
    return work;
}

size_t ExecutorCuda::record(std::span<const Op> ops, size_t at)
{
    const std::span<const Op> next = ops.subspan(at + 1);
    return std::visit([&](const auto& op) { return record(op, next); }, ops[at]);
}

template <class T>
const T* ExecutorCuda::parameter(std::span<const T> values)
{
    const size_t at = (m_parameters.size() + 15) / 16 * 16;
    m_parameters.resize(at + values.size_bytes());
    std::memcpy(m_parameters.data() + at, values.data(), values.size_bytes());
    const std::byte* base =
        m_memory->data() + m_reserved.total() - BufferCuda::allocatedBytes(m_reserved.parameters);
    return reinterpret_cast<const T*>(base + at);
}

const uint32_t* ExecutorCuda::slotParameter(uint32_t slot)
{
    if (m_lastSlotParameter == nullptr || m_lastSlot != slot) {
        m_lastSlotParameter = parameter(std::span<const uint32_t>(&slot, 1));
        m_lastSlot = slot;
    }
    return m_lastSlotParameter;
}

void ExecutorCuda::written(const Activation& out)
{
    for (Prepared* prepared : {&m_rounded, &m_padded}) {
        prepared->valid = prepared->valid && !overlap(prepared->x, out);
    }
}

cuda::RoundedRows ExecutorCuda::roundedRows(uint32_t tokens, uint32_t cols) const
{
    std::byte* base = m_memory->data();
    const size_t values = size_t(tokens) * cuda::blocksOf(cols) * 32;
    return {reinterpret_cast<int8_t*>(base), reinterpret_cast<cuda::RoundedBlock*>(base + values)};
}

// Whether the next operation is a product that reads `x` rounded, so that whoever writes `x` can
// round it on the way.
bool ExecutorCuda::wantsRounded(const Activation& x, std::span<const Op> next) const
{
    const MatMulOp* product = next.empty() ? nullptr : std::get_if<MatMulOp>(&next.front());
    return product != nullptr && roundsActivations(*product) && sameView(product->x, x);
}

void ExecutorCuda::prepareRounded(const Activation& x)
{
    if (!m_rounded.valid || !sameView(m_rounded.x, x)) {
        cuda::addRoundRows(m_list, constRowsOf(x), roundedRows(x.rows, x.cols), x.cols, x.rows);
        m_rounded = {x, true};
    }
}

void ExecutorCuda::preparePadded(const Activation& x)
{
    if (!m_padded.valid || !sameView(m_padded.x, x)) {
        auto* floats = reinterpret_cast<float*>(
            m_memory->data() + BufferCuda::allocatedBytes(m_reserved.rounded));
        cuda::addPadRows(m_list, constRowsOf(x), floats, x.cols, x.rows);
        m_padded = {x, true};
    }
}

size_t ExecutorCuda::record(const EmbedOp& op, std::span<const Op>)
{
    const WeightCuda& table = weightOf(op.table);
    cuda::addEmbed(m_list,
        table.stored(),
        table.planes(),
        parameter(op.tokens),
        op.out.rows,
        op.out.cols,
        rowsOf(op.out));
    written(op.out);
    return 1;
}

size_t ExecutorCuda::record(const RmsNormOp& op, std::span<const Op> next)
{
    cuda::NormCall call;
    call.x = constRowsOf(op.x);
    call.out = rowsOf(op.out);
    call.weight = weightOf(op.weight).floats();
    call.cols = op.x.cols;
    call.epsilon = op.epsilon;
    call.accumulate = op.accumulate ? 1 : 0;
    call.tokens = op.x.rows;
    written(op.out);
    if (wantsRounded(op.out, next)) {
        call.rounded = roundedRows(op.out.rows, op.out.cols);
        m_rounded = {op.out, true};
    }
    cuda::addNorm(m_list, call);
    return 1;
}

size_t ExecutorCuda::record(const AddOp& op, std::span<const Op>)
{
    cuda::addAdd(m_list, constRowsOf(op.x), rowsOf(op.out), op.out.cols, op.out.rows);
    written(op.out);
    return 1;
}

size_t ExecutorCuda::record(const SwiGluOp& op, std::span<const Op> next)
{
    written(op.out);
    cuda::RoundedRows rounded;
    if (wantsRounded(op.out, next)) {
        rounded = roundedRows(op.out.rows, op.out.cols);
        m_rounded = {op.out, true};
    }
    cuda::addSwiGlu(
        m_list, constRowsOf(op.gateUp), rowsOf(op.out), rounded, op.out.cols, op.out.rows);
    return 1;
}

size_t ExecutorCuda::record(const MatMulOp& op, std::span<const Op> next)
{
    const WeightCuda& weight = weightOf(op.weight);
    const bool rounded = roundsActivations(op);
    if (rounded) {
        prepareRounded(op.x);
    } else {
        preparePadded(op.x);
    }
    cuda::ProductCall call;
    call.weight = weight.planes();
    call.bias = op.bias != nullptr ? weightOf(op.bias).floats() : nullptr;
    call.out = rowsOf(op.out);
    call.tokens = op.x.rows;
    written(op.out);
    size_t operations = 1;
    const SwiGluOp* swiGlu = next.empty() ? nullptr : std::get_if<SwiGluOp>(&next.front());
    if (swiGlu != nullptr && op.x.rows <= cuda::kMaxStreamedTokens &&
        sameView(swiGlu->gateUp, op.out) && !overlap(swiGlu->out, op.out)) {
        call.half = swiGlu->out.cols;
        call.inner = rowsOf(swiGlu->out);
        written(swiGlu->out);
        operations = 2;
    }
    // A product that would hold up a stop is cut by rows.
    const double work = 2.0 * weight.rows() * weight.cols() * op.x.rows;
    const auto pieces = uint32_t(std::clamp(work / budget(), 1.0, double(weight.rows())));
    const uint32_t piece = call.half != 0 ? weight.rows() : divideUp(weight.rows(), pieces);
    for (uint32_t first = 0; first < weight.rows(); first += piece) {
        cuda::ProductCall part = call;
        const uint32_t count = std::min(piece, weight.rows() - first);
        part.weight = rowsOfWeight(call.weight, weight.stored(), first, count);
        part.bias = call.bias != nullptr ? call.bias + first : nullptr;
        part.out.data = call.out.data + first;
        if (rounded) {
            const auto add = op.x.rows > cuda::kMaxStreamedTokens ? &cuda::addMatrixProduct
                                                                  : &cuda::addRoundedProduct;
            add(m_list, weight.stored(), part, roundedRows(op.x.rows, op.x.cols));
        } else {
            const auto* floats = reinterpret_cast<const float*>(
                m_memory->data() + BufferCuda::allocatedBytes(m_reserved.rounded));
            cuda::addFloatProduct(m_list, weight.stored(), part, floats);
        }
    }
    return operations;
}

// Cosine and sine of every token and frequency, times the magnitude, from angles in double.
size_t ExecutorCuda::record(const RopeOp& op, std::span<const Op>)
{
    const RopeOp* last = m_lastRope;
    const bool same = last != nullptr && last->positions.data() == op.positions.data() &&
                      last->positions.size() == op.positions.size() &&
                      last->frequencies.data() == op.frequencies.data() &&
                      last->frequencies.size() == op.frequencies.size() &&
                      last->magnitude == op.magnitude;
    if (!same) {
        std::vector<float> table;
        table.reserve(2 * op.positions.size() * op.frequencies.size());
        for (const int32_t position : op.positions) {
            for (const float frequency : op.frequencies) {
                const double angle = double(position) * double(frequency);
                table.push_back(float(op.magnitude * std::cos(angle)));
                table.push_back(float(op.magnitude * std::sin(angle)));
            }
        }
        m_lastTable = parameter(std::span<const float>(table));
    }
    m_lastRope = &op;
    cuda::RopeCall call;
    call.x = rowsOf(op.x);
    call.table = m_lastTable;
    call.heads = op.heads;
    call.headDim = op.headDim;
    call.pairs = uint32_t(op.frequencies.size());
    call.adjacent = op.pairing == RopePairing::Adjacent ? 1 : 0;
    call.tokens = op.x.rows;
    cuda::addRope(m_list, call);
    written(op.x);
    return 1;
}

size_t ExecutorCuda::record(const KvWriteOp& op, std::span<const Op>)
{
    cuda::KvWriteCall call;
    call.k = constRowsOf(op.k);
    call.v = constRowsOf(op.v);
    call.kv = static_cast<const KvStoreCuda&>(*op.kv).planes(op.layer);
    call.firstSlot = slotParameter(op.firstSlot);
    call.tokens = op.k.rows;
    cuda::addKvWrite(m_list, call);
    return 1;
}

// As many parts as keep the device busy. They follow the length of the cache rounded up to a power
// of two, so that one graph serves many tokens.
uint32_t ExecutorCuda::splitsOf(const AttentionOp& op) const
{
    const uint32_t blocks = cuda::attentionBlocks(op.heads, op.kv->shape().heads, op.q.rows);
    const uint32_t wanted = 2 * m_device.multiprocessors();
    if (blocks >= wanted) {
        return 1;
    }
    const uint32_t tier = std::max(std::bit_ceil(op.firstSlot + op.q.rows), kMinTier);
    return std::clamp(tier / kMinSlotsOfSplit, 1u, divideUp(wanted, blocks));
}

size_t ExecutorCuda::record(const AttentionOp& op, std::span<const Op>)
{
    cuda::AttentionCall call;
    call.q = constRowsOf(op.q);
    call.out = rowsOf(op.out);
    call.kv = static_cast<const KvStoreCuda&>(*op.kv).planes(op.layer);
    call.heads = op.heads;
    call.scale = op.scale;
    call.splits = splitsOf(op);
    if (call.splits > 1) {
        call.partials = reinterpret_cast<float*>(m_memory->data() +
                                                 BufferCuda::allocatedBytes(m_reserved.rounded) +
                                                 BufferCuda::allocatedBytes(m_reserved.floats));
    }
    // Long ones are cut by tokens, so that a stop takes effect soon. Splits stay as they are: there
    // is room for the parts of all tokens.
    const uint32_t slots = op.firstSlot + op.q.rows;
    const double work = 4.0 * op.q.rows * op.q.cols * slots;
    const auto pieces = uint32_t(std::clamp(work / budget(), 1.0, double(op.q.rows)));
    const uint32_t piece = divideUp(op.q.rows, pieces);
    for (uint32_t first = 0; first < op.q.rows; first += piece) {
        cuda::AttentionCall part = call;
        part.q.data += first * call.q.stride;
        part.out.data += first * call.out.stride;
        part.tokens = std::min(piece, op.q.rows - first);
        part.firstSlot = slotParameter(op.firstSlot + first);
        cuda::addAttention(m_list, part, op.firstSlot + first + part.tokens);
    }
    written(op.out);
    return 1;
}

} // namespace atelier
