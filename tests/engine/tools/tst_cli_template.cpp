// SPDX-License-Identifier: MIT
// atelier-cli template, and how both commands read conversations.
#include "engine/chat/jinja_engine.h"
#include "engine/tools/cli_messages.h"
#include "tests/engine/chat/golden_renderings.h"
#include "tests/support/vocabulary_file.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace atelier;
using namespace atelier::test;
using atelier::cli::parseConversation;

namespace {

struct Outcome
{
    int code = -1;
    QByteArray out;
    QByteArray err;
};

Outcome run(const QStringList& arguments)
{
    QProcess process;
    process.start(ATELIER_CLI, arguments);
    process.closeWriteChannel();
    if (!process.waitForFinished(60000)) {
        process.kill();
        return {-2, {}, process.errorString().toUtf8()};
    }
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -3,
        process.readAllStandardOutput(),
        process.readAllStandardError()};
}

} // namespace

class TestCliTemplate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void printsTheGoldenRenderings();
    void printsNothingElse();
    void saysWhyATemplateIsNotUsed();
    void wrongUse_data();
    void wrongUse();
    void readsConversations();
    void readsTheListAlone();
    void refusesConversations_data();
    void refusesConversations();

private:
    QString path(const char* name) const { return m_folder.path() + "/" + name; }
    QString write(const char* name, const QByteArray& bytes) const
    {
        QFile file(path(name));
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? path(name)
                                                                                    : QString();
    }
    QString model(const std::string& chatTemplate, const std::string& architecture = "glm4") const
    {
        auto writer = VocabularyFile().writer();
        writer.string("general.architecture", architecture);
        if (!chatTemplate.empty()) {
            writer.string("tokenizer.chat_template", chatTemplate);
        }
        const QString file = path("model.gguf");
        return writer.save(file.toStdString()) ? file : QString();
    }

    QTemporaryDir m_folder;
};

// The reference file's inputs go in as they are.
void TestCliTemplate::printsTheGoldenRenderings()
{
    const QByteArray bytes = sharedFile("golden-renderings.json");
    if (bytes.isEmpty() || !JinjaEngine::isAvailable()) {
        QSKIP("Needs the reference renderings and the script engine.");
    }
    const auto golden = nlohmann::ordered_json::parse(bytes.toStdString());
    int compared = 0;
    for (const auto& [format, outputs] : golden["output"].items()) {
        const QString file = model(sharedFile(format + ".jinja").toStdString());
        for (const auto& [name, output] : outputs.items()) {
            const QString messages =
                write("in.json", QByteArray::fromStdString(golden["input_cases"][name].dump()));
            const Outcome outcome = run({"template", file, "--messages", messages});
            QVERIFY2(outcome.code == 0, outcome.err.constData());
            QCOMPARE(outcome.out, QByteArray::fromStdString(output["hf_trim"].get<std::string>()));
            QCOMPARE(outcome.err, QByteArray());
            ++compared;
        }
    }
    QCOMPARE(compared, 16);
}

void TestCliTemplate::printsNothingElse()
{
    const QString messages = write("in.json",
        R"({"messages": [{"role": "user", "content": "hello"}], "add_generation_prompt": false})");
    const Outcome outcome = run({"template", model(""), "--messages", messages});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    QCOMPARE(outcome.out, QByteArray("[gMASK]<sop><|user|>\nhello"));
    QCOMPARE(outcome.err, QByteArray());
}

void TestCliTemplate::saysWhyATemplateIsNotUsed()
{
    const QString messages = write("in.json", R"([{"role": "user", "content": "hello"}])");
    const Outcome outcome = run({"template", model("{% if %}"), "--messages", messages});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    QCOMPARE(outcome.out, QByteArray("[gMASK]<sop><|user|>\nhello<|assistant|>"));
    QVERIFY2(outcome.err.contains("GLM-4-0414"), outcome.err.constData());
}

void TestCliTemplate::wrongUse_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    QTest::newRow("no messages") << QStringList{"template", "MODEL"} << 2;
    QTest::newRow("no model") << QStringList{"template", "--messages", "F"} << 2;
    QTest::newRow("unknown option") << QStringList{"template", "MODEL", "--prompt", "x"} << 2;
    QTest::newRow("absent file") << QStringList{"template", "MODEL", "--messages", path("gone")}
                                 << 1;
    QTest::newRow("absent model") << QStringList{"template",
                                         path("gone.gguf"),
                                         "--messages",
                                         write("in.json",
                                             R"([{"role": "user", "content": "hello"}])")}
                                  << 1;
}

