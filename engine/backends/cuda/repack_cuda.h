// SPDX-License-Identifier: MIT
// From the blocks of a model file to the planes of layout_cuda.h, on the host.
#pragma once

#include "engine/backends/cuda/layout_cuda.h"
#include "engine/base/dtype.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace atelier::cuda {

// What `type` becomes: itself where there are kernels for it. Rows that stand alone (norms, biases)
// are always F32.
Stored storedForm(DType type, uint32_t rows);

inline uint32_t blocksOf(uint32_t cols)
{
    return (cols + kBlockValues - 1) / kBlockValues;
}

// Bytes of each plane (low, high, scales, super) for `rows` rows of `blocks` blocks.
std::array<size_t, 4> planeBytes(Stored stored, size_t rows, uint32_t blocks);

// Where the planes of some rows are written.
struct PlaneTargets
{
    std::byte* low = nullptr;
    std::byte* high = nullptr;
    std::byte* scales = nullptr;
    std::byte* super = nullptr;
};

// One row of `cols` values. The planes get exactly planeBytes(stored, 1, blocksOf(cols)).
void repackRow(DType type,
    Stored stored,
    std::span<const std::byte> row,
    uint32_t cols,
    const PlaneTargets& to);

} // namespace atelier::cuda
