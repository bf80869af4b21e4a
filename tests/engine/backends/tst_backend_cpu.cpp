// SPDX-License-Identifier: MIT
#include "engine/backends/backend_list.h"
#include "engine/backends/check_support.h"
#include "engine/base/cpu_features.h"

#include <QTest>

#include <limits>
#include <memory>
#include <string>
#include <vector>

using namespace atelier;

// Buffers, weights, caches and refusals of the CPU backend; what it computes is the business of
// tst_backend_check and tst_executor_cpu.
class TstBackendCpu : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_backend = createBackend("cpu", {.threads = 2}).take(); }
    void cleanup() { m_backend.reset(); }

    void newMemoryIsZero();
    void writtenBytesAreReadBack();
    void hugeBuffersAreRefusedWithNumbers_data();
    void hugeBuffersAreRefusedWithNumbers();
    void buffersAllocateWhatWasAnnounced();

    void weightsAllocateWhatWasAnnounced_data();
    void weightsAllocateWhatWasAnnounced();
    void matricesKeepTheFileAlive();
    void wrongWeightsAreRefused_data();
    void wrongWeightsAreRefused();
    void loadingCanBeStopped();

    void cachesAllocateWhatWasAnnounced_data();
    void cachesAllocateWhatWasAnnounced();
    void impossibleCachesAreRefused_data();
    void impossibleCachesAreRefused();

    void cacheRowsComeBack_data();
    void cacheRowsComeBack();

    void partsThatDoNotFitAreNotSupported();

private:
    std::unique_ptr<Backend> m_backend;
};

namespace {

std::string name(DType type)
{
    return std::string(dtypeInfo(type).name);
}

} // namespace

void TstBackendCpu::newMemoryIsZero()
{
    for (int i = 0; i < 4; ++i) { // reused memory too
        auto buffer = m_backend->allocate(100000, StorageMode::DevicePrivate, "test").take();
        QCOMPARE(buffer->bytes(), size_t(100000));
        std::vector<std::byte> bytes(100000, std::byte(1));
        QVERIFY(bool(m_backend->read(*buffer, 0, bytes)));
        QCOMPARE(std::count(bytes.begin(), bytes.end(), std::byte(0)), 100000);
        std::fill(bytes.begin(), bytes.end(), std::byte(0xff));
        QVERIFY(bool(m_backend->write(*buffer, 0, bytes)));
    }
}

void TstBackendCpu::writtenBytesAreReadBack()
{
    auto buffer = m_backend->allocate(10, StorageMode::HostVisible, "test").take();
    const std::vector<std::byte> written{std::byte(1), std::byte(2), std::byte(3)};
    QVERIFY(bool(m_backend->write(*buffer, 7, written)));
    std::vector<std::byte> bytes(10, std::byte(9));
    QVERIFY(bool(m_backend->read(*buffer, 6, std::span(bytes).subspan(6))));
    QCOMPARE(bytes[5], std::byte(9)); // not asked for
    QCOMPARE(bytes[6], std::byte(0));
    QCOMPARE(bytes[9], std::byte(3));
    QVERIFY(bool(m_backend->read(*buffer, 10, {}))); // the end is inside
}

void TstBackendCpu::hugeBuffersAreRefusedWithNumbers_data()
{
    QTest::addColumn<quint64>("bytes");
    const quint64 total = readHostMemory().totalBytes;
    QTest::newRow("more than the machine has") << total + 1;
    QTest::newRow("half of all addresses") << quint64(std::numeric_limits<size_t>::max() / 2);
    QTest::newRow("all addresses") << quint64(std::numeric_limits<size_t>::max());
}

void TstBackendCpu::hugeBuffersAreRefusedWithNumbers()
{
    QFETCH(quint64, bytes);
    const auto buffer = m_backend->allocate(bytes, StorageMode::HostVisible, "The lake");
    QVERIFY(!buffer);
    QCOMPARE(buffer.error().code, ErrorCode::OutOfMemory);
    QCOMPARE(quint64(buffer.error().needed), bytes);
    QVERIFY(buffer.error().available > 0);
    QVERIFY(buffer.error().message.find("The lake") != std::string::npos);
    QVERIFY(buffer.error().message.find(std::to_string(bytes)) != std::string::npos);
}

