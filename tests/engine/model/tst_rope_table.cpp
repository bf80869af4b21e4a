// SPDX-License-Identifier: MIT
#include "engine/model/rope_table.h"

#include <QTest>

#include <cmath>

using namespace atelier;

namespace {

// GLM-4-0414 with its card's YaRN settings.
RopeSettings yarn()
{
    RopeSettings settings;
    settings.dimensions = 64;
    settings.base = 10000.0;
    settings.scaling = RopeScaling::Yarn;
    settings.factor = 4.0;
    settings.originalContext = 32768.0;
    return settings;
}

bool closeTo(float actual, double expected)
{
    return std::fabs(actual - expected) <= 1e-7 * std::fabs(expected); // one rounding to F32
}

} // namespace

class TestRopeTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void plainFrequencies();
    void yarnWorkedValues_data();
    void yarnWorkedValues();
    void attentionFactorReplacesTheFormula();
    void linearDividesAll();
    void extrapolationIsAShare();
    void divisorsDivide();
    void wrongSettingsAreRefused_data();
    void wrongSettingsAreRefused();
};

void TestRopeTable::plainFrequencies()
{
    RopeSettings settings;
    settings.dimensions = 4;
    settings.base = 100.0;
    const RopeTable table = makeRopeTable(settings);
    QCOMPARE(table.frequencies, (std::vector<float>{1.0f, 0.1f}));
    QCOMPARE(table.magnitude, 1.0f);
}

// Worked values for GLM-4-0414 (base 10000, 64 dimensions, factor 4, 32768 tokens).
void TestRopeTable::yarnWorkedValues_data()
{
    QTest::addColumn<int>("pair");
    QTest::addColumn<double>("expected");
    QTest::newRow("first") << 0 << 1.0;
    QTest::newRow("last unchanged") << 17 << 0.00749894209;
    QTest::newRow("first of the ramp") << 18 << 0.00529898556;
    QTest::newRow("middle of the ramp") << 24 << 0.000596153846;
    QTest::newRow("first fully divided") << 30 << 4.44569853e-05;
    QTest::newRow("last") << 31 << 3.33380358e-05;
}

void TestRopeTable::yarnWorkedValues()
{
    QFETCH(int, pair);
    QFETCH(double, expected);
    const RopeTable table = makeRopeTable(yarn());
    QCOMPARE(table.frequencies.size(), size_t(32));
    const float actual = table.frequencies[size_t(pair)];
    // Half a unit of the ninth digit that is given, and one rounding to F32.
    QVERIFY2(std::fabs(actual - expected) <= (5e-9 + 6e-8) * expected * 1.1,
        qPrintable(QString::number(actual, 'g', 10)));
    QVERIFY(closeTo(table.magnitude, 1.138629436));
}

void TestRopeTable::attentionFactorReplacesTheFormula()
{
    RopeSettings settings = yarn();
    settings.attentionFactor = 1.5;
    QCOMPARE(makeRopeTable(settings).magnitude, 1.5f);
}

void TestRopeTable::linearDividesAll()
{
    RopeSettings settings = yarn();
    settings.scaling = RopeScaling::None;
    const RopeTable plain = makeRopeTable(settings);
    settings.scaling = RopeScaling::Linear;
    const RopeTable linear = makeRopeTable(settings);
    for (size_t j = 0; j < plain.frequencies.size(); ++j) {
        QVERIFY(closeTo(linear.frequencies[j], double(plain.frequencies[j]) / 4.0));
    }
    QCOMPARE(linear.magnitude, 1.0f);
}

// 1 is pure YaRN, 0 interpolates every pair as linear scaling does.
void TestRopeTable::extrapolationIsAShare()
{
    const auto full = ropePairs(yarn());
    RopeSettings settings = yarn();
    settings.extrapolationFactor = 0.25;
    const auto quarter = ropePairs(settings);
    for (size_t j = 0; j < full.size(); ++j) {
        const double kept = (1.0 - full[j].interpolated) * 0.25;
        QVERIFY(closeTo(float(quarter[j].scaled),
            kept * full[j].plain + (1.0 - kept) * full[j].plain / settings.factor));
    }
    settings.extrapolationFactor = 0.0;
    for (const RopePair& pair : ropePairs(settings)) {
        QVERIFY(closeTo(float(pair.scaled), pair.plain / settings.factor));
    }
    QCOMPARE(makeRopeTable(settings).magnitude, 1.0f);
    settings.attentionFactor = 1.2;
    QCOMPARE(makeRopeTable(settings).magnitude, 1.2f);
}

void TestRopeTable::divisorsDivide()
{
    RopeSettings settings;
    settings.dimensions = 4;
    settings.base = 100.0;
    settings.divisors = {1.0f, 8.0f};
    QVERIFY(bool(validateRope(settings, 4)));
    QVERIFY(closeTo(makeRopeTable(settings).frequencies[1], 0.1 / 8.0));
}

void TestRopeTable::wrongSettingsAreRefused_data()
{
    QTest::addColumn<RopeSettings>("settings");
    const auto row = [](const char* tag, auto set) {
        RopeSettings settings = yarn();
        set(settings);
        QTest::newRow(tag) << settings;
    };
    row("no dimensions", [](auto& s) { s.dimensions = 0; });
    row("odd", [](auto& s) { s.dimensions = 33; });
    row("more than the head", [](auto& s) { s.dimensions = 130; });
    row("base 0", [](auto& s) { s.base = 0; });
    row("base 1", [](auto& s) { s.base = 1; });
    row("base NaN", [](auto& s) { s.base = NAN; });
    row("factor 0", [](auto& s) { s.factor = 0; });
    row("factor infinite", [](auto& s) { s.factor = INFINITY; });
    row("original context 0", [](auto& s) { s.originalContext = 0; });
    row("beta negative", [](auto& s) { s.betaSlow = -1; });
    row("beta NaN", [](auto& s) { s.betaFast = NAN; });
    row("extrapolation above 1", [](auto& s) { s.extrapolationFactor = 1.5; });
    row("extrapolation NaN", [](auto& s) { s.extrapolationFactor = NAN; });
    row("attention factor 0", [](auto& s) { s.attentionFactor = 0; });
    row("too few divisors", [](auto& s) { s.divisors = {1.0f}; });
    row("divisor 0", [](auto& s) { s.divisors.assign(32, 0.0f); });
}

void TestRopeTable::wrongSettingsAreRefused()
{
    QVERIFY(bool(validateRope(yarn(), 128)));
    QFETCH(RopeSettings, settings);
    const Status valid = validateRope(settings, 128);
    QVERIFY(!valid);
    QCOMPARE(valid.error().code, ErrorCode::InvalidFormat);
}

QTEST_APPLESS_MAIN(TestRopeTable)
#include "tst_rope_table.moc"
