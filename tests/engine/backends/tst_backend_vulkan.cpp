// SPDX-License-Identifier: MIT
// The Vulkan module, loaded as the program loads it, on whatever device there is: mostly llvmpipe.
// Operations themselves are compared by the test check_vulkan.
#include "engine/backends/backend_module.h"
#include "engine/base/half.h"

#include <QTest>

#include <cmath>
#include <cstring>

using namespace atelier;

class TestBackendVulkan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void isNotChosenUnasked();
    void unknownDeviceIsAnError();
    void dryRunsAreWhatIsAllocated_data();
    void dryRunsAreWhatIsAllocated();
    void newMemoryIsZero();
    void cacheRowsComeBack_data();
    void cacheRowsComeBack();
    void tooLargeIsRefusedWithNumbers();
    void stoppedRunIsCancelledAndTheNextOneWorks();

private:
    static BackendOptions named(uint32_t device = 0)
    {
        BackendOptions options;
        options.deviceIndex = device;
        options.named = true;
        return options;
    }

    const BackendModule* m_module = nullptr;
    std::unique_ptr<Backend> m_backend;
};

void TestBackendVulkan::initTestCase()
{
    auto module = loadBackendModule(ATELIER_MODULE_FOLDER, "vulkan");
    QVERIFY2(bool(module), module ? "" : module.error().message.c_str());
    m_module = module.value();
    auto backend = m_module->create(named());
    if (!backend) {
        QSKIP(backend.error().message.c_str());
    }
    m_backend = backend.take();
    QCOMPARE(m_backend->name(), std::string_view("vulkan"));
    QVERIFY(!m_backend->capabilities().deviceName.empty());
    QVERIFY(m_backend->capabilities().totalMemoryBytes >=
            m_backend->capabilities().availableMemoryBytes);
}

void TestBackendVulkan::isNotChosenUnasked()
{
    const auto backend = m_module->create(BackendOptions());
    QVERIFY(!backend);
    QCOMPARE(backend.error().code, ErrorCode::Unsupported);
}

void TestBackendVulkan::unknownDeviceIsAnError()
{
    const auto backend = m_module->create(named(99));
    QVERIFY(!backend);
    QCOMPARE(backend.error().code, ErrorCode::Unsupported);
    QVERIFY(backend.error().message.find("device 99") != std::string::npos);
}

void TestBackendVulkan::dryRunsAreWhatIsAllocated_data()
{
    QTest::addColumn<DType>("type");
    QTest::addColumn<uint>("rows");
    QTest::addColumn<uint>("cols");
    QTest::newRow("Q4_K") << DType::Q4_K << 3u << 512u;
    QTest::newRow("Q8_0, odd words") << DType::Q8_0 << 3u << 32u;
    QTest::newRow("F16, odd words") << DType::F16 << 5u << 3u;
    QTest::newRow("widened") << DType::Q2_K << 2u << 256u;
    QTest::newRow("norm") << DType::F16 << 1u << 77u;
}

void TestBackendVulkan::dryRunsAreWhatIsAllocated()
{
    QFETCH(DType, type);
    QFETCH(uint, rows);
    QFETCH(uint, cols);
    const std::vector<std::byte> bytes(rows * rowBytes(type, cols));
    const auto weight = m_backend->prepareWeight({"w", type, rows, cols, bytes, nullptr}, {});
    QVERIFY2(bool(weight), weight ? "" : weight.error().message.c_str());
    QCOMPARE(weight.value()->allocatedBytes(),
        m_backend->weightBytes({"w", type, rows, cols, {}, nullptr}));
    for (const KvType kvType : {KvType::F32, KvType::F16, KvType::Q8_0}) {
        const KvShape shape{3, 2, 40, 17, kvType};
        const auto kv = m_backend->createKv(shape);
        QVERIFY(bool(kv));
        QCOMPARE(kv.value()->allocatedBytes(), m_backend->kvBytes(shape));
    }
}

void TestBackendVulkan::newMemoryIsZero()
{
    for (const StorageMode mode : {StorageMode::HostVisible, StorageMode::DevicePrivate}) {
        auto buffer = m_backend->allocate(1003, mode, "a test");
        QVERIFY(bool(buffer));
        std::vector<std::byte> bytes(1003, std::byte(1));
        QVERIFY(bool(m_backend->read(*buffer.value(), 0, bytes)));
        QVERIFY(std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte(0); }));
        const std::vector<std::byte> some(7, std::byte(9));
        QVERIFY(bool(m_backend->write(*buffer.value(), 5, some)));
        QVERIFY(bool(m_backend->read(*buffer.value(), 0, bytes)));
        QCOMPARE(bytes[4], std::byte(0));
        QCOMPARE(bytes[5], std::byte(9));
        QCOMPARE(bytes[11], std::byte(9));
        QCOMPARE(bytes[12], std::byte(0));
    }
}

