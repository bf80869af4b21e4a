// SPDX-License-Identifier: MIT
// Backend: the one interface between the engine and a device API. Code outside
// engine/backends/ includes this header or backend_list.h, and nothing below it.
#pragma once

#include "engine/backends/capabilities.h"
#include "engine/base/result.h"
#include "engine/ops/op.h"

#include <memory>
#include <span>
#include <stop_token>
#include <string_view>

namespace atelier {

// The largest program that a session will run.
struct WorkShape
{
    uint32_t tokens = 0;       // of one chunk
    uint32_t slots = 0;        // of the cache
    uint32_t heads = 0;        // of queries
    uint32_t kvHeads = 0;      //
    uint32_t headDim = 0;      //
    uint32_t roundedWidth = 0; // input features of the widest product that rounds activations
    uint32_t exactWidth = 0;   // of the widest one that does not; 0: there is none
};

class Backend;

// One device of a backend that is made of several, and the layers it has.
struct DeviceShare
{
    const Backend* backend = nullptr;
    uint32_t firstLayer = 0;
    uint32_t layers = 0;
};

// A connection to one device. Created by a BackendFactory (backend_list.h).
//
// Owner:   a Model, which outlives every buffer, weight and cache made here.
// Threads: capabilities(), supports() and the *Bytes() questions from any thread at any time; the
//          rest one thread at a time (a Model serializes its sessions).
// Errors:  after DeviceLost every later call returns DeviceLost; destroy the backend and create a
//          new one. There is no repair.
class Backend
{
public:
    virtual ~Backend() = default;

    virtual std::string_view name() const = 0; // "cpu", "vulkan", "cuda"
    virtual const Capabilities& capabilities() const = 0;

    // Answers for exactly this op, shape and element type. "No" is a normal answer: the planner
    // then keeps the op on the CPU.
    virtual bool supports(const Op& op) const = 0;

    // Of the device, free now where the driver tells, else as it was at the beginning.
    virtual size_t availableMemoryBytes() const { return capabilities().availableMemoryBytes; }

    // What a backend that is made of several devices shares out among them (backend_split.h), and
    // which of these has a weight. Empty: there is one device.
    virtual std::span<const DeviceShare> shares() const { return {}; }
    virtual uint32_t shareOf(const WeightSource&) const { return 0; }

    // Dry runs for the memory plan: exactly what the call below will allocate on the device. They
    // ask for shape and type only; `source.bytes` may be empty.
    virtual size_t weightBytes(const WeightSource& source) const = 0;
    virtual size_t kvBytes(const KvShape& shape) const = 0;
    virtual size_t bufferBytes(size_t bytes) const = 0;
    // Working memory of run() for programs up to this size. A backend has it once, for all of its
    // sessions; reserveWork() makes sure of it, so that run() need not allocate.
    virtual size_t workBytes(const WorkShape&) const { return 0; }
    virtual Status reserveWork(const WorkShape&) { return Done{}; }

    // `label` names the buffer in GPU captures and in OutOfMemory messages. New memory is zero.
    Result<std::unique_ptr<DeviceBuffer>> allocate(
        size_t bytes, StorageMode mode, std::string_view label)
    {
        check(bytes > 0, "a buffer must have at least one byte");
        check(!label.empty(), "every buffer needs a label");
        if (bytes > capabilities().maxBufferBytes) {
            return Error{ErrorCode::OutOfMemory,
                std::string(label) + " needs a buffer of " + std::to_string(bytes) +
                    " bytes, more than " + capabilities().deviceName + " allows in one piece.",
                bytes,
                capabilities().maxBufferBytes};
        }
        return onAllocate(bytes, mode, label);
    }

    // Makes a weight ready to compute on: maps, repacks or uploads it. Checks that `bytes` has the
    // size its shape and type demand. Can take long for a large tensor: asks `stop` at least every
    // 20 ms.
    virtual Result<std::unique_ptr<Weight>> prepareWeight(
        WeightSource source, std::stop_token stop) = 0;
    virtual Result<std::unique_ptr<KvStore>> createKv(const KvShape& shape) = 0;

    // Copies of the slots [firstSlot, firstSlot + T) of a layer, [T] rows of kvRowBytes() each.
    // Writing what was read gives the same cache bit by bit, on any backend. Unsupported where a
    // backend cannot: its sessions are then neither saved nor forked.
    virtual Status readKv(const KvStore& kv,
        uint32_t layer,
        uint32_t firstSlot,
        std::span<std::byte> keys,
        std::span<std::byte> values);
    virtual Status writeKv(KvStore& kv,
        uint32_t layer,
        uint32_t firstSlot,
        std::span<const std::byte> keys,
        std::span<const std::byte> values);

    // Host copies; offsets and sizes in bytes, within the buffer.
    virtual Status write(DeviceBuffer& buffer, size_t offset, std::span<const std::byte> bytes) = 0;
    virtual Status read(const DeviceBuffer& buffer, size_t offset, std::span<std::byte> bytes) = 0;

    // Runs `ops` in order and returns when their outputs are visible to read(). Asking `stop` to
    // stop ends it with Cancelled within 20 ms, also inside one long op; outputs are then
    // undefined. `Weight`, `KvStore` and `DeviceBuffer` must all come from this backend.
    Status run(std::span<const Op> ops, std::stop_token stop)
    {
        for (const Op& op : ops) {
            check(supports(op), "ask supports() before run()");
        }
        return onRun(ops, stop);
    }

protected:
    // Called with arguments that allocate() and run() have already checked.
    virtual Result<std::unique_ptr<DeviceBuffer>> onAllocate(
        size_t bytes, StorageMode mode, std::string_view label) = 0;
    virtual Status onRun(std::span<const Op> ops, std::stop_token stop) = 0;
};

} // namespace atelier
