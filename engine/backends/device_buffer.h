// SPDX-License-Identifier: MIT
// Memory that a backend can compute on.
#pragma once

#include <cstddef>
#include <cstdint>

namespace atelier {

enum class StorageMode : uint8_t {
    HostVisible,   // mapped; Backend::read() and write() are plain copies
    DevicePrivate, // fastest for the device; read() and write() go through a staging buffer
};

// Owned by whoever asked for it. Freed on destruction, once the device is done with it.
class DeviceBuffer
{
public:
    virtual ~DeviceBuffer() = default;
    virtual size_t bytes() const = 0;
};

} // namespace atelier
