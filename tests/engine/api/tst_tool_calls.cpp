// SPDX-License-Identifier: MIT
// Calls of tools whose arguments keep to their schemas, in replies that are otherwise free.
#include "engine/api/model.h"
#include "engine/api/tool_call_mask.h"
#include "engine/chat/reply_parser.h"
#include "engine/formats/model_file.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/support/json_validator.h"
#include "tests/support/vocabulary_file.h"

#include <QJsonDocument>
#include <QTest>

#include <algorithm>
#include <numeric>

using namespace atelier;

namespace {

const char kWeather[] = R"({"name": "get_weather", "description": "d", "parameters": {
    "type": "object",
    "properties": {
        "place": {"type": "string", "maxLength": 12},
        "days": {"type": "integer", "minimum": 1, "maximum": 14},
        "unit": {"enum": ["C", "F"]},
        "above": {"type": "number", "exclusiveMinimum": 0, "maximum": 1}
    },
    "required": ["place", "days", "above"]}})";
const char kPing[] = R"({"name": "ping", "parameters": {"type": "object", "properties": {},
    "additionalProperties": false}})";

std::vector<Tool> tools(std::initializer_list<const char*> definitions)
{
    std::vector<Tool> out;
    for (const char* definition : definitions) {
        auto tool = Tool::parse(definition);
        out.push_back(tool ? tool.take() : Tool());
    }
    return out;
}

std::vector<ToolCallEnd> callsIn(const std::string& text, const std::vector<Tool>& offered)
{
    ReplyParserOptions options;
    for (const Tool& tool : offered) {
        options.tools.push_back(tool.name);
    }
    ReplyParser parser(options);
    auto events = parser.push(text);
    std::vector<ToolCallEnd> calls;
    for (ReplyEvent& event : events) {
        if (auto* end = std::get_if<ToolCallEnd>(&event)) {
            calls.push_back(std::move(*end));
        }
    }
    return calls;
}

// Bytes, and a few longer texts.
std::shared_ptr<const Tokenizer> smallTokenizer()
{
    test::VocabularyFile vocabulary;
    vocabulary.words = {"{\"",
        "{}",
        "{ }",
        "{]",
        "\n{",
        "\n{]",
        "ping\n{",
        "ping\n{}",
        "ping\n{\"x",
        "}}",
        "g\n{}x",
        "g\n{x"};
    const auto bytes = vocabulary.writer().bytes();
    const auto file = parseGguf(bytes);
    return file ? Tokenizer::create(*file.value()).take() : nullptr;
}

} // namespace

class TestToolCalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void argumentsAreInstancesOfTheSchema_data();
    void argumentsAreInstancesOfTheSchema();
    void otherTextIsAsWithout_data();
    void otherTextIsAsWithout();
    void tokensAcrossTheBeginning_data();
    void tokensAcrossTheBeginning();
    void callsFollowEachOther();
    void schemasThatCannotBeUsedLeaveAnyObject_data();
    void schemasThatCannotBeUsedLeaveAnyObject();

private:
    // The reply and how it ended.
    std::pair<std::string, FinishReason> write(const GenerationRequest& asked)
    {
        std::string text;
        const auto stats = m_session->generate(asked,
            [&text](const Event& event) {
                if (const auto* delta = std::get_if<TextDelta>(&event)) {
                    text += delta->text;
                }
            },
            {});
        return {stats ? text : "error: " + stats.error().message,
            stats ? stats.value().reason : FinishReason::Stopped};
    }

    std::unique_ptr<Session> m_session;
};

void TestToolCalls::initTestCase()
{
    const std::filesystem::path path =
        std::filesystem::path(ATELIER_SOURCE_DIR) / "resources/demo-model/atelier-demo-q8_0.gguf";
    const auto model = Model::load(path, {}, nullptr, {});
    QVERIFY2(bool(model), model ? "" : model.error().message.c_str());
    auto session = Session::create(model.value(), {});
    QVERIFY(bool(session));
    m_session = session.take();
}

