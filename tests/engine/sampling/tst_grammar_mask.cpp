// SPDX-License-Identifier: MIT
#include "engine/formats/model_file.h"
#include "engine/sampling/grammar_mask.h"
#include "engine/sampling/random.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/support/vocabulary_file.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <algorithm>
#include <numeric>

using namespace atelier;

namespace {

const char kJson[] = R"(
root   ::= object
value  ::= object | array | string | number | "true" | "false" | "null"
object ::= "{" ws (string ":" ws value ws ("," ws string ":" ws value ws)*)? "}"
array  ::= "[" ws (value ws ("," ws value ws)*)? "]"
string ::= "\"" ([^"\\\x00-\x1F] | "\\" (["\\bfnrt/] | "u" [0-9a-fA-F]{4}))* "\""
number ::= "-"? ("0" | [1-9] [0-9]*) ("." [0-9]+)? ([eE] [-+]? [0-9]+)?
ws     ::= [ \n]*
)";

std::shared_ptr<const Tokenizer> smallTokenizer()
{
    test::VocabularyFile vocabulary;
    vocabulary.words = {"{\"",
        "\":",
        "\",",
        "\"}",
        "},",
        "  ",
        " \"",
        "true",
        "12",
        "ab",
        "\\u",
        "\xE4\xB8",     // two thirds of a character
        "\xAD\xE6\x96", // the last third of one and two of the next
        "\x87\"",
        "\xF0\x9F",
        "]}"};
    const auto bytes = vocabulary.writer().bytes();
    const auto file = parseGguf(bytes);
    return file ? Tokenizer::create(*file.value()).take() : nullptr;
}

struct Parts
{
    std::shared_ptr<const Grammar> grammar;
    std::shared_ptr<const TokenTrie> trie;
    std::shared_ptr<const Tokenizer> tokenizer;

    GrammarMask mask() const { return {grammar, trie, tokenizer, tokenizer->stopTokens()}; }
};

Parts partsOf(const char* gbnf, std::shared_ptr<const Tokenizer> tokenizer)
{
    auto grammar = Grammar::parse(gbnf);
    if (!grammar) {
        qWarning("%s", grammar.error().message.c_str());
    }
    return {grammar ? grammar.take() : nullptr, TokenTrie::create(*tokenizer), tokenizer};
}

std::vector<int32_t> allIds(const Tokenizer& tokenizer)
{
    std::vector<int32_t> ids(size_t(tokenizer.vocabSize()));
    std::iota(ids.begin(), ids.end(), 0);
    return ids;
}

std::vector<int32_t> allowedBy(GrammarMask& mask, const Tokenizer& tokenizer)
{
    std::vector<int32_t> ids = allIds(tokenizer);
    mask.keepAllowed(ids);
    return ids;
}

} // namespace

class TestGrammarMask : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void trieHoldsEveryToken();
    void masksAreWhatTheBytesSay();
    void endOfTurnExactlyWhereTheGrammarEnds();
    void controlTokensAreNoText();
    void charactersMayBeCutAnywhere();
    void keptIdsStayInOrder();
    void acceptedTextCounts();
    void exhaustedMaskAllowsNothing();
    void deepTextsStaySmall();
    void realVocabulary();
};

void TestGrammarMask::trieHoldsEveryToken()
{
    const auto tokenizer = smallTokenizer();
    QVERIFY(tokenizer);
    const auto trie = TokenTrie::create(*tokenizer);
    std::vector<int32_t> found;
    std::string text;
    for (uint32_t i = 1; i < trie->size(); ++i) {
        const TokenTrie::Node& node = trie->node(i);
        text.resize(node.depth - 1u);
        text += char(node.byte);
        for (const int32_t id : trie->tokensAt(i)) {
            QCOMPARE(std::string(tokenizer->tokenBytes(id)), text);
            found.push_back(id);
        }
        QVERIFY(node.next > i && node.next <= trie->size());
        QVERIFY(node.next == trie->size() || trie->node(node.next).depth <= node.depth);
    }
    std::sort(found.begin(), found.end());
    std::vector<int32_t> expected = allIds(*tokenizer);
    std::erase_if(
        expected, [&](int32_t id) { return tokenizer->isControl(id) || tokenizer->isPadding(id); });
    QCOMPARE(found, expected);
}

