// SPDX-License-Identifier: MIT
#include "engine/backends/backend_check.h"
#include "engine/backends/cpu/backend_cpu.h"
#include "engine/backends/cpu/kernels_inl.h"
#include "engine/backends/cpu/simd_avx512.h"
#include "engine/base/cpu_features.h"

#include <QTest>

#include <map>
#include <memory>
#include <string>

using namespace atelier;

// The AVX-512 kernels with every intrinsic computed by SIMDe (emulated_avx512/immintrin.h), so that
// they are checked on machines without AVX-512 too. Slow: one thread, and only the cases that
// differ between instruction sets.
class TstKernelsAvx512 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void agreesWithTheReference_data();
    void agreesWithTheReference();
};

void TstKernelsAvx512::initTestCase()
{
    if (!readCpuFeatures().avx2) {
        QSKIP("The emulation itself needs AVX2, which this processor does not have");
    }
}

void TstKernelsAvx512::agreesWithTheReference_data()
{
    QTest::addColumn<QString>("operation");
    std::map<std::string, int> operations;
    for (const CheckCase& check : backendCheckCases()) {
        ++operations[check.operation];
    }
    for (const auto& [operation, cases] : operations) {
        QTest::addRow("%s (%d cases)", operation.c_str(), cases)
            << QString::fromStdString(operation);
    }
}

void TstKernelsAvx512::agreesWithTheReference()
{
    QFETCH(QString, operation);
    const auto backend = BackendCpu::create(
        {.threads = 1, .isa = IsaCap::None, .deviceIndex = 0}, kKernelsOf<SimdAvx512>)
                             .take();
    QCOMPARE(backend->capabilities().kernels, std::string("avx512-vnni"));
    for (const CheckCase& check : backendCheckCases()) {
        if (check.operation != operation.toStdString()) {
            continue;
        }
        const CheckOutcome outcome = check.run(*backend);
        QVERIFY2(outcome.problem.empty() && outcome.worst <= 1.0,
            (check.name + ": " + outcome.problem).c_str());
    }
}

QTEST_APPLESS_MAIN(TstKernelsAvx512)
#include "tst_kernels_avx512.moc"
