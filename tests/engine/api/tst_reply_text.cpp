// SPDX-License-Identifier: MIT
#include "engine/api/reply_memory.h"
#include "engine/api/reply_text.h"

#include <QTest>

using namespace atelier;

using Strings = std::vector<std::string>;

class TestReplyText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void becomesVisible_data();
    void becomesVisible();
    void nothingIsHeldBackWithoutNeed();
    void incompleteCharactersAreDropped();
    void memoryReplacesAndForgets();
};

void TestReplyText::becomesVisible_data()
{
    QTest::addColumn<Strings>("pieces");
    QTest::addColumn<Strings>("stops");
    QTest::addColumn<QString>("expected");
    QTest::addColumn<bool>("stopped");
    QTest::newRow("plain") << Strings{"ab", "c"} << Strings{} << "abc" << false;
    QTest::newRow("leading newline") << Strings{"\n", "ab"} << Strings{} << "ab" << false;
    QTest::newRow("leading newline in a longer piece")
        << Strings{"\nab"} << Strings{} << "ab" << false;
    QTest::newRow("only one newline goes") << Strings{"\n\n", "ab"} << Strings{} << "\nab" << false;
    QTest::newRow("later newlines stay") << Strings{"a", "\n"} << Strings{} << "a\n" << false;
    QTest::newRow("characters of several pieces")
        << Strings{"\xe6", "\xbc", "\xa2", "!"} << Strings{} << "漢!" << false;
    QTest::newRow("newline, then half a character")
        << Strings{"\n\xc3", "\xa9"} << Strings{} << "é" << false;
    QTest::newRow("stop in one piece")
        << Strings{"abSTOPcd", "ef"} << Strings{"STOP"} << "ab" << true;
    QTest::newRow("stop over pieces")
        << Strings{"abS", "T", "OPcd"} << Strings{"STOP"} << "ab" << true;
    QTest::newRow("almost a stop")
        << Strings{"abST", "Ocd"} << Strings{"STOP"} << "abSTOcd" << false;
    QTest::newRow("almost a stop at the end")
        << Strings{"abST"} << Strings{"STOP"} << "abST" << false;
    QTest::newRow("a stop inside a false start")
        << Strings{"aa", "ab"} << Strings{"aab"} << "a" << true;
    QTest::newRow("the first of two") << Strings{"one two"} << Strings{"two", "one"} << "" << true;
    QTest::newRow("empty stops are none") << Strings{"ab"} << Strings{""} << "ab" << false;
    QTest::newRow("newline as a stop") << Strings{"\n", "a", "\n"} << Strings{"\n"} << "a" << true;
    QTest::newRow("stop of whole characters")
        << Strings{"a\xe6\xbc", "\xa2z"} << Strings{"漢"} << "a" << true;
}

void TestReplyText::becomesVisible()
{
    QFETCH(Strings, pieces);
    QFETCH(Strings, stops);
    QFETCH(QString, expected);
    QFETCH(bool, stopped);
    ReplyText reply(true, stops);
    std::string visible;
    for (const std::string& piece : pieces) {
        const std::string text = reply.push(piece);
        // Whole characters each time.
        QCOMPARE(QString::fromStdString(text).toStdString(), text);
        visible += text;
    }
    visible += reply.finish();
    QCOMPARE(QString::fromStdString(visible), expected);
    QCOMPARE(reply.stopped(), stopped);
    QCOMPARE(reply.complete(), !stopped);
}

void TestReplyText::nothingIsHeldBackWithoutNeed()
{
    ReplyText reply(false, {"STOP"});
    QCOMPARE(reply.push("abc"), std::string("abc"));
    QCOMPARE(reply.push("dS"), std::string("d"));
    QCOMPARE(reply.push("S"), std::string("S")); // the first S can no longer begin it
    QCOMPARE(reply.finish(), std::string("S"));
}

void TestReplyText::incompleteCharactersAreDropped()
{
    ReplyText reply(false, {});
    QCOMPARE(reply.push("a\xe6\xbc"), std::string("a"));
    QCOMPARE(reply.finish(), std::string());
    QVERIFY(!reply.complete());
}

void TestReplyText::memoryReplacesAndForgets()
{
    ReplyMemory memory;
    QVERIFY(memory.find("a") == nullptr);
    memory.remember("a", {1, 2});
    memory.remember("a", {3});
    QCOMPARE(*memory.find("a"), std::vector<int32_t>{3});
    // The oldest go when the bound is passed; the newest always stays.
    memory.remember("large", std::vector<int32_t>(size_t(1) << 20, 7));
    QVERIFY(memory.find("a") == nullptr);
    QVERIFY(memory.find("large") != nullptr);
    memory.clear();
    QVERIFY(memory.find("large") == nullptr);
}

QTEST_APPLESS_MAIN(TestReplyText)
#include "tst_reply_text.moc"
