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

// Bytes of `source` on the device. F32 is four bytes a value, whatever the source.
size_t storedBytes(const WeightSource& source)
{
    return size_t(source.rows) * rowBytes(storedType(source), source.cols);
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
    return device ? BackendVulkan::create(device.take()) : device.error();
}

Result<std::unique_ptr<Backend>> BackendVulkan::create(std::unique_ptr<DeviceVulkan> device)
{
    std::unique_ptr<BackendVulkan> backend(new BackendVulkan(std::move(device)));
    auto executor = ExecutorVulkan::create(*backend->m_device, backend->m_pipelines);
    if (!executor) {
        return executor.error();
    }
    backend->m_executor = executor.take();
    return std::unique_ptr<Backend>(std::move(backend));
}

BackendVulkan::BackendVulkan(std::unique_ptr<DeviceVulkan> device)
    : m_device(std::move(device)),
      m_pipelines(*m_device)
{
    const VkPhysicalDeviceProperties& properties = m_device->properties();
    m_capabilities.deviceName = properties.deviceName;
    m_capabilities.kernels = m_device->addsInSubgroups() ? "subgroup shaders" : "plain shaders";
    m_capabilities.maxBufferBytes = properties.limits.maxStorageBufferRange;
    m_capabilities.totalMemoryBytes = m_device->totalMemory();
    m_capabilities.availableMemoryBytes = m_device->availableMemory();
    m_capabilities.subgroupSize = m_device->subgroupSize();
}

bool BackendVulkan::supports(const Op& op) const
{
    return supportsOnVulkan(op);
}

size_t BackendVulkan::weightBytes(const WeightSource& source) const
{
    return BufferVulkan::allocatedBytes(*m_device, storedBytes(source));
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
    return BufferVulkan::allocatedBytes(
        *m_device, ExecutorVulkan::parameterBytes(shape.tokens, shape.headDim));
}

Status BackendVulkan::reserveWork(const WorkShape& shape)
{
    return m_executor->reserveParameters(
        ExecutorVulkan::parameterBytes(shape.tokens, shape.headDim));
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
    const size_t bytes = storedBytes(source);
    if (bytes > m_capabilities.maxBufferBytes) {
        return Error{ErrorCode::Unsupported,
            shownName(source.name) + " takes " + readableBytes(bytes) + ", and " +
                m_capabilities.deviceName + " reads " +
                readableBytes(m_capabilities.maxBufferBytes) +
                " in one piece at most. Use the CPU, or a smaller quantization.",
            bytes,
            m_capabilities.maxBufferBytes};
    }
    auto buffer = BufferVulkan::create(*m_device, bytes, StorageMode::DevicePrivate, source.name);
    if (!buffer) {
        return buffer.error();
    }
    Status done = Done{};
    if (stored == source.type) {
        done = m_executor->upload(*buffer.value(), 0, source.bytes, stop);
    } else {
        std::vector<float> row(source.cols);
        const size_t sourceRow = rowBytes(source.type, source.cols);
        for (uint32_t r = 0; r < source.rows && done; ++r) {
            dequantizeRow(source.type, source.bytes.subspan(r * sourceRow, sourceRow), row);
            done = m_executor->upload(*buffer.value(),
                size_t(r) * source.cols * sizeof(float),
                std::as_bytes(std::span(row)),
                stop);
        }
    }
    if (!done) {
        return done.error();
    }
    return std::unique_ptr<Weight>(std::make_unique<WeightVulkan>(source, stored, buffer.take()));
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
