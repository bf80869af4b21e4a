// SPDX-License-Identifier: MIT
#include "engine/backends/vulkan/backend_vulkan.h"

#include "engine/backends/vulkan/supports_vulkan.h"
#include "engine/base/half.h"
#include "engine/base/text.h"
#include "engine/ops/dequantize.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace atelier {

namespace {

constexpr size_t kWidenedAtOnce = 4 << 20; // values to F32 on the host, in bytes

// Calls `each(first row, rows)` for the parts of a weight that a shader can reach in one piece.
template <class Each>
Status forEachPart(const WeightSource& source, uint64_t maxBytes, Each each)
{
    const size_t row = rowBytes(storedType(source), source.cols);
    if (row > maxBytes) {
        return Error{ErrorCode::Unsupported,
            "A row of " + shownName(source.name) + " takes " + readableBytes(row) +
                ", and this graphics device reads " + readableBytes(maxBytes) +
                " in one piece at most. Use the CPU.",
            row,
            maxBytes};
    }
    const auto rowsAtOnce = uint32_t(std::min<uint64_t>(maxBytes / row, source.rows));
    for (uint32_t first = 0; first < source.rows; first += rowsAtOnce) {
        const Status done = each(first, std::min(rowsAtOnce, source.rows - first));
        if (!done) {
            return done;
        }
    }
    return Done{};
}

// Between the saved form of a row (kvRowBytes()) and that of the shaders: the same, but for Q8_0,
// whose scales are floats there.
void rowToDevice(const KvShape& shape, const std::byte* saved, uint32_t* words)
{
    if (shape.type != KvType::Q8_0) {
        std::memcpy(words, saved, kvRowBytes(shape));
        return;
    }
    for (size_t block = 0; block < KvStoreVulkan::rowWords(shape) / 9; ++block) {
        uint16_t half = 0;
        std::memcpy(&half, saved + block * 34, sizeof(half));
        const float scale = halfToFloat(half);
        std::memcpy(words + block * 9, &scale, sizeof(scale));
        std::memcpy(words + block * 9 + 1, saved + block * 34 + 2, 32);
    }
}

void rowFromDevice(const KvShape& shape, const uint32_t* words, std::byte* saved)
{
    if (shape.type != KvType::Q8_0) {
        std::memcpy(saved, words, kvRowBytes(shape));
        return;
    }
    for (size_t block = 0; block < KvStoreVulkan::rowWords(shape) / 9; ++block) {
        float scale = 0.0f;
        std::memcpy(&scale, words + block * 9, sizeof(scale));
        const uint16_t half = floatToHalf(scale);
        std::memcpy(saved + block * 34, &half, sizeof(half));
        std::memcpy(saved + block * 34 + 2, words + block * 9 + 1, 32);
    }
}

} // namespace

Result<std::unique_ptr<Backend>> createVulkanBackend(const BackendOptions& options)
{
    if (!options.named) {
        return Error{ErrorCode::Unsupported,
            "Vulkan is used when it is named, and not chosen automatically yet."};
    }
    auto device = DeviceVulkan::create(options.deviceIndex, true);
    return device ? BackendVulkan::create(device.take(), options.cacheFolder) : device.error();
}

Result<std::unique_ptr<Backend>> BackendVulkan::create(
    std::unique_ptr<DeviceVulkan> device, const std::filesystem::path& cacheFolder)
{
    std::unique_ptr<BackendVulkan> backend(new BackendVulkan(std::move(device), cacheFolder));
    auto executor = ExecutorVulkan::create(*backend->m_device, backend->m_pipelines);
    if (!executor) {
        return executor.error();
    }
    backend->m_executor = executor.take();
    return std::unique_ptr<Backend>(std::move(backend));
}

BackendVulkan::BackendVulkan(
    std::unique_ptr<DeviceVulkan> device, const std::filesystem::path& cacheFolder)
    : m_device(std::move(device)),
      m_pipelines(*m_device, cacheFolder)
{
    const TraitsVulkan& traits = m_device->traits();
    const VkPhysicalDeviceProperties& properties = m_device->properties();
    m_capabilities.deviceName = properties.deviceName;
    m_capabilities.kernels = std::string(traits.addsInSubgroups ? "subgroup" : "plain") +
                             (traits.prefersInt8 ? ", int8 shaders" : " shaders");
    m_capabilities.maxBufferBytes = size_t(traits.maxRangeBytes);
    m_capabilities.totalMemoryBytes = m_device->totalMemory();
    m_capabilities.availableMemoryBytes = m_device->availableMemory();
    m_capabilities.subgroupSize = traits.subgroupSize;
}

