// SPDX-License-Identifier: MIT
#include "engine/backends/cuda/backend_cuda.h"

#include "engine/backends/cuda/supports_cuda.h"
#include "engine/base/text.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace atelier {

namespace {

// The form in which a Q8_0 row is saved: an F16 scale and 32 int8 for each group (kvRowBytes()).
constexpr size_t kSavedGroup = 34;

size_t groupsOf(const KvShape& shape)
{
    return size_t(shape.heads) * KvStoreCuda::paddedDim(shape) / 32;
}

} // namespace

Result<std::unique_ptr<Backend>> createCudaBackend(const BackendOptions& options)
{
    if (!options.named) {
        return Error{ErrorCode::Unsupported,
            "CUDA is used when it is named, and not chosen automatically yet."};
    }
    auto device = DeviceCuda::create(options.deviceIndex);
    if (!device) {
        return device.error();
    }
    return std::unique_ptr<Backend>(std::make_unique<BackendCuda>(device.take()));
}

BackendCuda::BackendCuda(std::unique_ptr<DeviceCuda> device)
    : m_device(std::move(device)),
      m_transfers(*m_device),
      m_executor(*m_device, m_transfers)
{
    m_capabilities.deviceName = m_device->name();
    m_capabilities.kernels = m_device->description();
    m_capabilities.totalMemoryBytes = m_device->totalMemory();
    m_capabilities.availableMemoryBytes = m_device->availableMemory();
    m_capabilities.maxBufferBytes = m_device->totalMemory(); // one piece may be all of it
    m_capabilities.subgroupSize = 32;
}

bool BackendCuda::supports(const Op& op) const
{
    return supportsOnCuda(op);
}

size_t BackendCuda::weightBytes(const WeightSource& source) const
{
    return BufferCuda::allocatedBytes(WeightLayoutCuda::of(source).bytes);
}

size_t BackendCuda::kvBytes(const KvShape& shape) const
{
    return BufferCuda::allocatedBytes(KvStoreCuda::layerBytes(shape) * shape.layers);
}

size_t BackendCuda::bufferBytes(size_t bytes) const
{
    return BufferCuda::allocatedBytes(bytes);
}

size_t BackendCuda::workBytes(const WorkShape& shape) const
{
    return BufferCuda::allocatedBytes(m_executor.workOf(shape).total());
}

Status BackendCuda::reserveWork(const WorkShape& shape)
{
    return m_executor.reserve(m_executor.workOf(shape));
}

// Rows are repacked into pinned memory, a piece at a time, while the piece before is copied.
Status BackendCuda::uploadRows(const WeightSource& source,
    const WeightLayoutCuda& layout,
    std::byte* target,
    std::stop_token stop)
{
    const auto ofRow = cuda::planeBytes(layout.stored, 1, layout.blocks);
    const size_t rowTotal = ofRow[0] + ofRow[1] + ofRow[2] + ofRow[3];
    if (rowTotal > TransfersCuda::kPieceBytes) {
        return Error{ErrorCode::Unsupported,
            shownName(source.name) + " has rows of " + readableBytes(rowTotal) +
                ", and the CUDA backend takes " + readableBytes(TransfersCuda::kPieceBytes) +
                " at most.",
            rowTotal,
            TransfersCuda::kPieceBytes};
    }
    const size_t sourceRow = rowBytes(source.type, source.cols);
    const auto rowsAtOnce = uint32_t(
        std::min<size_t>(TransfersCuda::kPieceBytes / std::max<size_t>(rowTotal, 1), source.rows));
    for (uint32_t first = 0; first < source.rows; first += rowsAtOnce) {
        if (stop.stop_requested()) {
            return Error{ErrorCode::Cancelled, "Stopped."};
        }
        const uint32_t count = std::min(rowsAtOnce, source.rows - first);
        TransfersCuda::Part parts[4];
        size_t at = 0;
        for (size_t plane = 0; plane < 4; ++plane) {
            parts[plane] = {
                at, target + layout.offsets[plane] + first * ofRow[plane], count * ofRow[plane]};
            at += parts[plane].bytes;
        }
        const auto fill = [&](std::byte* piece) {
            for (uint32_t r = 0; r < count; ++r) {
                const cuda::PlaneTargets to{piece + parts[0].pieceOffset + r * ofRow[0],
                    piece + parts[1].pieceOffset + r * ofRow[1],
                    piece + parts[2].pieceOffset + r * ofRow[2],
                    piece + parts[3].pieceOffset + r * ofRow[3]};
                cuda::repackRow(source.type,
                    layout.stored,
                    source.bytes.subspan((first + r) * sourceRow, sourceRow),
                    source.cols,
                    to);
            }
        };
        if (const Status done = m_transfers.upload(fill, parts); !done) {
            return done;
        }
    }
    return Done{};
}

Result<std::unique_ptr<Weight>> BackendCuda::prepareWeight(
    WeightSource source, std::stop_token stop)
{
    const size_t expected = size_t(source.rows) * rowBytes(source.type, source.cols);
    if (source.bytes.size() != expected) {
        return Error{ErrorCode::InvalidFormat,
            shownName(source.name) + " has " + grouped(source.bytes.size()) +
                " bytes; its shape and type demand " + grouped(expected) + "."};
    }
    const WeightLayoutCuda layout = WeightLayoutCuda::of(source);
    auto buffer = BufferCuda::create(*m_device, layout.bytes, shownName(source.name));
    if (!buffer) {
        return buffer.error();
    }
    const Status done = uploadRows(source, layout, buffer.value()->data(), std::move(stop));
    if (!done) {
        // Nothing may be on its way to memory that is freed.
        const Status finished = m_transfers.finish();
        return finished ? done.error() : finished.error();
    }
    return std::unique_ptr<Weight>(std::make_unique<WeightCuda>(source, layout, buffer.take()));
}