void TstBackendCpu::buffersAllocateWhatWasAnnounced()
{
    for (const size_t bytes : {size_t(1), size_t(64), size_t(1000001)}) {
        const size_t announced = m_backend->bufferBytes(bytes);
        QVERIFY(announced >= bytes);
        QVERIFY(announced <= bytes + 64); // alignment, nothing else
    }
}

void TstBackendCpu::weightsAllocateWhatWasAnnounced_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("rows");
    for (const DType type : {DType::F32, DType::F16, DType::Q4_K, DType::Q8_0}) {
        for (const int rows : {1, 5}) {
            QTest::addRow("%s, %d rows", name(type).c_str(), rows) << int(type) << rows;
        }
    }
}

void TstBackendCpu::weightsAllocateWhatWasAnnounced()
{
    QFETCH(int, type);
    QFETCH(int, rows);
    WeightSource source;
    source.name = "blk.0.test.weight";
    source.type = DType(type);
    source.rows = uint32_t(rows);
    source.cols = 512;
    const size_t announced = m_backend->weightBytes(source); // without any bytes

    checks::Random random(1);
    const auto weight = checks::makeWeight(*m_backend, DType(type), uint32_t(rows), 512, random);
    QVERIFY(bool(weight));
    QCOMPARE(weight.value().weight->allocatedBytes(), announced);
    QCOMPARE(announced > 0, rows == 1); // matrices stay in the file
    QCOMPARE(weight.value().weight->type(), DType(type));
    QCOMPARE(weight.value().weight->rows(), uint32_t(rows));
    QCOMPARE(weight.value().weight->cols(), 512u);
}

void TstBackendCpu::matricesKeepTheFileAlive()
{
    const auto file = std::make_shared<std::vector<std::byte>>(2 * 8 * sizeof(float));
    const std::weak_ptr<const void> watch = file;
    WeightSource source{"w", DType::F32, 2, 8, *file, file};
    auto weight = m_backend->prepareWeight(std::move(source), {}).take();
    const long holders = file.use_count();
    QCOMPARE(holders, 2L);
    weight.reset();
    QCOMPARE(file.use_count(), 1L);
}

void TstBackendCpu::wrongWeightsAreRefused_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<uint>("rows");
    QTest::addColumn<uint>("cols");
    QTest::addColumn<int>("bytes");
    QTest::newRow("one byte short") << int(DType::F32) << 2u << 3u << 23;
    QTest::newRow("one byte long") << int(DType::F32) << 2u << 3u << 25;
    QTest::newRow("nothing") << int(DType::F32) << 2u << 3u << 0;
    QTest::newRow("half a block") << int(DType::Q4_K) << 1u << 128u << 72;
    QTest::newRow("no rows") << int(DType::F16) << 0u << 4u << 0;
    QTest::newRow("no columns") << int(DType::F16) << 4u << 0u << 0;
    QTest::newRow("enormous shape") << int(DType::F32) << 4294967295u << 4294967295u << 64;
    QTest::newRow("enormous vector") << int(DType::F32) << 1u << 4294967295u << 64;
}

void TstBackendCpu::wrongWeightsAreRefused()
{
    QFETCH(int, type);
    QFETCH(uint, rows);
    QFETCH(uint, cols);
    QFETCH(int, bytes);
    const std::vector<std::byte> storage(static_cast<size_t>(bytes));
    const WeightSource source{"blk.7.ffn_down.weight", DType(type), rows, cols, storage, nullptr};
    const auto weight = m_backend->prepareWeight(source, {});
    QVERIFY(!weight);
    QCOMPARE(weight.error().code, ErrorCode::InvalidFormat);
    QVERIFY(weight.error().message.find("blk.7.ffn_down.weight") != std::string::npos);
}

