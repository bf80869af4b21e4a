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

    // Dry runs for the memory plan: exactly what the call below will allocate on the device. They
    // ask for shape and type only; `source.bytes` may be empty.
    virtual size_t weightBytes(const WeightSource& source) const = 0;
    virtual size_t kvBytes(const KvShape& shape) const = 0;
    virtual size_t bufferBytes(size_t bytes) const = 0;

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
