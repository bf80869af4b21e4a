// SPDX-License-Identifier: MIT
// The CUDA module on an emulated device (emulated_cuda/README.md): what is not the result of an
// operation. Operations themselves are compared by the test check_cuda_emulated.
#include "emulated_cuda/emulated_control.h"
#include "engine/backends/backend_module.h"
#include "tests/support/device_backend_cases.h"

#include <QTest>

#include <cmath>
#include <cstring>

using namespace atelier;
using namespace atelier::test;

class TestBackendCuda : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void isNotChosenUnasked();
    void driversAndDevices_data();
    void driversAndDevices();
    void devicesAreListed();
    void dryRunsAreWhatIsAllocated_data();
    void dryRunsAreWhatIsAllocated();
    void newMemoryIsZero();
    void cacheRowsComeBack_data();
    void cacheRowsComeBack();
    void tooLargeIsRefusedWithNumbers();
    void outOfMemoryLeavesTheDeviceUsable();
    void lostDeviceStaysLost();
    void stoppedRunIsCancelledAndTheNextOneWorks();
    void repeatedProgramsBecomeGraphs();
    void joinedOperationsWriteAllResults();
    void nothingIsLeftBehind();

private:
    Result<std::unique_ptr<Backend>> create(uint32_t device = 0) const
    {
        BackendOptions options;
        options.deviceIndex = device;
        options.named = true;
        return m_module->create(options);
    }
    std::unique_ptr<DeviceBuffer> buffer(Backend& backend, std::span<const float> values) const
    {
        auto made = backend.allocate(values.size_bytes(), StorageMode::DevicePrivate, "A test");
        check(bool(made), "the emulated device has room");
        check(bool(backend.write(*made.value(), 0, std::as_bytes(values))), "and takes it");
        return made.take();
    }
    std::vector<float> contents(Backend& backend, const DeviceBuffer& from) const
    {
        std::vector<float> values(from.bytes() / sizeof(float));
        check(bool(backend.read(from, 0, std::as_writable_bytes(std::span(values)))), "read");
        return values;
    }

    const BackendModule* m_module = nullptr;
    EmulatedControl* m_control = nullptr;
    void (*m_reset)() = nullptr;
};

void TestBackendCuda::initTestCase()
{
    auto module = loadBackendModule(ATELIER_MODULE_FOLDER, "cuda");
    QVERIFY2(bool(module), module ? "" : module.error().message.c_str());
    m_module = module.value();
    const auto file = std::filesystem::path(ATELIER_MODULE_FOLDER) / backendModuleFile("cuda");
    const auto control = loadFunction(file, "atelierEmulatedCuda");
    const auto reset = loadFunction(file, "atelierEmulatedReset");
    QVERIFY(control && reset);
    m_control = reinterpret_cast<EmulatedControl* (*)()>(control.value())();
    m_reset = reinterpret_cast<void (*)()>(reset.value());
}

void TestBackendCuda::init()
{
    *m_control = EmulatedControl{.allocated = m_control->allocated};
    m_reset();
}

void TestBackendCuda::isNotChosenUnasked()
{
    const auto backend = m_module->create(BackendOptions());
    QVERIFY(!backend);
    QCOMPARE(backend.error().code, ErrorCode::Unsupported);
}

void TestBackendCuda::driversAndDevices_data()
{
    QTest::addColumn<int>("driver");
    QTest::addColumn<int>("devices");
    QTest::addColumn<int>("capability");
    QTest::addColumn<uint>("index");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("no driver") << 0 << 1 << 90 << 0u << QByteArray("No NVIDIA driver");
    QTest::newRow("old driver") << 12040 << 1 << 90 << 0u << QByteArray("knows CUDA 12.4");
    QTest::newRow("no device") << 13000 << 0 << 90 << 0u << QByteArray("offers no device");
    QTest::newRow("old device") << 13000 << 1 << 61 << 0u << QByteArray("compute capability 6.1");
    QTest::newRow("unknown device") << 13000 << 2 << 90 << 7u << QByteArray("no CUDA device 7");
    QTest::newRow("second device") << 13010 << 2 << 75 << 1u << QByteArray();
    QTest::newRow("newest device") << 13000 << 1 << 121 << 0u << QByteArray();
}

