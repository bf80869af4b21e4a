// SPDX-License-Identifier: MIT
#include "engine/api/machine.h"

#include <QTest>

#include <cstddef>
#include <vector>

using namespace atelier;

class TestMachine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void factsAreSane();
    void residentMemoryFollowsWhatIsTouched();
    void readingIsCheap();
};

void TestMachine::factsAreSane()
{
    const MachineInfo info = readMachineInfo();
    QVERIFY(!info.processor.empty());
    QVERIFY(info.physicalCores >= 1 && info.physicalCores <= 4096);
    QVERIFY(info.totalMemoryBytes >= (64ull << 20));
    QVERIFY(info.availableMemoryBytes > 0);
    QVERIFY(info.availableMemoryBytes <= info.totalMemoryBytes);
    QVERIFY(info.processResidentBytes >= (1u << 20));
    QVERIFY(info.processResidentBytes < info.totalMemoryBytes);
    QVERIFY(info.processPeakBytes >= info.processResidentBytes);
}

void TestMachine::residentMemoryFollowsWhatIsTouched()
{
    constexpr size_t kBytes = size_t(64) << 20;
    const MachineInfo before = readMachineInfo();
    {
        std::vector<std::byte> block(kBytes, std::byte(1));
        // Kernels count pages in batches; a quarter is far more than they hold back.
        QVERIFY(
            readMachineInfo().processResidentBytes >= before.processResidentBytes + kBytes * 3 / 4);
        QVERIFY(block.back() == std::byte(1));
    }
    QVERIFY(readMachineInfo().processPeakBytes >= before.processResidentBytes + kBytes * 3 / 4);
}

void TestMachine::readingIsCheap()
{
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 20; ++i) {
        QVERIFY(readMachineInfo().totalMemoryBytes > 0);
    }
    QVERIFY2(timer.elapsed() < 1000, "20 readings take well under a second on any machine");
}

QTEST_APPLESS_MAIN(TestMachine)
#include "tst_machine.moc"
