// SPDX-License-Identifier: MIT
#include "engine/chat/tool.h"

#include <QTest>

using namespace atelier;

class TestTool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsBothForms_data();
    void readsBothForms();
    void writesLikeTheTemplate();
    void refusals_data();
    void refusals();
};

void TestTool::readsBothForms_data()
{
    QTest::addColumn<QString>("json");
    QTest::newRow("function") << R"({"name": "draw"})";
    QTest::newRow("wrapped") << R"({"type": "function", "function": {"name": "draw"}})";
    QTest::newRow("a parameter called function") << R"({"name": "draw", "function": "x"})";
}

void TestTool::readsBothForms()
{
    QFETCH(QString, json);
    const auto tool = Tool::parse(json.toStdString());
    QVERIFY(tool);
    QCOMPARE(tool.value().name, std::string("draw"));
}

void TestTool::writesLikeTheTemplate()
{
    const auto tool = Tool::parse(
        R"({"name":"z","b":[1,2.5,true,null],"a":{},"text":"城市 / \"q\"","empty":[]})");
    QVERIFY(tool);
    // json.dumps(indent=4, ensure_ascii=False): the order stays, so do the characters.
    QCOMPARE(QString::fromStdString(tool.value().definition),
        QStringLiteral(
            "{\n    \"name\": \"z\",\n    \"b\": [\n        1,\n        2.5,\n        true,\n"
            "        null\n    ],\n    \"a\": {},\n    \"text\": \"城市 / \\\"q\\\"\",\n"
            "    \"empty\": []\n}"));
}

void TestTool::refusals_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("reason");
    QTest::newRow("nothing") << QByteArray() << "no JSON object";
    QTest::newRow("no JSON") << QByteArray("draw()") << "no JSON object";
    QTest::newRow("a list") << QByteArray("[1]") << "no JSON object";
    QTest::newRow("no UTF-8") << QByteArray("{\"name\": \"\xFF\"}") << "no JSON object";
    QTest::newRow("no name") << QByteArray("{}") << "no name";
    QTest::newRow("empty name") << QByteArray("{\"name\": \"\"}") << "no name";
    QTest::newRow("name is a number") << QByteArray("{\"name\": 1}") << "no name";
    QTest::newRow("nesting bomb") << "{\"name\": \"a\", \"p\": " + QByteArray(200'000, '[')
                                  << "nested more than 64 deep";
    QTest::newRow("closed nesting")
        << "{\"name\": \"a\", \"p\": " + QByteArray(100, '[') + QByteArray(100, ']') + "}"
        << "nested more than 64 deep";
    QTest::newRow("too large") << "{\"name\": \"" + QByteArray(1 << 20, 'a') + "\"}"
                               << "1 MiB";
}

void TestTool::refusals()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, reason);
    const auto tool = Tool::parse({json.constData(), size_t(json.size())});
    QVERIFY(!tool);
    QCOMPARE(tool.error().code, ErrorCode::InvalidUse);
    QVERIFY2(QString::fromStdString(tool.error().message).contains(reason),
        tool.error().message.c_str());
}

QTEST_APPLESS_MAIN(TestTool)
#include "tst_tool.moc"
