// SPDX-License-Identifier: MIT
// Included by launch_cuda.h without nvcc: how a kernel is called from the bytes of its arguments.
#pragma once

#include <cstddef>
#include <utility>

namespace emulated {

using Thunk = void (*)(const void* kernel, void** arguments);

void registerKernel(const void* kernel, Thunk thunk, const size_t* sizes, size_t count);

template <class... P>
struct Caller
{
    static void call(const void* kernel, void** arguments)
    {
        unpack(kernel, arguments, std::index_sequence_for<P...>());
    }

private:
    template <size_t... I>
    static void unpack(const void* kernel, void** arguments, std::index_sequence<I...>)
    {
        reinterpret_cast<void (*)(P...)>(const_cast<void*>(kernel))(
            *static_cast<P*>(arguments[I])...);
    }
};

} // namespace emulated

template <class... P>
void emulatedKernel(void (*kernel)(P...))
{
    constexpr size_t kSizes[] = {sizeof(P)...};
    emulated::registerKernel(
        reinterpret_cast<const void*>(kernel), &emulated::Caller<P...>::call, kSizes, sizeof...(P));
}
