// SPDX-License-Identifier: MIT
#include "engine/backends/vulkan/executor_vulkan.h"

#include "engine/base/check.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <variant>
#include <vector>

namespace atelier {

namespace {

constexpr uint32_t kMaxSets = 128;          // dispatches of a batch
constexpr size_t kStagingBytes = 8 << 20;   // a copy of it takes a few milliseconds
constexpr uint32_t kMaxRowsAtOnce = 32'768; // workgroups side by side; 65,535 are guaranteed
constexpr uint32_t kTokensPerGroup = 8;     // mat_mul.comp, mat_vec.comp
constexpr uint32_t kRowsPerGroup = 16;      // mat_vec.comp
constexpr double kBatchSeconds = 0.010;

VkBuffer handleOf(const Activation& activation)
{
    return static_cast<const BufferVulkan&>(*activation.buffer).handle();
}

const WeightVulkan& weightOf(const Weight* weight)
{
    return static_cast<const WeightVulkan&>(*weight);
}

uint32_t groups(uint32_t count, uint32_t size)
{
    return (count + size - 1) / size;
}

// Everything written before is seen by everything after.
void orderMemory(VkCommandBuffer commands, VkPipelineStageFlags after, VkAccessFlags access)
{
    VkMemoryBarrier barrier{};
    barrier.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
    barrier.srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
    barrier.dstAccessMask = access;
    vkCmdPipelineBarrier(commands,
        VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
        after,
        0,
        1,
        &barrier,
        0,
        nullptr,
        0,
        nullptr);
}

} // namespace

Result<std::unique_ptr<ExecutorVulkan>> ExecutorVulkan::create(
    DeviceVulkan& device, PipelinesVulkan& pipelines)
{
    std::unique_ptr<ExecutorVulkan> executor(new ExecutorVulkan(device, pipelines));
    const VkDescriptorPoolSize size{
        VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, kMaxSets * PipelinesVulkan::kMaxBindings};
    VkDescriptorPoolCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
    info.maxSets = kMaxSets;
    info.poolSizeCount = 1;
    info.pPoolSizes = &size;
    const VkResult made =
        vkCreateDescriptorPool(device.handle(), &info, nullptr, &executor->m_sets);
    if (made != VK_SUCCESS) {
        return vulkanError(made, "Preparing the device");
    }
    return executor;
}

ExecutorVulkan::~ExecutorVulkan()
{
    vkDestroyDescriptorPool(m_device.handle(), m_sets, nullptr);
}

size_t ExecutorVulkan::parameterBytes(uint32_t tokens, uint32_t headDim)
{
    return (size_t(tokens) + size_t(tokens) * headDim) * 4; // ids; cosine and sine of half the head
}

Status ExecutorVulkan::reserveParameters(size_t bytes)
{
    if (bytes == 0 || (m_parameters && m_parameters->bytes() >= bytes)) {
        return Done{};
    }
    m_parameters.reset();
    auto made = BufferVulkan::create(m_device, bytes, StorageMode::HostVisible, "program data");
    if (!made) {
        return made.error();
    }
    m_parameters = made.take();
    return Done{};
}

Status ExecutorVulkan::run(std::span<const Op> ops, std::stop_token stop)
{
    m_stop = std::move(stop);
    m_parameterWords = 0;
    m_tableOp = nullptr;
    size_t words = 0;
    for (const Op& op : ops) {
        if (const auto* embed = std::get_if<EmbedOp>(&op)) {
            words += embed->tokens.size();
        } else if (const auto* rope = std::get_if<RopeOp>(&op)) {
            // One table serves all layers; others are rare enough to be counted in full.
            const bool same = m_tableOp && m_tableOp->positions.data() == rope->positions.data() &&
                              m_tableOp->frequencies.data() == rope->frequencies.data();
            words += same ? 0 : 2 * rope->positions.size() * rope->frequencies.size();
            m_tableOp = rope;
        }
    }
    m_tableOp = nullptr;
    if (const Status reserved = reserveParameters(words * 4); !reserved) {
        return reserved;
    }
    for (const Op& op : ops) {
        const Status recorded = std::visit([this](const auto& o) { return record(o); }, op);
        if (!recorded) {
            m_recorded = 0; // of a batch that is never submitted
            return recorded;
        }
    }
    return flush();
}

Status ExecutorVulkan::begin()
{
    if (m_recorded > 0) {
        return Done{};
    }
    vkResetDescriptorPool(m_device.handle(), m_sets, 0);
    vkResetCommandBuffer(m_device.commands(), 0); // an earlier recording may have been given up
    VkCommandBufferBeginInfo info{};
    info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
    info.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
    const VkResult begun = vkBeginCommandBuffer(m_device.commands(), &info);
    return begun == VK_SUCCESS ? Status(Done{}) : vulkanError(begun, "Computing");
}

// Submits what is recorded, and learns how much fits the time of a batch.
Status ExecutorVulkan::flush()
{
    if (m_recorded > 0) {
        orderMemory(m_device.commands(), VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT);
        vkEndCommandBuffer(m_device.commands());
        const auto start = std::chrono::steady_clock::now();
        m_recorded = 0;
        if (const Status done = m_device.submit(); !done) {
            return done;
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        // Small batches say more about the driver than about the work.
        if (took.count() > kBatchSeconds / 4 || m_work > m_budget / 2) {
            const double fitting = m_work * kBatchSeconds / std::max(took.count(), 1e-6);
            m_budget = std::clamp(fitting, m_budget / 4, m_budget * 4);
            m_budget = std::clamp(m_budget, double(1 << 18), 1e12);
        }
        m_work = 0;
    }
    if (m_stop.stop_requested()) {
        return Error{ErrorCode::Cancelled, "Stopped."};
    }
    return Done{};
}

Result<VkDescriptorSet> ExecutorVulkan::bind(
    const PipelineVulkan& pipeline, std::span<const Binding> bindings)
{
    VkDescriptorSetAllocateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO;
    info.descriptorPool = m_sets;
    info.descriptorSetCount = 1;
    info.pSetLayouts = &pipeline.bindings;
    VkDescriptorSet set = VK_NULL_HANDLE;
    const VkResult made = vkAllocateDescriptorSets(m_device.handle(), &info, &set);
    if (made != VK_SUCCESS) {
        return vulkanError(made, "Computing");
    }
    std::array<VkDescriptorBufferInfo, PipelinesVulkan::kMaxBindings> buffers{};
    std::array<VkWriteDescriptorSet, PipelinesVulkan::kMaxBindings> writes{};
    for (uint32_t i = 0; i < buffers.size(); ++i) {
        const Binding& binding = bindings[i < bindings.size() ? i : 0]; // unused: anything
        buffers[i] = {binding.buffer, binding.offset, binding.range};
        writes[i].sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
        writes[i].dstSet = set;
        writes[i].dstBinding = i;
        writes[i].descriptorCount = 1;
        writes[i].descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
        writes[i].pBufferInfo = &buffers[i];
    }
    vkUpdateDescriptorSets(m_device.handle(), uint32_t(writes.size()), writes.data(), 0, nullptr);
    return set;
}

template <class Constants>
Status ExecutorVulkan::dispatch(const std::string& shader,
    std::span<const Binding> bindings,
    const Constants& constants,
    Grid grid,
    double work)
{
    static_assert(sizeof(Constants) <= PipelinesVulkan::kConstantBytes);
    if (m_recorded == kMaxSets || (m_recorded > 0 && m_work + work > m_budget)) {
        if (const Status done = flush(); !done) {
            return done;
        }
    }
    const auto pipeline = m_pipelines.find(shader);
    if (!pipeline) {
        return pipeline.error();
    }
    if (const Status begun = begin(); !begun) {
        return begun;
    }
    const auto set = bind(*pipeline.value(), bindings);
    if (!set) {
        return set.error();
    }
    VkCommandBuffer commands = m_device.commands();
    const VkPipelineLayout layout = pipeline.value()->layout;
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.value()->pipeline);
    vkCmdBindDescriptorSets(
        commands, VK_PIPELINE_BIND_POINT_COMPUTE, layout, 0, 1, &set.value(), 0, nullptr);
    vkCmdPushConstants(
        commands, layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(Constants), &constants);
    vkCmdDispatch(commands, grid.x, grid.y, 1);
    orderMemory(commands,
        VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
        VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT);
    ++m_recorded;
    m_work += work;
    return Done{};
}

Status ExecutorVulkan::record(const EmbedOp& op)
{
    const WeightVulkan& table = weightOf(op.table);
    const auto first = uint32_t(m_parameterWords);
    std::memcpy(
        m_parameters->mapped() + m_parameterWords * 4, op.tokens.data(), op.tokens.size_bytes());
    m_parameterWords += op.tokens.size();
    struct
    {
        uint32_t cols, tokensOffset, outOffset, outStride;
    } const constants{op.out.cols, first, uint32_t(op.out.offset), uint32_t(op.out.stride)};
    const std::array<Binding, 3> bindings{
        Binding{m_parameters->handle()}, Binding{table.handle()}, Binding{handleOf(op.out)}};
    return dispatch(shaderName("embed", table.stored()),
        bindings,
        constants,
        {groups(op.out.cols, 64), uint32_t(op.tokens.size())},
        double(op.out.cols) * double(op.tokens.size()));
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
    return dispatch("rms_norm", bindings, constants, {op.x.rows}, 2.0 * op.x.cols * op.x.rows);
}

namespace {

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

Status ExecutorVulkan::record(const AddOp& op)
{
    const std::array<Binding, 2> bindings{Binding{handleOf(op.x)}, Binding{handleOf(op.out)}};
    return dispatch("add",
        bindings,
        rowConstants(op.x, op.out),
        {groups(op.out.cols, 64), op.out.rows},
        double(op.out.cols) * op.out.rows);
}

Status ExecutorVulkan::record(const SwiGluOp& op)
{
    const std::array<Binding, 2> bindings{Binding{handleOf(op.gateUp)}, Binding{handleOf(op.out)}};
    return dispatch("swiglu",
        bindings,
        rowConstants(op.gateUp, op.out),
        {groups(op.out.cols, 64), op.out.rows},
        8.0 * op.out.cols * op.out.rows);
}

Status ExecutorVulkan::record(const MatMulOp& op)
{
    const WeightVulkan& weight = weightOf(op.weight);
    struct
    {
        uint32_t cols, rows, tokens, xOffset, xStride, outOffset, outStride, hasBias, firstRow;
    } constants{weight.cols(),
        weight.rows(),
        op.x.rows,
        uint32_t(op.x.offset),
        uint32_t(op.x.stride),
        uint32_t(op.out.offset),
        uint32_t(op.out.stride),
        op.bias != nullptr ? 1u : 0u,
        0};
    const std::array<Binding, 4> bindings{Binding{handleOf(op.x)},
        Binding{weight.handle()},
        Binding{op.bias != nullptr ? weightOf(op.bias).handle() : weight.handle()},
        Binding{handleOf(op.out)}};
    const double rowWork = double(weight.cols()) * op.x.rows;
    const bool subgroups = m_device.addsInSubgroups();
    const std::string shader = shaderName(!subgroups       ? "mat_mul"
                                          : op.x.rows == 1 ? "mat_vec"
                                                           : "mat_vecs",
        weight.stored());
    const uint32_t tokenGroups = groups(op.x.rows, kTokensPerGroup);
    while (constants.firstRow < weight.rows()) {
        const double fitting = std::clamp(m_budget / rowWork, 1.0, double(kMaxRowsAtOnce));
        // Whole workgroups, so that no row is written by two dispatches.
        const uint32_t whole = subgroups ? groups(uint32_t(fitting), kRowsPerGroup) * kRowsPerGroup
                                         : uint32_t(fitting);
        const uint32_t rows = std::min(whole, weight.rows() - constants.firstRow);
        const Grid grid{subgroups ? groups(rows, kRowsPerGroup) : rows, tokenGroups};
        const Status done = dispatch(shader, bindings, constants, grid, rowWork * rows);
        if (!done) {
            return done;
        }
        constants.firstRow += rows;
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
    return dispatch("rope",
        bindings,
        constants,
        {groups(op.heads * pairs, 64), op.x.rows},
        4.0 * op.heads * pairs * op.x.rows);
}

Status ExecutorVulkan::record(const KvWriteOp& op)
{
    const auto& kv = static_cast<const KvStoreVulkan&>(*op.kv);
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
        const Status done = dispatch(shaderName("kv_write", shape.type),
            bindings,
            constants,
            {groups(items, 64), side->rows},
            double(side->cols) * side->rows);
        if (!done) {
            return done;
        }
    }
    return Done{};
}

Status ExecutorVulkan::record(const AttentionOp& op)
{
    const auto& kv = static_cast<const KvStoreVulkan&>(*op.kv);
    const KvShape& shape = kv.shape();
    const uint32_t rowWords = KvStoreVulkan::rowWords(shape);
    const size_t layerBytes = KvStoreVulkan::layerBytes(shape);
    const std::array<Binding, 3> bindings{Binding{handleOf(op.q)},
        Binding{kv.buffer().handle(), layerBytes * op.layer, layerBytes},
        Binding{handleOf(op.out)}};
    struct
    {
        uint32_t heads, kvHeads, headDim, firstSlot, layerOffset, slotWords;
        uint32_t qOffset, qStride, outOffset, outStride;
        float scale;
    } constants{op.heads,
        shape.heads,
        shape.headDim,
        op.firstSlot,
        0,
        rowWords * 2,
        uint32_t(op.q.offset),
        uint32_t(op.q.stride),
        uint32_t(op.out.offset),
        uint32_t(op.out.stride),
        op.scale};
    const double tokenWork = 4.0 * op.heads * shape.headDim * (double(op.firstSlot) + op.q.rows);
    for (uint32_t first = 0; first < op.q.rows;) {
        const double fitting = std::clamp(m_budget / tokenWork, 1.0, 65'535.0);
        const uint32_t tokens = std::min(uint32_t(fitting), op.q.rows - first);
        const Status done = dispatch(shaderName("attention", shape.type),
            bindings,
            constants,
            {op.heads, tokens},
            tokenWork * tokens);
        if (!done) {
            return done;
        }
        first += tokens;
        constants.firstSlot += tokens;
        constants.qOffset += tokens * constants.qStride;
        constants.outOffset += tokens * constants.outStride;
    }
    return Done{};
}

Status ExecutorVulkan::ensureStaging()
{
    if (m_staging) {
        return Done{};
    }
    auto made =
        BufferVulkan::create(m_device, kStagingBytes, StorageMode::HostVisible, "a staging buffer");
    if (!made) {
        return made.error();
    }
    m_staging = made.take();
    return Done{};
}

Status ExecutorVulkan::upload(
    const BufferVulkan& to, size_t offset, std::span<const std::byte> bytes, std::stop_token stop)
{
    m_stop = std::move(stop);
    for (size_t at = 0; at < bytes.size();) {
        const size_t count = std::min(bytes.size() - at, kStagingBytes);
        if (to.mapped() != nullptr) {
            std::memcpy(to.mapped() + offset + at, bytes.data() + at, count);
        } else {
            if (const Status staged = ensureStaging(); !staged) {
                return staged;
            }
            std::memcpy(m_staging->mapped(), bytes.data() + at, count);
            if (const Status begun = begin(); !begun) {
                return begun;
            }
            const VkBufferCopy copy{0, offset + at, count};
            vkCmdCopyBuffer(m_device.commands(), m_staging->handle(), to.handle(), 1, &copy);
            ++m_recorded;
        }
        at += count;
        if (const Status done = flush(); !done) {
            return done;
        }
    }
    return Done{};
}

Status ExecutorVulkan::download(const BufferVulkan& from, size_t offset, std::span<std::byte> bytes)
{
    m_stop = {};
    if (from.mapped() != nullptr) {
        std::memcpy(bytes.data(), from.mapped() + offset, bytes.size());
        return Done{};
    }
    if (const Status staged = ensureStaging(); !staged) {
        return staged;
    }
    for (size_t at = 0; at < bytes.size();) {
        const size_t count = std::min(bytes.size() - at, kStagingBytes);
        if (const Status begun = begin(); !begun) {
            return begun;
        }
        const VkBufferCopy copy{offset + at, 0, count};
        vkCmdCopyBuffer(m_device.commands(), from.handle(), m_staging->handle(), 1, &copy);
        ++m_recorded;
        if (const Status done = flush(); !done) {
            return done;
        }
        std::memcpy(bytes.data() + at, m_staging->mapped(), count);
        at += count;
    }
    return Done{};
}

Status ExecutorVulkan::clear(const BufferVulkan& buffer)
{
    m_stop = {};
    if (buffer.mapped() != nullptr) {
        std::memset(buffer.mapped(), 0, buffer.bytes());
        return Done{};
    }
    if (const Status begun = begin(); !begun) {
        return begun;
    }
    vkCmdFillBuffer(m_device.commands(), buffer.handle(), 0, VK_WHOLE_SIZE, 0);
    ++m_recorded;
    return flush();
}

} // namespace atelier
