// SPDX-License-Identifier: MIT
#include "engine/backends/cpu/kv_store_cpu.h"

#include "engine/base/half.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace atelier {

namespace {

size_t wholeLines(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

size_t elementBytes(KvType type)
{
    switch (type) {
    case KvType::F32:
        return 4;
    case KvType::F16:
        return 2;
    case KvType::Q8_0:
        return 1;
    }
    return 4;
}

} // namespace

std::optional<KvLayout> KvLayout::of(const KvShape& shape)
{
    if (shape.headDim == 0 || shape.headDim > kMaxHeadDim || shape.heads == 0 ||
        shape.layers == 0 || shape.slots == 0) {
        return std::nullopt;
    }
    const uint32_t unit = shape.type == KvType::Q8_0 ? 32 : 16;
    KvLayout layout;
    layout.headDim = (shape.headDim + unit - 1) / unit * unit;
    const size_t slots = (size_t(shape.slots) + 15) / 16 * 16;
    layout.keys = wholeLines(slots * layout.headDim * elementBytes(shape.type));
    layout.values = layout.keys;
    if (shape.type == KvType::Q8_0) {
        layout.keyScales = wholeLines(slots * (layout.headDim / 32) * sizeof(uint16_t));
        layout.valueScales = layout.keyScales;
    }
    const size_t heads = size_t(shape.heads) * shape.layers; // below 2^64
    if (layout.headBytes() > SIZE_MAX / 4 / heads) {
        return std::nullopt;
    }
    return layout;
}

KvStoreCpu::KvStoreCpu(const KvShape& shape, const KvLayout& layout, AlignedMemory memory)
    : m_shape(shape),
      m_layout(layout),
      m_memory(std::move(memory))
{
}

std::byte* KvStoreCpu::head(uint32_t layer, uint32_t head) const
{
    return m_memory.data() + (size_t(layer) * m_shape.heads + head) * m_layout.headBytes();
}

KvHeadView KvStoreCpu::view(uint32_t layer, uint32_t headIndex) const
{
    const std::byte* base = head(layer, headIndex);
    const std::byte* keyScales = base + m_layout.keys;
    const std::byte* values = keyScales + m_layout.keyScales;
    KvHeadView view;
    view.type = m_shape.type;
    view.headDim = m_layout.headDim;
    view.keys = reinterpret_cast<const uint8_t*>(base);
    view.keyScales = reinterpret_cast<const uint16_t*>(keyScales);
    view.values = reinterpret_cast<const uint8_t*>(values);
    view.valueScales = reinterpret_cast<const uint16_t*>(values + m_layout.values);
    return view;
}

void KvStoreCpu::write(uint32_t layer,
    uint32_t headIndex,
    uint32_t slot,
    const float* key,
    const float* value,
    const CpuKernels& kernels)
{
    std::byte* base = head(layer, headIndex);
    const size_t headDim = m_layout.headDim;
    const size_t keyStart = size_t(slot) / 16 * 16 * headDim + slot % 16;
    const size_t valueStart = size_t(slot) * headDim;
    std::byte* values = base + m_layout.keys + m_layout.keyScales;
    switch (m_shape.type) {
    case KvType::F32: {
        auto* keys = reinterpret_cast<float*>(base) + keyStart;
        for (size_t d = 0; d < m_shape.headDim; ++d) {
            keys[d * 16] = key[d];
        }
        std::memcpy(
            reinterpret_cast<float*>(values) + valueStart, value, m_shape.headDim * sizeof(float));
        return;
    }
    case KvType::F16: {
        uint16_t halves[kMaxHeadDim];
        kernels.narrow(key, m_shape.headDim, halves);
        auto* keys = reinterpret_cast<uint16_t*>(base) + keyStart;
        for (size_t d = 0; d < m_shape.headDim; ++d) {
            keys[d * 16] = halves[d];
        }
        kernels.narrow(value, m_shape.headDim, reinterpret_cast<uint16_t*>(values) + valueStart);
        return;
    }
    case KvType::Q8_0:
        return writeQuantized(base, slot, key, value);
    }
}

// Rounds up to 32 values to int8; the scale is max |x| / 127 as F16.
static uint16_t roundGroup(const float* x, size_t count, int8_t* out)
{
    float largest = 0.0f;
    for (size_t i = 0; i < count; ++i) {
        largest = std::max(largest, std::fabs(x[i]));
    }
    const uint16_t bits = floatToHalf(largest / 127.0f);
    const float scale = halfToFloat(bits);
    for (size_t i = 0; i < count; ++i) {
        const float steps = scale > 0.0f ? std::nearbyint(x[i] / scale) : 0.0f;
        // The rounded scale can be a little small. NaN has no place among integers: it becomes 0.
        out[i] = steps >= -127.0f ? int8_t(std::min(steps, 127.0f)) : int8_t(steps < 0 ? -127 : 0);
    }
    return bits;
}

void KvStoreCpu::writeQuantized(
    std::byte* base, uint32_t slot, const float* key, const float* value) const
{
    const size_t headDim = m_layout.headDim;
    const size_t groups = headDim / 32;
    auto* keys = reinterpret_cast<int8_t*>(base) + size_t(slot) / 16 * 16 * headDim + slot % 16;
    std::byte* part = base + m_layout.keys;
    auto* keyScales =
        reinterpret_cast<uint16_t*>(part) + size_t(slot) / 16 * 16 * groups + slot % 16;
    part += m_layout.keyScales;
    auto* values = reinterpret_cast<int8_t*>(part) + size_t(slot) * headDim;
    part += m_layout.values;
    auto* valueScales = reinterpret_cast<uint16_t*>(part) + size_t(slot) * groups;
    for (size_t group = 0; group < groups; ++group) {
        const size_t first = group * 32;
        if (first >= m_shape.headDim) {
            break;
        }
        const size_t count = std::min<size_t>(32, m_shape.headDim - first);
        int8_t rounded[32];
        keyScales[group * 16] = roundGroup(key + first, count, rounded);
        for (size_t i = 0; i < count; ++i) {
            keys[(first + i) * 16] = rounded[i];
        }
        valueScales[group] = roundGroup(value + first, count, values + first);
    }
}

KvStoreCpu::Row KvStoreCpu::row(uint32_t layer, uint32_t headIndex, uint32_t slot) const
{
    const size_t element = elementBytes(m_shape.type);
    const size_t headDim = m_layout.headDim;
    const size_t groups = headDim / 32;
    const size_t block = size_t(slot) / 16 * 16;
    std::byte* base = head(layer, headIndex);
    std::byte* values = base + m_layout.keys + m_layout.keyScales;
    Row row{};
    row.keys = base + (block * headDim + slot % 16) * element;
    row.values = values + size_t(slot) * headDim * element;
    row.keyScales = reinterpret_cast<uint16_t*>(base + m_layout.keys) + block * groups + slot % 16;
    row.valueScales = reinterpret_cast<uint16_t*>(values + m_layout.values) + size_t(slot) * groups;
    return row;
}

void KvStoreCpu::readRow(uint32_t layer, uint32_t slot, std::byte* keys, std::byte* values) const
{
    const size_t element = elementBytes(m_shape.type);
    for (uint32_t h = 0; h < m_shape.heads; ++h) {
        const Row from = row(layer, h, slot);
        if (m_shape.type != KvType::Q8_0) {
            const size_t bytes = m_shape.headDim * element;
            for (size_t d = 0; d < m_shape.headDim; ++d) {
                std::memcpy(keys + d * element, from.keys + d * 16 * element, element);
            }
            std::memcpy(values, from.values, bytes);
            keys += bytes;
            values += bytes;
            continue;
        }
        for (size_t first = 0; first < m_shape.headDim; first += 32) {
            std::memcpy(keys, from.keyScales + first / 32 * 16, 2);
            std::memcpy(values, from.valueScales + first / 32, 2);
            for (size_t i = 0; i < 32; ++i) { // the layout is padded to whole groups, with zeros
                keys[2 + i] = from.keys[(first + i) * 16];
            }
            std::memcpy(values + 2, from.values + first, 32);
            keys += 34;
            values += 34;
        }
    }
}

void KvStoreCpu::writeRow(
    uint32_t layer, uint32_t slot, const std::byte* keys, const std::byte* values)
{
    const size_t element = elementBytes(m_shape.type);
    for (uint32_t h = 0; h < m_shape.heads; ++h) {
        const Row to = row(layer, h, slot);
        if (m_shape.type != KvType::Q8_0) {
            const size_t bytes = m_shape.headDim * element;
            for (size_t d = 0; d < m_shape.headDim; ++d) {
                std::memcpy(to.keys + d * 16 * element, keys + d * element, element);
            }
            std::memcpy(to.values, values, bytes);
            keys += bytes;
            values += bytes;
            continue;
        }
        for (size_t first = 0; first < m_shape.headDim; first += 32) {
            std::memcpy(to.keyScales + first / 32 * 16, keys, 2);
            std::memcpy(to.valueScales + first / 32, values, 2);
            const size_t count = std::min<size_t>(32, m_shape.headDim - first);
            for (size_t i = 0; i < count; ++i) { // the padding stays zero, whatever a file says
                to.keys[(first + i) * 16] = keys[2 + i];
            }
            std::memcpy(to.values + first, values + 2, count);
            keys += 34;
            values += 34;
        }
    }
}

} // namespace atelier
