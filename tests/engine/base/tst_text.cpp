// SPDX-License-Identifier: MIT
#include "engine/base/text.h"

#include <QTest>

using namespace atelier;

namespace {

std::string encoded(char32_t character)
{
    const auto tail = [character](int shift) {
        return char(0x80u | (uint32_t(character) >> shift & 0x3Fu));
    };
    const auto head = [character](uint32_t mark, int shift) {
        return char(mark | uint32_t(character) >> shift);
    };
    if (character < 0x80) {
        return {char(character)};
    }
    if (character < 0x800) {
        return {head(0xC0, 6), tail(0)};
    }
    if (character < 0x10000) {
        return {head(0xE0, 12), tail(6), tail(0)};
    }
    return {head(0xF0, 18), tail(12), tail(6), tail(0)};
}

} // namespace

class TestText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyCharacterIsASequence();
    void brokenSequences_data();
    void brokenSequences();
    void shownNamesAreHarmless_data();
    void shownNamesAreHarmless();
    void longNamesAreCut();
    void numbers();
};

void TestText::everyCharacterIsASequence()
{
    for (char32_t character = 0; character <= 0x10FFFF; ++character) {
        if (character >= 0xD800 && character < 0xE000) {
            continue;
        }
        const std::string text = encoded(character);
        bool right = utf8SequenceLength(text, 0) == text.size();
        for (size_t cut = 1; cut < text.size(); ++cut) {
            right = right && utf8SequenceLength(std::string_view(text).substr(0, cut), 0) == 0 &&
                    utf8SequenceLength(text, cut) == 0; // never starts in the middle
        }
        if (!right) {
            QFAIL(qPrintable(QString("U+%1").arg(uint(character), 4, 16)));
        }
    }
}

void TestText::brokenSequences_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("continuation") << QByteArray("\x80");
    QTest::newRow("overlong, two") << QByteArray("\xC0\xAF");
    QTest::newRow("overlong, three") << QByteArray("\xE0\x9F\xBF");
    QTest::newRow("overlong, four") << QByteArray("\xF0\x8F\xBF\xBF");
    QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80");
    QTest::newRow("beyond Unicode") << QByteArray("\xF4\x90\x80\x80");
    QTest::newRow("five bytes") << QByteArray("\xF8\x88\x80\x80\x80");
    QTest::newRow("second is no continuation") << QByteArray("\xC3(");
    QTest::newRow("third is no continuation") << QByteArray("\xE2\x82(");
    QTest::newRow("fourth is no continuation") << QByteArray("\xF0\x9F\x98(");
}

void TestText::brokenSequences()
{
    QFETCH(QByteArray, bytes);
    QCOMPARE(utf8SequenceLength({bytes.constData(), size_t(bytes.size())}, 0), size_t(0));
}

void TestText::shownNamesAreHarmless_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("shown");
    QTest::newRow("plain") << QByteArray("blk.0") << QByteArray("\"blk.0\"");
    QTest::newRow("Chinese") << QByteArray("模型") << QByteArray("\"模型\"");
    QTest::newRow("terminal control") << QByteArray("a\x1b[2Jb\n") << QByteArray("\"a?[2Jb?\"");
    QTest::newRow("C1 control") << QByteArray("a\xC2\x9Bz") << QByteArray("\"a?z\"");
    QTest::newRow("zero byte") << QByteArray("a\0z", 3) << QByteArray("\"a?z\"");
    QTest::newRow("not UTF-8") << QByteArray("\xFF\xFE") << QByteArray("\"??\"");
    QTest::newRow("nothing") << QByteArray() << QByteArray("\"\"");
}

void TestText::shownNamesAreHarmless()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, shown);
    const std::string text = shownName({name.constData(), size_t(name.size())});
    QCOMPARE(QByteArray::fromStdString(text), shown);
}

void TestText::longNamesAreCut()
{
    const std::string text = shownName(std::string(1'000'000, 'x'));
    QVERIFY(text.size() < 100);
    QVERIFY(text.ends_with("…\""));
}

void TestText::numbers()
{
    QCOMPARE(grouped(0), std::string("0"));
    QCOMPARE(grouped(999), std::string("999"));
    QCOMPARE(grouped(1000), std::string("1,000"));
    QCOMPARE(grouped(UINT64_MAX), std::string("18,446,744,073,709,551,615"));
    QCOMPARE(readableBytes(1), std::string("1 byte"));
    QCOMPARE(readableBytes(1023), std::string("1023 bytes"));
    QCOMPARE(readableBytes(1024), std::string("1.0 KiB"));
    QCOMPARE(readableBytes((1u << 20) - 1), std::string("1.0 MiB"));
    QCOMPARE(readableBytes(26'843'545'600), std::string("25.0 GiB"));
    QCOMPARE(readableBytes(UINT64_MAX), std::string("16.0 EiB"));
}

QTEST_APPLESS_MAIN(TestText)
#include "tst_text.moc"