void TstBackendCpu::loadingCanBeStopped()
{
    std::stop_source stop;
    stop.request_stop();
    const std::vector<std::byte> storage(8);
    const auto weight =
        m_backend->prepareWeight({"w", DType::F32, 2, 1, storage, nullptr}, stop.get_token());
    QVERIFY(!weight);
    QCOMPARE(weight.error().code, ErrorCode::Cancelled);
}

void TstBackendCpu::cachesAllocateWhatWasAnnounced_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<uint>("headDim");
    QTest::addColumn<uint>("slots");
    for (const KvType type : {KvType::F32, KvType::F16, KvType::Q8_0}) {
        QTest::addRow("type %d, 9B", int(type)) << int(type) << 128u << 100u;
        QTest::addRow("type %d, odd sizes", int(type)) << int(type) << 20u << 17u;
    }
}

void TstBackendCpu::cachesAllocateWhatWasAnnounced()
{
    QFETCH(int, type);
    QFETCH(uint, headDim);
    QFETCH(uint, slots);
    const KvShape shape{3, 2, headDim, slots, KvType(type)};
    const size_t announced = m_backend->kvBytes(shape);
    const auto kv = m_backend->createKv(shape);
    QVERIFY(bool(kv));
    QCOMPARE(kv.value()->allocatedBytes(), announced);
    const size_t values = size_t(2) * 3 * 2 * headDim * slots;
    const size_t bytes = KvType(type) == KvType::F32   ? values * 4
                         : KvType(type) == KvType::F16 ? values * 2
                                                       : values + values / 16;
    QVERIFY(announced >= bytes);
    if (headDim == 128) {
        // Slots are rounded up to 16, parts to 64 bytes: no more is lost.
        QVERIFY(announced <= bytes * 112 / 100 + size_t(3) * 2 * 4 * 64 + 64);
    }
}

void TstBackendCpu::impossibleCachesAreRefused_data()
{
    QTest::addColumn<uint>("layers");
    QTest::addColumn<uint>("heads");
    QTest::addColumn<uint>("headDim");
    QTest::addColumn<uint>("slots");
    QTest::addColumn<int>("code");
    const int unsupported = int(ErrorCode::Unsupported);
    QTest::newRow("no layers") << 0u << 2u << 128u << 100u << unsupported;
    QTest::newRow("no heads") << 1u << 0u << 128u << 100u << unsupported;
    QTest::newRow("no slots") << 1u << 2u << 128u << 0u << unsupported;
    QTest::newRow("empty heads") << 1u << 2u << 0u << 100u << unsupported;
    QTest::newRow("giant heads") << 1u << 2u << 4096u << 100u << unsupported;
    QTest::newRow("overflow") << 4294967295u << 4294967295u << 128u << 4294967295u << unsupported;
    QTest::newRow("a billion tokens")
        << 61u << 8u << 128u << 1000000000u << int(ErrorCode::OutOfMemory);
}

void TstBackendCpu::impossibleCachesAreRefused()
{
    QFETCH(uint, layers);
    QFETCH(uint, heads);
    QFETCH(uint, headDim);
    QFETCH(uint, slots);
    QFETCH(int, code);
    const KvShape shape{layers, heads, headDim, slots, KvType::F16};
    const auto kv = m_backend->createKv(shape);
    QVERIFY(!kv);
    QCOMPARE(int(kv.error().code), code);
    if (kv.error().code == ErrorCode::OutOfMemory) {
        QVERIFY(kv.error().needed > kv.error().available);
        QVERIFY(kv.error().message.find("1000000000 tokens") != std::string::npos);
        QCOMPARE(size_t(kv.error().needed) + 64, m_backend->kvBytes(shape));
    }
}

