// SPDX-License-Identifier: MIT
// The Vulkan module, loaded as the program loads it, on whatever device there is: mostly llvmpipe.
// Operations themselves are compared by the test check_vulkan.
#include "engine/backends/backend_module.h"
#include "tests/support/device_backend_cases.h"

#include <QTest>

#include <vector>

using namespace atelier;
using namespace atelier::test;

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
    addWeightRows();
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
    verifyNewMemoryIsZero(*m_backend);
}

void TestBackendVulkan::cacheRowsComeBack_data()
{
    addCacheRows();
}

void TestBackendVulkan::cacheRowsComeBack()
{
    QFETCH(int, type);
    verifyCacheRowsComeBack(*m_backend, KvType(type));
}

void TestBackendVulkan::tooLargeIsRefusedWithNumbers()
{
    verifyTooLargeIsRefusedWithNumbers(*m_backend);
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