constexpr int kSeedsOfRow = 25;

void TestToolCalls::argumentsAreInstancesOfTheSchema_data()
{
    QTest::addColumn<int>("firstSeed");
    for (int seed = 0; seed < 200; seed += kSeedsOfRow) {
        QTest::addRow("seeds from %d", seed) << seed;
    }
}

// The model knows nothing of tools and draws nearly at random: all that is right comes from the
// grammar, which begins in the middle of the reply.
void TestToolCalls::argumentsAreInstancesOfTheSchema()
{
    QFETCH(int, firstSeed);
    const auto offered = tools({kWeather, kPing});
    const QJsonObject definition = QJsonDocument::fromJson(kWeather).object();
    const test::JsonValidator validator(definition["parameters"]);
    int whole = 0;
    for (int seed = firstSeed; seed < firstSeed + kSeedsOfRow; ++seed) {
        GenerationRequest asked;
        asked.tools = offered;
        asked.messages = {{Role::User, "what is the weather", {}},
            {Role::Assistant, "I will look.\nget_weather\n{", {}}};
        asked.continueLast = true;
        asked.sampling.temperature = 2.0f;
        asked.sampling.topP = 1.0f;
        asked.sampling.seed = uint64_t(seed);
        asked.maxTokens = 200;
        const auto [text, reason] = write(asked);
        QVERIFY2(reason != FinishReason::Stopped, text.c_str());
        const auto calls = callsIn(asked.messages.back().content + text, offered);
        if (calls.empty()) {
            QCOMPARE(reason, FinishReason::LengthLimit);
            continue;
        }
        ++whole;
        QCOMPARE(calls[0].call.name, std::string("get_weather"));
        QVERIFY2(calls[0].valid && calls[0].note.empty(), calls[0].note.c_str());
        const auto json =
            QJsonDocument::fromJson(QByteArray::fromStdString(calls[0].call.arguments));
        QVERIFY2(validator.accepts(json.object()), calls[0].call.arguments.c_str());
    }
    QVERIFY2(whole >= kSeedsOfRow * 9 / 10, qPrintable(QString::number(whole)));
}

void TestToolCalls::otherTextIsAsWithout_data()
{
    QTest::addColumn<float>("temperature");
    QTest::newRow("greedy") << 0.0f;
    QTest::newRow("usual") << 0.8f;
    QTest::newRow("random") << 2.0f;
}

void TestToolCalls::otherTextIsAsWithout()
{
    QFETCH(float, temperature);
    for (uint64_t seed = 0; seed < 5; ++seed) {
        GenerationRequest asked;
        asked.tools = tools({kWeather, kPing});
        asked.messages = {{Role::User, "draw a red circle", {}}};
        asked.sampling.temperature = temperature;
        asked.sampling.topP = 1.0f;
        asked.sampling.seed = seed;
        asked.maxTokens = 120;
        m_session->clear();
        const auto checked = write(asked);
        asked.checksToolCalls = false;
        m_session->clear();
        QCOMPARE(checked.first, write(asked).first);
        QVERIFY(!checked.first.empty());
    }
}

void TestToolCalls::tokensAcrossTheBeginning_data()
{
    QTest::addColumn<QString>("text");    // of the reply so far
    QTest::addColumn<QString>("refused"); // of the tokens that hold a bracket, separated by blanks
    const auto row = [](const char* name, const char* text, const char* refused) {
        QTest::newRow(name) << text << refused;
    };
    row("start of the reply", "", "ping\\n{\"x");
    row("start of a line", "Hello\n", "ping\\n{\"x");
    row("in a line", "Hello ", "");
    row("in a name", "pin", "g\\n{x");
    row("behind the name", "ping", "\\n{]");
    row("behind the line", "ping\n", "\\n{] {\" {] ping\\n{\"x");
    row("another name", "pong\n", "ping\\n{\"x");
    row("in a code block", "```\nping\n", "");
    row("in thoughts", "<think>\nping\n", "");
}

