// SPDX-License-Identifier: MIT
#include "engine/sampling/grammar_rules.h"

#include <QTest>

using namespace atelier;

class TestGrammarRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mistakesAreLocated_data();
    void mistakesAreLocated();
    void layoutDoesNotMatter_data();
    void layoutDoesNotMatter();
    void escapesAreCharacters();
    void rangesAreNormalized_data();
    void rangesAreNormalized();
    void sizesAreBounded_data();
    void sizesAreBounded();
};

void TestGrammarRules::mistakesAreLocated_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* name, const char* text, const char* expected) {
        QTest::newRow(name) << QByteArray(text) << QByteArray(expected);
    };
    row("empty", "", "no rule named \"root\"");
    row("only a comment", "# nothing\n", "no rule named \"root\"");
    row("no root", "a ::= \"x\"", "no rule named \"root\"");
    row("undefined rule",
        "root ::= a\n  | b\na ::= \"x\"",
        "line 2, column 5: the rule \"b\" is not");
    row("defined twice",
        "root ::= \"x\"\nroot ::= \"y\"",
        "line 2, column 1: the rule \"root\" is");
    row("no arrow", "root = \"x\"", "line 1, column 6: \"::=\" must follow");
    row("no name", "root ::= \"x\"\n::= \"y\"", "line 2, column 1: a rule starts with");
    row("text not closed", "root ::= \"中x\n", "line 1, column 10: this text is not closed");
    row("class not closed", "root ::= [a-z\n", "line 1, column 10: this class is not closed");
    row("group not closed",
        "root ::= \"a\" (\"b\"\n\"c\"",
        "line 1, column 14: this group is never");
    row("group of a rule",
        "root ::= (\"b\"\nx ::= \"c\"",
        "line 2, column 3: \")\" is missing here");
    row("stray bracket", "root ::= \"中\" )", "line 1, column 14: nothing of a rule can start");
    row("empty class", "root ::= []", "line 1, column 10: this class matches no character");
    row("class of nothing", "root ::= [^\\x00-\\U0010FFFF]", "column 10: this class matches no");
    row("range backwards", "root ::= [z-a]", "line 1, column 11: the range ends before");
    row("unknown escape", "root ::= \"\\q\"", "line 1, column 11: there is no such escape");
    row("short escape", "root ::= \"\\x4\"", "line 1, column 11: this escape needs 2 hex digits");
    row("surrogate", "root ::= \"\\uD800\"", "line 1, column 11: this escape is no character");
    row("beyond Unicode", "root ::= \"\\U00110000\"", "this escape is no character");
    row("not UTF-8", "root ::= \"a\xC3\"", "line 1, column 12: there are bytes that are not UTF-8");
    row("repeat of nothing", "root ::= *", "line 1, column 10: nothing of a rule can start");
    row("repeat twice", "root ::= \"a\"*?", "line 1, column 14: to repeat a repetition");
    row("no count", "root ::= \"a\"{}", "line 1, column 13: a count is written");
    row("count not closed", "root ::= \"a\"{2", "line 1, column 13: a count is written");
    row("counts backwards", "root ::= \"a\"{3,2}", "the second count is smaller");
    row("count too large", "root ::= \"a\"{10001}", "a count is at most 10,000");
    row("huge count", "root ::= \"a\"{99999999999999999999}", "a count is at most 10,000");
}

void TestGrammarRules::mistakesAreLocated()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, expected);
    const auto rules = GrammarRules::parse(text.toStdString());
    QVERIFY(!rules);
    QCOMPARE(rules.error().code, ErrorCode::InvalidUse);
    const QByteArray message = QByteArray::fromStdString(rules.error().message);
    QVERIFY2(message.contains(expected), message.constData());
}

void TestGrammarRules::layoutDoesNotMatter_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("plain") << "root ::= \"a\" (\"b\" | b)*\nb ::= \"c\"";
    QTest::newRow("carriage returns") << "root ::= \"a\" (\"b\" | b)*\r\nb ::= \"c\"\r\n";
    QTest::newRow("comments")
        << "# first\nroot ::= \"a\" (\"b\" | b)* # second\n# b ::= \nb ::= \"c\"#";
    QTest::newRow("lines in a group") << "root ::= \"a\" (\n  \"b\" # one\n  | b\n)*\nb ::= \"c\"";
    QTest::newRow("line after the arrow") << "root ::=\n  \"a\" (\"b\" | b)*\nb ::= \"c\"";
    QTest::newRow("close together") << "root::=\"a\"(\"b\"|b)*\nb::=\"c\"";
}

