// SPDX-License-Identifier: MIT
#include "engine/tokenizer/tokenizer.h"

#include <QRandomGenerator>
#include <QTest>

using namespace atelier;

namespace {

std::string streamed(std::string_view bytes, const std::vector<size_t>& cuts)
{
    Utf8Stream stream;
    std::string text;
    size_t from = 0;
    for (const size_t cut : cuts) {
        text += stream.push(bytes.substr(from, cut - from));
        from = cut;
    }
    text += stream.push(bytes.substr(from));
    return text + stream.finish();
}

std::string_view view(const QByteArray& bytes)
{
    return {bytes.constData(), size_t(bytes.size())};
}

const QByteArray kBad = QByteArrayLiteral("\xEF\xBF\xBD");

} // namespace

class TestUtf8Stream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void replacesWhatIsBroken_data();
    void replacesWhatIsBroken();
    void holdsBackUnfinishedCharacters();
    void isReusableAfterFinish();
    void randomBytesInRandomCuts();
};

void TestUtf8Stream::replacesWhatIsBroken_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << QByteArray() << QByteArray();
    QTest::newRow("ASCII") << QByteArray("plain") << QByteArray("plain");
    QTest::newRow("all lengths") << QByteArray("a\xC3\xA9你😀") << QByteArray("a\xC3\xA9你😀");
    QTest::newRow("stray continuation") << QByteArray("a\x80z") << "a" + kBad + "z";
    QTest::newRow("byte that never occurs") << QByteArray("\xFF") << kBad;
    QTest::newRow("overlong slash") << QByteArray("\xC0\xAF") << kBad + kBad;
    QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << kBad + kBad + kBad;
    QTest::newRow("beyond Unicode") << QByteArray("\xF4\x90\x80\x80") << kBad + kBad + kBad + kBad;
    QTest::newRow("cut off, then text") << QByteArray("\xE4\xBDz") << kBad + "z";
    QTest::newRow("cut off twice") << QByteArray("\xE4\xBD\xE4\xBD") << kBad + kBad;
    QTest::newRow("cut off emoji") << QByteArray("\xF0\x9F\x98") << kBad;
    QTest::newRow("one byte at the end") << QByteArray("z\xE4") << "z" + kBad;
}

void TestUtf8Stream::replacesWhatIsBroken()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, text);
    QCOMPARE(QByteArray::fromStdString(streamed(view(bytes), {})), text);
    for (size_t first = 0; first <= size_t(bytes.size()); ++first) { // every way to cut it in three
        for (size_t second = first; second <= size_t(bytes.size()); ++second) {
            QCOMPARE(QByteArray::fromStdString(streamed(view(bytes), {first, second})), text);
        }
    }
}

void TestUtf8Stream::holdsBackUnfinishedCharacters()
{
    Utf8Stream stream;
    QCOMPARE(stream.push("a\xF0"), std::string("a"));
    QCOMPARE(stream.push("\x9F"), std::string());
    QCOMPARE(stream.push("\x98"), std::string());
    QCOMPARE(stream.push("\x80!"), std::string("😀!"));
    QCOMPARE(stream.finish(), std::string());
}

void TestUtf8Stream::isReusableAfterFinish()
{
    Utf8Stream stream;
    stream.push("\xE4");
    QCOMPARE(stream.finish(), kBad.toStdString());
    QCOMPARE(stream.finish(), std::string());
    QCOMPARE(stream.push("ok"), std::string("ok"));
}

void TestUtf8Stream::randomBytesInRandomCuts()
{
    QRandomGenerator random(3);
    const QByteArray pool("a\x80\xBF\xC2\xE0\xA0\xED\x9F\xF0\x90\xF4\x8F\xFF\xE4\xBD\xA0");
    for (int round = 0; round < 3000; ++round) {
        QByteArray bytes;
        for (int i = random.bounded(12); i > 0; --i) {
            bytes += pool[random.bounded(int(pool.size()))];
        }
        const std::string whole = streamed(view(bytes), {});
        // Whole characters only: reading it again changes nothing.
        QCOMPARE(streamed(whole, {}), whole);
        std::vector<size_t> cuts;
        for (size_t at = 0; at < size_t(bytes.size()); ++at) {
            if (random.bounded(2)) {
                cuts.push_back(at);
            }
        }
        QCOMPARE(streamed(view(bytes), cuts), whole);
    }
}

QTEST_APPLESS_MAIN(TestUtf8Stream)
#include "tst_utf8_stream.moc"
