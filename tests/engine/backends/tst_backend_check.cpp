// SPDX-License-Identifier: MIT
#include "engine/backends/backend_check.h"
#include "engine/backends/backend_list.h"

#include <QTest>

#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace atelier;

namespace {

// What a backend can get wrong in its last step.
enum class Fault { None, FirstValue, LastValue, BeforeTheMatrix, BetweenRows, NotANumber };

// Spoils the contents of every buffer that is read back.
class FaultyBackend final : public Backend
{
public:
    FaultyBackend(std::unique_ptr<Backend> inner, Fault fault)
        : m_inner(std::move(inner)),
          m_fault(fault)
    {
    }

    std::string_view name() const override { return "faulty"; }
    const Capabilities& capabilities() const override { return m_inner->capabilities(); }
    bool supports(const Op& op) const override
    {
        if (const auto* product = std::get_if<MatMulOp>(&op)) {
            m_out = product->out;
        }
        return m_inner->supports(op);
    }
    size_t weightBytes(const WeightSource& source) const override
    {
        return m_inner->weightBytes(source);
    }
    size_t kvBytes(const KvShape& shape) const override { return m_inner->kvBytes(shape); }
    size_t bufferBytes(size_t bytes) const override { return m_inner->bufferBytes(bytes); }
    Result<std::unique_ptr<Weight>> prepareWeight(
        WeightSource source, std::stop_token stop) override
    {
        return m_inner->prepareWeight(std::move(source), std::move(stop));
    }
    Result<std::unique_ptr<KvStore>> createKv(const KvShape& shape) override
    {
        return m_inner->createKv(shape);
    }
    Status write(DeviceBuffer& buffer, size_t offset, std::span<const std::byte> bytes) override
    {
        return m_inner->write(buffer, offset, bytes);
    }
    Status read(const DeviceBuffer& buffer, size_t offset, std::span<std::byte> bytes) override
    {
        Status status = m_inner->read(buffer, offset, bytes);
        auto* floats = reinterpret_cast<float*>(bytes.data());
        const size_t last = m_out.offset + (m_out.rows - 1) * m_out.stride + m_out.cols - 1;
        switch (m_fault) {
        case Fault::None:
            break;
        case Fault::FirstValue:
            floats[m_out.offset] += 0.5f;
            break;
        case Fault::LastValue:
            floats[last] += 0.5f;
            break;
        case Fault::BeforeTheMatrix:
            floats[m_out.offset - 1] = 0.0f;
            break;
        case Fault::BetweenRows:
            floats[m_out.offset + m_out.cols] = 0.0f;
            break;
        case Fault::NotANumber:
            floats[last] = std::numeric_limits<float>::quiet_NaN();
            break;
        }
        return status;
    }

protected:
    Result<std::unique_ptr<DeviceBuffer>> onAllocate(
        size_t bytes, StorageMode mode, std::string_view label) override
    {
        return m_inner->allocate(bytes, mode, label);
    }
    Status onRun(std::span<const Op> ops, std::stop_token stop) override
    {
        return m_inner->run(ops, std::move(stop));
    }

private:
    std::unique_ptr<Backend> m_inner;
    Fault m_fault;
    mutable Activation m_out;
};

std::unique_ptr<Backend> cpu(IsaCap isa, uint32_t threads)
{
    return createBackend("cpu", {.threads = threads, .isa = isa, .deviceIndex = 0}).take();
}

} // namespace

Q_DECLARE_METATYPE(Fault)

// Every operation, every type, awkward sizes, with each instruction set that this processor has.
class TstBackendCheck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithTheReference_data();
    void agreesWithTheReference();
    void findsFaults_data();
    void findsFaults();
};

void TstBackendCheck::agreesWithTheReference_data()
{
    QTest::addColumn<int>("isa");
    QTest::addColumn<int>("threads");
    QTest::addColumn<QString>("operation");

    std::map<std::string, int> operations;
    for (const CheckCase& check : backendCheckCases()) {
        ++operations[check.operation];
    }
    struct Setting
    {
        IsaCap isa;
        int threads;
        const char* name;
    };
    std::vector<Setting> settings{
        {IsaCap::None, 3, "best, 3 threads"}, {IsaCap::Portable, 1, "portable, 1 thread"}};
    if (cpu(IsaCap::None, 1)->capabilities().kernels !=
        cpu(IsaCap::Avx2, 1)->capabilities().kernels) {
        settings.push_back({IsaCap::Avx2, 2, "avx2, 2 threads"});
    }
    for (const Setting& setting : settings) {
        for (const auto& [operation, cases] : operations) {
            QTest::addRow("%s: %s (%d cases)", setting.name, operation.c_str(), cases)
                << int(setting.isa) << setting.threads << QString::fromStdString(operation);
        }
    }
}

void TstBackendCheck::agreesWithTheReference()
{
    QFETCH(int, isa);
    QFETCH(int, threads);
    QFETCH(QString, operation);
    const auto backend = cpu(IsaCap(isa), uint32_t(threads));
    for (const CheckCase& check : backendCheckCases()) {
        if (check.operation != operation.toStdString()) {
            continue;
        }
        const CheckOutcome outcome = check.run(*backend);
        QVERIFY2(outcome.problem.empty() && outcome.worst <= 1.0,
            (check.name + ": " + outcome.problem).c_str());
    }
}

void TstBackendCheck::findsFaults_data()
{
    QTest::addColumn<Fault>("fault");
    QTest::newRow("none") << Fault::None;
    QTest::newRow("first value") << Fault::FirstValue;
    QTest::newRow("last value") << Fault::LastValue;
    QTest::newRow("written before the matrix") << Fault::BeforeTheMatrix;
    QTest::newRow("written between rows") << Fault::BetweenRows;
    QTest::newRow("not a number") << Fault::NotANumber;
}

void TstBackendCheck::findsFaults()
{
    QFETCH(Fault, fault);
    FaultyBackend backend(cpu(IsaCap::None, 1), fault);
    int run = 0;
    for (const CheckCase& check : backendCheckCases()) {
        if (check.operation != "mat_mul F32") {
            continue;
        }
        ++run;
        QCOMPARE(check.run(backend).problem.empty(), fault == Fault::None);
    }
    QVERIFY(run > 0);
}

QTEST_APPLESS_MAIN(TstBackendCheck)
#include "tst_backend_check.moc"
