// SPDX-License-Identifier: MIT
#include "engine/backends/vulkan/executor_vulkan.h"

#include "engine/base/check.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <variant>
#include <vector>

namespace atelier {

namespace {

constexpr uint32_t kMaxSets = 128;        // dispatches of a batch
constexpr size_t kStagingBytes = 8 << 20; // a copy of it takes a few milliseconds
constexpr double kBatchSeconds = 0.010;

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

size_t ExecutorVulkan::parameterBytes(const WorkShape& shape)
{
    // Ids; cosine and sine of half the head.
    return (size_t(shape.tokens) + size_t(shape.tokens) * shape.headDim) * 4;
}

Status ExecutorVulkan::reserve(const WorkShape& shape)
{
    if (const Status reserved = reserveParameters(parameterBytes(shape)); !reserved) {
        return reserved;
    }
    if (const Status reserved = reservePartials(partialBytes(shape)); !reserved) {
        return reserved;
    }
    return reserveRounded(roundedBytes(shape));
}

Status ExecutorVulkan::reserveParameters(size_t bytes)
{
    return grow(m_parameters, bytes, StorageMode::HostVisible, "program data");
}

Status ExecutorVulkan::reservePartials(size_t bytes)
{
    return grow(m_partials, bytes, StorageMode::DevicePrivate, "parts of attention");
}

Status ExecutorVulkan::reserveRounded(size_t bytes)
{
    return grow(m_rounded, bytes, StorageMode::DevicePrivate, "rounded activations");
}

// Only between batches: what is recorded may read the old buffer.
Status ExecutorVulkan::grow(
    std::unique_ptr<BufferVulkan>& buffer, size_t bytes, StorageMode mode, std::string_view label)
{
    if (bytes == 0 || (buffer && buffer->bytes() >= bytes)) {
        return Done{};
    }
    buffer.reset();
    auto made = BufferVulkan::create(m_device, bytes, mode, label);
    if (!made) {
        return made.error();
    }
    buffer = made.take();
    return Done{};
}

Status ExecutorVulkan::run(std::span<const Op> ops, std::stop_token stop)
{
    m_stop = std::move(stop);
    m_parameterWords = 0;
    m_tableOp = nullptr;
    size_t words = 0;
    size_t partials = 0;
    size_t rounded = 0;
    for (const Op& op : ops) {
        if (const auto* embed = std::get_if<EmbedOp>(&op)) {
            words += embed->tokens.size();
        } else if (const auto* rope = std::get_if<RopeOp>(&op)) {
            // One table serves all layers; others are rare enough to be counted in full.
            const bool same = m_tableOp && m_tableOp->positions.data() == rope->positions.data() &&
                              m_tableOp->frequencies.data() == rope->frequencies.data();
            words += same ? 0 : 2 * rope->positions.size() * rope->frequencies.size();
            m_tableOp = rope;
        } else if (const auto* attention = std::get_if<AttentionOp>(&op)) {
            partials = std::max(partials, partialBytes(*attention));
        } else if (const auto* product = std::get_if<MatMulOp>(&op); product && rounds(*product)) {
            rounded = std::max(rounded, size_t(product->x.rows) * product->x.cols / 32 * 48);
        }
    }
    m_tableOp = nullptr;
    if (const Status reserved = reserveParameters(words * 4); !reserved) {
        return reserved;
    }
    if (const Status reserved = reservePartials(partials); !reserved) {
        return reserved;
    }
    if (const Status reserved = reserveRounded(rounded); !reserved) {
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

Status ExecutorVulkan::dispatch(const Dispatch& call)
{
    check(call.constants.size() <= PipelinesVulkan::kConstantBytes, "constants must fit");
    if (m_recorded == kMaxSets || (m_recorded > 0 && m_work + call.work > m_budget)) {
        if (const Status done = flush(); !done) {
            return done;
        }
    }
    const auto pipeline = m_pipelines.find(call.shader, call.special);
    if (!pipeline) {
        return pipeline.error();
    }
    if (const Status begun = begin(); !begun) {
        return begun;
    }
    const auto set = bind(*pipeline.value(), call.bindings);
    if (!set) {
        return set.error();
    }
    VkCommandBuffer commands = m_device.commands();
    const VkPipelineLayout layout = pipeline.value()->layout;
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.value()->pipeline);
    vkCmdBindDescriptorSets(
        commands, VK_PIPELINE_BIND_POINT_COMPUTE, layout, 0, 1, &set.value(), 0, nullptr);
    vkCmdPushConstants(commands,
        layout,
        VK_SHADER_STAGE_COMPUTE_BIT,
        0,
        uint32_t(call.constants.size()),
        call.constants.data());
    vkCmdDispatch(commands, call.grid.x, call.grid.y, call.grid.z);
    orderMemory(commands,
        VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
        VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT);
    ++m_recorded;
    m_work += call.work;
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
