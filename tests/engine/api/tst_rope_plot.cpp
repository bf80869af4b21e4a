// SPDX-License-Identifier: MIT
// The numbers of the YaRN plot, against the values worked out in glm-facts 3.
#include "engine/api/rope_plot.h"

#include <QTest>

#include <cmath>

using namespace atelier;

namespace {

ModelInfo glm4()
{
    ModelInfo info;
    info.contextLength = 32768;
    info.headDim = 128;
    info.rope.dimensions = 64;
    info.rope.base = 10000.0;
    return info;
}

SessionOptions yarn(double factor, uint32_t original = 0)
{
    SessionOptions options;
    options.yarn = YarnOptions{factor, original};
    return options;
}

bool isNear(double a, double b)
{
    return std::fabs(a - b) <= 1e-6 * std::fabs(b);
}

} // namespace

class TestRopePlot : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void plainPositions();
    void yarnAtFour();
    void zones_data();
    void zones();
    void optionsCount();
    void fileSettingsCount();
    void badOptionsAreRefused_data();
    void badOptionsAreRefused();
};

void TestRopePlot::plainPositions()
{
    const auto plot = plotRope(glm4(), {});
    QVERIFY(bool(plot));
    QCOMPARE(plot.value().pairs.size(), size_t(32));
    QCOMPARE(plot.value().magnitude, 1.0);
    QCOMPARE(plot.value().factor, 1.0);
    QCOMPARE(plot.value().longestContext, 32768u);
    for (size_t j = 0; j < 32; ++j) {
        const RopePlot::Pair& pair = plot.value().pairs[j];
        QVERIFY(isNear(pair.plainTurn, 2 * M_PI * std::pow(10000.0, double(j) / 32)));
        QCOMPARE(pair.turn, pair.plainTurn);
        QVERIFY(pair.zone == RopePlot::Zone::Kept);
    }
}

void TestRopePlot::yarnAtFour()
{
    const auto plot = plotRope(glm4(), yarn(4.0)).take();
    QVERIFY(isNear(plot.magnitude, 1.138629436));
    QCOMPARE(plot.originalContext, 32768u);
    QCOMPARE(plot.longestContext, 131072u);
    const std::pair<size_t, double> frequencies[] = {{17, 0.00749894209},
        {18, 0.00529898556},
        {24, 0.000596153846},
        {30, 4.44569853e-05},
        {31, 3.33380358e-05}};
    for (const auto& [pair, frequency] : frequencies) {
        QVERIFY(isNear(2 * M_PI / plot.pairs[pair].turn, frequency));
    }
    QCOMPARE(plot.pairs[31].scale, 0.25);
    QCOMPARE(plot.pairs[0].scale, 1.0);
    // "Pair 24 turns once in 6,280 tokens"
    QVERIFY(std::fabs(plot.pairs[24].plainTurn - 6283.2) < 1.0);
}

void TestRopePlot::zones_data()
{
    QTest::addColumn<double>("factor");
    QTest::newRow("1.5") << 1.5;
    QTest::newRow("4") << 4.0;
    QTest::newRow("8") << 8.0;
}

// Kept 0 to 17, blended 18 to 29, slowed 30 and 31, whatever the factor.
void TestRopePlot::zones()
{
    QFETCH(double, factor);
    const auto plot = plotRope(glm4(), yarn(factor)).take();
    for (size_t j = 0; j < 32; ++j) {
        const auto expected = j <= 17   ? RopePlot::Zone::Kept
                              : j <= 29 ? RopePlot::Zone::Blended
                                        : RopePlot::Zone::Slowed;
        QVERIFY2(plot.pairs[j].zone == expected, qPrintable(QString::number(j)));
        QVERIFY(plot.pairs[j].scale <= 1.0 && plot.pairs[j].scale >= 1.0 / factor - 1e-12);
        QVERIFY(j == 0 || plot.pairs[j].scale <= plot.pairs[j - 1].scale);
    }
}

void TestRopePlot::optionsCount()
{
    SessionOptions options = yarn(4.0, 8192);
    QCOMPARE(plotRope(glm4(), options).value().longestContext, 32768u);
    options.yarn->attentionFactor = 1.5;
    QCOMPARE(plotRope(glm4(), options).value().magnitude, 1.5);
    options.yarn->attentionFactor.reset();
    options.yarn->extrapolationFactor = 0.0; // all pairs are slowed, and nothing is made louder
    const auto flat = plotRope(glm4(), options).take();
    QCOMPARE(flat.pairs[0].scale, 0.25);
    QCOMPARE(flat.magnitude, 1.0);
    SessionOptions linear;
    linear.linearFactor = 2.0;
    QCOMPARE(plotRope(glm4(), linear).value().pairs[0].scale, 0.5);
    QCOMPARE(plotRope(glm4(), linear).value().longestContext, 65536u);
    SessionOptions base;
    base.ropeBase = 5e6;
    QVERIFY(isNear(plotRope(glm4(), base).value().pairs[16].plainTurn, 2 * M_PI * std::sqrt(5e6)));
    // Auto shows what it would switch to, once it is said.
    SessionOptions automatic = yarn(2.0);
    automatic.yarnMode = YarnMode::Auto;
    QCOMPARE(plotRope(glm4(), automatic).value().longestContext, 65536u);
}

void TestRopePlot::fileSettingsCount()
{
    ModelInfo info = glm4();
    info.contextLength = 131072;
    info.rope.scaling = RopeScaling::Yarn;
    info.rope.factor = 4.0;
    info.rope.originalContext = 32768;
    QCOMPARE(plotRope(info, {}).value().pairs[31].scale, 0.25);
    QCOMPARE(plotRope(info, {}).value().longestContext, 131072u);
    QCOMPARE(plotRope(info, yarn(2.0)).value().longestContext, 65536u);
    SessionOptions off;
    off.yarnMode = YarnMode::Off;
    QCOMPARE(plotRope(info, off).value().pairs[31].scale, 1.0);
    QCOMPARE(plotRope(info, off).value().longestContext, 32768u);
}

void TestRopePlot::badOptionsAreRefused_data()
{
    QTest::addColumn<double>("factor");
    QTest::newRow("NaN") << double(NAN);
    QTest::newRow("negative") << -4.0;
    QTest::newRow("zero") << 0.0;
    QTest::newRow("infinite") << double(INFINITY);
}

void TestRopePlot::badOptionsAreRefused()
{
    QFETCH(double, factor);
    const auto plot = plotRope(glm4(), yarn(factor));
    QVERIFY(!plot);
    QCOMPARE(plot.error().code, ErrorCode::InvalidUse);
}

QTEST_APPLESS_MAIN(TestRopePlot)
#include "tst_rope_plot.moc"
