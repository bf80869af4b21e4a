// SPDX-License-Identifier: MIT
// BackendSplit: one backend made of several, each of which computes a range of a model's layers.
#pragma once

#include "engine/backends/backend.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace atelier {

// A device and how many layers it gets: those behind the ones of the devices before it.
struct SplitPart
{
    std::unique_ptr<Backend> backend;
    uint32_t layers = 0;
};

// Operations run where their weight or their layer's cache is. Activations exist on every device;
// what one wrote and another reads goes through host memory, which is the residual stream once at
// each border. The embedding is on the first device, what follows the last layer on the last one;
// a matrix that is both (`tied`) is on the last one.
//
// Owner:   a Model, as any backend. Owns its devices.
// Threads: as Backend; the devices compute one after the other.
// Errors:  those of the device in whose part it happened.
class BackendSplit final : public Backend
{
public:
    // At least two parts.
    BackendSplit(std::vector<SplitPart> parts, bool tied);
    ~BackendSplit() override;

    std::string_view name() const override { return m_name; } // "cpu+vulkan"
    const Capabilities& capabilities() const override { return m_capabilities; }
    bool supports(const Op& op) const override;
    size_t availableMemoryBytes() const override;
    std::span<const DeviceShare> shares() const override { return m_shares; }
    uint32_t shareOf(const WeightSource& source) const override;

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
    uint32_t partOfLayer(uint32_t layer) const;
    uint32_t partOf(const Op& op, uint32_t current) const;
    Op translated(const Op& op, uint32_t part) const;
    Status bring(const Activation& view, uint32_t part);

    std::vector<SplitPart> m_parts;
    std::vector<DeviceShare> m_shares;
    bool m_tied;
    std::string m_name;
    Capabilities m_capabilities;
    Program m_program;               // of the part at work; reused
    std::vector<std::byte> m_passed; // between two devices; reused
};

} // namespace atelier
