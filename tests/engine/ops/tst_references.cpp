// SPDX-License-Identifier: MIT
#include "engine/ops/add.h"
#include "engine/ops/attention.h"
#include "engine/ops/embed.h"
#include "engine/ops/mat_mul.h"
#include "engine/ops/rms_norm.h"
#include "engine/ops/rope.h"
#include "engine/ops/swiglu.h"

#include <QTest>

#include <cmath>
#include <vector>

using namespace atelier;

// The references judge every backend, so they are held against values worked out by hand.
class TstReferences : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rmsNormDividesByTheRootOfTheMeanSquare();
    void rmsNormCanAddToWhatIsThere();
    void addKeepsPaddingUntouched();
    void matMulTakesRowsOfWeights();
    void ropeTurnsPairs_data();
    void ropeTurnsPairs();
    void ropeLeavesTheRestOfAHeadAlone();
    void attentionIsCausal();
    void attentionWeighsByExponentials();
    void attentionGroupsShareAKvHead();
    void kvRoundTripKeepsWhatTheTypeCanHold();
    void swiGluGatesTheSecondHalf();
    void embedCopiesRows();
};

namespace {

using Floats = std::vector<float>;

MatrixView<float> view(Floats& values, size_t rows)
{
    const size_t cols = values.size() / rows;
    return {values.data(), rows, cols, cols};
}

MatrixView<const float> constView(const Floats& values, size_t rows)
{
    const size_t cols = values.size() / rows;
    return {values.data(), rows, cols, cols};
}

bool near(float a, double b)
{
    return std::fabs(a - b) <= 1e-6 * (1.0 + std::fabs(b));
}

} // namespace

void TstReferences::rmsNormDividesByTheRootOfTheMeanSquare()
{
    const Floats x{3, 4, 0, 0};
    const Floats weight{1, 2, 3, 4};
    Floats out(4);
    rmsNormReference(constView(x, 1), weight, 1e-12f, false, view(out, 1));
    // The mean square is 25 / 4.
    QVERIFY(near(out[0], 3.0 / 2.5));
    QVERIFY(near(out[1], 2.0 * 4.0 / 2.5));
    QCOMPARE(out[2], 0.0f);

    const Floats zeros(4);
    rmsNormReference(constView(zeros, 1), weight, 1e-5f, false, view(out, 1));
    QCOMPARE(out, zeros); // epsilon keeps it from dividing by zero
}

void TstReferences::rmsNormCanAddToWhatIsThere()
{
    const Floats x{2, 2};
    const Floats weight{1, 1};
    Floats out{10, 20};
    rmsNormReference(constView(x, 1), weight, 1e-12f, true, view(out, 1));
    QVERIFY(near(out[0], 11.0));
    QVERIFY(near(out[1], 21.0));
}

void TstReferences::addKeepsPaddingUntouched()
{
    Floats x{1, 2, 99, 3, 4, 99};
    Floats out{10, 20, -1, 30, 40, -1};
    addReference({x.data(), 2, 2, 3}, {out.data(), 2, 2, 3});
    QCOMPARE(out, (Floats{11, 22, -1, 33, 44, -1}));
}

void TstReferences::matMulTakesRowsOfWeights()
{
    const Floats x{1, 2, 3, 4, 5, 6};      // [2, 3]
    const Floats weight{1, 0, 0, 0, 1, 1}; // [2, 3]
    const Floats bias{100, 200};
    Floats out(4);
    matMulReference(constView(x, 2), constView(weight, 2), bias, view(out, 2));
    QCOMPARE(out, (Floats{101, 205, 104, 211}));
    matMulReference(constView(x, 2), constView(weight, 2), {}, view(out, 2));
    QCOMPARE(out, (Floats{1, 5, 4, 11}));
}

void TstReferences::ropeTurnsPairs_data()
{
    QTest::addColumn<bool>("adjacent");
    QTest::addColumn<QVector<float>>("expected");
    // A quarter turn of the first pair, half a turn of the second.
    QTest::newRow("adjacent") << true << QVector<float>{-2, 1, -3, -4};
    QTest::newRow("halves") << false << QVector<float>{-3, -2, 1, -4};
}