void TestBackendCuda::driversAndDevices()
{
    QFETCH(int, driver);
    QFETCH(int, devices);
    QFETCH(int, capability);
    QFETCH(uint, index);
    QFETCH(QByteArray, says);
    m_control->driver = driver;
    m_control->devices = devices;
    m_control->capability = capability;
    const auto backend = create(index);
    QCOMPARE(bool(backend), says.isEmpty());
    if (!backend) {
        QCOMPARE(backend.error().code, ErrorCode::Unsupported);
        QVERIFY2(backend.error().message.find(says.toStdString()) != std::string::npos,
            backend.error().message.c_str());
    } else {
        const Capabilities& device = backend.value()->capabilities();
        QCOMPARE(device.deviceName, "Emulated device " + std::to_string(index));
        QVERIFY(device.kernels.find("sm_" + std::to_string(capability)) != std::string::npos);
        QCOMPARE(device.totalMemoryBytes, m_control->memory);
    }
}

void TestBackendCuda::devicesAreListed()
{
    m_control->devices = 2;
    auto list = m_module->list();
    QVERIFY(bool(list));
    QCOMPARE(list.value().size(), size_t(2));
    QCOMPARE(deviceId(list.value()[1]), std::string("cuda:1"));
    QCOMPARE(list.value()[1].driver, std::string("CUDA 13.0"));
    QCOMPARE(list.value()[1].totalMemoryBytes, uint64_t(m_control->memory));
    QVERIFY(list.value()[0].lacks.empty());
    m_control->capability = 61;
    list = m_module->list();
    QVERIFY(list.value()[0].lacks.find("7.5 is needed") != std::string::npos);
    m_control->driver = 0;
    list = m_module->list();
    QVERIFY(!list);
    QVERIFY(list.error().message.find("No NVIDIA driver") != std::string::npos);
}

void TestBackendCuda::dryRunsAreWhatIsAllocated_data()
{
    addWeightRows();
}

void TestBackendCuda::dryRunsAreWhatIsAllocated()
{
    QFETCH(DType, type);
    QFETCH(uint, rows);
    QFETCH(uint, cols);
    const auto backend = create().take();
    auto taken = [&, before = m_control->allocated]() mutable {
        const uint64_t now = m_control->allocated;
        return now - std::exchange(before, now);
    };
    const std::vector<std::byte> bytes(rows * rowBytes(type, cols));
    const auto weight = backend->prepareWeight({"w", type, rows, cols, bytes, nullptr}, {});
    QVERIFY2(bool(weight), weight ? "" : weight.error().message.c_str());
    const size_t expected = backend->weightBytes({"w", type, rows, cols, {}, nullptr});
    QCOMPARE(weight.value()->allocatedBytes(), expected);
    QCOMPARE(taken(), uint64_t(expected));
    for (const KvType kvType : {KvType::F32, KvType::F16, KvType::Q8_0}) {
        const KvShape shape{3, 2, 40, 17, kvType};
        taken();
        const auto kv = backend->createKv(shape);
        QVERIFY(bool(kv));
        QCOMPARE(kv.value()->allocatedBytes(), backend->kvBytes(shape));
        QCOMPARE(taken(), uint64_t(backend->kvBytes(shape)));
    }
    taken();
    const WorkShape work{64, 4096, 32, 2, 128, 4096, 4096};
    QVERIFY(bool(backend->reserveWork(work)));
    QCOMPARE(taken(), uint64_t(backend->workBytes(work)));
}

void TestBackendCuda::newMemoryIsZero()
{
    verifyNewMemoryIsZero(*create().take());
}

void TestBackendCuda::cacheRowsComeBack_data()
{
    addCacheRows();
}

