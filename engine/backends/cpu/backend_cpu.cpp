// SPDX-License-Identifier: MIT
#include "engine/backends/cpu/backend_cpu.h"

#include "engine/backends/cpu/kv_store_cpu.h"
#include "engine/backends/cpu/objects_cpu.h"
#include "engine/backends/cpu/supports_cpu.h"
#include "engine/base/check.h"
#include "engine/base/cpu_features.h"
#include "engine/ops/dequantize.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

namespace atelier {

namespace {

// The one place that chooses between instruction sets.
const CpuKernels& bestKernels([[maybe_unused]] IsaCap cap)
{
#if ATELIER_X86_KERNELS
    const CpuFeatures features = readCpuFeatures();
    if (cap >= IsaCap::Avx512 && features.avx512Vnni) {
        return avx512Kernels();
    }
    if (cap >= IsaCap::Avx2 && features.avx2) {
        return avx2Kernels();
    }
#endif
    return portableKernels();
}

std::string shapeText(const WeightSource& source)
{
    std::string text("[");
    text += std::to_string(source.rows) + ", " + std::to_string(source.cols) + "]";
    return text;
}

// The bytes of a weight must be exactly what its shape and type demand: the kernels trust them.
Status checkWeight(const WeightSource& source)
{
    const DTypeInfo& info = dtypeInfo(source.type);
    const std::string name = "The tensor " + source.name + " of shape " + shapeText(source);
    if (source.rows == 0 || source.cols == 0 || source.cols % info.valuesPerBlock != 0) {
        return Error{ErrorCode::InvalidFormat,
            name + " cannot be stored as " + std::string(info.name) +
                ", whose rows are multiples of " + std::to_string(info.valuesPerBlock) +
                " values. The file is damaged."};
    }
    const uint64_t needed = uint64_t(source.rows) * rowBytes(source.type, source.cols);
    if (source.bytes.size() != needed) {
        return Error{ErrorCode::InvalidFormat,
            name + " and type " + std::string(info.name) + " needs " + std::to_string(needed) +
                " bytes, but has " + std::to_string(source.bytes.size()) + ". The file is damaged.",
            needed,
            source.bytes.size()};
    }
    return Done{};
}

// Rows that a copy of cache slots has.
size_t checkedRows(
    const KvShape& shape, uint32_t layer, uint32_t firstSlot, size_t keyBytes, size_t valueBytes)
{
    const size_t rows = keyBytes / kvRowBytes(shape);
    check(keyBytes == valueBytes && rows * kvRowBytes(shape) == keyBytes,
        "keys and values are whole rows, and as many");
    check(layer < shape.layers && firstSlot <= shape.slots && rows <= shape.slots - firstSlot,
        "a copy must stay inside its cache");
    return rows;
}

} // namespace

void dequantizeValues(DType type, const uint8_t* row, size_t count, float* out)
{
    dequantizeRow(
        type, {reinterpret_cast<const std::byte*>(row), rowBytes(type, count)}, {out, count});
}

Result<std::unique_ptr<Backend>> createCpuBackend(const BackendOptions& options)
{
    auto backend = BackendCpu::create(options);
    if (!backend) {
        return backend.error();
    }
    return std::unique_ptr<Backend>(backend.take());
}

Result<std::vector<DeviceInfo>> listProcessor()
{
    const HostMemory memory = readHostMemory();
    DeviceInfo info;
    info.backend = "cpu";
    info.name = processorName();
    info.totalMemoryBytes = memory.totalBytes;
    info.availableMemoryBytes = memory.availableBytes;
    return std::vector<DeviceInfo>{std::move(info)};
}

Result<std::unique_ptr<BackendCpu>> BackendCpu::create(const BackendOptions& options)
{
    return create(options, bestKernels(options.isa));
}

Result<std::unique_ptr<BackendCpu>> BackendCpu::create(
    const BackendOptions& options, const CpuKernels& kernels)
{
    constexpr uint32_t kMaxThreads = 512; // more is a typing error, and memory for nothing
    const uint32_t wanted = options.threads > 0 ? options.threads : usablePhysicalCores();
    // Whoever names a number of threads gets them, also for small programs.
    const auto small =
        options.threads > 0 ? SmallPrograms::OnAllThreads : SmallPrograms::OnCallingThread;
    std::unique_ptr<BackendCpu> backend(
        new BackendCpu(kernels, std::min(wanted, kMaxThreads), small));
    if (auto prepared = backend->m_executor.prepare(); !prepared) {
        return prepared.error();
    }
    return backend;
}

BackendCpu::BackendCpu(const CpuKernels& kernels, uint32_t threads, SmallPrograms small)
    : m_executor(kernels, threads, small)
{
    const HostMemory memory = readHostMemory();
    m_capabilities.deviceName = processorName();
    m_capabilities.kernels = kernels.name;
    m_capabilities.totalMemoryBytes = memory.totalBytes;
    m_capabilities.availableMemoryBytes = memory.availableBytes;
    m_capabilities.maxBufferBytes =
        memory.totalBytes > 0 ? memory.totalBytes : std::numeric_limits<size_t>::max() / 2;
    m_capabilities.threads = m_executor.threads();
    m_capabilities.hostVisibleMemory = true;
}

bool BackendCpu::supports(const Op& op) const
{
    return cpuSupports(op);
}

size_t BackendCpu::availableMemoryBytes() const
{
    return readHostMemory().availableBytes;
}

size_t BackendCpu::weightBytes(const WeightSource& source) const
{
    const size_t vector = WeightCpu::vectorBytes(source);
    return vector == 0 ? 0 : AlignedMemory::allocatedBytes(vector);
}

size_t BackendCpu::kvBytes(const KvShape& shape) const
{
    const auto layout = KvLayout::of(shape);
    return layout ? AlignedMemory::allocatedBytes(KvLayout::totalBytes(*layout, shape)) : 0;
}

size_t BackendCpu::bufferBytes(size_t bytes) const
{
    return AlignedMemory::allocatedBytes(bytes);
}

size_t BackendCpu::workBytes(const WorkShape& shape) const
{
    return m_executor.workBytes(shape);
}

Status BackendCpu::reserveWork(const WorkShape& shape)
{
    return m_executor.reserveWork(shape);
}

Result<std::unique_ptr<Weight>> BackendCpu::prepareWeight(WeightSource source, std::stop_token stop)
{
    if (stop.stop_requested()) {
        return Error{ErrorCode::Cancelled, "Loading was stopped."};
    }
    if (auto checked = checkWeight(source); !checked) {
        return checked.error();
    }
    AlignedMemory vector;
    if (const size_t bytes = WeightCpu::vectorBytes(source); bytes > 0) {
        auto memory = AlignedMemory::create(bytes, "The tensor " + source.name);
        if (!memory) {
            return memory.error();
        }
        vector = memory.take();
        dequantizeRow(source.type, source.bytes, {vector.as<float>(), source.cols});
    }
    return std::unique_ptr<Weight>(new WeightCpu(std::move(source), std::move(vector)));
}

Result<std::unique_ptr<KvStore>> BackendCpu::createKv(const KvShape& shape)
{
    const auto layout = KvLayout::of(shape);
    if (!layout) {
        return Error{ErrorCode::Unsupported,
            "A cache of " + std::to_string(shape.layers) + " layers, " +
                std::to_string(shape.heads) + " heads of " + std::to_string(shape.headDim) +
                " values and " + std::to_string(shape.slots) +
                " tokens is beyond what the processor backend handles (heads of 1 to " +
                std::to_string(kMaxHeadDim) + " values)."};
    }
    auto memory = AlignedMemory::create(KvLayout::totalBytes(*layout, shape),
        "A context of " + std::to_string(shape.slots) + " tokens");
    if (!memory) {
        return memory.error();
    }
    return std::unique_ptr<KvStore>(new KvStoreCpu(shape, *layout, memory.take()));
}

Status BackendCpu::readKv(const KvStore& kv,
    uint32_t layer,
    uint32_t firstSlot,
    std::span<std::byte> keys,
    std::span<std::byte> values)
{
    const size_t rows = checkedRows(kv.shape(), layer, firstSlot, keys.size(), values.size());
    const size_t bytes = kvRowBytes(kv.shape());
    const auto& store = static_cast<const KvStoreCpu&>(kv);
    for (size_t row = 0; row < rows; ++row) {
        store.readRow(layer,
            firstSlot + uint32_t(row),
            keys.data() + row * bytes,
            values.data() + row * bytes);
    }
    return Done{};
}

Status BackendCpu::writeKv(KvStore& kv,
    uint32_t layer,
    uint32_t firstSlot,
    std::span<const std::byte> keys,
    std::span<const std::byte> values)
{
    const size_t rows = checkedRows(kv.shape(), layer, firstSlot, keys.size(), values.size());
    const size_t bytes = kvRowBytes(kv.shape());
    auto& store = static_cast<KvStoreCpu&>(kv);
    for (size_t row = 0; row < rows; ++row) {
        store.writeRow(layer,
            firstSlot + uint32_t(row),
            keys.data() + row * bytes,
            values.data() + row * bytes);
    }
    return Done{};
}

Status BackendCpu::write(DeviceBuffer& buffer, size_t offset, std::span<const std::byte> bytes)
{
    check(offset <= buffer.bytes() && bytes.size() <= buffer.bytes() - offset,
        "a write must stay inside its buffer");
    if (!bytes.empty()) {
        std::memcpy(static_cast<BufferCpu&>(buffer).data() + offset, bytes.data(), bytes.size());
    }
    return Done{};
}

Status BackendCpu::read(const DeviceBuffer& buffer, size_t offset, std::span<std::byte> bytes)
{
    check(offset <= buffer.bytes() && bytes.size() <= buffer.bytes() - offset,
        "a read must stay inside its buffer");
    if (!bytes.empty()) {
        std::memcpy(
            bytes.data(), static_cast<const BufferCpu&>(buffer).data() + offset, bytes.size());
    }
    return Done{};
}

Result<std::unique_ptr<DeviceBuffer>> BackendCpu::onAllocate(
    size_t bytes, StorageMode, std::string_view label)
{
    auto memory = AlignedMemory::create(bytes, label);
    if (!memory) {
        return memory.error();
    }
    return std::unique_ptr<DeviceBuffer>(new BufferCpu(memory.take()));
}

Status BackendCpu::onRun(std::span<const Op> ops, std::stop_token stop)
{
    return m_executor.run(ops, std::move(stop));
}

} // namespace atelier
