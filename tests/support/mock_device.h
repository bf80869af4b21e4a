// SPDX-License-Identifier: MIT
// A device with memory of its own that runs full, and that can be lost. It computes as the
// processor.
#pragma once

#include "engine/backends/backend_list.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace atelier::test {

// What a test decides and watches. Owned by the test, which outlives the device.
struct MockDeviceState
{
    size_t memory = size_t(1) << 30;
    int loseAtOp = -1; // counted over all runs; -1: never
    // Kept by the device.
    size_t allocated = 0; // never given back
    int ops = 0;
    int runs = 0;
    bool lost = false;
};

class MockDevice final : public Backend
{
public:
    explicit MockDevice(MockDeviceState& state)
        : m_inner(createBackend("cpu", {.threads = 1}).take()),
          m_state(state),
          m_capabilities(m_inner->capabilities())
    {
        m_capabilities.deviceName = "Mock device";
        m_capabilities.hostVisibleMemory = false;
        m_capabilities.totalMemoryBytes = state.memory;
        m_capabilities.availableMemoryBytes = state.memory;
        m_capabilities.maxBufferBytes = state.memory;
    }

    std::string_view name() const override { return "mock"; }
    const Capabilities& capabilities() const override { return m_capabilities; }
    bool supports(const Op& op) const override { return m_inner->supports(op); }
    size_t weightBytes(const WeightSource& source) const override
    {
        return size_t(source.rows) * rowBytes(source.type, source.cols);
    }
    size_t kvBytes(const KvShape& shape) const override { return m_inner->kvBytes(shape); }
    size_t bufferBytes(size_t bytes) const override { return m_inner->bufferBytes(bytes); }
    size_t workBytes(const WorkShape&) const override { return 4096; }
    Status reserveWork(const WorkShape& shape) override
    {
        if (m_worksReserved) {
            return Done{};
        }
        m_worksReserved = true;
        const Status taken = take(workBytes(shape), "Working memory");
        return taken ? m_inner->reserveWork(shape) : taken;
    }
    Result<std::unique_ptr<Weight>> prepareWeight(
        WeightSource source, std::stop_token stop) override
    {
        if (const Status taken = take(weightBytes(source), source.name); !taken) {
            return taken.error();
        }
        return m_inner->prepareWeight(std::move(source), std::move(stop));
    }
    Result<std::unique_ptr<KvStore>> createKv(const KvShape& shape) override
    {
        if (const Status taken = take(kvBytes(shape), "The cache"); !taken) {
            return taken.error();
        }
        return m_inner->createKv(shape);
    }
    Status readKv(const KvStore& kv,
        uint32_t layer,
        uint32_t firstSlot,
        std::span<std::byte> keys,
        std::span<std::byte> values) override
    {
        return m_state.lost ? lost() : m_inner->readKv(kv, layer, firstSlot, keys, values);
    }
    Status writeKv(KvStore& kv,
        uint32_t layer,
        uint32_t firstSlot,
        std::span<const std::byte> keys,
        std::span<const std::byte> values) override
    {
        return m_state.lost ? lost() : m_inner->writeKv(kv, layer, firstSlot, keys, values);
    }
    Status write(DeviceBuffer& buffer, size_t offset, std::span<const std::byte> bytes) override
    {
        return m_state.lost ? lost() : m_inner->write(buffer, offset, bytes);
    }
    Status read(const DeviceBuffer& buffer, size_t offset, std::span<std::byte> bytes) override
    {
        return m_state.lost ? lost() : m_inner->read(buffer, offset, bytes);
    }

protected:
    Result<std::unique_ptr<DeviceBuffer>> onAllocate(
        size_t bytes, StorageMode mode, std::string_view label) override
    {
        if (const Status taken = take(bufferBytes(bytes), std::string(label)); !taken) {
            return taken.error();
        }
        return m_inner->allocate(bytes, mode, label);
    }
    Status onRun(std::span<const Op> ops, std::stop_token stop) override
    {
        ++m_state.runs;
        if (m_state.loseAtOp >= 0 && m_state.ops + int(ops.size()) > m_state.loseAtOp) {
            ops = ops.first(size_t(std::max(0, m_state.loseAtOp - m_state.ops)));
            m_state.lost = true;
        }
        m_state.ops += int(ops.size());
        const Status done = ops.empty() ? Status(Done{}) : m_inner->run(ops, std::move(stop));
        return m_state.lost ? lost() : done;
    }

private:
    static Status lost()
    {
        return Error{ErrorCode::DeviceLost,
            "The mock device was lost. Load the model again, on this device or another."};
    }

    Status take(size_t bytes, const std::string& what)
    {
        if (m_state.lost) {
            return lost();
        }
        const size_t left = m_state.memory - m_state.allocated;
        if (bytes > left) {
            return Error{ErrorCode::OutOfMemory,
                what + " needs " + std::to_string(bytes) + " bytes of the mock device, which has " +
                    std::to_string(left) + " left. Keep more layers on the processor.",
                bytes,
                left};
        }
        m_state.allocated += bytes;
        return Done{};
    }

    std::unique_ptr<Backend> m_inner;
    MockDeviceState& m_state;
    Capabilities m_capabilities;
    bool m_worksReserved = false;
};

} // namespace atelier::test
