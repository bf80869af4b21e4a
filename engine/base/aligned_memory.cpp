// SPDX-License-Identifier: MIT
#include "engine/base/aligned_memory.h"

#include "engine/base/cpu_features.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

namespace atelier {

namespace {

// Below this nothing is asked of the system: the answer costs more than the memory.
constexpr size_t kSmallBytes = size_t(4) << 20;

Error outOfMemory(std::string_view what, size_t bytes, uint64_t available)
{
    return Error{ErrorCode::OutOfMemory,
        std::string(what) + " needs " + std::to_string(bytes) + " bytes of memory, but " +
            std::to_string(available) +
            " are available. Close other programs, or choose a smaller model or context.",
        bytes,
        available};
}

} // namespace

Result<AlignedMemory> AlignedMemory::create(size_t bytes, std::string_view what)
{
    if (bytes > SIZE_MAX / 2) {
        return outOfMemory(what, bytes, readHostMemory().availableBytes);
    }
    if (bytes > kSmallBytes) {
        const HostMemory host = readHostMemory();
        if (host.totalBytes > 0 && bytes > host.availableBytes) {
            return outOfMemory(what, bytes, host.availableBytes);
        }
    }
    AlignedMemory memory;
    // calloc() hands out large zeroed pages without touching them.
    memory.m_allocation = std::calloc(allocatedBytes(bytes), 1);
    if (memory.m_allocation == nullptr) {
        return outOfMemory(what, bytes, readHostMemory().availableBytes);
    }
    auto address = reinterpret_cast<uintptr_t>(memory.m_allocation);
    address = (address + kAlignment - 1) / kAlignment * kAlignment;
    memory.m_data = reinterpret_cast<std::byte*>(address);
    memory.m_bytes = bytes;
    return memory;
}

AlignedMemory::AlignedMemory(AlignedMemory&& other) noexcept
    : m_allocation(std::exchange(other.m_allocation, nullptr)),
      m_data(std::exchange(other.m_data, nullptr)),
      m_bytes(std::exchange(other.m_bytes, 0))
{
}

AlignedMemory& AlignedMemory::operator=(AlignedMemory&& other) noexcept
{
    std::swap(m_allocation, other.m_allocation);
    std::swap(m_data, other.m_data);
    std::swap(m_bytes, other.m_bytes);
    return *this;
}

AlignedMemory::~AlignedMemory()
{
    std::free(m_allocation);
}

} // namespace atelier