bool BackendVulkan::supports(const Op& op) const
{
    return supportsOnVulkan(op);
}

size_t BackendVulkan::weightBytes(const WeightSource& source) const
{
    const size_t row = rowBytes(storedType(source), source.cols);
    size_t bytes = 0; // 0 also when prepareWeight() will refuse
    (void)forEachPart(source, m_device->traits().maxRangeBytes, [&](uint32_t, uint32_t rows) {
        bytes += BufferVulkan::allocatedBytes(*m_device, rows * row);
        return Status(Done{});
    });
    return bytes;
}

size_t BackendVulkan::kvBytes(const KvShape& shape) const
{
    return BufferVulkan::allocatedBytes(*m_device, KvStoreVulkan::layerBytes(shape) * shape.layers);
}

size_t BackendVulkan::bufferBytes(size_t bytes) const
{
    return BufferVulkan::allocatedBytes(*m_device, bytes);
}

size_t BackendVulkan::workBytes(const WorkShape& shape) const
{
    const size_t partials = m_executor->partialBytes(shape);
    const size_t rounded = m_executor->roundedBytes(shape);
    return BufferVulkan::allocatedBytes(*m_device, ExecutorVulkan::parameterBytes(shape)) +
           (partials > 0 ? BufferVulkan::allocatedBytes(*m_device, partials) : 0) +
           (rounded > 0 ? BufferVulkan::allocatedBytes(*m_device, rounded) : 0);
}

Status BackendVulkan::reserveWork(const WorkShape& shape)
{
    return m_executor->reserve(shape);
}

// The rows of one part, as they lie in the file or widened.
Status BackendVulkan::uploadRows(
    const WeightSource& source, const WeightVulkan::Part& part, const std::stop_token& stop)
{
    const size_t sourceRow = rowBytes(source.type, source.cols);
    const auto bytes = source.bytes.subspan(part.firstRow * sourceRow, part.rows * sourceRow);
    if (storedType(source) == source.type) {
        return m_executor->upload(*part.buffer, 0, bytes, stop);
    }
    const size_t wide = size_t(source.cols) * sizeof(float);
    const auto atOnce = uint32_t(std::max<size_t>(1, kWidenedAtOnce / wide));
    std::vector<float> values;
    for (uint32_t first = 0; first < part.rows; first += atOnce) {
        const uint32_t rows = std::min(atOnce, part.rows - first);
        values.resize(size_t(rows) * source.cols);
        for (uint32_t r = 0; r < rows; ++r) {
            dequantizeRow(source.type,
                bytes.subspan((first + r) * sourceRow, sourceRow),
                std::span(values).subspan(size_t(r) * source.cols, source.cols));
        }
        const Status done =
            m_executor->upload(*part.buffer, first * wide, std::as_bytes(std::span(values)), stop);
        if (!done) {
            return done;
        }
    }
    return Done{};
}

Result<std::unique_ptr<Weight>> BackendVulkan::prepareWeight(
    WeightSource source, std::stop_token stop)
{
    const size_t expected = size_t(source.rows) * rowBytes(source.type, source.cols);
    if (source.bytes.size() != expected) {
        return Error{ErrorCode::InvalidFormat,
            shownName(source.name) + " has " + grouped(source.bytes.size()) +
                " bytes; its shape and type demand " + grouped(expected) + "."};
    }
    const DType stored = storedType(source);
    const size_t row = rowBytes(stored, source.cols);
    std::vector<WeightVulkan::Part> parts;
    const Status done = forEachPart(
        source, m_device->traits().maxRangeBytes, [&](uint32_t first, uint32_t rows) -> Status {
            auto buffer = BufferVulkan::create(
                *m_device, rows * row, StorageMode::DevicePrivate, source.name);
            if (!buffer) {
                return buffer.error();
            }
            parts.push_back({buffer.take(), first, rows});
            return uploadRows(source, parts.back(), stop);
        });
    if (!done) {
        return done.error();
    }
    return std::unique_ptr<Weight>(
        std::make_unique<WeightVulkan>(source, stored, std::move(parts)));
}