void TstBackendCpu::cacheRowsComeBack_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<uint32_t>("headDim");
    for (const uint32_t headDim : {20u, 64u}) {
        QTest::addRow("F32 of %u", headDim) << int(KvType::F32) << headDim;
        QTest::addRow("F16 of %u", headDim) << int(KvType::F16) << headDim;
        QTest::addRow("Q8_0 of %u", headDim) << int(KvType::Q8_0) << headDim;
    }
}

// Rows are what was written, whatever lies beside them, and in the order that tensor.h states.
void TstBackendCpu::cacheRowsComeBack()
{
    QFETCH(int, type);
    QFETCH(uint32_t, headDim);
    const KvShape shape{2, 3, headDim, 50, KvType(type)};
    const auto kv = m_backend->createKv(shape).take();
    const size_t bytes = kvRowBytes(shape);
    const auto pattern = [&](size_t rows, uint8_t seed) {
        std::vector<std::byte> result(rows * bytes);
        for (size_t i = 0; i < result.size(); ++i) {
            const size_t inBlock = i % 34; // the padding of a last group of Q8_0 reads as zeros
            const size_t value = i % bytes / 34 % ((headDim + 31) / 32) * 32 + inBlock - 2;
            const bool isPadding = KvType(type) == KvType::Q8_0 && inBlock >= 2 && value >= headDim;
            result[i] = isPadding ? std::byte(0) : std::byte(uint8_t(i * 7 + seed));
        }
        return result;
    };
    const auto keys = pattern(19, 1);
    const auto values = pattern(19, 90);
    const auto others = pattern(50, 200);
    QVERIFY(bool(m_backend->writeKv(*kv, 0, 0, others, others)));
    QVERIFY(bool(m_backend->writeKv(*kv, 1, 0, others, others)));
    QVERIFY(bool(m_backend->writeKv(*kv, 1, 13, keys, values)));
    std::vector<std::byte> readKeys(19 * bytes);
    std::vector<std::byte> readValues(19 * bytes);
    QVERIFY(bool(m_backend->readKv(*kv, 1, 13, readKeys, readValues)));
    QVERIFY(readKeys == keys);
    QVERIFY(readValues == values);
    // The neighbors, in the same layer and in the other one, are as they were.
    readKeys.resize(50 * bytes);
    readValues.resize(50 * bytes);
    QVERIFY(bool(m_backend->readKv(*kv, 0, 0, readKeys, readValues)));
    QVERIFY(readKeys == others && readValues == others);
    QVERIFY(bool(m_backend->readKv(*kv, 1, 0, readKeys, readValues)));
    const auto sameAsOthers = [&](size_t firstRow, size_t rows) {
        const auto begin = ptrdiff_t(firstRow * bytes);
        return std::equal(others.begin() + begin,
            others.begin() + begin + ptrdiff_t(rows * bytes),
            readKeys.begin() + begin);
    };
    QVERIFY(sameAsOthers(0, 13));
    QVERIFY(sameAsOthers(32, 18));
}