void TestBackendCuda::cacheRowsComeBack()
{
    QFETCH(int, type);
    verifyCacheRowsComeBack(*create().take(), KvType(type));
}

void TestBackendCuda::tooLargeIsRefusedWithNumbers()
{
    verifyTooLargeIsRefusedWithNumbers(*create().take());
}

void TestBackendCuda::outOfMemoryLeavesTheDeviceUsable()
{
    const auto backend = create().take();
    const auto first = backend->allocate(1 << 20, StorageMode::DevicePrivate, "The first");
    QVERIFY(bool(first));
    m_control->memory = m_control->allocated + 1000;
    const auto second = backend->allocate(1 << 20, StorageMode::DevicePrivate, "The second");
    QVERIFY(!second);
    QCOMPARE(second.error().code, ErrorCode::OutOfMemory);
    QCOMPARE(second.error().needed, uint64_t(1 << 20));
    QCOMPARE(second.error().available, uint64_t(1000));
    QVERIFY(second.error().message.find("Use a smaller model") != std::string::npos);
    std::vector<std::byte> bytes(16);
    QVERIFY(bool(backend->read(*first.value(), 0, bytes)));
}

void TestBackendCuda::lostDeviceStaysLost()
{
    const std::vector<float> ones(64, 1.0f);
    {
        const auto backend = create().take();
        const auto memory = buffer(*backend, ones);
        const Op op = AddOp{{memory.get(), 0, 1, 32, 32}, {memory.get(), 32, 1, 32, 32}};
        m_control->failAfter = 0;
        const Status failed = backend->run({&op, 1}, {});
        QVERIFY(!failed);
        QCOMPARE(failed.error().code, ErrorCode::DeviceLost);
        m_reset(); // even if the device answered again
        const Status again = backend->run({&op, 1}, {});
        QVERIFY(!again);
        QCOMPARE(again.error().code, ErrorCode::DeviceLost);
        QCOMPARE(backend->allocate(1, StorageMode::DevicePrivate, "More").error().code,
            ErrorCode::DeviceLost);
    }
    QVERIFY(bool(create()));
    m_control->allocated = 0; // a lost device frees nothing
}

void TestBackendCuda::stoppedRunIsCancelledAndTheNextOneWorks()
{
    const auto backend = create().take();
    std::vector<float> ones(4096, 1.0f);
    const auto memory = buffer(*backend, ones);
    const Activation x{memory.get(), 0, 1, 2048, 2048};
    const Activation out{memory.get(), 2048, 1, 2048, 2048};
    const std::vector<Op> program(20, Op(AddOp{x, out}));
    std::stop_source stop;
    stop.request_stop();
    const Status stopped = backend->run(program, stop.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);

    QVERIFY(bool(backend->write(*memory, 0, std::as_bytes(std::span(ones)))));
    QVERIFY(bool(backend->run(program, {})));
    const std::vector<float> after = contents(*backend, *memory);
    QCOMPARE(after[2048], 21.0f);
    QCOMPARE(after[4095], 21.0f);
    QCOMPARE(after[2047], 1.0f);
}

