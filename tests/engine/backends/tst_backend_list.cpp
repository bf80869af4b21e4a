// SPDX-License-Identifier: MIT
#include "engine/backends/backend_list.h"

#include <QTest>

#include <array>
#include <string>

using namespace atelier;

namespace {

uint32_t lastDeviceIndex = 0;

Result<std::unique_ptr<Backend>> refuse(const BackendOptions& options)
{
    lastDeviceIndex = options.deviceIndex;
    return Error{ErrorCode::Unsupported, "There is no such device."};
}

Result<std::unique_ptr<Backend>> createCpu(const BackendOptions& options)
{
    return createBackend("cpu", options, builtInBackends());
}

Result<std::vector<DeviceInfo>> noDevices()
{
    return Error{ErrorCode::Unsupported, "There is no such device."};
}

Result<std::vector<DeviceInfo>> twoDevices()
{
    std::vector<DeviceInfo> devices(2);
    devices[0].backend = devices[1].backend = "gpu";
    devices[1].index = 1;
    devices[1].lacks = "memory";
    return devices;
}

Result<std::vector<DeviceInfo>> processor()
{
    return builtInBackends().back().list();
}

constexpr std::array kFactories{
    BackendFactory{"gpu", &refuse, &noDevices}, BackendFactory{"cpu", &createCpu, &processor}};

} // namespace

class TstBackendList : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theCpuIsLast();
    void automaticChoiceFallsBack_data();
    void automaticChoiceFallsBack();
    void aNamedBackendIsUsedOrAnError();
    void unknownNamesAreListed();
    void deviceNumbersAreRead_data();
    void deviceNumbersAreRead();
    void theCapLimitsTheKernels_data();
    void theCapLimitsTheKernels();
    void capabilitiesDescribeTheMachine();
    void devicesAreListedInTheOrderOfChoice();
    void absentBackendsSayWhy();
};

void TstBackendList::theCpuIsLast()
{
    QCOMPARE(builtInBackends().back().name, std::string_view("cpu"));
}

void TstBackendList::automaticChoiceFallsBack_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("empty") << "";
    QTest::newRow("auto") << "auto";
}

void TstBackendList::automaticChoiceFallsBack()
{
    QFETCH(QString, name);
    const auto backend = createBackend(name.toStdString(), {.threads = 1}, kFactories);
    QVERIFY(bool(backend));
    QCOMPARE(backend.value()->name(), std::string_view("cpu"));
}

void TstBackendList::aNamedBackendIsUsedOrAnError()
{
    const auto backend = createBackend("gpu", {.threads = 1}, kFactories);
    QVERIFY(!backend);
    QCOMPARE(backend.error().code, ErrorCode::Unsupported); // never silently the CPU
}

void TstBackendList::unknownNamesAreListed()
{
    const auto backend = createBackend("tpu", {}, kFactories);
    QVERIFY(!backend);
    QCOMPARE(backend.error().code, ErrorCode::InvalidUse);
    for (const char* part : {"tpu", "gpu", "cpu"}) {
        QVERIFY2(backend.error().message.find(part) != std::string::npos,
            backend.error().message.c_str());
    }
}

void TstBackendList::deviceNumbersAreRead_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("index"); // -1: refused
    QTest::newRow("none") << "gpu" << 0;
    QTest::newRow("one") << "gpu:1" << 1;
    QTest::newRow("empty") << "gpu:" << -1;
    QTest::newRow("a word") << "gpu:first" << -1;
    QTest::newRow("trailing text") << "gpu:1x" << -1;
    QTest::newRow("negative") << "gpu:-1" << -1;
    QTest::newRow("too large") << "gpu:99999999999" << -1;
}

void TstBackendList::deviceNumbersAreRead()
{
    QFETCH(QString, name);
    QFETCH(int, index);
    lastDeviceIndex = 77;
    const auto backend = createBackend(name.toStdString(), {}, kFactories);
    QVERIFY(!backend);
    QCOMPARE(backend.error().code, index < 0 ? ErrorCode::InvalidUse : ErrorCode::Unsupported);
    QCOMPARE(lastDeviceIndex, index < 0 ? 77u : uint32_t(index));
}

void TstBackendList::theCapLimitsTheKernels_data()
{
    QTest::addColumn<int>("cap");
    QTest::addColumn<QStringList>("allowed");
    QTest::newRow("portable") << int(IsaCap::Portable) << QStringList{"portable"};
    QTest::newRow("avx2") << int(IsaCap::Avx2) << QStringList{"portable", "avx2"};
    QTest::newRow("none") << int(IsaCap::None) << QStringList{"portable", "avx2", "avx512-vnni"};
}

void TstBackendList::theCapLimitsTheKernels()
{
    QFETCH(int, cap);
    QFETCH(QStringList, allowed);
    const auto backend = createBackend("cpu", {.threads = 1, .isa = IsaCap(cap)});
    QVERIFY(bool(backend));
    const auto kernels = QString::fromStdString(backend.value()->capabilities().kernels);
    QVERIFY2(allowed.contains(kernels), qPrintable(kernels));
}

void TstBackendList::capabilitiesDescribeTheMachine()
{
    const auto backend = createBackend("cpu", {.threads = 3});
    QVERIFY(bool(backend));
    const Capabilities& device = backend.value()->capabilities();
    QVERIFY(!device.deviceName.empty());
    QCOMPARE(device.threads, 3u);
    QVERIFY(device.totalMemoryBytes > (size_t(64) << 20));
    QVERIFY(device.availableMemoryBytes > 0);
    QVERIFY(device.availableMemoryBytes <= device.totalMemoryBytes);
    QVERIFY(device.hostVisibleMemory);
}

void TstBackendList::devicesAreListedInTheOrderOfChoice()
{
    constexpr std::array kBoth{
        BackendFactory{"gpu", &refuse, &twoDevices}, BackendFactory{"cpu", &createCpu, &processor}};
    const DeviceList list = listDevicesOf(kBoth);
    QVERIFY(list.absent.empty());
    QCOMPARE(list.devices.size(), size_t(3));
    QCOMPARE(deviceId(list.devices[0]), std::string("gpu"));
    QCOMPARE(deviceId(list.devices[1]), std::string("gpu:1"));
    QCOMPARE(list.devices[1].lacks, std::string("memory"));
    const DeviceInfo& last = list.devices[2];
    QCOMPARE(deviceId(last), std::string("cpu"));
    QVERIFY(!last.name.empty());
    QVERIFY(last.availableMemoryBytes > 0 && last.availableMemoryBytes <= last.totalMemoryBytes);
}

void TstBackendList::absentBackendsSayWhy()
{
    const DeviceList list = listDevicesOf(kFactories);
    QCOMPARE(list.devices.size(), size_t(1));
    QCOMPARE(list.absent.size(), size_t(1));
    QCOMPARE(list.absent[0].backend, std::string("gpu"));
    QCOMPARE(list.absent[0].reason, std::string("There is no such device."));
}

QTEST_APPLESS_MAIN(TstBackendList)
#include "tst_backend_list.moc"
