// SPDX-License-Identifier: MIT
// BackendCuda: computes on an NVIDIA device.
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/backend_list.h"
#include "engine/backends/cuda/executor_cuda.h"

#include <memory>
#include <span>
#include <string_view>

namespace atelier {

// Used when a person names it, and not chosen automatically before it has run on real devices.
Result<std::unique_ptr<Backend>> createCudaBackend(const BackendOptions& options);

class BackendCuda final : public Backend
{
public:
    explicit BackendCuda(std::unique_ptr<DeviceCuda> device);

    std::string_view name() const override { return "cuda"; }
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
    Status uploadRows(const WeightSource& source,
        const WeightLayoutCuda& layout,
        std::byte* target,
        std::stop_token stop);

    std::unique_ptr<DeviceCuda> m_device; // outlives what is made on it
    TransfersCuda m_transfers;
    ExecutorCuda m_executor;
    Capabilities m_capabilities;
};

} // namespace atelier