// Slots, positions and ids change from token to token; the launches do not.
void TestBackendCuda::repeatedProgramsBecomeGraphs()
{
    const auto backend = create().take();
    const KvShape shape{1, 1, 32, 16, KvType::F32};
    auto kv = backend->createKv(shape);
    QVERIFY(bool(kv));
    const std::vector<float> zeros(64);
    const auto memory = buffer(*backend, zeros);
    std::vector<float> table(4 * 32);
    for (size_t i = 0; i < table.size(); ++i) {
        table[i] = float(i);
    }
    const auto weight = backend->prepareWeight(
        {"t", DType::F32, 4, 32, std::as_bytes(std::span(table)), nullptr}, {});
    QVERIFY(bool(weight));
    const Activation row{memory.get(), 0, 1, 32, 32};
    const Activation out{memory.get(), 32, 1, 32, 32};
    const std::vector<float> frequencies{1.0f};
    for (int32_t t = 0; t < 4; ++t) {
        const std::vector<int32_t> ids{3 - t};
        const std::vector<int32_t> positions{t};
        const std::vector<Op> program{EmbedOp{weight.value().get(), ids, row},
            RopeOp{row, 1, 32, RopePairing::Adjacent, positions, frequencies, 1.0f},
            KvWriteOp{row, row, kv.value().get(), 0, uint32_t(t)},
            AttentionOp{row, kv.value().get(), 0, 1, uint32_t(t), 0.0f, out}};
        QVERIFY(bool(backend->run(program, {})));
        QCOMPARE(m_control->graphLaunches, uint64_t(t < 1 ? 0 : t));
        const std::vector<float> values = contents(*backend, *memory);
        // A scale of zero: the mean of the values so far. Column 2 is not rotated.
        double mean = 0.0;
        for (int32_t s = 0; s <= t; ++s) {
            mean += double(table[size_t(3 - s) * 32 + 2]) / (t + 1);
        }
        QVERIFY(std::fabs(values[34] - mean) < 1e-4);
        const double a = table[size_t(3 - t) * 32];
        const double b = table[size_t(3 - t) * 32 + 1];
        QVERIFY(std::fabs(values[0] - (a * std::cos(t) - b * std::sin(t))) < 1e-4);
    }
}

// Norm and rounding, product and SwiGLU run in one kernel each, and leave what each op would.
void TestBackendCuda::joinedOperationsWriteAllResults()
{
    constexpr uint32_t kIn = 64;
    constexpr uint32_t kHalf = 96;
    std::vector<float> start(4096);
    for (size_t i = 0; i < start.size(); ++i) {
        start[i] = std::sin(float(i) * 0.7f);
    }
    std::vector<std::byte> bytes(2 * kHalf * rowBytes(DType::Q8_0, kIn));
    for (size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = std::byte(i % 34 == 1 ? 0x20 : i % 34 == 0 ? 0 : (i * 37) % 251);
    }
    const std::vector<float> norm(kIn, 1.5f);
    std::vector<std::vector<float>> results;
    for (const bool joined : {true, false}) {
        const auto backend = create().take();
        const auto memory = buffer(*backend, start);
        const auto weight =
            backend->prepareWeight({"w", DType::Q8_0, 2 * kHalf, kIn, bytes, nullptr}, {});
        const auto normWeight = backend->prepareWeight(
            {"n", DType::F32, 1, kIn, std::as_bytes(std::span(norm)), nullptr}, {});
        QVERIFY(weight && normWeight);
        const Activation x{memory.get(), 0, 3, kIn, kIn};
        const Activation normed{memory.get(), 256, 3, kIn, kIn};
        const Activation both{memory.get(), 512, 3, 2 * kHalf, 2 * kHalf};
        const Activation inner{memory.get(), 2048, 3, kHalf, kHalf};
        const std::vector<Op> program{RmsNormOp{x, normWeight.value().get(), 1e-5f, normed, false},
            MatMulOp{normed, weight.value().get(), nullptr, both, false},
            SwiGluOp{both, inner}};
        const uint64_t before = m_control->launches;
        if (joined) {
            QVERIFY(bool(backend->run(program, {})));
            QCOMPARE(m_control->launches - before, uint64_t(2));
        } else {
            for (const Op& op : program) {
                QVERIFY(bool(backend->run({&op, 1}, {})));
            }
            QCOMPARE(m_control->launches - before, uint64_t(4)); // rounding has its own
        }
        results.push_back(contents(*backend, *memory));
    }
    QCOMPARE(results[0], results[1]);
    QVERIFY(results[0][2048] != start[2048]);
}

void TestBackendCuda::nothingIsLeftBehind()
{
    QCOMPARE(m_control->allocated, uint64_t(0));
}

QTEST_APPLESS_MAIN(TestBackendCuda)
#include "tst_backend_cuda.moc"
