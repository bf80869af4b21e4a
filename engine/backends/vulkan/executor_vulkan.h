// SPDX-License-Identifier: MIT
// ExecutorVulkan: records operations as compute dispatches, submits them in batches and waits.
#pragma once

#include "engine/backends/backend.h"
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
#include <string_view>

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

    // Room for what programs take along from the host, token ids and the cosines of RoPE, and for
    // what the parts of a long cache contribute to attention.
    static size_t parameterBytes(const WorkShape& shape);
    size_t partialBytes(const WorkShape& shape) const;
    size_t roundedBytes(const WorkShape& shape) const;
    Status reserve(const WorkShape& shape);

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
        uint32_t z = 1;
    };
    struct Dispatch
    {
        std::string shader;
        std::span<const Binding> bindings;
        std::span<const std::byte> constants;
        Grid grid;
        double work = 0; // multiplications, roughly
        std::span<const uint32_t> special = {};
    };
    // How one attention is cut into workgroups.
    struct AttentionPlan;

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

    // record_vulkan.cpp says what an op becomes; executor_vulkan.cpp what becomes of that.
    bool rounds(const MatMulOp& op) const;
    Status roundActivations(const Activation& x);
    Status recordPart(const MatMulOp& op, const WeightVulkan::Part& part);
    AttentionPlan planOf(const AttentionOp& op) const;
    size_t partialBytes(const AttentionOp& op) const;
    Status joinAttention(const AttentionOp& op, uint32_t splits);
    Status dispatch(const Dispatch& call);
    Result<VkDescriptorSet> bind(const PipelineVulkan& pipeline, std::span<const Binding> bindings);
    Status begin();
    Status flush();
    Status ensureStaging();
    Status reserveParameters(size_t bytes);
    Status reservePartials(size_t bytes);
    Status reserveRounded(size_t bytes);
    Status grow(std::unique_ptr<BufferVulkan>& buffer,
        size_t bytes,
        StorageMode mode,
        std::string_view label);
    uint32_t tableOf(const RopeOp& op);

    DeviceVulkan& m_device;
    PipelinesVulkan& m_pipelines;
    VkDescriptorPool m_sets = VK_NULL_HANDLE;
    std::unique_ptr<BufferVulkan> m_staging;
    std::unique_ptr<BufferVulkan> m_parameters;
    std::unique_ptr<BufferVulkan> m_partials; // [splits][T * H][2 + D]: attention_join.comp
    std::unique_ptr<BufferVulkan> m_rounded;  // [T][cols / 32][12]: round.comp
    size_t m_parameterWords = 0;              // in use by this program
    const RopeOp* m_tableOp = nullptr;        // whose table was written last
    uint32_t m_table = 0;
    uint32_t m_recorded = 0; // dispatches of this batch; 0: not begun
    double m_work = 0;       // multiplications of this batch, roughly
    double m_budget = 1 << 24;
    std::stop_token m_stop;
};

} // namespace atelier