void TstBackendCpu::partsThatDoNotFitAreNotSupported()
{
    checks::Random random(1);
    const auto matrix = checks::makeWeight(*m_backend, DType::F32, 3, 4, random).take();
    const auto vector = checks::makeWeight(*m_backend, DType::F32, 1, 4, random).take();
    const auto bias = checks::makeWeight(*m_backend, DType::F32, 1, 3, random).take();
    const auto buffer =
        m_backend->allocate(40 * sizeof(float), StorageMode::HostVisible, "x").take();
    const auto kv = m_backend->createKv({2, 1, 4, 10, KvType::F32}).take();
    const auto at = [&](size_t offset, uint32_t rows, uint32_t cols) {
        return Activation{buffer.get(), offset, rows, cols, cols};
    };
    const std::vector<int32_t> good{0, 2};
    const std::vector<int32_t> bad{0, 3};
    const std::vector<int32_t> negative{0, -1};
    const std::vector<float> frequencies{1.0f, 0.5f};
    const std::vector<float> tooMany{1.0f, 0.5f, 0.25f};
    const Weight* w = matrix.weight.get();
    const Weight* v = vector.weight.get();
    const Weight* b = bias.weight.get();
    KvStore* cache = kv.get();

    const std::vector<std::pair<Op, bool>> cases{
        {EmbedOp{w, good, at(0, 2, 4)}, true},
        {EmbedOp{w, bad, at(0, 2, 4)}, false},
        {EmbedOp{w, negative, at(0, 2, 4)}, false},
        {EmbedOp{w, good, at(0, 1, 4)}, false},
        {EmbedOp{nullptr, good, at(0, 2, 4)}, false},
        {RmsNormOp{at(0, 2, 4), v, 1e-5f, at(8, 2, 4), false}, true},
        {RmsNormOp{at(0, 2, 4), w, 1e-5f, at(8, 2, 4), false}, false},
        {RmsNormOp{at(0, 2, 4), v, 0.0f, at(8, 2, 4), false}, false},
        {RmsNormOp{at(0, 2, 4), v, 1e-5f, at(36, 2, 4), false}, false}, // beyond the buffer
        {RmsNormOp{at(0, 2, 4), v, 1e-5f, at(32, 2, 4), false}, true},
        {AddOp{at(0, 2, 4), at(8, 2, 4)}, true},
        {AddOp{at(0, 2, 4), at(8, 2, 3)}, false},
        {AddOp{{}, at(8, 2, 4)}, false},
        {MatMulOp{at(0, 2, 4), w, b, at(8, 2, 3), false}, true},
        {MatMulOp{at(0, 2, 4), w, v, at(8, 2, 3), false}, false},
        {MatMulOp{at(0, 2, 3), w, b, at(8, 2, 3), false}, false},
        {MatMulOp{at(0, 2, 4), w, b, at(8, 2, 4), false}, false},
        {MatMulOp{at(0, 1, 4), w, b, at(8, 2, 3), false}, false},
        {RopeOp{at(0, 2, 4), 1, 4, RopePairing::Adjacent, good, frequencies, 1.0f}, true},
        {RopeOp{at(0, 2, 4), 1, 4, RopePairing::Adjacent, good, tooMany, 1.0f}, false},
        {RopeOp{at(0, 2, 4), 2, 4, RopePairing::Adjacent, good, frequencies, 1.0f}, false},
        {RopeOp{at(0, 1, 4), 1, 4, RopePairing::Adjacent, good, frequencies, 1.0f}, false},
        {KvWriteOp{at(0, 2, 4), at(8, 2, 4), cache, 1, 8}, true},
        {KvWriteOp{at(0, 2, 4), at(8, 2, 4), cache, 1, 9}, false},
        {KvWriteOp{at(0, 2, 4), at(8, 2, 4), cache, 2, 0}, false},
        {KvWriteOp{at(0, 2, 4), at(8, 2, 4), cache, 1, 4294967295u}, false},
        {KvWriteOp{at(0, 2, 4), at(8, 2, 3), cache, 1, 0}, false},
        {AttentionOp{at(0, 1, 8), cache, 0, 2, 5, 1.0f, at(8, 1, 8)}, true},
        {AttentionOp{at(0, 1, 8), cache, 0, 1, 5, 1.0f, at(8, 1, 8)}, false},
        {AttentionOp{at(0, 1, 8), cache, 0, 0, 5, 1.0f, at(8, 1, 8)}, false},
        {AttentionOp{at(0, 1, 8), cache, 0, 2, 10, 1.0f, at(8, 1, 8)}, false},
        {SwiGluOp{at(0, 2, 4), at(8, 2, 2)}, true},
        {SwiGluOp{at(0, 2, 4), at(8, 2, 4)}, false},
    };
    for (size_t i = 0; i < cases.size(); ++i) {
        QVERIFY2(m_backend->supports(cases[i].first) == cases[i].second,
            qPrintable(QStringLiteral("case %1").arg(i)));
    }
}

QTEST_APPLESS_MAIN(TstBackendCpu)
#include "tst_backend_cpu.moc"
