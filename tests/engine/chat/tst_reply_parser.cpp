// SPDX-License-Identifier: MIT
#include "engine/chat/reply_parser.h"

#include "engine/sampling/random.h"
#include "tests/support/reply_events.h"

#include <QTest>

using namespace atelier;
using namespace atelier::test;

namespace {

const std::vector<std::string> kTools = {"search", "click", "open", "open_url", "finish", "城市"};

constexpr const char* kRepaired = " # The arguments were repaired: ";
constexpr const char* kUnreadable = " # The arguments are not JSON that can be read.";

ReplyParserOptions options(bool startsThinking = false)
{
    return {kTools, startsThinking};
}

} // namespace

class TestReplyParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void replies_data();
    void replies();
    void cutsDoNotMatter_data();
    void cutsDoNotMatter();
    void randomRepliesCutAnywhere();
    void answersAreNotHeldBack();
    void charactersStayWhole();
    void argumentsStream();
    void withoutToolsNothingIsACall();
    void endlessArgumentsAreBounded();
    void endlessNestingIsBounded();
    void endlessCallsAreBounded();
    void longRepliesTakeLinearTime();
};

void TestReplyParser::replies_data()
{
    QTest::addColumn<bool>("startsThinking");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("events");
    const auto row = [](const char* tag, const QString& text, const QString& events) {
        QTest::newRow(tag) << false << text << events;
    };
    const auto z1 = [](const char* tag, const QString& text, const QString& events) {
        QTest::newRow(tag) << true << text << events;
    };
    // Answers.
    row("nothing", "", "");
    row("plain", "Hello, <b>world</b>!\n", "[Hello, <b>world</b>!\n]");
    row("a tag's start at the end", "a </thi", "[a </thi]");
    row("white space first", "\n\n a", "[\n\n a]");
    // Thoughts.
    row("thoughts", "<think>\nHm.\n</think>\n\nYes.", "(Hm.\n)[Yes.]");
    row("no answer yet", "<think>\nHm.", "(Hm.)");
    row("no thoughts", "<think>\n\n</think>\nYes.", "()[Yes.]");
    row("white space before thoughts", " \n<think>Hm.</think>Yes.", "(Hm.)[Yes.]");
    row("tags in thoughts",
        "<think>a <think> </thin </b> b</think>c",
        "(a <think> </thin </b> b)[c]");
    row("an end in an answer", "<think>a</think>b</think>c", "(a)[b</think>c]");
    row("a tag that is spoken of", "Use <think> here.", "[Use <think> here.]");
    row("the opening is missing", "Hm.\n</think>\n\nYes.", "[Hm.\n]^)[Yes.]");
    row("an end in a code block", "```\n</think>\n```\n</think>x", "[```\n</think>\n```\n]^)[x]");
    z1("the prompt opened", "\nHm.\n</think>\nYes.", "(Hm.\n)[Yes.]");
    z1("the prompt opened, and so did the text", "<think>\nHm.\n</think>\nYes.", "(Hm.\n)[Yes.]");
    z1("the prompt opened, nothing came", "", "");
    z1("the prompt opened, and it was cut", "Hm", "(Hm)");
    z1("thoughts, then a call",
        "Hm.\n</think>\nsearch\n{\"q\": 1}",
        "(Hm.\n)<search|{\"q\": 1}|search {\"q\": 1}>");
    // Calls.
    row("a call", "search\n{\"q\": \"x\"}", "<search|{\"q\": \"x\"}|search {\"q\": \"x\"}>");
    row("a call in a turn of its own", "\nsearch\n{}", "[\n]<search|{}|search {}>");
    row("space behind the name", "search \n{}", "<search|{}|search {}>");
    row("carriage returns", "search\r\n{}\r\n", "<search|{}|search {}>");
    row("no arguments", "finish\n{}", "<finish|{}|finish {}>");
    row("a name that begins another", "open_url\n{}", "<open_url|{}|open_url {}>");
    row("a name that another begins with", "open\n{}", "<open|{}|open {}>");
    row("a name in Chinese", "城市\n{}", "<城市|{}|城市 {}>");
    row("several calls",
        "search\n{\"q\": 1}<|assistant|>click\n{\"link_id\": 2}<|assistant|>finish\n{}",
        "<search|{\"q\": 1}|search {\"q\": 1}><click|{\"link_id\": 2}|click {\"link_id\": "
        "2}><finish|{}|finish {}>");
    row("several calls, as people see them",
        "search\n{}\nclick\n{}",
        "<search|{}|search {}><click|{}|click {}>");
    row("text before a call", "Let me look.\nsearch\n{}", "[Let me look.\n]<search|{}|search {}>");
    row("text, another part, a call",
        "Let me look.<|assistant|>search\n{}",
        "[Let me look.\n]<search|{}|search {}>");
    row("text behind a call", "search\n{}\nDone.", "<search|{}|search {}>[Done.]");
    row("nested arguments over lines",
        "search\n{\n  \"a\": {\"b\": [1, {}]},\n  \"c\": \"}\\n\"\n}",
        "<search|{\n  \"a\": {\"b\": [1, {}]},\n  \"c\": \"}\\n\"\n}|search {\n  \"a\": {\"b\": "
        "[1, {}]},\n  \"c\": \"}\\n\"\n}>");
    row("brackets and quotes in texts",
        "search\n{\"q\": \"{[\\\"'<|assistant|>\\\\\"}",
        "<search|{\"q\": \"{[\\\"'<|assistant|>\\\\\"}|search {\"q\": "
        "\"{[\\\"'<|assistant|>\\\\\"}>");
    row("arguments in a code block",
        "search\n```json\n{\"q\": 1}\n```\nDone.",
        "<search|{\"q\": 1}|search {\"q\": 1}>[Done.]");
    // What is no call.
    row("a name that is not offered", "paint\n{\"q\": 1}", "[paint\n{\"q\": 1}]");
    row("a fence is no name", "```json\n{\"q\": 1}\n```", "[```json\n{\"q\": 1}\n```]");
    row("a name in a code block", "```\nsearch\n{}\n```\n", "[```\nsearch\n{}\n```\n]");
    row("a name in a line", "I search\n{}", "[I search\n{}]");
    row("a line that begins with a name", "search engines\n{}", "[search engines\n{}]");
    row("a name without arguments", "search\nfor it", "[search\nfor it]");
    row("a name at the end", "search\n", "[search\n]");
    row("a list", "search\n[1]", "[search\n[1]]");
    row("arguments in the name's line", "search {}", "[search {}]");
    row("a name, then a call", "search\nclick\n{}", "[search\n]<click|{}|click {}>");
    row("much space",
        "search\n" + QString(100, ' ') + "{}",
        "[search\n" + QString(100, ' ') + "{}]");
    // Damaged calls.
    row("the last bracket is missing",
        "search\n{\"q\": {\"a\": 1}",
        QString("<search|{\"q\": {\"a\": 1}|search {\"q\": {\"a\": 1}}") + kRepaired +
            "it was not closed.>");
    row("cut in a text",
        "search\n{\"q\": \"wea",
        QString("<search|{\"q\": \"wea|search {\"q\": \"wea\"}") + kRepaired +
            "a text was not closed; it was not closed.>");
    row("the next part begins too soon",
        "search\n{\"q\": 1<|assistant|>click\n{}",
        QString("<search|{\"q\": 1|search {\"q\": 1}") + kRepaired +
            "it was not closed.><click|{}|click {}>");
    row("single quotes",
        "search\n{'q': 'it is \"x\"'}",
        QString("<search|{'q': 'it is \"x\"'}|search {\"q\": \"it is \\\"x\\\"\"}") + kRepaired +
            "texts were in single quotes.>");
    row("a comma too many",
        "search\n{\"q\": [1, 2,],}",
        QString("<search|{\"q\": [1, 2,],}|search {\"q\": [1, 2]}") + kRepaired +
            "a comma was left at the end.>");
    row("cannot be read",
        "search\n{\"q\": <x>}\nSo.",
        QString("<search|{\"q\": <x>}|search WRONG {\"q\": <x>}") + kUnreadable + ">[So.]");
    row("brackets that do not match",
        "search\n{\"q\": [1}]",
        QString("<search|{\"q\": [1}]|search WRONG {\"q\": [1}]") + kUnreadable + ">");
    // Citations.
    row("a source", "So it is【3†source】.", "[So it is]{3 source}[.]");
    row("sources in a row", "【0†a】【12†b c】", "{0 a}{12 b c}");
    row("a source at the end of thoughts", "<think>【1†s】</think>【2†s】", "(【1†s】){2 s}");
    row("no number", "【†source】", "[【†source】]");
    row("no label", "【3†】", "[【3†】]");
    row("another bracket", "【说明】3", "[【说明】3]");
    row("not closed", "【3†source", "[【3†source]");
    row("over lines", "【3†so\nurce】", "[【3†so\nurce】]");
    row("a huge number", "【1234567890†x】", "[【1234567890†x】]");
    row("one in another", "【3†a【4†b】", "{3 a【4†b}");
    row("half a source, then one", "【3【4†b】", "[【3]{4 b}");
    row("a source in a code block", "```\n【3†s】\n```", "[```\n【3†s】\n```]");
    row("a long label", "【3†" + QString(300, 'x') + "】", "[【3†" + QString(300, 'x') + "】]");
}

