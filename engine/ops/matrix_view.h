// SPDX-License-Identifier: MIT
// MatrixView: what the plain references compute on. Backends use views of their own.
#pragma once

#include <cstddef>

namespace atelier {

// Non-owning view of a row-major host matrix, shape [rows, cols].
//
// Lifetime: the memory must outlive every view of it. Copying a view copies no elements.
// Units:    `stride` counts elements, not bytes, and is >= cols. Padding is never touched.
template <class T>
struct MatrixView
{
    T* data = nullptr;
    size_t rows = 0;
    size_t cols = 0;
    size_t stride = 0;

    T* row(size_t index) const { return data + index * stride; }
};

} // namespace atelier
