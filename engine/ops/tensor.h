// SPDX-License-Identifier: MIT
// What operations compute on: activations, prepared weights and the KV cache of a device.
#pragma once

#include "engine/backends/device_buffer.h"
#include "engine/base/dtype.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace atelier {

// Non-owning view of a row-major F32 matrix [rows, cols] in device memory. Activations are always
// F32 (design.md 3: the residual stream overflows F16 on these models).
//
// Lifetime: `buffer` must outlive every program that names the view.
// Units:    `offset` and `stride` count elements, not bytes; stride >= cols.
struct Activation
{
    DeviceBuffer* buffer = nullptr;
    size_t offset = 0;
    uint32_t rows = 0;
    uint32_t cols = 0;
    size_t stride = 0;

    Activation firstRows(uint32_t count) const { return {buffer, offset, count, cols, stride}; }
    Activation row(uint32_t index) const
    {
        return {buffer, offset + index * stride, 1, cols, stride};
    }
    // Columns [first, first + count) of every row.
    Activation columns(uint32_t first, uint32_t count) const
    {
        return {buffer, offset + first, rows, count, stride};
    }
};

// A weight as it lies in a model file: [rows, cols] row-major in blocks of `type`. Rows are output
// features, cols input features; a norm weight or a bias has one row.
struct WeightSource
{
    std::string name; // for messages and captures: "blk.3.ffn_down.weight"
    DType type = DType::F32;
    uint32_t rows = 0;
    uint32_t cols = 0;
    std::span<const std::byte> bytes;      // rows * rowBytes(type, cols)
    std::shared_ptr<const void> keepAlive; // owner of `bytes`: the mapped file
    int32_t layer = -1;                    // of the network; -1: outside the layers
};

// A weight in the form its backend computes on: the mapped file itself, a repacked copy, or device
// memory. Created by Backend::prepareWeight(). Immutable, so any number of sessions may share it.
class Weight
{
public:
    virtual ~Weight() = default;

    virtual DType type() const = 0; // of the source
    virtual uint32_t rows() const = 0;
    virtual uint32_t cols() const = 0;
    virtual size_t allocatedBytes() const = 0; // 0 when the file's pages are used in place
};

enum class KvType : uint8_t { F32, F16, Q8_0 };

// L = layers, H = kv heads, D = head dimension, S = slots (tokens)
struct KvShape
{
    uint32_t layers = 0;
    uint32_t heads = 0;
    uint32_t headDim = 0;
    uint32_t slots = 0;
    KvType type = KvType::F16;
};

// Bytes of the keys, or of the values, of one slot of one layer, in the form in which caches are
// saved and copied between devices: [H][D], little-endian F32 or F16, or for each 32 values of a
// head (the last ones may be fewer, then padded with zeros) an F16 scale and 32 int8.
inline size_t kvRowBytes(const KvShape& shape)
{
    switch (shape.type) {
    case KvType::F32:
        return size_t(shape.heads) * shape.headDim * 4;
    case KvType::F16:
        return size_t(shape.heads) * shape.headDim * 2;
    case KvType::Q8_0:
        return size_t(shape.heads) * ((size_t(shape.headDim) + 31) / 32) * 34;
    }
    return 0;
}

// Keys (after RoPE) and values of every layer: logically K and V of [L, H, S, D]; the layout in
// memory is the backend's own. Created by Backend::createKv(). Belongs to one session.
class KvStore
{
public:
    virtual ~KvStore() = default;

    virtual const KvShape& shape() const = 0;
    virtual size_t allocatedBytes() const = 0;
};

} // namespace atelier
