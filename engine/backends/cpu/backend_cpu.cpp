// SPDX-License-Identifier: MIT
#include "engine/backends/cpu/backend_cpu.h"

#include "engine/backends/cpu/objects_cpu.h"
#include "engine/base/cpu_features.h"
#include "engine/ops/add.h"
#include "engine/ops/attention.h"
#include "engine/ops/dequantize.h"
#include "engine/ops/matrix_view.h"
#include "engine/ops/rms_norm.h"
#include "engine/ops/rope.h"
#include "engine/ops/swiglu.h"

#include <cstring>
#include <limits>
#include <vector>

namespace atelier {

namespace {

MatrixView<float> view(const Activation& a)
{
    auto* data = reinterpret_cast<float*>(static_cast<BufferCpu*>(a.buffer)->data());
    return {data + a.offset, a.rows, a.cols, a.stride};
}

MatrixView<const float> constView(const Activation& a)
{
    const MatrixView<float> v = view(a);
    return {v.data, v.rows, v.cols, v.stride};
}

std::vector<float> weightRow(const Weight& weight, size_t row)
{
    std::vector<float> values(weight.cols());
    const size_t bytes = rowBytes(weight.type(), weight.cols());
    const auto& cpu = static_cast<const WeightCpu&>(weight);
    dequantizeRow(weight.type(), cpu.bytes().subspan(row * bytes, bytes), values);
    return values;
}

class BackendCpu final : public Backend
{
public:
    explicit BackendCpu(const BackendOptions& options)
    {
        const HostMemory memory = readHostMemory();
        m_capabilities.deviceName = processorName();
        m_capabilities.kernels = "portable";
        m_capabilities.maxBufferBytes = std::numeric_limits<size_t>::max() / 2;
        m_capabilities.totalMemoryBytes = memory.totalBytes;
        m_capabilities.availableMemoryBytes = memory.availableBytes;
        m_capabilities.threads = options.threads > 0 ? options.threads : usablePhysicalCores();
        m_capabilities.hostVisibleMemory = true;
    }

    std::string_view name() const override { return "cpu"; }
    const Capabilities& capabilities() const override { return m_capabilities; }
    bool supports(const Op&) const override { return true; }

    size_t weightBytes(const WeightSource&) const override { return 0; }
    size_t kvBytes(const KvShape& shape) const override
    {
        return AlignedMemory::allocatedBytes(KvStoreCpu::payloadBytes(shape));
    }
    size_t bufferBytes(size_t bytes) const override { return AlignedMemory::allocatedBytes(bytes); }

    Result<std::unique_ptr<Weight>> prepareWeight(WeightSource source, std::stop_token) override
    {
        const DTypeInfo& info = dtypeInfo(source.type);
        if (source.cols % info.valuesPerBlock != 0 ||
            source.bytes.size() != size_t(source.rows) * rowBytes(source.type, source.cols)) {
            return Error{ErrorCode::InvalidFormat,
                "The weight " + source.name + " has " + std::to_string(source.bytes.size()) +
                    " bytes, which its shape and type contradict."};
        }
        return std::unique_ptr<Weight>(new WeightCpu(std::move(source), {}));
    }

    Result<std::unique_ptr<KvStore>> createKv(const KvShape& shape) override
    {
        auto memory = AlignedMemory::create(KvStoreCpu::payloadBytes(shape), "The context");
        if (!memory) {
            return memory.error();
        }
        return std::unique_ptr<KvStore>(new KvStoreCpu(shape, memory.take()));
    }

    Status write(DeviceBuffer& buffer, size_t offset, std::span<const std::byte> bytes) override
    {
        std::memcpy(static_cast<BufferCpu&>(buffer).data() + offset, bytes.data(), bytes.size());
        return Done{};
    }