void TestGrammarRules::layoutDoesNotMatter()
{
    QFETCH(QString, text);
    using Kind = GrammarNode::Kind;
    const auto parsed = GrammarRules::parse(text.toStdString());
    QVERIFY2(bool(parsed), parsed ? "" : parsed.error().message.c_str());
    const GrammarRules& rules = parsed.value();
    QCOMPARE(rules.rules.size(), size_t(2));
    const GrammarNode& root = rules.nodes[rules.rules[rules.root].node];
    QCOMPARE(root.kind, Kind::Sequence);
    QCOMPARE(root.children.size(), size_t(2));
    QCOMPARE(rules.nodes[root.children[0]].text, std::string("a"));
    const GrammarNode& repeat = rules.nodes[root.children[1]];
    QCOMPARE(repeat.kind, Kind::Repeat);
    QCOMPARE(repeat.least, 0u);
    QCOMPARE(repeat.most, GrammarNode::kUnbounded);
    const GrammarNode& choice = rules.nodes[repeat.children[0]];
    QCOMPARE(choice.kind, Kind::Choice);
    QCOMPARE(rules.nodes[choice.children[1]].kind, Kind::Rule);
}

void TestGrammarRules::escapesAreCharacters()
{
    const auto parsed =
        GrammarRules::parse(R"(root ::= "\n\r\t\\\"\[\]\-\^\x41\xE9\u4E2D\U0001F600é")");
    QVERIFY2(bool(parsed), parsed ? "" : parsed.error().message.c_str());
    const GrammarRules& rules = parsed.value();
    QCOMPARE(QString::fromStdString(rules.nodes[rules.rules[rules.root].node].text),
        QStringLiteral("\n\r\t\\\"[]-^Aé中😀é"));
}

void TestGrammarRules::rangesAreNormalized_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QList<uint>>("expected"); // first, last, first, last
    QTest::newRow("single") << "[a]" << QList<uint>{'a', 'a'};
    QTest::newRow("overlap") << "[c-fa-dz]" << QList<uint>{'a', 'f', 'z', 'z'};
    QTest::newRow("touching") << "[a-bc-d]" << QList<uint>{'a', 'd'};
    QTest::newRow("minus at the end") << "[a-]" << QList<uint>{'-', '-', 'a', 'a'};
    QTest::newRow("minus at the start") << "[-a]" << QList<uint>{'-', '-', 'a', 'a'};
    QTest::newRow("caret inside") << "[a^]" << QList<uint>{'^', '^', 'a', 'a'};
    QTest::newRow("negated") << "[^b-c]" << QList<uint>{0, 'a', 'd', 0xD7FF, 0xE000, 0x10FFFF};
    QTest::newRow("negated twice") << "[^\\x00-az-\\U0010FFFF]" << QList<uint>{'b', 'y'};
    QTest::newRow("over the surrogates")
        << "[\\uD7FE-\\uE001]" << QList<uint>{0xD7FE, 0xD7FF, 0xE000, 0xE001};
    QTest::newRow("any") << "." << QList<uint>{0, 0xD7FF, 0xE000, 0x10FFFF};
}

void TestGrammarRules::rangesAreNormalized()
{
    QFETCH(QString, text);
    QFETCH(QList<uint>, expected);
    const auto parsed = GrammarRules::parse("root ::= " + text.toStdString());
    QVERIFY2(bool(parsed), parsed ? "" : parsed.error().message.c_str());
    const GrammarRules& rules = parsed.value();
    QList<uint> actual;
    for (const CodePointRange& range : rules.nodes[rules.rules[rules.root].node].ranges) {
        actual << range.first << range.last;
    }
    QCOMPARE(actual, expected);
}

void TestGrammarRules::sizesAreBounded_data()
{
    QTest::addColumn<std::string>("text");
    const std::string open(5000, '(');
    const std::string close(5000, ')');
    QTest::newRow("deep groups") << "root ::= " + open + "\"a\"" + close;
    QTest::newRow("only open") << "root ::= " + std::string(900'000, '(');
    QTest::newRow("two megabytes") << "root ::= \"" + std::string(2 << 20, 'a') + "\"";
}

void TestGrammarRules::sizesAreBounded()
{
    QFETCH(std::string, text);
    const auto rules = GrammarRules::parse(text);
    QVERIFY(!rules);
    QVERIFY2(rules.error().message.find("nested deeper than 100") != std::string::npos ||
                 rules.error().message.find("the limit is 1,048,576") != std::string::npos,
        rules.error().message.c_str());
}

QTEST_APPLESS_MAIN(TestGrammarRules)
#include "tst_grammar_rules.moc"