void TestToolCalls::tokensAcrossTheBeginning()
{
    QFETCH(QString, text);
    QFETCH(QString, refused);
    const auto tokenizer = smallTokenizer();
    QVERIFY(tokenizer);
    const auto offered = tools({kPing});
    ToolCallMask mask(
        offered, [&] { return TokenTrie::create(*tokenizer); }, tokenizer, std::nullopt);
    mask.acceptText(text.toStdString());
    std::vector<int32_t> ids(size_t(tokenizer->vocabSize()));
    std::iota(ids.begin(), ids.end(), 0);
    const std::vector<int32_t> all = ids;
    mask.keepAllowed(ids);
    QStringList gone;
    for (const int32_t id : all) {
        const bool isAllowed = std::binary_search(ids.begin(), ids.end(), id);
        QCOMPARE(mask.allows(id), isAllowed);
        if (!isAllowed) {
            gone << QString::fromStdString(std::string(tokenizer->tokenBytes(id)))
                        .replace("\n", "\\n");
        }
    }
    QStringList expected = refused.split(' ', Qt::SkipEmptyParts);
    expected.sort();
    gone.sort();
    QCOMPARE(gone, expected);
}

void TestToolCalls::callsFollowEachOther()
{
    const auto tokenizer = smallTokenizer();
    const auto offered = tools({kPing, R"({"name": "say", "parameters": {"type": "object",
        "properties": {"x": {"type": "boolean"}}, "required": ["x"]}})"});
    ToolCallMask mask(
        offered, [&] { return TokenTrie::create(*tokenizer); }, tokenizer, std::nullopt);
    const auto next = [&](char byte) {
        const auto ids = tokenizer->encode(std::string(1, byte), SpecialTokens::AsText);
        return ids.size() == 1 && mask.allows(ids[0]);
    };
    mask.acceptText("ping\n{");
    QVERIFY(next('}') && !next('x') && !next('"'));
    mask.acceptText("}");
    QVERIFY(next('x') && next('{') && next('\n'));
    mask.acceptText("\nsay\n");
    QVERIFY(next('{') && next('x'));
    mask.acceptText("{");
    QVERIFY(next('"') && !next('}'));
    mask.acceptText("\"x\": t");
    QVERIFY(next('r') && !next('x'));
    mask.acceptText("rue}");
    QVERIFY(next('x') && next('}'));
}

void TestToolCalls::schemasThatCannotBeUsedLeaveAnyObject_data()
{
    QTest::addColumn<QString>("parameters");
    QTest::addColumn<bool>("says");
    QTest::newRow("none") << "" << false;
    QTest::newRow("empty") << "{}" << false;
    QTest::newRow("no object") << R"({"type": "string"})" << true;
    QTest::newRow("never ends") << R"({"properties": {"a": {"$ref": "#"}}, "required": ["a"]})"
                                << true;
    QTest::newRow("no schema") << R"({"type": 7})" << true;
}

void TestToolCalls::schemasThatCannotBeUsedLeaveAnyObject()
{
    QFETCH(QString, parameters);
    QFETCH(bool, says);
    const QString definition =
        parameters.isEmpty() ? QStringLiteral(R"({"name": "t"})")
                             : QStringLiteral(R"({"name": "t", "parameters": %1})").arg(parameters);
    const auto tool = Tool::parse(definition.toStdString());
    QVERIFY(bool(tool));
    const ToolGrammar made = grammarOfTool(tool.value());
    QCOMPARE(!made.notes.empty(), says);
    GrammarMatcher matcher(made.grammar);
    auto set = matcher.start();
    for (const char byte : std::string(R"({"any": [1, {"thing": null}]})")) {
        set = matcher.next(set, uint8_t(byte));
    }
    QVERIFY(matcher.canEnd(set));
    QVERIFY(!matcher.canGoOn(set));
}

QTEST_APPLESS_MAIN(TestToolCalls)
#include "tst_tool_calls.moc"