    Status read(const DeviceBuffer& buffer, size_t offset, std::span<std::byte> bytes) override
    {
        std::memcpy(
            bytes.data(), static_cast<const BufferCpu&>(buffer).data() + offset, bytes.size());
        return Done{};
    }

protected:
    Result<std::unique_ptr<DeviceBuffer>> onAllocate(
        size_t bytes, StorageMode, std::string_view label) override
    {
        auto memory = AlignedMemory::create(bytes, label);
        if (!memory) {
            return memory.error();
        }
        return std::unique_ptr<DeviceBuffer>(new BufferCpu(memory.take()));
    }

    Status onRun(std::span<const Op> ops, std::stop_token stop) override
    {
        for (const Op& op : ops) {
            if (stop.stop_requested()) {
                return Error{ErrorCode::Cancelled, "Stopped."};
            }
            std::visit([this](const auto& o) { compute(o); }, op);
        }
        return Done{};
    }

private:
    void compute(const EmbedOp& op)
    {
        for (size_t t = 0; t < op.tokens.size(); ++t) {
            const auto row = weightRow(*op.table, size_t(op.tokens[t]));
            std::copy(row.begin(), row.end(), view(op.out).row(t));
        }
    }
    void compute(const RmsNormOp& op)
    {
        rmsNormReference(
            constView(op.x), weightRow(*op.weight, 0), op.epsilon, op.accumulate, view(op.out));
    }
    void compute(const AddOp& op) { addReference(constView(op.x), view(op.out)); }
    void compute(const MatMulOp& op)
    {
        const auto x = constView(op.x);
        const auto out = view(op.out);
        const std::vector<float> bias =
            op.bias != nullptr ? weightRow(*op.bias, 0) : std::vector<float>(out.cols);
        for (size_t o = 0; o < out.cols; ++o) {
            const auto row = weightRow(*op.weight, o);
            for (size_t t = 0; t < x.rows; ++t) {
                float sums[8] = {};
                size_t i = 0;
                for (; i + 8 <= x.cols; i += 8) {
                    for (size_t lane = 0; lane < 8; ++lane) {
                        sums[lane] += x.row(t)[i + lane] * row[i + lane];
                    }
                }
                float sum = 0.0f;
                for (; i < x.cols; ++i) {
                    sum += x.row(t)[i] * row[i];
                }
                for (const float lane : sums) {
                    sum += lane;
                }
                out.row(t)[o] = sum + bias[o];
            }
        }
    }
    void compute(const RopeOp& op)
    {
        ropeReference(view(op.x),
            op.heads,
            op.headDim,
            op.pairing,
            op.positions,
            op.frequencies,
            op.magnitude);
    }
    void compute(const KvWriteOp& op)
    {
        const auto& kv = static_cast<KvStoreCpu&>(*op.kv);
        for (size_t t = 0; t < op.k.rows; ++t) {
            const size_t at = (op.firstSlot + t) * kv.rowSize();
            store(constView(op.k).row(t), kv.keys(op.layer) + at, kv);
            store(constView(op.v).row(t), kv.values(op.layer) + at, kv);
        }
    }
    static void store(const float* from, float* to, const KvStoreCpu& kv)
    {
        std::copy(from, from + kv.rowSize(), to);
        for (uint32_t h = 0; h < kv.shape().heads; ++h) {
            kvRoundTrip(kv.shape().type, {to + size_t(h) * kv.shape().headDim, kv.shape().headDim});
        }
    }
    void compute(const AttentionOp& op)
    {
        const auto& kv = static_cast<KvStoreCpu&>(*op.kv);
        const size_t size = kv.rowSize();
        attentionReference(constView(op.q),
            {kv.keys(op.layer), kv.shape().slots, size, size},
            {kv.values(op.layer), kv.shape().slots, size, size},
            op.heads,
            kv.shape().heads,
            op.firstSlot,
            op.scale,
            view(op.out));
    }
    void compute(const SwiGluOp& op) { swiGluReference(constView(op.gateUp), view(op.out)); }

    Capabilities m_capabilities;
};

} // namespace

Result<std::unique_ptr<Backend>> createCpuBackend(const BackendOptions& options)
{
    return std::unique_ptr<Backend>(new BackendCpu(options));
}

} // namespace atelier
