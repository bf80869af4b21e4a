// SPDX-License-Identifier: MIT
#include "engine/base/checked_math.h"

#include <QTest>

using atelier::CheckedSize;

namespace {

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

} // namespace

class TestCheckedMath : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sums_data();
    void sums();
    void products_data();
    void products();
    void differencesNeverGoBelowZero();
    void overflowStays();
    void alignmentRoundsUpOrOverflows();
};

void TestCheckedMath::sums_data()
{
    QTest::addColumn<quint64>("a");
    QTest::addColumn<quint64>("b");
    QTest::addColumn<bool>("valid");
    QTest::newRow("small") << quint64(2) << quint64(3) << true;
    QTest::newRow("the largest") << quint64(kMax - 1) << quint64(1) << true;
    QTest::newRow("one too many") << quint64(kMax) << quint64(1) << false;
    QTest::newRow("both halves") << quint64(1ull << 63) << quint64(1ull << 63) << false;
}

void TestCheckedMath::sums()
{
    QFETCH(quint64, a);
    QFETCH(quint64, b);
    QFETCH(bool, valid);
    for (const CheckedSize sum : {CheckedSize(a) + b, CheckedSize(b) + a}) {
        QCOMPARE(sum.valid(), valid);
        QCOMPARE(sum.valueOrMax(), valid ? uint64_t(a + b) : kMax);
    }
}

void TestCheckedMath::products_data()
{
    QTest::addColumn<quint64>("a");
    QTest::addColumn<quint64>("b");
    QTest::addColumn<bool>("valid");
    QTest::newRow("zero") << quint64(0) << quint64(kMax) << true;
    QTest::newRow("the largest") << quint64(kMax) << quint64(1) << true;
    QTest::newRow("wraps to zero") << quint64(1ull << 32) << quint64(1ull << 32) << false;
    QTest::newRow("wraps to a small one") << quint64(0x5555555555555556ull) << quint64(3) << false;
    QTest::newRow("just fits") << quint64(0xFFFFFFFFull) << quint64(0x100000001ull) << true;
}

void TestCheckedMath::products()
{
    QFETCH(quint64, a);
    QFETCH(quint64, b);
    QFETCH(bool, valid);
    for (const CheckedSize product : {CheckedSize(a) * b, CheckedSize(b) * a}) {
        QCOMPARE(product.valid(), valid);
        QCOMPARE(product.valueOrMax(), valid ? uint64_t(a * b) : kMax);
    }
}

void TestCheckedMath::differencesNeverGoBelowZero()
{
    QCOMPARE((CheckedSize(5) - 5).valueOrMax(), uint64_t(0));
    QVERIFY(!(CheckedSize(5) - 6).valid());
}

void TestCheckedMath::overflowStays()
{
    CheckedSize size = CheckedSize(kMax) + 1;
    size *= 0;
    size += 1;
    QVERIFY(!size.valid());
    QVERIFY(!size.value());
    QVERIFY(!size.fits(kMax));
    QVERIFY(CheckedSize(10).fits(10));
    QVERIFY(!CheckedSize(11).fits(10));
}

void TestCheckedMath::alignmentRoundsUpOrOverflows()
{
    QCOMPARE(CheckedSize(0).alignedTo(32).valueOrMax(), uint64_t(0));
    QCOMPARE(CheckedSize(1).alignedTo(32).valueOrMax(), uint64_t(32));
    QCOMPARE(CheckedSize(32).alignedTo(32).valueOrMax(), uint64_t(32));
    QCOMPARE(CheckedSize(7).alignedTo(1).valueOrMax(), uint64_t(7));
    QVERIFY(!CheckedSize(kMax - 5).alignedTo(32).valid());
}

QTEST_APPLESS_MAIN(TestCheckedMath)
#include "tst_checked_math.moc"
