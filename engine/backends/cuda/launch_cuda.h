// SPDX-License-Identifier: MIT
// LaunchList: kernel launches with their arguments, written down before they are made, so that a
// program that repeats itself is recognized and replayed as a graph.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#if __has_include(<emulated_launch.h>) // in tests, where kernels run on the host
#include <emulated_launch.h>
#define ATELIER_EMULATED_CUDA 1
#endif

namespace atelier::cuda {

struct LaunchShape
{
    uint32_t x = 1; // blocks
    uint32_t y = 1;
    uint32_t threads = 128;
    uint32_t sharedBytes = 0;
    double work = 0.0; // floating-point operations, roughly

    // Whether both start the same threads; work grows with the cache.
    bool operator==(const LaunchShape& other) const
    {
        return x == other.x && y == other.y && threads == other.threads &&
               sharedBytes == other.sharedBytes;
    }
};

struct Launch
{
    const void* kernel = nullptr;
    LaunchShape shape;
    size_t firstOffset = 0; // into offsets()
    size_t offsetCount = 0;

    bool operator==(const Launch&) const = default;
};

// Owner: the executor. Threads: one thread at a time.
class LaunchList
{
public:
    void clear()
    {
        m_launches.clear();
        m_offsets.clear();
        m_bytes.clear();
    }

    // Only in files that nvcc compiles: there a kernel's address means the kernel.
    template <class... Parameters>
    void add(void (*kernel)(Parameters...),
        const LaunchShape& shape,
        const std::type_identity_t<Parameters>&... arguments)
    {
#if defined(ATELIER_EMULATED_CUDA)
        emulatedKernel(kernel);
#endif
        const size_t first = m_offsets.size();
        (addArgument(arguments), ...);
        m_launches.push_back(
            {reinterpret_cast<const void*>(kernel), shape, first, m_offsets.size() - first});
    }

    std::span<const Launch> launches() const
    {
        return m_launches;
    }
    // Where each argument of `launch` lies. Valid until the list changes.
    void arguments(const Launch& launch, std::vector<void*>& out)
    {
        out.clear();
        for (size_t i = 0; i < launch.offsetCount; ++i) {
            out.push_back(m_bytes.data() + m_offsets[launch.firstOffset + i]);
        }
    }

    bool operator==(const LaunchList&) const = default;

private:
    template <class T>
    void addArgument(const T& argument)
    {
        static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 16);
        const size_t at = (m_bytes.size() + 15) / 16 * 16;
        m_bytes.resize(at + sizeof(T)); // gaps are zero, so that equal lists are equal bytes
        std::memcpy(m_bytes.data() + at, &argument, sizeof(T));
        m_offsets.push_back(at);
    }

    std::vector<Launch> m_launches;
    std::vector<size_t> m_offsets;
    std::vector<std::byte> m_bytes;
};

} // namespace atelier::cuda
