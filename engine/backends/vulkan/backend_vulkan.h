// SPDX-License-Identifier: MIT
// BackendVulkan: computes on a graphics device through Vulkan.
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/backend_list.h"
#include "engine/backends/vulkan/executor_vulkan.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace atelier {

// A first version: every op and format, right but not yet fast. So it is used when a person names
// it, and refuses to be chosen automatically.
Result<std::unique_ptr<Backend>> createVulkanBackend(const BackendOptions& options);

class BackendVulkan final : public Backend
{
public:
    // `cacheFolder`: see BackendOptions.
    static Result<std::unique_ptr<Backend>> create(
        std::unique_ptr<DeviceVulkan> device, const std::filesystem::path& cacheFolder);

    std::string_view name() const override { return "vulkan"; }
    const Capabilities& capabilities() const override { return m_capabilities; }
    bool supports(const Op& op) const override;
    size_t availableMemoryBytes() const override { return m_device->availableMemory(); }

    size_t weightBytes(const WeightSource& source) const override;
    size_t kvBytes(const KvShape& shape) const override;
    size_t bufferBytes(size_t bytes) const override;
    size_t workBytes(const WorkShape& shape) const override;
    Status reserveWork(const WorkShape& shape) override;

    Result<std::unique_ptr<Weight>> prepareWeight(
        WeightSource source, std::stop_token stop) override;
    Result<std::unique_ptr<KvStore>> createKv(const KvShape& shape) override;
    Status readKv(const KvStore& kv,
        uint32_t layer,
        uint32_t firstSlot,
        std::span<std::byte> keys,
        std::span<std::byte> values) override;
    Status writeKv(KvStore& kv,
        uint32_t layer,
        uint32_t firstSlot,
        std::span<const std::byte> keys,
        std::span<const std::byte> values) override;

    Status write(DeviceBuffer& buffer, size_t offset, std::span<const std::byte> bytes) override;
    Status read(const DeviceBuffer& buffer, size_t offset, std::span<std::byte> bytes) override;

protected:
    Result<std::unique_ptr<DeviceBuffer>> onAllocate(
        size_t bytes, StorageMode mode, std::string_view label) override;
    Status onRun(std::span<const Op> ops, std::stop_token stop) override;

private:
    BackendVulkan(std::unique_ptr<DeviceVulkan> device, const std::filesystem::path& cacheFolder);

    Status uploadRows(
        const WeightSource& source, const WeightVulkan::Part& part, const std::stop_token& stop);

    std::unique_ptr<DeviceVulkan> m_device; // outlives what is made on it
    PipelinesVulkan m_pipelines;
    std::unique_ptr<ExecutorVulkan> m_executor;
    Capabilities m_capabilities;
};

} // namespace atelier
