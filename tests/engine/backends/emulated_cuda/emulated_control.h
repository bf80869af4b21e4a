// SPDX-License-Identifier: MIT
// What a test may say to the emulated device. The module exports atelierEmulatedCuda(), which
// returns the one of its library.
#pragma once

#include <cstddef>
#include <cstdint>

struct EmulatedControl
{
    int devices = 1;
    int driver = 13000;       // 0: there is none
    int capability = 90;      // 75: without cp.async and BF16 tensor cores
    size_t memory = 1u << 30; // of the device
    int64_t failAfter = -1;   // launches until one fails and the device is lost; -1: never
    uint64_t allocated = 0;   // bytes in use
    uint64_t launches = 0;    // of kernels, also in graphs
    uint64_t graphLaunches = 0;
    char problem[256] = {}; // what a kernel did wrong, in words
};
