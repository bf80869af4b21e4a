// SPDX-License-Identifier: MIT
// The CPU backend with a test looking over its shoulder.
#pragma once

#include "engine/backends/backend_list.h"

#include <functional>
#include <memory>
#include <utility>

namespace atelier::test {

// What a test watches and decides. Owned by the test, which outlives the backend.
struct BackendHooks
{
    std::function<Status(std::span<const Op>, std::stop_token)> beforeRun; // an error ends the run
    std::function<Status(const WeightSource&)> beforeWeight;
    std::function<bool(const Op&)> supports;      // in place of the backend's own answer
    std::function<void(size_t bytes)> onAllocate; // buffers, by the bytes of their dry run
    bool copiesCaches = true;                     // false: as a backend that does not
    int runs = 0;
    size_t tokensEmbedded = 0;
};

class WrappedBackend final : public Backend
{
public:
    WrappedBackend(std::unique_ptr<Backend> inner, BackendHooks& hooks)
        : m_inner(std::move(inner)),
          m_hooks(hooks)
    {
    }

    std::string_view name() const override { return m_inner->name(); }
    const Capabilities& capabilities() const override { return m_inner->capabilities(); }
    bool supports(const Op& op) const override
    {
        return m_hooks.supports ? m_hooks.supports(op) : m_inner->supports(op);
    }
    size_t weightBytes(const WeightSource& source) const override
    {
        return m_inner->weightBytes(source);
    }
    size_t kvBytes(const KvShape& shape) const override { return m_inner->kvBytes(shape); }
    size_t bufferBytes(size_t bytes) const override { return m_inner->bufferBytes(bytes); }
    size_t workBytes(const WorkShape& shape) const override { return m_inner->workBytes(shape); }
    Status reserveWork(const WorkShape& shape) override
    {
        if (m_hooks.onAllocate) {
            m_hooks.onAllocate(m_inner->workBytes(shape));
        }
        return m_inner->reserveWork(shape);
    }
    Result<std::unique_ptr<Weight>> prepareWeight(
        WeightSource source, std::stop_token stop) override
    {
        if (m_hooks.beforeWeight) {
            if (const Status allowed = m_hooks.beforeWeight(source); !allowed) {
                return allowed.error();
            }
        }
        return m_inner->prepareWeight(std::move(source), std::move(stop));
    }
    Result<std::unique_ptr<KvStore>> createKv(const KvShape& shape) override
    {
        if (m_hooks.onAllocate) {
            m_hooks.onAllocate(m_inner->kvBytes(shape));
        }
        return m_inner->createKv(shape);
    }
    Status readKv(const KvStore& kv,
        uint32_t layer,
        uint32_t firstSlot,
        std::span<std::byte> keys,
        std::span<std::byte> values) override
    {
        return m_hooks.copiesCaches ? m_inner->readKv(kv, layer, firstSlot, keys, values)
                                    : Backend::readKv(kv, layer, firstSlot, keys, values);
    }
    Status writeKv(KvStore& kv,
        uint32_t layer,
        uint32_t firstSlot,
        std::span<const std::byte> keys,
        std::span<const std::byte> values) override
    {
        return m_hooks.copiesCaches ? m_inner->writeKv(kv, layer, firstSlot, keys, values)
                                    : Backend::writeKv(kv, layer, firstSlot, keys, values);
    }
    Status write(DeviceBuffer& buffer, size_t offset, std::span<const std::byte> bytes) override
    {
        return m_inner->write(buffer, offset, bytes);
    }
    Status read(const DeviceBuffer& buffer, size_t offset, std::span<std::byte> bytes) override
    {
        return m_inner->read(buffer, offset, bytes);
    }

protected:
    Result<std::unique_ptr<DeviceBuffer>> onAllocate(
        size_t bytes, StorageMode mode, std::string_view label) override
    {
        if (m_hooks.onAllocate) {
            m_hooks.onAllocate(m_inner->bufferBytes(bytes));
        }
        return m_inner->allocate(bytes, mode, label);
    }
    Status onRun(std::span<const Op> ops, std::stop_token stop) override
    {
        ++m_hooks.runs;
        for (const Op& op : ops) {
            if (const auto* embed = std::get_if<EmbedOp>(&op)) {
                m_hooks.tokensEmbedded += embed->tokens.size();
            }
        }
        if (m_hooks.beforeRun) {
            if (const Status allowed = m_hooks.beforeRun(ops, stop); !allowed) {
                return allowed;
            }
        }
        return m_inner->run(ops, std::move(stop));
    }

private:
    std::unique_ptr<Backend> m_inner;
    BackendHooks& m_hooks;
};

inline std::unique_ptr<Backend> wrappedCpu(BackendHooks& hooks, uint32_t threads = 1)
{
    return std::make_unique<WrappedBackend>(
        createBackend("cpu", {.threads = threads}).take(), hooks);
}

} // namespace atelier::test
