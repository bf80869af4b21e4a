// SPDX-License-Identifier: MIT
#include "engine/base/checksum.h"

#include <QTest>

#include <vector>

using namespace atelier;

namespace {

std::vector<std::byte> bytesOf(const QByteArray& text)
{
    const auto* begin = reinterpret_cast<const std::byte*>(text.constData());
    return {begin, begin + text.size()};
}

} // namespace

class TestChecksum : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knownValues_data();
    void knownValues();
    void piecesDoNotMatter();
    void everyByteCounts();
};

// Values of the xxHash reference program.
void TestChecksum::knownValues_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<quint64>("expected");
    QTest::newRow("nothing") << QByteArray() << quint64(0xef46db3751d8e999u);
    QTest::newRow("one byte") << QByteArray("a") << quint64(0xd24ec4f1a98c6e5bu);
    QTest::newRow("three") << QByteArray("abc") << quint64(0x44bc2cf5ad770999u);
    QTest::newRow("more than a stripe")
        << QByteArray("Nobody inspects the spammish repetition") << quint64(0xfbcea83c8a378bf1u);
}

void TestChecksum::knownValues()
{
    QFETCH(QByteArray, text);
    QFETCH(quint64, expected);
    QCOMPARE(quint64(Checksum::of(bytesOf(text))), expected);
}

void TestChecksum::piecesDoNotMatter()
{
    const auto bytes = bytesOf(QByteArray(1000, 'x') + QByteArray(77, 'y'));
    const uint64_t whole = Checksum::of(bytes);
    for (size_t piece = 1; piece < 130; ++piece) {
        Checksum checksum;
        for (size_t at = 0; at < bytes.size(); at += piece) {
            checksum.update(std::span(bytes).subspan(at, std::min(piece, bytes.size() - at)));
        }
        QCOMPARE(checksum.value(), whole);
    }
}

void TestChecksum::everyByteCounts()
{
    auto bytes = bytesOf(QByteArray(103, 'x'));
    const uint64_t whole = Checksum::of(bytes);
    for (std::byte& byte : bytes) {
        byte ^= std::byte(1);
        QVERIFY(Checksum::of(bytes) != whole);
        byte ^= std::byte(1);
    }
    bytes.pop_back();
    QVERIFY(Checksum::of(bytes) != whole);
}

QTEST_APPLESS_MAIN(TestChecksum)
#include "tst_checksum.moc"