// The mask is put together from parts that were found once; allows() walks the bytes each time.
void TestGrammarMask::masksAreWhatTheBytesSay()
{
    const auto tokenizer = smallTokenizer();
    const Parts parts = partsOf(kJson, tokenizer);
    CounterRandom random(5);
    size_t steps = 0;
    for (int round = 0; round < 60; ++round) {
        GrammarMask mask = parts.mask();
        for (int length = 0; length < 60; ++length, ++steps) {
            const std::vector<int32_t> allowed = allowedBy(mask, *tokenizer);
            std::vector<int32_t> taken;
            for (const int32_t id : allIds(*tokenizer)) {
                if (mask.allows(id)) {
                    taken.push_back(id);
                }
            }
            QCOMPARE(allowed, taken);
            QVERIFY(!allowed.empty());
            const int32_t id = allowed[random.below(allowed.size())];
            mask.accept(id);
            if (tokenizer->isControl(id)) {
                break;
            }
        }
    }
    QVERIFY(steps > 500);
}

void TestGrammarMask::endOfTurnExactlyWhereTheGrammarEnds()
{
    const auto tokenizer = smallTokenizer();
    const Parts parts = partsOf("root ::= \"ab\" \"12\"*", tokenizer);
    GrammarMask mask = parts.mask();
    const auto stops = tokenizer->stopTokens();
    QVERIFY(!stops.empty());
    for (const auto& [text, canEnd] :
        {std::pair("", false), {"a", false}, {"b", true}, {"1", false}, {"2", true}}) {
        QVERIFY(mask.acceptText(text));
        QCOMPARE(mask.canEnd(), canEnd);
        const auto allowed = allowedBy(mask, *tokenizer);
        for (const int32_t stop : stops) {
            QCOMPARE(mask.allows(stop), canEnd);
            QCOMPARE(std::ranges::count(allowed, stop), canEnd ? 1 : 0);
        }
        QVERIFY(!mask.mustEnd());
    }
    mask.accept(stops.front());
    QVERIFY(allowedBy(mask, *tokenizer).empty()); // nothing follows the end
    QVERIFY(!mask.canEnd());
}

void TestGrammarMask::controlTokensAreNoText()
{
    const auto tokenizer = smallTokenizer();
    const Parts parts = partsOf("root ::= .*", tokenizer);
    GrammarMask mask = parts.mask();
    const int32_t system = *tokenizer->find("<|system|>");
    QVERIFY(mask.acceptText("<|system|>")); // typed out it is text like any other
    QVERIFY(!mask.allows(system));
    const auto allowed = allowedBy(mask, *tokenizer);
    for (const int32_t id : allowed) {
        QVERIFY(!tokenizer->isPadding(id));
        QVERIFY(!tokenizer->isControl(id) || std::ranges::count(tokenizer->stopTokens(), id) == 1);
    }
    QVERIFY(!mask.allows(-1));
    QVERIFY(!mask.allows(tokenizer->vocabSize()));
}

void TestGrammarMask::charactersMayBeCutAnywhere()
{
    const auto tokenizer = smallTokenizer();
    const Parts parts = partsOf("root ::= \"中文\" [^a]", tokenizer);
    GrammarMask mask = parts.mask();
    const int32_t first = 256 + 11;
    QCOMPARE(std::string(tokenizer->tokenBytes(first)), std::string("\xE4\xB8"));
    QCOMPARE(allowedBy(mask, *tokenizer), (std::vector<int32_t>{0xE4, first}));
    mask.accept(first);
    QCOMPARE(allowedBy(mask, *tokenizer), (std::vector<int32_t>{0xAD, first + 1}));
    mask.accept(first + 1);
    QCOMPARE(allowedBy(mask, *tokenizer), (std::vector<int32_t>{0x87, first + 2}));
    mask.accept(0x87);
    QVERIFY(mask.allows('b') && !mask.allows('a'));
    QVERIFY(mask.allows(256 + 14)); // half of a character
    QVERIFY(!mask.allows(0x80));    // starts none
    mask.accept(256 + 14);
    QVERIFY(!mask.canEnd() && !mask.allows('b'));
}

