// SPDX-License-Identifier: MIT
// What each operation becomes: shaders, bindings, constants and workgroups.
#include "engine/backends/vulkan/executor_vulkan.h"
#include "engine/backends/vulkan/tiles_vulkan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string>

namespace atelier {

namespace {

constexpr uint32_t kMaxGroupsAtOnce = 32'768; // side by side; 65,535 are guaranteed
constexpr uint32_t kRowsPerGroup = 16;        // mat_vec.comp

VkBuffer handleOf(const Activation& activation)
{
    return static_cast<const BufferVulkan&>(*activation.buffer).handle();
}

const WeightVulkan& weightOf(const Weight* weight)
{
    return static_cast<const WeightVulkan&>(*weight);
}

const KvStoreVulkan& storeOf(const KvStore* kv)
{
    return static_cast<const KvStoreVulkan&>(*kv);
}

uint32_t groups(uint32_t count, uint32_t size)
{
    return (count + size - 1) / size;
}

template <class Constants>
std::span<const std::byte> bytesOf(const Constants& constants)
{
    return std::as_bytes(std::span(&constants, 1));
}

struct RowConstants // of add and swiglu
{
    uint32_t cols, xOffset, xStride, outOffset, outStride;
};

RowConstants rowConstants(const Activation& x, const Activation& out)
{
    return {out.cols,
        uint32_t(x.offset),
        uint32_t(x.stride),
        uint32_t(out.offset),
        uint32_t(out.stride)};
}

} // namespace

Status ExecutorVulkan::record(const EmbedOp& op)
{
    const WeightVulkan& table = weightOf(op.table);
    const auto first = uint32_t(m_parameterWords);
    std::memcpy(
        m_parameters->mapped() + m_parameterWords * 4, op.tokens.data(), op.tokens.size_bytes());
    m_parameterWords += op.tokens.size();
    for (const WeightVulkan::Part& part : table.parts()) {
        struct
        {
            uint32_t cols, tokensOffset, outOffset, outStride, firstRow, rows;
        } const constants{op.out.cols,
            first,
            uint32_t(op.out.offset),
            uint32_t(op.out.stride),
            part.firstRow,
            part.rows};
        const std::array<Binding, 3> bindings{Binding{m_parameters->handle()},
            Binding{part.buffer->handle()},
            Binding{handleOf(op.out)}};
        const Status done = dispatch({shaderName("embed", table.stored()),
            bindings,
            bytesOf(constants),
            {groups(op.out.cols, 64), uint32_t(op.tokens.size())},
            double(op.out.cols) * double(op.tokens.size())});
        if (!done) {
            return done;
        }
    }
    return Done{};
}

Status ExecutorVulkan::record(const RmsNormOp& op)
{
    struct
    {
        uint32_t cols, xOffset, xStride, outOffset, outStride;
        float epsilon;
        uint32_t accumulate;
    } const constants{op.x.cols,
        uint32_t(op.x.offset),
        uint32_t(op.x.stride),
        uint32_t(op.out.offset),
        uint32_t(op.out.stride),
        op.epsilon,
        op.accumulate ? 1u : 0u};
    const std::array<Binding, 3> bindings{
        Binding{handleOf(op.x)}, Binding{weightOf(op.weight).handle()}, Binding{handleOf(op.out)}};
    return dispatch(
        {"rms_norm", bindings, bytesOf(constants), {op.x.rows}, 2.0 * op.x.cols * op.x.rows});
}

Status ExecutorVulkan::record(const AddOp& op)
{
    const std::array<Binding, 2> bindings{Binding{handleOf(op.x)}, Binding{handleOf(op.out)}};
    const RowConstants constants = rowConstants(op.x, op.out);
    return dispatch({"add",
        bindings,
        bytesOf(constants),
        {groups(op.out.cols, 64), op.out.rows},
        double(op.out.cols) * op.out.rows});
}

Status ExecutorVulkan::record(const SwiGluOp& op)
{
    const std::array<Binding, 2> bindings{Binding{handleOf(op.gateUp)}, Binding{handleOf(op.out)}};
    const RowConstants constants = rowConstants(op.gateUp, op.out);
    return dispatch({"swiglu",
        bindings,
        bytesOf(constants),
        {groups(op.out.cols, 64), op.out.rows},
        8.0 * op.out.cols * op.out.rows});
}

// Not worth it for few tokens: weights are streamed then, and nothing waits for arithmetic.
bool ExecutorVulkan::rounds(const MatMulOp& op) const
{
    const TraitsVulkan& traits = m_device.traits();
    const size_t bytes = size_t(op.x.rows) * op.x.cols / 32 * 48;
    return traits.knowsInt8 && traits.prefersInt8 && !op.exact && op.x.rows > kFewTokens &&
           bytes <= traits.maxRangeBytes &&
           hasShader(shaderName("mat_tile_int", weightOf(op.weight).stored()));
}

size_t ExecutorVulkan::roundedBytes(const WorkShape& shape) const
{
    const TraitsVulkan& traits = m_device.traits();
    const size_t bytes = (size_t(shape.roundedWidth) + 31) / 32 * 48 * shape.tokens;
    const bool isUsed = traits.knowsInt8 && traits.prefersInt8 && shape.tokens > kFewTokens;
    return isUsed && bytes <= traits.maxRangeBytes ? bytes : 0;
}

Status ExecutorVulkan::roundActivations(const Activation& x)
{
    struct
    {
        uint32_t blocks, xOffset, xStride;
    } const constants{x.cols / 32, uint32_t(x.offset), uint32_t(x.stride)};
    const std::array<Binding, 2> bindings{Binding{handleOf(x)}, Binding{m_rounded->handle()}};
    return dispatch({"round",
        bindings,
        bytesOf(constants),
        {groups(constants.blocks, 64), x.rows},
        2.0 * x.cols * x.rows});
}

Status ExecutorVulkan::record(const MatMulOp& op)
{
    if (rounds(op)) {
        if (const Status done = roundActivations(op.x); !done) {
            return done;
        }
    }
    for (const WeightVulkan::Part& part : weightOf(op.weight).parts()) {
        if (const Status done = recordPart(op, part); !done) {
            return done;
        }
    }
    return Done{};
}

// Few tokens: weights are streamed, in subgroups where the device can. More: in tiles.
Status ExecutorVulkan::recordPart(const MatMulOp& op, const WeightVulkan::Part& part)
{
    const WeightVulkan& weight = weightOf(op.weight);
    struct
    {
        uint32_t cols, rows, tokens, xOffset, xStride, outOffset, outStride, hasBias, firstRow,
            biasOffset;
    } constants{weight.cols(),
        part.rows,
        op.x.rows,
        uint32_t(op.x.offset),
        uint32_t(op.x.stride),
        uint32_t(op.out.offset + part.firstRow),
        uint32_t(op.out.stride),
        op.bias != nullptr ? 1u : 0u,
        0,
        part.firstRow};
    const bool isRounded = rounds(op);
    const std::array<Binding, 4> bindings{Binding{isRounded ? m_rounded->handle() : handleOf(op.x)},
        Binding{part.buffer->handle()},
        Binding{op.bias != nullptr ? weightOf(op.bias).handle() : part.buffer->handle()},
        Binding{handleOf(op.out)}};
    const bool isTiled = op.x.rows > kFewTokens;
    const bool inSubgroups = m_device.traits().addsInSubgroups;
    const ProductTile tile = productTile(m_device.traits(), op.x.rows);
    const auto special = tile.constants();
    const uint32_t groupRows = isTiled ? tile.rows : inSubgroups ? kRowsPerGroup : 1;
    const char* shader = isRounded        ? "mat_tile_int"
                         : isTiled        ? "mat_tile"
                         : !inSubgroups   ? "mat_mul"
                         : op.x.rows == 1 ? "mat_vec"
                                          : "mat_vecs";
    const double groupWork = double(weight.cols()) * op.x.rows * groupRows;
    // Whole workgroups, so that no row is written by two dispatches.
    const uint32_t all = groups(part.rows, groupRows);
    for (uint32_t first = 0; first < all;) {
        const double fitting = std::clamp(m_budget / groupWork, 1.0, double(kMaxGroupsAtOnce));
        const uint32_t count = std::min(uint32_t(fitting), all - first);
        constants.firstRow = first * groupRows;
        const Status done = dispatch({shaderName(shader, weight.stored()),
            bindings,
            bytesOf(constants),
            {count, isTiled ? groups(op.x.rows, tile.tokens) : 1},
            groupWork * count,
            isTiled ? std::span<const uint32_t>(special) : std::span<const uint32_t>()});
        if (!done) {
            return done;
        }
        first += count;
    }
    return Done{};
}

// Where the cosines and sines of an op are, which it shares with the one before if it can.
uint32_t ExecutorVulkan::tableOf(const RopeOp& op)
{
    if (m_tableOp != nullptr && m_tableOp->positions.data() == op.positions.data() &&
        m_tableOp->positions.size() == op.positions.size() &&
        m_tableOp->frequencies.data() == op.frequencies.data() &&
        m_tableOp->magnitude == op.magnitude) {
        return m_table;
    }
    auto* table = reinterpret_cast<float*>(m_parameters->mapped()) + m_parameterWords;
    for (const int32_t position : op.positions) {
        for (const float frequency : op.frequencies) {
            const double angle = double(position) * frequency;
            *table++ = float(std::cos(angle) * op.magnitude);
            *table++ = float(std::sin(angle) * op.magnitude);
        }
    }
    m_tableOp = &op;
    m_table = uint32_t(m_parameterWords);
    m_parameterWords += 2 * op.positions.size() * op.frequencies.size();
    return m_table;
}

Status ExecutorVulkan::record(const RopeOp& op)
{
    const auto pairs = uint32_t(op.frequencies.size());
    struct
    {
        uint32_t pairs, heads, headDim, halves, xOffset, xStride, tableOffset;
    } const constants{pairs,
        op.heads,
        op.headDim,
        op.pairing == RopePairing::Halves ? 1u : 0u,
        uint32_t(op.x.offset),
        uint32_t(op.x.stride),
        tableOf(op)};
    const std::array<Binding, 2> bindings{Binding{handleOf(op.x)}, Binding{m_parameters->handle()}};
    return dispatch({"rope",
        bindings,
        bytesOf(constants),
        {groups(op.heads * pairs, 64), op.x.rows},
        4.0 * op.heads * pairs * op.x.rows});
}

Status ExecutorVulkan::record(const KvWriteOp& op)
{
    const KvStoreVulkan& kv = storeOf(op.kv);
    const KvShape& shape = kv.shape();
    const uint32_t rowWords = KvStoreVulkan::rowWords(shape);
    const size_t layerBytes = KvStoreVulkan::layerBytes(shape);
    const Binding layer{kv.buffer().handle(), layerBytes * op.layer, layerBytes};
    const uint32_t items = shape.type == KvType::Q8_0  ? rowWords / 9
                           : shape.type == KvType::F16 ? rowWords
                                                       : shape.heads * shape.headDim;
    for (const Activation* side : {&op.k, &op.v}) {
        struct
        {
            uint32_t heads, headDim, offset, slotWords, xOffset, xStride;
        } const constants{shape.heads,
            shape.headDim,
            op.firstSlot * rowWords * 2 + (side == &op.v ? rowWords : 0),
            rowWords * 2,
            uint32_t(side->offset),
            uint32_t(side->stride)};
        const std::array<Binding, 2> bindings{Binding{handleOf(*side)}, layer};
        const Status done = dispatch({shaderName("kv_write", shape.type),
            bindings,
            bytesOf(constants),
            {groups(items, 64), side->rows},
            double(side->cols) * side->rows});
        if (!done) {
            return done;
        }
    }
    return Done{};
}

struct ExecutorVulkan::AttentionPlan
{
    AttentionTile tile;
    uint32_t splitSlots = 0;
    uint32_t splits = 0; // 1: nothing to join
};

ExecutorVulkan::AttentionPlan ExecutorVulkan::planOf(const AttentionOp& op) const
{
    const KvShape& shape = op.kv->shape();
    const uint64_t rows = uint64_t(op.heads / shape.heads) * op.q.rows;
    AttentionPlan plan{
        attentionTile(m_device.traits(), rows, shape.headDim), splitSlots(shape.slots), 1};
    const uint64_t tiles = (rows + plan.tile.rows - 1) / plan.tile.rows;
    if (op.q.rows <= kFewTokens && tiles * shape.heads <= kFewGroups) {
        plan.splits = groups(op.firstSlot + op.q.rows, plan.splitSlots);
    } else {
        plan.splitSlots = op.firstSlot + op.q.rows;
    }
    return plan;
}

size_t ExecutorVulkan::partialBytes(const AttentionOp& op) const
{
    const uint32_t splits = planOf(op).splits;
    return splits == 1 ? 0
                       : size_t(splits) * op.q.rows * op.heads * (op.kv->shape().headDim + 2) * 4;
}

size_t ExecutorVulkan::partialBytes(const WorkShape& shape) const
{
    if (shape.kvHeads == 0 || shape.slots <= splitSlots(shape.slots)) {
        return 0;
    }
    // The most tokens that are few: planOf().
    size_t largest = 0;
    for (uint32_t tokens = 1; tokens <= std::min(kFewTokens, shape.tokens); ++tokens) {
        const uint64_t rows = uint64_t(shape.heads / shape.kvHeads) * tokens;
        const uint32_t tile = attentionTile(m_device.traits(), rows, shape.headDim).rows;
        if ((rows + tile - 1) / tile * shape.kvHeads <= kFewGroups) {
            largest = tokens;
        }
    }
    const size_t splits = groups(shape.slots, splitSlots(shape.slots));
    return splits * largest * shape.heads * (shape.headDim + 2) * 4;
}

Status ExecutorVulkan::record(const AttentionOp& op)
{
    const KvStoreVulkan& kv = storeOf(op.kv);
    const KvShape& shape = kv.shape();
    const AttentionPlan plan = planOf(op);
    const size_t layerBytes = KvStoreVulkan::layerBytes(shape);
    const std::array<Binding, 4> bindings{Binding{handleOf(op.q)},
        Binding{kv.buffer().handle(), layerBytes * op.layer, layerBytes},
        Binding{handleOf(op.out)},
        Binding{plan.splits > 1 ? m_partials->handle() : handleOf(op.out)}};
    struct
    {
        uint32_t tokens, heads, kvHeads, firstSlot, slotWords, splitSlots, joined;
        uint32_t qOffset, qStride, outOffset, outStride;
        float scale;
    } constants{op.q.rows,
        op.heads,
        shape.heads,
        op.firstSlot,
        KvStoreVulkan::rowWords(shape) * 2,
        plan.splitSlots,
        plan.splits == 1 ? 1u : 0u,
        uint32_t(op.q.offset),
        uint32_t(op.q.stride),
        uint32_t(op.out.offset),
        uint32_t(op.out.stride),
        op.scale};
    const auto special = plan.tile.constants();
    const uint32_t group = op.heads / shape.heads;
    const double tokenWork = 4.0 * op.heads * shape.headDim * (double(op.firstSlot) + op.q.rows);
    for (uint32_t first = 0; first < op.q.rows;) {
        // Parts are numbered by token: they are not cut here, and are few tokens anyway.
        const double fitting = plan.splits > 1 ? double(op.q.rows) : m_budget / tokenWork;
        const uint32_t left = op.q.rows - first;
        constants.tokens = uint32_t(std::clamp(fitting, 1.0, double(left)));
        const uint32_t tiles = groups(constants.tokens * group, plan.tile.rows);
        const Status done = dispatch({shaderName("attention", shape.type),
            bindings,
            bytesOf(constants),
            {tiles, shape.heads, plan.splits},
            tokenWork * constants.tokens,
            special});
        if (!done) {
            return done;
        }
        first += constants.tokens;
        constants.firstSlot += constants.tokens;
        constants.qOffset += constants.tokens * constants.qStride;
        constants.outOffset += constants.tokens * constants.outStride;
    }
    return plan.splits > 1 ? joinAttention(op, plan.splits) : Status(Done{});
}

Status ExecutorVulkan::joinAttention(const AttentionOp& op, uint32_t splits)
{
    struct
    {
        uint32_t rows, heads, headDim, parts, outOffset, outStride;
    } const constants{op.q.rows * op.heads,
        op.heads,
        op.kv->shape().headDim,
        splits,
        uint32_t(op.out.offset),
        uint32_t(op.out.stride)};
    const std::array<Binding, 2> bindings{Binding{m_partials->handle()}, Binding{handleOf(op.out)}};
    return dispatch({"attention_join",
        bindings,
        bytesOf(constants),
        {op.heads, op.q.rows},
        4.0 * constants.rows * constants.headDim * splits});
}

} // namespace atelier
