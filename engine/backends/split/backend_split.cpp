// SPDX-License-Identifier: MIT
#include "engine/backends/split/backend_split.h"

#include "engine/backends/split/objects_split.h"
#include "engine/base/check.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

namespace atelier {

namespace {

const WeightSplit& split(const Weight* weight)
{
    return static_cast<const WeightSplit&>(*weight);
}

BufferSplit& split(const Activation& view)
{
    return static_cast<BufferSplit&>(*view.buffer);
}

const KvStoreSplit& split(const KvStore* kv)
{
    return static_cast<const KvStoreSplit&>(*kv);
}

// The bytes from the first to the last value of a view.
std::pair<size_t, size_t> extent(const Activation& view)
{
    const size_t last = view.offset + size_t(view.rows - 1) * view.stride + view.cols;
    return {view.offset * sizeof(float), last * sizeof(float)};
}

Activation on(uint32_t part, Activation view)
{
    view.buffer = &split(view).inner(part);
    return view;
}

// Calls read(view) and write(view) for the activations of an operation, reads first.
template <class Read, class Write>
void forEachView(const Op& op, const Read& read, const Write& write)
{
    if (const auto* embed = std::get_if<EmbedOp>(&op)) {
        write(embed->out);
    } else if (const auto* norm = std::get_if<RmsNormOp>(&op)) {
        read(norm->x);
        if (norm->accumulate) {
            read(norm->out);
        }
        write(norm->out);
    } else if (const auto* add = std::get_if<AddOp>(&op)) {
        read(add->x);
        read(add->out);
        write(add->out);
    } else if (const auto* product = std::get_if<MatMulOp>(&op)) {
        read(product->x);
        write(product->out);
    } else if (const auto* rope = std::get_if<RopeOp>(&op)) {
        read(rope->x);
        write(rope->x);
    } else if (const auto* store = std::get_if<KvWriteOp>(&op)) {
        read(store->k);
        read(store->v);
    } else if (const auto* attention = std::get_if<AttentionOp>(&op)) {
        read(attention->q);
        write(attention->out);
    } else if (const auto* gate = std::get_if<SwiGluOp>(&op)) {
        read(gate->gateUp);
        write(gate->out);
    }
}

} // namespace

BackendSplit::BackendSplit(std::vector<SplitPart> parts, bool tied)
    : m_parts(std::move(parts)),
      m_tied(tied)
{
    check(m_parts.size() >= 2, "what is split has at least two parts");
    m_capabilities.maxBufferBytes = std::numeric_limits<size_t>::max();
    m_capabilities.subgroupSize = m_parts.back().backend->capabilities().subgroupSize;
    uint32_t first = 0;
    for (const SplitPart& part : m_parts) {
        const Capabilities& device = part.backend->capabilities();
        const char* comma = m_name.empty() ? "" : "+";
        m_name.append(comma).append(part.backend->name());
        const char* plus = m_capabilities.deviceName.empty() ? "" : " + ";
        m_capabilities.deviceName.append(plus).append(device.deviceName);
        m_capabilities.kernels.append(plus).append(device.kernels);
        m_capabilities.maxBufferBytes =
            std::min(m_capabilities.maxBufferBytes, device.maxBufferBytes);
        m_capabilities.totalMemoryBytes += device.totalMemoryBytes;
        m_capabilities.availableMemoryBytes += device.availableMemoryBytes;
        m_capabilities.threads = std::max(m_capabilities.threads, device.threads);
        m_shares.push_back({part.backend.get(), first, part.layers});
        first += part.layers;
    }
}

BackendSplit::~BackendSplit() = default;

size_t BackendSplit::availableMemoryBytes() const
{
    size_t total = 0;
    for (const SplitPart& part : m_parts) {
        total += part.backend->availableMemoryBytes();
    }
    return total;
}

uint32_t BackendSplit::partOfLayer(uint32_t layer) const
{
    uint32_t part = 0;
    while (
        part + 1 < m_parts.size() && layer >= m_shares[part].firstLayer + m_shares[part].layers) {
        ++part;
    }
    return part;
}

uint32_t BackendSplit::shareOf(const WeightSource& source) const
{
    if (source.layer >= 0) {
        return partOfLayer(uint32_t(source.layer));
    }
    const bool isFirst = source.name == "token_embd.weight" && !m_tied;
    return isFirst ? 0 : uint32_t(m_parts.size() - 1);
}

size_t BackendSplit::weightBytes(const WeightSource& source) const
{
    return m_parts[shareOf(source)].backend->weightBytes(source);
}

size_t BackendSplit::kvBytes(const KvShape& shape) const
{
    size_t total = 0;
    for (const SplitPart& part : m_parts) {
        KvShape own = shape;
        own.layers = part.layers;
        total += part.layers > 0 ? part.backend->kvBytes(own) : 0;
    }
    return total;
}

size_t BackendSplit::bufferBytes(size_t bytes) const
{
    size_t total = 0;
    for (const SplitPart& part : m_parts) {
        total += part.backend->bufferBytes(bytes);
    }
    return total;
}

size_t BackendSplit::workBytes(const WorkShape& shape) const
{
    size_t total = 0;
    for (const SplitPart& part : m_parts) {
        total += part.backend->workBytes(shape);
    }
    return total;
}

Status BackendSplit::reserveWork(const WorkShape& shape)
{
    for (const SplitPart& part : m_parts) {
        if (const Status reserved = part.backend->reserveWork(shape); !reserved) {
            return reserved;
        }
    }
    return Done{};
}

Result<std::unique_ptr<Weight>> BackendSplit::prepareWeight(
    WeightSource source, std::stop_token stop)
{
    const uint32_t part = shareOf(source);
    auto weight = m_parts[part].backend->prepareWeight(std::move(source), std::move(stop));
    if (!weight) {
        return weight.error();
    }
    return std::unique_ptr<Weight>(new WeightSplit(weight.take(), part));
}

Result<std::unique_ptr<KvStore>> BackendSplit::createKv(const KvShape& shape)
{
    std::vector<std::unique_ptr<KvStore>> stores;
    uint32_t layers = 0;
    for (const SplitPart& part : m_parts) {
        layers += part.layers;
        KvShape own = shape;
        own.layers = part.layers;
        stores.push_back(nullptr);
        if (part.layers > 0) {
            auto store = part.backend->createKv(own);
            if (!store) {
                return store.error();
            }
            stores.back() = store.take();
        }
    }
    check(layers == shape.layers, "every layer is on a device");
    return std::unique_ptr<KvStore>(new KvStoreSplit(shape, std::move(stores)));
}

Status BackendSplit::readKv(const KvStore& kv,
    uint32_t layer,
    uint32_t firstSlot,
    std::span<std::byte> keys,
    std::span<std::byte> values)
{
    const uint32_t part = partOfLayer(layer);
    return m_parts[part].backend->readKv(
        split(&kv).inner(part), layer - m_shares[part].firstLayer, firstSlot, keys, values);
}

Status BackendSplit::writeKv(KvStore& kv,
    uint32_t layer,
    uint32_t firstSlot,
    std::span<const std::byte> keys,
    std::span<const std::byte> values)
{
    const uint32_t part = partOfLayer(layer);
    return m_parts[part].backend->writeKv(
        split(&kv).inner(part), layer - m_shares[part].firstLayer, firstSlot, keys, values);
}

Status BackendSplit::write(DeviceBuffer& buffer, size_t offset, std::span<const std::byte> bytes)
{
    auto& to = static_cast<BufferSplit&>(buffer);
    to.setPart(offset, offset + bytes.size(), 0);
    return m_parts[0].backend->write(to.inner(0), offset, bytes);
}

Status BackendSplit::read(const DeviceBuffer& buffer, size_t offset, std::span<std::byte> bytes)
{
    const auto& from = static_cast<const BufferSplit&>(buffer);
    check(offset <= buffer.bytes() && bytes.size() <= buffer.bytes() - offset,
        "a read must stay inside its buffer");
    for (const BufferSplit::Range& range : from.ranges()) {
        const size_t begin = std::max(range.begin, offset);
        const size_t end = std::min(range.end, offset + bytes.size());
        if (begin >= end) {
            continue;
        }
        const Status done = m_parts[range.part].backend->read(
            from.inner(range.part), begin, bytes.subspan(begin - offset, end - begin));
        if (!done) {
            return done;
        }
    }
    return Done{};
}

Result<std::unique_ptr<DeviceBuffer>> BackendSplit::onAllocate(
    size_t bytes, StorageMode mode, std::string_view label)
{
    std::vector<std::unique_ptr<DeviceBuffer>> buffers;
    for (const SplitPart& part : m_parts) {
        auto buffer = part.backend->allocate(bytes, mode, label);
        if (!buffer) {
            return buffer.error();
        }
        buffers.push_back(buffer.take());
    }
    return std::unique_ptr<DeviceBuffer>(new BufferSplit(bytes, std::move(buffers)));
}

// What has neither weight nor layer follows the operation before it.
uint32_t BackendSplit::partOf(const Op& op, uint32_t current) const
{
    if (const auto* embed = std::get_if<EmbedOp>(&op)) {
        return split(embed->table).part();
    }
    if (const auto* norm = std::get_if<RmsNormOp>(&op)) {
        return split(norm->weight).part();
    }
    if (const auto* product = std::get_if<MatMulOp>(&op)) {
        return split(product->weight).part();
    }
    if (const auto* store = std::get_if<KvWriteOp>(&op)) {
        return partOfLayer(store->layer);
    }
    if (const auto* attention = std::get_if<AttentionOp>(&op)) {
        return partOfLayer(attention->layer);
    }
    return current;
}

Op BackendSplit::translated(const Op& op, uint32_t part) const
{
    Op out = op;
    if (auto* embed = std::get_if<EmbedOp>(&out)) {
        embed->table = &split(embed->table).inner();
        embed->out = on(part, embed->out);
    } else if (auto* norm = std::get_if<RmsNormOp>(&out)) {
        norm->weight = &split(norm->weight).inner();
        norm->x = on(part, norm->x);
        norm->out = on(part, norm->out);
    } else if (auto* add = std::get_if<AddOp>(&out)) {
        add->x = on(part, add->x);
        add->out = on(part, add->out);
    } else if (auto* product = std::get_if<MatMulOp>(&out)) {
        product->weight = &split(product->weight).inner();
        product->bias = product->bias ? &split(product->bias).inner() : nullptr;
        product->x = on(part, product->x);
        product->out = on(part, product->out);
    } else if (auto* rope = std::get_if<RopeOp>(&out)) {
        rope->x = on(part, rope->x);
    } else if (auto* store = std::get_if<KvWriteOp>(&out)) {
        store->k = on(part, store->k);
        store->v = on(part, store->v);
        store->kv = &split(store->kv).inner(part);
        store->layer -= m_shares[part].firstLayer;
    } else if (auto* attention = std::get_if<AttentionOp>(&out)) {
        attention->q = on(part, attention->q);
        attention->out = on(part, attention->out);
        attention->kv = &split(attention->kv).inner(part);
        attention->layer -= m_shares[part].firstLayer;
    } else if (auto* gate = std::get_if<SwiGluOp>(&out)) {
        gate->gateUp = on(part, gate->gateUp);
        gate->out = on(part, gate->out);
    }
    return out;
}

bool BackendSplit::supports(const Op& op) const
{
    // What can be anywhere must be possible everywhere.
    for (uint32_t part = 0; part < m_parts.size(); ++part) {
        if (partOf(op, part) == part && !m_parts[part].backend->supports(translated(op, part))) {
            return false;
        }
    }
    return true;
}

// Copies what `view` shows and another device wrote last.
Status BackendSplit::bring(const Activation& view, uint32_t part)
{
    BufferSplit& buffer = split(view);
    const auto [first, last] = extent(view);
    const std::vector<BufferSplit::Range> ranges = buffer.ranges();
    for (const BufferSplit::Range& range : ranges) {
        const size_t begin = std::max(range.begin, first);
        const size_t end = std::min(range.end, last);
        if (begin >= end || range.part == part) {
            continue;
        }
        m_passed.resize(end - begin);
        Backend& from = *m_parts[range.part].backend;
        if (const Status read = from.read(buffer.inner(range.part), begin, m_passed); !read) {
            return read;
        }
        const Status written = m_parts[part].backend->write(buffer.inner(part), begin, m_passed);
        if (!written) {
            return written;
        }
        buffer.setPart(begin, end, part);
    }
    return Done{};
}

Status BackendSplit::onRun(std::span<const Op> ops, std::stop_token stop)
{
    uint32_t current = ops.empty() ? 0 : partOf(ops.front(), 0);
    m_program.clear();
    const auto flush = [&]() -> Status {
        if (m_program.empty()) {
            return Done{};
        }
        const Status done = m_parts[current].backend->run(m_program, stop);
        m_program.clear();
        return done;
    };
    for (const Op& op : ops) {
        const uint32_t part = partOf(op, current);
        if (part != current) {
            if (const Status done = flush(); !done) {
                return done;
            }
            current = part;
        }
        Status brought = Done{};
        forEachView(
            op,
            [&](const Activation& view) { brought = brought ? bring(view, part) : brought; },
            [&](const Activation& view) {
                const auto [begin, end] = extent(view);
                split(view).setPart(begin, end, part);
            });
        if (!brought) {
            return brought;
        }
        m_program.push_back(translated(op, part));
    }
    return flush();
}

} // namespace atelier
