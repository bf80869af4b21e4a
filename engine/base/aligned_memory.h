// SPDX-License-Identifier: MIT
// AlignedMemory: zeroed memory on a 64-byte boundary that reports failure instead of throwing.
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <string_view>

namespace atelier {

// Owner of one allocation. Move-only.
class AlignedMemory
{
public:
    static constexpr size_t kAlignment = 64; // a cache line and the widest vector

    // What create(bytes) takes from the heap: the exact number for memory plans.
    static size_t allocatedBytes(size_t bytes) { return bytes + kAlignment; }

    // OutOfMemory, naming `what`, when the machine does not have `bytes` available: an allocation
    // that the system grants and later punishes helps nobody.
    static Result<AlignedMemory> create(size_t bytes, std::string_view what);

    AlignedMemory() = default;
    AlignedMemory(AlignedMemory&& other) noexcept;
    AlignedMemory& operator=(AlignedMemory&& other) noexcept;
    AlignedMemory(const AlignedMemory&) = delete;
    AlignedMemory& operator=(const AlignedMemory&) = delete;
    ~AlignedMemory();

    std::byte* data() const { return m_data; }
    size_t bytes() const { return m_bytes; }

    template <class T>
    T* as() const
    {
        return reinterpret_cast<T*>(m_data);
    }

private:
    void* m_allocation = nullptr;
    std::byte* m_data = nullptr;
    size_t m_bytes = 0;
};

} // namespace atelier