void TestReplyParser::replies()
{
    QFETCH(bool, startsThinking);
    QFETCH(QString, text);
    QFETCH(QString, events);
    QCOMPARE(QString::fromStdString(eventsOf(options(startsThinking), text.toStdString())), events);
}

void TestReplyParser::cutsDoNotMatter_data()
{
    replies_data();
}

void TestReplyParser::cutsDoNotMatter()
{
    QFETCH(bool, startsThinking);
    QFETCH(QString, text);
    QFETCH(QString, events);
    for (const size_t bytes : {1, 2, 3, 7}) {
        QCOMPARE(
            QString::fromStdString(eventsOf(options(startsThinking), text.toStdString(), bytes)),
            events);
    }
}

// Made of what matters, in any order.
void TestReplyParser::randomRepliesCutAnywhere()
{
    constexpr std::string_view kParts[] = {"<think>",
        "</think>",
        "<|assistant|>",
        "search",
        "click",
        "\n",
        "\n",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        "\\",
        ",",
        ":",
        "q",
        " ",
        "```",
        "```json\n",
        "【3†source】",
        "【",
        "†",
        "】",
        "search\n{\"q\": 1}",
        "中",
        "<",
        "/think>"};
    CounterRandom random(4);
    for (int round = 0; round < 4000; ++round) {
        std::string text;
        for (size_t parts = random.below(24); parts > 0; --parts) {
            text += kParts[random.below(std::size(kParts))];
        }
        const auto asked = options(random.below(3) == 0);
        const std::string whole = eventsOf(asked, text);
        QCOMPARE(eventsOf(asked, text, 1), whole);
        ReplyParser parser(asked);
        EventText events;
        for (std::string_view rest = text; !rest.empty();) {
            const size_t bytes = 1 + random.below(9);
            events.add(parser.push(rest.substr(0, bytes)));
            rest.remove_prefix(std::min(bytes, rest.size()));
        }
        events.add(parser.finish());
        QCOMPARE(events.take(), whole);
    }
}

