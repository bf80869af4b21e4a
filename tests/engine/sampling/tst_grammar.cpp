// SPDX-License-Identifier: MIT
// Grammars from text to yes and no: what they take, what they refuse, and what they cost.
#include "engine/sampling/grammar_matcher.h"
#include "engine/sampling/random.h"
#include "tests/support/grammar_oracle.h"

#include <QTest>

using namespace atelier;

namespace {

std::shared_ptr<const Grammar> grammarOf(const std::string& text)
{
    auto grammar = Grammar::parse(text);
    if (!grammar) {
        qWarning("%s", grammar.error().message.c_str());
        return nullptr;
    }
    return grammar.take();
}

GrammarMatcher::Set follow(GrammarMatcher& matcher, std::string_view text)
{
    auto set = matcher.start();
    for (const char c : text) {
        set = matcher.next(set, uint8_t(c));
    }
    return set;
}

} // namespace

class TestGrammar : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textsAreTakenOrNot_data();
    void textsAreTakenOrNot();
    void randomGrammarsMatchTheOracle();
    void everyCharacterOfAClass();
    void unusableGrammarsSayWhy_data();
    void unusableGrammarsSayWhy();
    void repeatedSituationsAreOneSet();
    void ambiguityStaysCheap_data();
    void ambiguityStaysCheap();
    void workIsBounded();
    void compactingChangesNothing();
};

void TestGrammar::textsAreTakenOrNot_data()
{
    QTest::addColumn<QString>("grammar");
    QTest::addColumn<QStringList>("taken");
    QTest::addColumn<QStringList>("refused");

    QTest::newRow("text") << "root ::= \"abc\"" << QStringList{"abc"}
                          << QStringList{"", "ab", "abcd", "abd"};
    QTest::newRow("choice") << "root ::= \"a\" | \"ab\" | \"\"" << QStringList{"", "a", "ab"}
                            << QStringList{"b", "abb", "aa"};
    QTest::newRow("choice over lines") << "root ::= \"a\" # one\n  | \"b\"\n\n  | c\nc ::= \"c\""
                                       << QStringList{"a", "b", "c"} << QStringList{"", "ab"};
    QTest::newRow("star") << "root ::= \"ab\"*" << QStringList{"", "ab", "abab"}
                          << QStringList{"a", "aba", "b"};
    QTest::newRow("plus") << "root ::= [0-9]+ \".\"" << QStringList{"1.", "123."}
                          << QStringList{".", "1", "1.2"};
    QTest::newRow("optional") << "root ::= \"a\"? \"b\"?" << QStringList{"", "a", "b", "ab"}
                              << QStringList{"ba", "aa"};
    QTest::newRow("exact count") << "root ::= [ab]{3}" << QStringList{"aba", "bbb"}
                                 << QStringList{"ab", "abab", ""};
    QTest::newRow("at least") << "root ::= (\"a\" \"b\"){2,}" << QStringList{"abab", "ababab"}
                              << QStringList{"ab", "abb", ""};
    QTest::newRow("between") << "root ::= (\"a\" | \"bc\"){2,4}"
                             << QStringList{"aa", "abc", "bcbcbcbc", "aaaa"}
                             << QStringList{"a", "aaaaa", "bcb"};
    QTest::newRow("none") << "root ::= \"a\" \"b\"{0} \"c\"" << QStringList{"ac"}
                          << QStringList{"abc", "a"};
    QTest::newRow("star of what may be empty")
        << "root ::= (\"a\"? \"b\"?)* \"c\"" << QStringList{"c", "abbac"} << QStringList{"", "ab"};
    QTest::newRow("count of what may be empty")
        << "root ::= (\"a\"*){3} \"c\"" << QStringList{"c", "aaaaaac"} << QStringList{"b", "a"};
    QTest::newRow("characters, not bytes")
        << "root ::= [中-龥]{2} [^a]" << QStringList{"中文é", "龥中😀", "中文b"}
        << QStringList{"中é", "中文a", "中文", "中文中中"};
    QTest::newRow("recursion") << "root ::= \"(\" root \")\" | \"x\"" << QStringList{"x", "((x))"}
                               << QStringList{"((x)", "(x))", "()"};
    QTest::newRow("recursion that may be empty")
        << "root ::= (\"(\" root \")\")*" << QStringList{"", "()(())", "((()))"}
        << QStringList{"(", ")(", "(()"};
    QTest::newRow("mutual recursion")
        << "root ::= \"a\" b | \"\"\nb ::= \"b\" root | \"c\""
        << QStringList{"", "ac", "abac", "ab"} << QStringList{"a", "abc", "b"};
    QTest::newRow("rule that may be empty in front")
        << "root ::= sp \"a\" sp root | \"b\"\nsp ::= \" \"*"
        << QStringList{"b", "ab", " a b", "  a  a b"} << QStringList{" b", "a ", "a  b "};
    QTest::newRow("ambiguous") << "root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"\""
                               << QStringList{"", "ab", "aabc", "aaacbc"}
                               << QStringList{"a", "abb", "abc"};
    QTest::newRow("arithmetic") << "root ::= term ([-+*] term)*\nterm ::= [0-9]+ | \"(\" root \")\""
                                << QStringList{"1", "1+2*(3-45)", "((7))"}
                                << QStringList{"1+", "(1", "()", "+1"};
    QTest::newRow("zero byte") << "root ::= \"a\\x00b\""
                               << QStringList{QString("a%1b").arg(QChar(0))}
                               << QStringList{"ab", "a"};
}