Result<std::unique_ptr<KvStore>> BackendVulkan::createKv(const KvShape& shape)
{
    const size_t layerBytes = KvStoreVulkan::layerBytes(shape);
    if (layerBytes > m_capabilities.maxBufferBytes) {
        return Error{ErrorCode::OutOfMemory,
            "The cache takes " + readableBytes(layerBytes) + " for each layer, and " +
                m_capabilities.deviceName + " reads " +
                readableBytes(m_capabilities.maxBufferBytes) +
                " in one piece at most. Use a shorter context.",
            layerBytes,
            m_capabilities.maxBufferBytes};
    }
    auto buffer = BufferVulkan::create(
        *m_device, layerBytes * shape.layers, StorageMode::DevicePrivate, "the cache");
    if (!buffer) {
        return buffer.error();
    }
    if (const Status cleared = m_executor->clear(*buffer.value()); !cleared) {
        return cleared.error();
    }
    return std::unique_ptr<KvStore>(std::make_unique<KvStoreVulkan>(shape, buffer.take()));
}

Status BackendVulkan::readKv(const KvStore& kv,
    uint32_t layer,
    uint32_t firstSlot,
    std::span<std::byte> keys,
    std::span<std::byte> values)
{
    const auto& store = static_cast<const KvStoreVulkan&>(kv);
    const KvShape& shape = store.shape();
    const size_t rowWords = KvStoreVulkan::rowWords(shape);
    const size_t rowSize = kvRowBytes(shape);
    const size_t slots = keys.size() / rowSize;
    std::vector<uint32_t> words(slots * rowWords * 2);
    const size_t offset = KvStoreVulkan::layerBytes(shape) * layer + firstSlot * rowWords * 8;
    const Status done =
        m_executor->download(store.buffer(), offset, std::as_writable_bytes(std::span(words)));
    for (size_t slot = 0; slot < slots && done; ++slot) {
        const uint32_t* row = words.data() + slot * rowWords * 2;
        rowFromDevice(shape, row, keys.data() + slot * rowSize);
        rowFromDevice(shape, row + rowWords, values.data() + slot * rowSize);
    }
    return done;
}

Status BackendVulkan::writeKv(KvStore& kv,
    uint32_t layer,
    uint32_t firstSlot,
    std::span<const std::byte> keys,
    std::span<const std::byte> values)
{
    const auto& store = static_cast<const KvStoreVulkan&>(kv);
    const KvShape& shape = store.shape();
    const size_t rowWords = KvStoreVulkan::rowWords(shape);
    const size_t rowSize = kvRowBytes(shape);
    const size_t slots = keys.size() / rowSize;
    std::vector<uint32_t> words(slots * rowWords * 2);
    for (size_t slot = 0; slot < slots; ++slot) {
        uint32_t* row = words.data() + slot * rowWords * 2;
        rowToDevice(shape, keys.data() + slot * rowSize, row);
        rowToDevice(shape, values.data() + slot * rowSize, row + rowWords);
    }
    const size_t offset = KvStoreVulkan::layerBytes(shape) * layer + firstSlot * rowWords * 8;
    return m_executor->upload(store.buffer(), offset, std::as_bytes(std::span(words)), {});
}

Status BackendVulkan::write(DeviceBuffer& buffer, size_t offset, std::span<const std::byte> bytes)
{
    check(offset + bytes.size() <= buffer.bytes(), "a write must lie in its buffer");
    return m_executor->upload(static_cast<BufferVulkan&>(buffer), offset, bytes, {});
}

Status BackendVulkan::read(const DeviceBuffer& buffer, size_t offset, std::span<std::byte> bytes)
{
    check(offset + bytes.size() <= buffer.bytes(), "a read must lie in its buffer");
    return m_executor->download(static_cast<const BufferVulkan&>(buffer), offset, bytes);
}

Result<std::unique_ptr<DeviceBuffer>> BackendVulkan::onAllocate(
    size_t bytes, StorageMode mode, std::string_view label)
{
    auto buffer = BufferVulkan::create(*m_device, bytes, mode, label);
    if (!buffer) {
        return buffer.error();
    }
    if (const Status cleared = m_executor->clear(*buffer.value()); !cleared) {
        return cleared.error();
    }
    return std::unique_ptr<DeviceBuffer>(buffer.take());
}

Status BackendVulkan::onRun(std::span<const Op> ops, std::stop_token stop)
{
    return m_executor->run(ops, std::move(stop));
}

} // namespace atelier