void TestReplyParser::answersAreNotHeldBack()
{
    ReplyParser parser(options());
    EventText events;
    events.add(parser.push("Hello wor"));
    QCOMPARE(events.take(), std::string("[Hello wor]"));
}

void TestReplyParser::charactersStayWhole()
{
    ReplyParser parser(options());
    for (const char* character : {"中", "【", "中", "【", "3", "†", "😀", "\n"}) {
        for (const ReplyEvent& event : parser.push(character)) {
            const auto text = QString::fromStdString(std::get<AnswerDelta>(event).text);
            QVERIFY2(!text.contains(QChar(0xFFFD)), qPrintable(text));
        }
    }
}

void TestReplyParser::argumentsStream()
{
    ReplyParser parser(options());
    EventText events;
    events.add(parser.push("search\n{\"q\": \"wea"));
    QCOMPARE(events.take(), std::string("<search|{\"q\": \"wea"));
    events.add(parser.push("ther\"}"));
    QCOMPARE(events.take(), std::string("ther\"}|search {\"q\": \"weather\"}>"));
    QVERIFY(parser.finish().empty());
}

void TestReplyParser::withoutToolsNothingIsACall()
{
    QCOMPARE(eventsOf({}, "search\n{\"q\": 1}"), std::string("[search\n{\"q\": 1}]"));
}

void TestReplyParser::endlessArgumentsAreBounded()
{
    ReplyParser parser(options());
    parser.push("search\n{\"q\": \"");
    const std::string part(1 << 16, 'x');
    int ends = 0;
    for (int i = 0; i < 40; ++i) {
        for (const ReplyEvent& event : parser.push(part)) {
            if (const auto* end = std::get_if<ToolCallEnd>(&event)) {
                ++ends;
                QVERIFY(!end->valid);
                QVERIFY(end->call.arguments.size() <= ReplyParser::kMaxArgumentBytes);
            }
        }
    }
    QCOMPARE(ends, 1);
}

void TestReplyParser::endlessNestingIsBounded()
{
    const std::string events = eventsOf(options(), "search\n{\"q\": " + std::string(100'000, '['));
    QVERIFY(events.starts_with("<search|{\"q\": [[["));
    QVERIFY(events.find("WRONG") < 200);
}

void TestReplyParser::endlessCallsAreBounded()
{
    std::string text;
    for (int i = 0; i < 100; ++i) {
        text += "search\n{}\n";
    }
    const QString events = QString::fromStdString(eventsOf(options(), text));
    QCOMPARE(events.count("<search|"), int(ReplyParser::kMaxCalls));
    QCOMPARE(events.count("search\n{}"), 100 - int(ReplyParser::kMaxCalls)); // the rest is text
}

// Holding back and trying again must not add up.
void TestReplyParser::longRepliesTakeLinearTime()
{
    for (const std::string part :
        {"【3†【3†", "search\n search\n", "<|assistant", "</think", "`", "\n"}) {
        std::string text;
        while (text.size() < 1'000'000) {
            text += part;
        }
        ReplyParser parser(options());
        size_t bytes = 0;
        for (const auto& events : {parser.push(text), parser.finish()}) {
            for (const ReplyEvent& event : events) {
                bytes += std::get<AnswerDelta>(event).text.size();
            }
        }
        QCOMPARE(bytes, text.size());
    }
}

QTEST_APPLESS_MAIN(TestReplyParser)
#include "tst_reply_parser.moc"
