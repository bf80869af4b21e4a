// SPDX-License-Identifier: MIT
#include "engine/sampling/random.h"

#include <QTest>

using namespace atelier;

class TestRandom : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knownNumbers_data();
    void knownNumbers();
    void drawsDependOnTheCounterOnly();
    void belowStaysBelow_data();
    void belowStaysBelow();
    void seedsDiffer();
};

// From the authors' reference implementation, splitmix64.c.
void TestRandom::knownNumbers_data()
{
    QTest::addColumn<quint64>("seed");
    QTest::addColumn<quint64>("counter");
    QTest::addColumn<quint64>("expected");
    QTest::newRow("0, first") << quint64(0) << quint64(0) << quint64(0xe220a8397b1dcdafu);
    QTest::newRow("0, second") << quint64(0) << quint64(1) << quint64(0x6e789e6aa1b965f4u);
    QTest::newRow("0, third") << quint64(0) << quint64(2) << quint64(0x06c45d188009454fu);
    QTest::newRow("1234567, first")
        << quint64(1234567) << quint64(0) << quint64(6457827717110365317u);
    QTest::newRow("1234567, fifth")
        << quint64(1234567) << quint64(4) << quint64(16408922859458223821u);
}

void TestRandom::knownNumbers()
{
    QFETCH(quint64, seed);
    QFETCH(quint64, counter);
    QFETCH(quint64, expected);
    QCOMPARE(quint64(CounterRandom::at(seed, counter)), expected);
}

void TestRandom::drawsDependOnTheCounterOnly()
{
    CounterRandom random(5);
    random.next();
    random.below(3);
    QCOMPARE(random.next(), CounterRandom::at(5, 2));
}

void TestRandom::belowStaysBelow_data()
{
    QTest::addColumn<quint64>("limit");
    QTest::newRow("1") << quint64(1);
    QTest::newRow("3") << quint64(3);
    QTest::newRow("2^40") << (quint64(1) << 40);
    QTest::newRow("largest") << ~quint64(0);
}

void TestRandom::belowStaysBelow()
{
    QFETCH(quint64, limit);
    CounterRandom random(9);
    quint64 largest = 0;
    for (int i = 0; i < 1000; ++i) {
        const quint64 value = random.below(limit);
        QVERIFY(value < limit);
        largest = std::max(largest, value);
    }
    QVERIFY(largest >= limit / 2); // the upper half is reached
}

void TestRandom::seedsDiffer()
{
    QVERIFY(unpredictableSeed() != unpredictableSeed());
}

QTEST_APPLESS_MAIN(TestRandom)
#include "tst_random.moc"