Result<std::unique_ptr<KvStore>> BackendCuda::createKv(const KvShape& shape)
{
    auto buffer =
        BufferCuda::create(*m_device, KvStoreCuda::layerBytes(shape) * shape.layers, "the cache");
    if (!buffer) {
        return buffer.error();
    }
    const Status cleared = m_transfers.clear(buffer.value()->data(), buffer.value()->bytes());
    if (!cleared) {
        return cleared.error();
    }
    return std::unique_ptr<KvStore>(std::make_unique<KvStoreCuda>(shape, buffer.take()));
}

Status BackendCuda::readKv(const KvStore& kv,
    uint32_t layer,
    uint32_t firstSlot,
    std::span<std::byte> keys,
    std::span<std::byte> values)
{
    const auto& store = static_cast<const KvStoreCuda&>(kv);
    const KvShape& shape = store.shape();
    const cuda::KvPlanes planes = store.planes(layer);
    const size_t slotBytes = KvStoreCuda::slotBytes(shape);
    const size_t slots = keys.size() / kvRowBytes(shape);
    const auto fetch = [&](const void* plane, size_t ofSlot, std::span<std::byte> to) {
        return m_transfers.read(static_cast<const std::byte*>(plane) + firstSlot * ofSlot, to);
    };
    if (shape.type != KvType::Q8_0) {
        const Status read = fetch(planes.keys, slotBytes, keys);
        return read ? fetch(planes.values, slotBytes, values) : read;
    }
    const size_t scaleBytes = KvStoreCuda::slotScaleBytes(shape);
    std::vector<std::byte> quants(slots * slotBytes);
    std::vector<std::byte> scales(slots * scaleBytes);
    for (const bool isKey : {true, false}) {
        Status read = fetch(isKey ? planes.keys : planes.values, slotBytes, quants);
        if (read) {
            read = fetch(isKey ? planes.keyScales : planes.valueScales, scaleBytes, scales);
        }
        if (!read) {
            return read;
        }
        std::byte* to = isKey ? keys.data() : values.data();
        for (size_t group = 0; group < slots * groupsOf(shape); ++group) {
            std::memcpy(to + group * kSavedGroup, scales.data() + group * 2, 2);
            std::memcpy(to + group * kSavedGroup + 2, quants.data() + group * 32, 32);
        }
    }
    return Done{};
}

Status BackendCuda::writeKv(KvStore& kv,
    uint32_t layer,
    uint32_t firstSlot,
    std::span<const std::byte> keys,
    std::span<const std::byte> values)
{
    const auto& store = static_cast<const KvStoreCuda&>(kv);
    const KvShape& shape = store.shape();
    const cuda::KvPlanes planes = store.planes(layer);
    const size_t slotBytes = KvStoreCuda::slotBytes(shape);
    const size_t slots = keys.size() / kvRowBytes(shape);
    const auto send = [&](void* plane, size_t ofSlot, std::span<const std::byte> from) {
        return m_transfers.write(static_cast<std::byte*>(plane) + firstSlot * ofSlot, from);
    };
    if (shape.type != KvType::Q8_0) {
        const Status sent = send(planes.keys, slotBytes, keys);
        return sent ? send(planes.values, slotBytes, values) : sent;
    }
    const size_t scaleBytes = KvStoreCuda::slotScaleBytes(shape);
    std::vector<std::byte> quants(slots * slotBytes);
    std::vector<std::byte> scales(slots * scaleBytes);
    for (const bool isKey : {true, false}) {
        const std::byte* from = isKey ? keys.data() : values.data();
        for (size_t group = 0; group < slots * groupsOf(shape); ++group) {
            std::memcpy(scales.data() + group * 2, from + group * kSavedGroup, 2);
            std::memcpy(quants.data() + group * 32, from + group * kSavedGroup + 2, 32);
        }
        Status sent = send(isKey ? planes.keys : planes.values, slotBytes, quants);
        if (sent) {
            sent = send(isKey ? planes.keyScales : planes.valueScales, scaleBytes, scales);
        }
        if (!sent) {
            return sent;
        }
    }
    return Done{};
}

Status BackendCuda::write(DeviceBuffer& buffer, size_t offset, std::span<const std::byte> bytes)
{
    check(offset + bytes.size() <= buffer.bytes(), "a write must lie in its buffer");
    return m_transfers.write(static_cast<BufferCuda&>(buffer).data() + offset, bytes);
}

Status BackendCuda::read(const DeviceBuffer& buffer, size_t offset, std::span<std::byte> bytes)
{
    check(offset + bytes.size() <= buffer.bytes(), "a read must lie in its buffer");
    return m_transfers.read(static_cast<const BufferCuda&>(buffer).data() + offset, bytes);
}

Result<std::unique_ptr<DeviceBuffer>> BackendCuda::onAllocate(
    size_t bytes, StorageMode, std::string_view label)
{
    auto buffer = BufferCuda::create(*m_device, bytes, label);
    if (!buffer) {
        return buffer.error();
    }
    if (const Status cleared = m_transfers.clear(buffer.value()->data(), bytes); !cleared) {
        return cleared.error();
    }
    return std::unique_ptr<DeviceBuffer>(buffer.take());
}

Status BackendCuda::onRun(std::span<const Op> ops, std::stop_token stop)
{
    return m_executor.run(ops, std::move(stop));
}

} // namespace atelier