void TestBackendVulkan::cacheRowsComeBack_data()
{
    QTest::addColumn<int>("type");
    QTest::newRow("F32") << int(KvType::F32);
    QTest::newRow("F16") << int(KvType::F16);
    QTest::newRow("Q8_0") << int(KvType::Q8_0);
}

// Written by an op, read as rows, compared with what the host rounds to, and written back.
void TestBackendVulkan::cacheRowsComeBack()
{
    QFETCH(int, type);
    const KvShape shape{2, 2, 40, 9, KvType(type)};
    auto kv = m_backend->createKv(shape);
    QVERIFY(bool(kv));
    const uint32_t width = shape.heads * shape.headDim;
    auto rows = m_backend->allocate(3 * width * 4, StorageMode::DevicePrivate, "a test");
    QVERIFY(bool(rows));
    std::vector<float> values(3 * width);
    for (size_t i = 0; i < values.size(); ++i) {
        values[i] = std::sin(float(i)) * float(1 + i % 7);
    }
    QVERIFY(bool(m_backend->write(*rows.value(), 0, std::as_bytes(std::span(values)))));
    const Activation activation{rows.value().get(), 0, 3, width, width};
    const Op op = KvWriteOp{activation, activation, kv.value().get(), 1, 4};
    QVERIFY(bool(m_backend->run({&op, 1}, {})));

    std::vector<std::byte> keys(3 * kvRowBytes(shape));
    std::vector<std::byte> vals(keys.size());
    QVERIFY(bool(m_backend->readKv(*kv.value(), 1, 4, keys, vals)));
    QCOMPARE(keys, vals);
    if (shape.type == KvType::F16) {
        for (size_t i = 0; i < values.size(); ++i) {
            uint16_t half = 0;
            std::memcpy(&half, keys.data() + 2 * i, 2);
            QCOMPARE(half, floatToHalf(values[i]));
        }
    }
    auto other = m_backend->createKv(shape);
    QVERIFY(bool(other));
    QVERIFY(bool(m_backend->writeKv(*other.value(), 0, 6, keys, vals)));
    std::vector<std::byte> again(keys.size());
    QVERIFY(bool(m_backend->readKv(*other.value(), 0, 6, again, vals)));
    QCOMPARE(again, keys);
}

void TestBackendVulkan::tooLargeIsRefusedWithNumbers()
{
    const size_t limit = m_backend->capabilities().maxBufferBytes;
    const auto buffer = m_backend->allocate(limit + 1, StorageMode::DevicePrivate, "A giant");
    QVERIFY(!buffer);
    QCOMPARE(buffer.error().code, ErrorCode::OutOfMemory);
    const auto kv = m_backend->createKv({1, 64, 256, 1u << 24, KvType::F32});
    QVERIFY(!kv);
    QCOMPARE(kv.error().code, ErrorCode::OutOfMemory);
    QVERIFY(kv.error().needed > kv.error().available);
}

void TestBackendVulkan::stoppedRunIsCancelledAndTheNextOneWorks()
{
    auto buffer = m_backend->allocate(4096 * 4, StorageMode::DevicePrivate, "a test");
    QVERIFY(bool(buffer));
    std::vector<float> ones(4096, 1.0f);
    QVERIFY(bool(m_backend->write(*buffer.value(), 0, std::as_bytes(std::span(ones)))));
    const Activation x{buffer.value().get(), 0, 1, 2048, 2048};
    const Activation out{buffer.value().get(), 2048, 1, 2048, 2048};
    const std::vector<Op> program(1000, Op(AddOp{x, out}));
    std::stop_source stop;
    stop.request_stop();
    const Status stopped = m_backend->run(program, stop.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);

    QVERIFY(bool(m_backend->write(*buffer.value(), 0, std::as_bytes(std::span(ones)))));
    QVERIFY(bool(m_backend->run(program, {})));
    QVERIFY(bool(m_backend->read(*buffer.value(), 0, std::as_writable_bytes(std::span(ones)))));
    QCOMPARE(ones[2048], 1001.0f);
    QCOMPARE(ones[4095], 1001.0f);
    QCOMPARE(ones[2047], 1.0f);
}

QTEST_APPLESS_MAIN(TestBackendVulkan)
#include "tst_backend_vulkan.moc"