void TstReferences::ropeTurnsPairs()
{
    QFETCH(bool, adjacent);
    QFETCH(QVector<float>, expected);
    constexpr float kPi = 3.14159265f;
    Floats x{1, 2, 3, 4};
    const std::vector<int32_t> positions{1};
    const Floats frequencies{kPi / 2, kPi};
    ropeReference(view(x, 1),
        1,
        4,
        adjacent ? RopePairing::Adjacent : RopePairing::Halves,
        positions,
        frequencies,
        1.0f);
    for (qsizetype i = 0; i < 4; ++i) {
        QVERIFY(near(x[size_t(i)], double(expected[i])));
    }
}

void TstReferences::ropeLeavesTheRestOfAHeadAlone()
{
    Floats x{1, 2, 3, 4, 5, 6, 7, 8}; // two heads of four, one pair turned in each
    const std::vector<int32_t> positions{3};
    const Floats frequencies{0.0f};
    ropeReference(view(x, 1), 2, 4, RopePairing::Adjacent, positions, frequencies, 2.0f);
    QCOMPARE(x, (Floats{2, 4, 3, 4, 10, 12, 7, 8})); // only the magnitude shows
}

void TstReferences::attentionIsCausal()
{
    // All scores are equal: every output is the mean of the values that the row may see.
    const Floats q{0, 0};
    const Floats k{5, 5, 5};
    const Floats v{3, 6, 12};
    Floats out(2);
    attentionReference(
        constView(q, 2), constView(k, 3), constView(v, 3), 1, 1, 1, 1.0f, view(out, 2));
    QVERIFY(near(out[0], 4.5)); // slots 0 and 1
    QVERIFY(near(out[1], 7.0)); // slots 0, 1 and 2
}

void TstReferences::attentionWeighsByExponentials()
{
    const Floats q{2};
    const Floats k{0, 1};
    const Floats v{10, 20};
    Floats out(1);
    attentionReference(
        constView(q, 1), constView(k, 2), constView(v, 2), 1, 1, 1, 0.5f, view(out, 1));
    const double weight = std::exp(1.0) / (1.0 + std::exp(1.0)); // scores 0 and 1
    QVERIFY(near(out[0], 10.0 + 10.0 * weight));
}

void TstReferences::attentionGroupsShareAKvHead()
{
    const Floats q(4); // four heads of one dimension
    const Floats k{1, 1};
    const Floats v{7, 9}; // two kv heads
    Floats out(4);
    attentionReference(
        constView(q, 1), constView(k, 1), constView(v, 1), 4, 2, 0, 1.0f, view(out, 1));
    QCOMPARE(out, (Floats{7, 7, 9, 9}));
}

void TstReferences::kvRoundTripKeepsWhatTheTypeCanHold()
{
    const Floats values{1.0f, -0.5f, 1.0f + 0x1p-11f, 0.0f};
    Floats same = values;
    kvRoundTrip(KvType::F32, same);
    QCOMPARE(same, values);
    kvRoundTrip(KvType::F16, same);
    QCOMPARE(same, (Floats{1.0f, -0.5f, 1.0f, 0.0f})); // the tie goes to even

    Floats rounded{127.0f, 1.4f, -126.6f, 0.0f}; // a scale of exactly 1
    kvRoundTrip(KvType::Q8_0, rounded);
    QCOMPARE(rounded, (Floats{127.0f, 1.0f, -127.0f, 0.0f}));
    Floats zeros(40);
    kvRoundTrip(KvType::Q8_0, zeros);
    QCOMPARE(zeros, Floats(40));
}

void TstReferences::swiGluGatesTheSecondHalf()
{
    const Floats gateUp{0, 1, -200, 5, 3, 7};
    Floats out(3);
    swiGluReference(constView(gateUp, 1), view(out, 1));
    QCOMPARE(out[0], 0.0f);
    QVERIFY(near(out[1], 3.0 / (1.0 + std::exp(-1.0))));
    QVERIFY(std::fabs(out[2]) < 1e-30f);
}

void TstReferences::embedCopiesRows()
{
    const Floats table{1, 2, 3, 4, 5, 6};
    const std::vector<int32_t> tokens{2, 0, 2};
    Floats out(6);
    embedReference(constView(table, 3), tokens, view(out, 3));
    QCOMPARE(out, (Floats{5, 6, 1, 2, 5, 6}));
}

QTEST_APPLESS_MAIN(TstReferences)
#include "tst_references.moc"
