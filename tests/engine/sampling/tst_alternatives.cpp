// SPDX-License-Identifier: MIT
#include "engine/sampling/alternatives.h"

#include <QTest>

#include <cmath>

using namespace atelier;

class TestAlternatives : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void probabilitiesAreTheSoftmax();
    void fewerThanAskedFor();
    void forbiddenTokensHaveNone();
    void oddLogits_data();
    void oddLogits();
};

void TestAlternatives::probabilitiesAreTheSoftmax()
{
    const std::vector<float> logits = {1.0f, 3.0f, 2.0f, 3.0f, -50.0f};
    const auto result = tokenProbabilities(logits, {}, 2, 3);
    QCOMPARE(result.size(), size_t(4));
    double total = 0;
    for (const float logit : logits) {
        total += std::exp(double(logit));
    }
    const int32_t expected[] = {2, 1, 3, 2}; // the drawn one, then the likeliest, ties by id
    for (size_t i = 0; i < 4; ++i) {
        QCOMPARE(result[i].token, expected[i]);
        const double probability = std::exp(double(logits[size_t(expected[i])])) / total;
        QVERIFY(std::fabs(result[i].probability - probability) < 1e-12);
    }
}

void TestAlternatives::fewerThanAskedFor()
{
    const auto result = tokenProbabilities(std::vector<float>{0.0f, -INFINITY}, {}, 0, 10);
    QCOMPARE(result.size(), size_t(2));
    QCOMPARE(result[1].token, 0);
    QCOMPARE(result[1].probability, 1.0);
}

void TestAlternatives::forbiddenTokensHaveNone()
{
    const std::vector<float> logits = {9.0f, 1.0f, 1.0f};
    const std::vector<int32_t> forbidden = {0};
    const auto result = tokenProbabilities(logits, forbidden, 1, 10);
    QCOMPARE(result.size(), size_t(3));
    QCOMPARE(result[0].probability, 0.5);
    QCOMPARE(result[1].token, 1);
    QCOMPARE(result[2].token, 2);
}

void TestAlternatives::oddLogits_data()
{
    QTest::addColumn<float>("first");
    QTest::addColumn<double>("probability"); // of token 1, whose logit is 2
    QTest::newRow("NaN") << float(NAN) << 1.0;
    QTest::newRow("infinite") << float(INFINITY) << 0.0;
    QTest::newRow("huge") << 3e38f << 0.0;
    QTest::newRow("equal") << 2.0f << 0.5;
}

void TestAlternatives::oddLogits()
{
    QFETCH(float, first);
    QFETCH(double, probability);
    const auto result = tokenProbabilities(std::vector<float>{first, 2.0f}, {}, 1, 2);
    QCOMPARE(result[0].probability, probability);
    for (const TokenProbability& item : result) {
        QVERIFY(std::isfinite(item.probability));
    }
}

QTEST_APPLESS_MAIN(TestAlternatives)
#include "tst_alternatives.moc"
