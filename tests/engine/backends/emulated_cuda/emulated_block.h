// SPDX-License-Identifier: MIT
// Runs one block of threads of a kernel after the other.
#pragma once

#include "emulated_launch.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace emulated {

struct Grid
{
    uint32_t x = 1;
    uint32_t y = 1;
    uint32_t threads = 32;
    size_t memory = 0; // bytes of a block
};

// Empty, or what the kernel did wrong.
std::string runKernel(const Grid& grid, const void* kernel, Thunk thunk, void** arguments);

} // namespace emulated
