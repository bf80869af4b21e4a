// SPDX-License-Identifier: MIT
// BackendCpu: the backend that is always there.
#pragma once

#include "engine/backends/backend.h"
#include "engine/backends/backend_list.h"
#include "engine/backends/cpu/executor_cpu.h"

#include <memory>
#include <span>
#include <string_view>

namespace atelier {

// Fails only when the machine has no memory for the threads' working space.
Result<std::unique_ptr<Backend>> createCpuBackend(const BackendOptions& options);
Result<std::vector<DeviceInfo>> listProcessor();

class BackendCpu final : public Backend
{
public:
    static Result<std::unique_ptr<BackendCpu>> create(const BackendOptions& options);
    // With these kernels, whatever `options.isa` says. The table outlives the backend.
    static Result<std::unique_ptr<BackendCpu>> create(
        const BackendOptions& options, const CpuKernels& kernels);

    std::string_view name() const override { return "cpu"; }
    const Capabilities& capabilities() const override { return m_capabilities; }
    bool supports(const Op& op) const override;
    size_t availableMemoryBytes() const override;

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

    const ExecutorCpu& executor() const { return m_executor; } // for tests

protected:
    Result<std::unique_ptr<DeviceBuffer>> onAllocate(
        size_t bytes, StorageMode mode, std::string_view label) override;
    Status onRun(std::span<const Op> ops, std::stop_token stop) override;

private:
    BackendCpu(const CpuKernels& kernels, uint32_t threads, SmallPrograms small);

    Capabilities m_capabilities;
    ExecutorCpu m_executor;
};

} // namespace atelier
