// SPDX-License-Identifier: MIT
// ExecutorVulkan: records operations as compute dispatches, submits them in batches and waits.
#pragma once

#include "engine/backends/vulkan/buffer_vulkan.h"
#include "engine/backends/vulkan/objects_vulkan.h"
#include "engine/backends/vulkan/pipelines_vulkan.h"
#include "engine/ops/op.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

namespace atelier {

// A batch holds as much work as took about ten milliseconds before, so that a stop takes effect
// soon; large products are cut by rows for that.
//
// Owner: the backend; device and pipelines outlive it. Threads: one thread at a time.
class ExecutorVulkan
{
public:
    static Result<std::unique_ptr<ExecutorVulkan>> create(
        DeviceVulkan& device, PipelinesVulkan& pipelines);
    ~ExecutorVulkan();
    ExecutorVulkan(const ExecutorVulkan&) = delete;
    ExecutorVulkan& operator=(const ExecutorVulkan&) = delete;

    Status run(std::span<const Op> ops, std::stop_token stop);

    // Room for what programs take along from the host: token ids and the cosines of RoPE.
    static size_t parameterBytes(uint32_t tokens, uint32_t headDim);
    Status reserveParameters(size_t bytes);

    // Between the host and memory that it does not reach, through a staging buffer.
    Status upload(
        const BufferVulkan& to, size_t offset, std::span<const std::byte> bytes, std::stop_token);
    Status download(const BufferVulkan& from, size_t offset, std::span<std::byte> bytes);
    Status clear(const BufferVulkan& buffer);

private:
    // A part of a buffer; the whole of it without a range.
    struct Binding
    {
        VkBuffer buffer = VK_NULL_HANDLE;
        VkDeviceSize offset = 0;
        VkDeviceSize range = VK_WHOLE_SIZE;
    };
    struct Grid
    {
        uint32_t x = 1;
        uint32_t y = 1;
    };

    ExecutorVulkan(DeviceVulkan& device, PipelinesVulkan& pipelines)
        : m_device(device),
          m_pipelines(pipelines)
    {
    }

    Status record(const EmbedOp& op);
    Status record(const RmsNormOp& op);
    Status record(const AddOp& op);
    Status record(const MatMulOp& op);
    Status record(const RopeOp& op);
    Status record(const KvWriteOp& op);
    Status record(const AttentionOp& op);
    Status record(const SwiGluOp& op);

    template <class Constants>
    Status dispatch(const std::string& shader,
        std::span<const Binding> bindings,
        const Constants& constants,
        Grid grid,
        double work);
    Result<VkDescriptorSet> bind(const PipelineVulkan& pipeline, std::span<const Binding> bindings);
    Status begin();
    Status flush();
    Status ensureStaging();
    uint32_t tableOf(const RopeOp& op);

    DeviceVulkan& m_device;
    PipelinesVulkan& m_pipelines;
    VkDescriptorPool m_sets = VK_NULL_HANDLE;
    std::unique_ptr<BufferVulkan> m_staging;
    std::unique_ptr<BufferVulkan> m_parameters;
    size_t m_parameterWords = 0;       // in use by this program
    const RopeOp* m_tableOp = nullptr; // whose table was written last
    uint32_t m_table = 0;
    uint32_t m_recorded = 0; // dispatches of this batch; 0: not begun
    double m_work = 0;       // multiplications of this batch, roughly
    double m_budget = 1 << 24;
    std::stop_token m_stop;
};

} // namespace atelier