void TestGrammarMask::keptIdsStayInOrder()
{
    const auto tokenizer = smallTokenizer();
    const Parts parts = partsOf("root ::= [a-z]", tokenizer);
    GrammarMask mask = parts.mask();
    std::vector<int32_t> ids = {'z', '0', 'b', 'A', 'a'};
    mask.keepAllowed(ids);
    QCOMPARE(ids, (std::vector<int32_t>{'z', 'b', 'a'}));
}

void TestGrammarMask::acceptedTextCounts()
{
    const auto tokenizer = smallTokenizer();
    const Parts parts = partsOf("root ::= \"yes\" | \"yellow\"", tokenizer);
    GrammarMask mask = parts.mask();
    QVERIFY(mask.acceptText("ye"));
    QVERIFY(!mask.acceptText("x"));
    QCOMPARE(allowedBy(mask, *tokenizer), (std::vector<int32_t>{'l', 's'}));
}

void TestGrammarMask::exhaustedMaskAllowsNothing()
{
    const auto tokenizer = smallTokenizer();
    // Reads n letters in more than 2^n ways, and may come back to all the places before.
    const Parts parts = partsOf("root ::= \"a\" | \"a\" root | \"a\" root root", tokenizer);
    GrammarMask mask(parts.grammar, parts.trie, tokenizer, tokenizer->stopTokens(), 20'000);
    QVERIFY(mask.acceptText("aa"));
    QVERIFY(mask.inBounds());
    QVERIFY(!mask.acceptText(std::string(5000, 'a')));
    QVERIFY(!mask.inBounds());
    QVERIFY(!mask.allows('a'));
    QVERIFY(allowedBy(mask, *tokenizer).empty());
}

void TestGrammarMask::deepTextsStaySmall()
{
    const auto tokenizer = smallTokenizer();
    const Parts parts = partsOf("root ::= \"(\" root \")\" | \"x\"", tokenizer);
    GrammarMask mask = parts.mask();
    const std::string open(100'000, '(');
    for (size_t at = 0; at < open.size(); at += 100) {
        QVERIFY(mask.acceptText(open.substr(at, 100)));
    }
    QVERIFY(mask.acceptText("x"));
    QVERIFY(mask.acceptText(std::string(99'999, ')')));
    QVERIFY(!mask.canEnd());
    QVERIFY(mask.acceptText(")"));
    QVERIFY(mask.canEnd() && mask.mustEnd());
}

void TestGrammarMask::realVocabulary()
{
    const QString path = QStringLiteral(ATELIER_SHARED "/glm4-tokenizer/glm4-vocab.gguf");
    if (!QFile::exists(path)) {
        QSKIP("The GLM-4 vocabulary is not here.");
    }
    const auto file = openGguf(path.toStdString());
    QVERIFY(bool(file));
    const std::shared_ptr<const Tokenizer> tokenizer = Tokenizer::create(*file.value()).take();
    const Parts parts = partsOf(kJson, tokenizer);
    GrammarMask mask = parts.mask();
    const std::string text =
        "{\"name\": \"Ada \\\"L\\\" \", \"中文\":[1, -2.5e3,{\"x\":null}],\n\"ok\": true}";
    const auto ids = tokenizer->encode(text, SpecialTokens::AsText);
    for (const int32_t id : ids) {
        const std::vector<int32_t> allowed = allowedBy(mask, *tokenizer);
        size_t next = 0;
        for (int32_t any = 0; any < tokenizer->vocabSize(); ++any) {
            const bool inMask = next < allowed.size() && allowed[next] == any;
            next += inMask ? 1 : 0;
            if (mask.allows(any) != inMask) {
                QFAIL(qPrintable(QString("token %1").arg(any)));
            }
        }
        QVERIFY(mask.allows(id));
        mask.accept(id);
    }
    QVERIFY(mask.canEnd());
}

QTEST_APPLESS_MAIN(TestGrammarMask)
#include "tst_grammar_mask.moc"