void TestGrammar::textsAreTakenOrNot()
{
    QFETCH(QString, grammar);
    QFETCH(QStringList, taken);
    QFETCH(QStringList, refused);
    const auto parsed = grammarOf(grammar.toStdString());
    QVERIFY(parsed);
    GrammarMatcher matcher(parsed);
    for (const QString& text : taken) {
        QVERIFY2(matcher.canEnd(follow(matcher, text.toStdString())), qPrintable(text));
    }
    for (const QString& text : refused) {
        QVERIFY2(!matcher.canEnd(follow(matcher, text.toStdString())), qPrintable(text));
    }
}

// Every beginning of every short text over a small alphabet, for grammars nobody thought of.
void TestGrammar::randomGrammarsMatchTheOracle()
{
    CounterRandom random(20260101);
    const auto pick = [&random](auto&& list) { return list[random.below(std::size(list))]; };
    const std::string items[] = {"\"a\"", "\"b\"", "\"ab\"", "[ab]", "root", "r1", "r2", "\"\""};
    const std::string repeats[] = {"", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}"};
    int used = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (const char* rule : {"root", "r1", "r2"}) {
            text += std::string(rule) + " ::=";
            for (uint64_t part = 1 + random.below(5); part > 0; --part) {
                text += " " + pick(items) + pick(repeats) + (random.below(3) == 0 ? " |" : "");
            }
            text += " \"a\"\n";
        }
        const auto rules = GrammarRules::parse(text);
        QVERIFY2(bool(rules), text.c_str());
        const auto grammar = Grammar::create(rules.value());
        if (!grammar) {
            continue; // left recursion
        }
        ++used;
        GrammarMatcher matcher(grammar.value());
        test::GrammarOracle oracle(rules.value());
        for (int bits = 1; bits < 1 << 7; ++bits) { // all texts of up to six letters
            std::string word;
            for (int rest = bits; rest > 1; rest >>= 1) {
                word += rest & 1 ? 'a' : 'b';
            }
            const auto expected = oracle.ask(word);
            const auto set = follow(matcher, word);
            QVERIFY2(matcher.canEnd(set) == expected.matches, (text + word).c_str());
            QVERIFY2((set != GrammarMatcher::kDead) == expected.begins, (text + word).c_str());
        }
    }
    QVERIFY2(used > 500, qPrintable(QString::number(used)));
}

void TestGrammar::everyCharacterOfAClass()
{
    // Ends in the middle of every UTF-8 length and block of continuation bytes.
    const std::vector<CodePointRange> ranges = {{0x61, 0x7F},
        {0x85, 0x85},
        {0x3FF, 0x7F0},
        {0x801, 0xFFE},
        {0x4E2D, 0x9FA5},
        {0xD7F0, 0xE010},
        {0xFFFF, 0x1FFFF},
        {0x10FFF0, 0x10FFFF}};
    for (const bool negated : {false, true}) {
        GrammarRules rules;
        rules.nodes.push_back(
            {.kind = GrammarNode::Kind::Class, .ranges = normalizedRanges(ranges, negated)});
        rules.rules.push_back({"root", 0});
        const auto grammar = Grammar::create(rules);
        QVERIFY(bool(grammar));
        GrammarMatcher matcher(grammar.value());
        for (uint32_t code = 0; code <= 0x10FFFF; ++code) {
            if (code >= 0xD800 && code <= 0xDFFF) {
                continue;
            }
            const bool inside = std::ranges::any_of(
                ranges, [&](CodePointRange r) { return code >= r.first && code <= r.last; });
            if (matcher.canEnd(follow(matcher, utf8Of(code))) != (inside != negated)) {
                QFAIL(qPrintable(QString::number(code, 16)));
            }
        }
        for (const char* bad : {"\x80",
                 "\xC0\x80",
                 "\xC1\xBF",
                 "\xE0\x80\x80",
                 "\xED\xA0\x80",
                 "\xF4\x90\x80\x80",
                 "\xF8\x80\x80\x80",
                 "\xFF"}) {
            QCOMPARE(follow(matcher, bad), GrammarMatcher::kDead);
        }
    }
}