void TestCliTemplate::wrongUse()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    const Outcome outcome = run(arguments);
    QCOMPARE(outcome.code, code);
    QVERIFY(outcome.out.isEmpty());
    QCOMPARE(outcome.err.trimmed().count('\n'), 0);
    QVERIFY2(outcome.err.startsWith("atelier-cli: "), outcome.err.constData());
}

void TestCliTemplate::readsConversations()
{
    const auto read = parseConversation(R"({
        "messages": [
            {"role": "system", "content": "s"},
            {"role": "assistant", "metadata": "f", "content": "{}"},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"a\": 1}"}},
                {"function": {"name": "g", "arguments": {"b": 2.0, "a": "城"}}},
                {"name": "h", "arguments": {}}]},
            {"role": "tool", "content": "t"},
            {"role": "observation", "content": "o"}],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}, {"name": "g"}],
        "add_generation_prompt": false})",
        "in.json");
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    const auto& messages = read.value().messages;
    QCOMPARE(messages.size(), size_t(5));
    QCOMPARE(int(messages[0].role), int(Role::System));
    QCOMPARE(messages[1].metadata, std::string("f"));
    QCOMPARE(messages[2].content, std::string());
    QCOMPARE(messages[2].toolCalls.size(), size_t(3));
    QCOMPARE(messages[2].toolCalls[0].arguments, std::string("{\"a\": 1}"));
    QCOMPARE(messages[2].toolCalls[1].arguments, std::string("{\"b\":2.0,\"a\":\"城\"}"));
    QCOMPARE(messages[2].toolCalls[2].name, std::string("h"));
    QCOMPARE(int(messages[3].role), int(Role::Observation));
    QCOMPARE(int(messages[4].role), int(Role::Observation));
    QCOMPARE(read.value().tools.size(), size_t(2));
    QCOMPARE(read.value().tools[1].name, std::string("g"));
    QVERIFY(!read.value().addGenerationPrompt);
}

void TestCliTemplate::readsTheListAlone()
{
    const auto read = parseConversation(R"([{"role": "user", "content": "u"}])", "in.json");
    QVERIFY(read);
    QCOMPARE(read.value().messages[0].content, std::string("u"));
    QVERIFY(read.value().tools.empty());
    QVERIFY(read.value().addGenerationPrompt);
}

void TestCliTemplate::refusesConversations_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("reason");
    QTest::newRow("nothing") << QByteArray() << "list of messages";
    QTest::newRow("a text") << QByteArray("\"x\"") << "list of messages";
    QTest::newRow("no messages") << QByteArray("{\"messages\": []}") << "list of messages";
    QTest::newRow("nested without end") << QByteArray(200'000, '[') << "list of messages";
    QTest::newRow("a number") << QByteArray("[1]") << "Message 1";
    QTest::newRow("unknown role") << QByteArray(R"([{"role": "wizard", "content": ""}])")
                                  << "Message 1";
    QTest::newRow("no content")
        << QByteArray(R"([{"role": "user", "content": "x"}, {"role": "user", "content": null}])")
        << "Message 2";
    QTest::newRow("a call without name")
        << QByteArray(R"([{"role": "assistant", "tool_calls": [{"arguments": {}}]}])")
        << "Message 1";
    QTest::newRow("tools that are no list")
        << QByteArray(R"({"messages": [{"role": "user", "content": ""}], "tools": {}})")
        << "\"tools\"";
    QTest::newRow("a tool without name")
        << QByteArray(R"({"messages": [{"role": "user", "content": ""}], "tools": [{}]})")
        << "Tool 1";
}

void TestCliTemplate::refusesConversations()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, reason);
    const auto read = parseConversation({json.constData(), size_t(json.size())}, "in.json");
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::InvalidFormat);
    const QString message = QString::fromStdString(read.error().message);
    QVERIFY2(message.contains(reason) && message.contains("in.json"), qPrintable(message));
}

QTEST_APPLESS_MAIN(TestCliTemplate)
#include "tst_cli_template.moc"
