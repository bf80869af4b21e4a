// SPDX-License-Identifier: MIT
#include "engine/tokenizer/pre_tokenizer.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace atelier;

namespace {

QByteArrayList piecesOf(const PreTokenizer& tokenizer, const QByteArray& text)
{
    QByteArrayList pieces;
    PreTokenizer::Run run(tokenizer, {text.constData(), size_t(text.size())});
    for (std::string_view piece = run.next(); !piece.empty(); piece = run.next()) {
        pieces.append(QByteArray(piece.data(), qsizetype(piece.size())));
    }
    return pieces;
}

} // namespace

class TestPreTokenizer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void piecesMatchTheReference();
    void qwenTakesDigitsOneByOne();
    void brokenUtf8MakesPiecesOfItsOwn();
    void longRunsAreLinear_data();
    void longRunsAreLinear();
    void unknownNamesAreRefused();
};

void TestPreTokenizer::piecesMatchTheReference()
{
    QFile file(QStringLiteral(ATELIER_TEST_DATA "/tokenizer/reference.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonArray cases = QJsonDocument::fromJson(file.readAll()).array();
    QVERIFY(cases.size() > 20);
    for (const char* name : {"glm4", "chatglm-bpe", "llama-bpe"}) {
        const auto tokenizer = PreTokenizer::create(name);
        QVERIFY(tokenizer);
        for (const QJsonValue& entry : cases) {
            QByteArrayList expected;
            for (const QJsonValue& piece : entry["pieces"].toArray()) {
                expected.append(piece.toString().toUtf8());
            }
            QCOMPARE(piecesOf(tokenizer.value(), entry["text"].toString().toUtf8()), expected);
        }
    }
}

void TestPreTokenizer::qwenTakesDigitsOneByOne()
{
    const auto tokenizer = PreTokenizer::create("qwen2");
    QVERIFY(tokenizer);
    QCOMPARE(piecesOf(tokenizer.value(), "x 1234's"),
        (QByteArrayList{"x", " ", "1", "2", "3", "4", "'s"}));
}

void TestPreTokenizer::brokenUtf8MakesPiecesOfItsOwn()
{
    const auto tokenizer = PreTokenizer::create("glm4");
    QVERIFY(tokenizer);
    const QByteArray text = QByteArray("ab\xFF\xC3 cd\xE4\xBD\xA0\xE4\xBD", 12);
    const QByteArrayList pieces = piecesOf(tokenizer.value(), text);
    QCOMPARE(pieces.join(), text);
    QCOMPARE(
        pieces, (QByteArrayList{"ab", "\xFF\xC3", " cd\xE4\xBD\xA0", QByteArray("\xE4\xBD", 2)}));
}

void TestPreTokenizer::longRunsAreLinear_data()
{
    QTest::addColumn<QByteArray>("unit");
    QTest::newRow("letters") << QByteArray("a");
    QTest::newRow("spaces") << QByteArray(" ");
    QTest::newRow("newlines") << QByteArray("\n");
    QTest::newRow("spaces and newlines") << QByteArray(" \n");
    QTest::newRow("spaces before letters") << QByteArray("        a");
    QTest::newRow("punctuation") << QByteArray("!");
    QTest::newRow("apostrophes") << QByteArray("'s'S'");
    QTest::newRow("broken") << QByteArray("\xFF");
    QTest::newRow("broken now and then") << QByteArray("\xFF"
                                                       "a");
    QTest::newRow("Chinese") << QByteArray("中");
}

// A megabyte takes some tens of milliseconds; quadratic work would take an hour.
void TestPreTokenizer::longRunsAreLinear()
{
    QFETCH(QByteArray, unit);
    const auto tokenizer = PreTokenizer::create("glm4");
    QVERIFY(tokenizer);
    const QByteArray text = unit.repeated(int(1'000'000 / unit.size()));
    QElapsedTimer timer;
    timer.start();
    size_t bytes = 0;
    PreTokenizer::Run run(tokenizer.value(), {text.constData(), size_t(text.size())});
    for (std::string_view piece = run.next(); !piece.empty(); piece = run.next()) {
        bytes += piece.size();
    }
    QCOMPARE(bytes, size_t(text.size()));
    QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
}

void TestPreTokenizer::unknownNamesAreRefused()
{
    const auto tokenizer = PreTokenizer::create("plamo2");
    QVERIFY(!tokenizer);
    QCOMPARE(tokenizer.error().code, ErrorCode::Unsupported);
    const QString message = QString::fromStdString(tokenizer.error().message);
    QVERIFY(message.contains("\"plamo2\"") && message.contains("glm4"));
}

QTEST_APPLESS_MAIN(TestPreTokenizer)
#include "tst_pre_tokenizer.moc"