void TestGrammar::unusableGrammarsSayWhy_data()
{
    QTest::addColumn<QString>("grammar");
    QTest::addColumn<QString>("expected");
    const QString left = "calls itself before it has read anything";
    QTest::newRow("left recursion") << "root ::= root \"a\" | \"b\""
                                    << "\"root\" of the grammar " + left;
    QTest::newRow("through another rule") << "root ::= x\nx ::= y \"a\"\ny ::= x | \"b\"" << left;
    QTest::newRow("behind what may be empty")
        << "root ::= \"x\"* e root | \"b\"\ne ::= \"\"" << left;
    QTest::newRow("in a repetition") << "root ::= (\"a\" | root)* \"b\"" << left;
    QTest::newRow("in a counted part") << "root ::= (root \"a\" \"b\"){2,3} | \"c\"" << left;
    QTest::newRow("never ends") << "root ::= \"a\" root"
                                << "\"root\" of the grammar can never end";
    QTest::newRow("a part never ends") << "root ::= \"a\" | \"b\" x\nx ::= \"c\" y\ny ::= \"d\" x"
                                       << "can never end";
    QTest::newRow("too many states") << "root ::= (\"" + QString(1000, 'a') + "\" | \"b\")\n" + [] {
        QString rules;
        for (int i = 0; i < 300; ++i) {
            rules += QString("r%1 ::= \"%2\"\n").arg(i).arg(QString(1000, 'b'));
        }
        return rules;
    }() << "too large";
    QTest::newRow("too many transitions")
        << "root ::= " + QString("\"a\"? ").repeated(20'000) << "too large";
}

void TestGrammar::unusableGrammarsSayWhy()
{
    QFETCH(QString, grammar);
    QFETCH(QString, expected);
    const auto parsed = Grammar::parse(grammar.toStdString());
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, ErrorCode::InvalidUse);
    const QString message = QString::fromStdString(parsed.error().message);
    QVERIFY2(message.contains(expected), qPrintable(message));
}

void TestGrammar::repeatedSituationsAreOneSet()
{
    const auto grammar = grammarOf("root ::= \"[\" (item (\",\" item)*)? \"]\"\n"
                                   "item ::= \"(\" [a-z]* \")\" | root");
    QVERIFY(grammar);
    GrammarMatcher matcher(grammar);
    QCOMPARE(follow(matcher, "[(ab)"), follow(matcher, "[(x),(abcd)"));
    QCOMPARE(follow(matcher, "[[(a"), follow(matcher, "[(a),[(b),(c"));
    QVERIFY(follow(matcher, "[(a") != follow(matcher, "[[(a"));
}

void TestGrammar::ambiguityStaysCheap_data()
{
    QTest::addColumn<QString>("grammar");
    QTest::addColumn<QString>("unit");
    // Ways to read n letters: 2^n and more.
    QTest::newRow("two ways each") << "root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"d\""
                                   << "a";
    QTest::newRow("every split") << "root ::= \"a\" | \"a\" root | \"a\" root root"
                                 << "a";
    QTest::newRow("star of star") << "root ::= ((\"a\"*)+)* \"b\""
                                  << "a";
    QTest::newRow("list in list") << "root ::= (x | x x | x x x)+\nx ::= \"a\" | \"aa\""
                                  << "a";
}

void TestGrammar::ambiguityStaysCheap()
{
    QFETCH(QString, grammar);
    QFETCH(QString, unit);
    const auto parsed = grammarOf(grammar.toStdString());
    QVERIFY(parsed);
    GrammarMatcher matcher(parsed);
    matcher.setBudget(20'000'000);
    const auto set = follow(matcher, unit.repeated(150).toStdString());
    QVERIFY(set != GrammarMatcher::kDead);
    QVERIFY(matcher.inBounds());
    QVERIFY2(matcher.words() < 2'000'000, qPrintable(QString::number(matcher.words())));
}

void TestGrammar::workIsBounded()
{
    // The frames of "every split" keep referring to all earlier ones: the work grows with the
    // square.
    const auto grammar = grammarOf("root ::= \"a\" | \"a\" root | \"a\" root root");
    QVERIFY(grammar);
    GrammarMatcher matcher(grammar);
    matcher.setBudget(10'000);
    QCOMPARE(follow(matcher, std::string(5000, 'a')), GrammarMatcher::kDead);
    QVERIFY(!matcher.inBounds());
    QCOMPARE(matcher.next(matcher.start(), 'a'), GrammarMatcher::kDead); // and stays so
}

void TestGrammar::compactingChangesNothing()
{
    const auto grammar = grammarOf("root ::= \"(\" root \")\" | \"[\" root? \"]\" | [a-z]+");
    QVERIFY(grammar);
    GrammarMatcher plain(grammar);
    GrammarMatcher compacted(grammar);
    const std::string text = "([(((((([[(abc)]]))))))])";
    auto a = plain.start();
    auto b = compacted.start();
    for (const char c : text) {
        a = plain.next(a, uint8_t(c));
        b = compacted.compact(compacted.next(b, uint8_t(c)));
        QVERIFY(a != GrammarMatcher::kDead);
        for (int byte = 0; byte < 256; ++byte) {
            const bool inPlain = plain.next(a, uint8_t(byte)) != GrammarMatcher::kDead;
            QCOMPARE(compacted.next(b, uint8_t(byte)) != GrammarMatcher::kDead, inPlain);
        }
        QCOMPARE(compacted.canEnd(b), plain.canEnd(a));
    }
    QVERIFY(plain.canEnd(a));
    QVERIFY(compacted.words() < plain.words());
}

QTEST_APPLESS_MAIN(TestGrammar)
#include "tst_grammar.moc"
