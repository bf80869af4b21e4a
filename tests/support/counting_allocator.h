// SPDX-License-Identifier: MIT
// AllocationPeak: how much a piece of code had allocated with `new` at once. Replaces the global
// operators of the program: include it in one source file of a test.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace atelier::test {

// Room before each block for its size; keeps the alignment that malloc gives.
inline constexpr size_t kAllocationHeader = alignof(std::max_align_t);

struct AllocationCounts
{
    std::atomic<size_t> now = 0;
    std::atomic<size_t> peak = 0;
};

inline AllocationCounts& allocationCounts()
{
    static AllocationCounts counts;
    return counts;
}

class AllocationPeak
{
public:
    AllocationPeak() : m_start(allocationCounts().now) { allocationCounts().peak = m_start; }
    size_t bytes() const { return allocationCounts().peak - m_start; } // since construction

private:
    size_t m_start;
};

} // namespace atelier::test

// NOLINTBEGIN(cppcoreguidelines-no-malloc): this is the allocator
inline void* countedAllocation(size_t size)
{
    using namespace atelier::test;
    auto* block = static_cast<std::byte*>(std::malloc(size + kAllocationHeader));
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    *reinterpret_cast<size_t*>(block) = size;
    AllocationCounts& counts = allocationCounts();
    const size_t now = counts.now += size;
    counts.peak = std::max(counts.peak.load(), now);
    return block + kAllocationHeader;
}

inline void countedRelease(void* memory)
{
    using namespace atelier::test;
    if (memory != nullptr) {
        auto* block = static_cast<std::byte*>(memory) - kAllocationHeader;
        allocationCounts().now -= *reinterpret_cast<size_t*>(block);
        std::free(block);
    }
}
// NOLINTEND(cppcoreguidelines-no-malloc)

void* operator new(size_t size)
{
    return countedAllocation(size);
}
void* operator new[](size_t size)
{
    return countedAllocation(size);
}
// A sanitizer brings its own ones, whose blocks the operators below would take for theirs.
void* operator new(size_t size, const std::nothrow_t&) noexcept
{
    try {
        return countedAllocation(size);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
void* operator new[](size_t size, const std::nothrow_t& never) noexcept
{
    return operator new(size, never);
}
void operator delete(void* memory) noexcept
{
    countedRelease(memory);
}
void operator delete[](void* memory) noexcept
{
    countedRelease(memory);
}
void operator delete(void* memory, size_t) noexcept
{
    countedRelease(memory);
}
void operator delete[](void* memory, size_t) noexcept
{
    countedRelease(memory);
}
