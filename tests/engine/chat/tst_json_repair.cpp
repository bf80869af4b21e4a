// SPDX-License-Identifier: MIT
#include "engine/chat/json_repair.h"

#include <QTest>

using namespace atelier;

class TestJsonRepair : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void repairs_data();
    void repairs();
    void cannotRepair_data();
    void cannotRepair();
    void cutAnywhereItIsAnObject();
};

void TestJsonRepair::repairs_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("repaired");
    QTest::addColumn<int>("notes");
    const auto row = [](const char* tag, const char* text, const char* repaired, int notes) {
        QTest::newRow(tag) << QByteArray(text) << QByteArray(repaired) << notes;
    };
    row("nothing is wrong",
        " {\"a\": [1, -2.5e3, true, null, \"\\u4e2d\"]}\n",
        "{\"a\": [1, -2.5e3, true, null, \"\\u4e2d\"]}",
        0);
    row("empty", "{}", "{}", 0);
    row("comma in an object", "{\"a\": 1,}", "{\"a\": 1}", 1);
    row("comma in a list", "{\"a\": [1, ]}", "{\"a\": [1]}", 1);
    row("brackets", "{\"a\": [{\"b\": [1", "{\"a\": [{\"b\": [1]}]}", 1);
    row("a comma at the end", "{\"a\": 1,", "{\"a\": 1}", 2);
    row("a key at the end", "{\"a\": 1, \"b", "{\"a\": 1}", 4);
    row("a colon at the end", "{\"a\": 1, \"b\":", "{\"a\": 1}", 3);
    row("only a key", "{\"a\"", "{}", 2);
    row("an open text", "{\"a\": \"x", "{\"a\": \"x\"}", 2);
    row("a backslash at the end", "{\"a\": \"x\\", "{\"a\": \"x\"}", 2);
    row("single quotes", "{'a': 'it\\'s \"b\"'}", "{\"a\": \"it's \\\"b\\\"\"}", 1);
    row("an apostrophe", "{\"a\": \"it's\",}", "{\"a\": \"it's\"}", 1);
    row("keys", "{a: 1, b_2: {c: 2}}", "{\"a\": 1, \"b_2\": {\"c\": 2}}", 1);
    row("Python", "{\"a\": True, \"b\": [False, None]}", "{\"a\": true, \"b\": [false, null]}", 1);
    row("line breaks", "{\"a\": \"x\ny\tz\"}", "{\"a\": \"x\\ny\\tz\"}", 1);
    row("a lone backslash", "{\"path\": \"C:\\Windows\"}", "{\"path\": \"C:\\\\Windows\"}", 1);
    row("nothing but a bracket", "{", "{}", 1);
}

void TestJsonRepair::repairs()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, repaired);
    QFETCH(int, notes);
    const auto got = repairJsonObject({text.constData(), size_t(text.size())});
    QCOMPARE(QByteArray::fromStdString(got.text), repaired);
    QCOMPARE(int(got.notes.size()), notes);
}

void TestJsonRepair::cannotRepair_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("a list") << QByteArray("[1]");
    QTest::newRow("a word") << QByteArray("search");
    QTest::newRow("words") << QByteArray("{\"a\": hello world}");
    QTest::newRow("half a number") << QByteArray("{\"a\": 1.}");
    QTest::newRow("no comma") << QByteArray("{\"a\": 1 \"b\": 2}");
    QTest::newRow("mixed brackets") << QByteArray("{\"a\": [1}");
    QTest::newRow("more behind it") << QByteArray("{\"a\": 1}, {\"b\": 2}");
    QTest::newRow("code") << QByteArray("{\"a\": f(1)}");
    QTest::newRow("no UTF-8") << QByteArray("{\"a\": \"\xFF\",}");
    QTest::newRow("nested too deep") << "{\"a\": " + QByteArray(100'000, '[');
    QTest::newRow("nested too deep, but right")
        << "{\"a\": " + QByteArray(100, '[') + QByteArray(100, ']') + "}";
}

void TestJsonRepair::cannotRepair()
{
    QFETCH(QByteArray, text);
    const auto got = repairJsonObject({text.constData(), size_t(text.size())});
    QCOMPARE(QByteArray::fromStdString(got.text), QByteArray());
    QVERIFY(got.notes.empty());
}

// A reply may be cut at any place; what is whole so far can be used, where it means something.
void TestJsonRepair::cutAnywhereItIsAnObject()
{
    const std::string whole =
        "{\"a\": {\"b\": [\"x\", \"y\\n\"], \"c\": \"z\"}, \"d\": {}, \"e\": [[], [\"\"]]}";
    for (size_t bytes = 1; bytes <= whole.size(); ++bytes) {
        QVERIFY2(
            !repairJsonObject(whole.substr(0, bytes)).text.empty(), whole.substr(0, bytes).c_str());
    }
}

QTEST_APPLESS_MAIN(TestJsonRepair)
#include "tst_json_repair.moc"
