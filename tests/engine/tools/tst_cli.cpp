// SPDX-License-Identifier: MIT
// The program as scripts use it: exit codes, what goes where, and the files it writes.
#include "tests/support/npy.h"
#include "tests/support/tiny_model.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace atelier;
using namespace atelier::test;

namespace {

struct Outcome
{
    int code = -1;
    QByteArray out;
    QByteArray err;
};

Outcome run(const QStringList& arguments, const QByteArray& input = {})
{
    QProcess process;
    process.start(ATELIER_CLI, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60000)) {
        process.kill();
        return {-2, {}, process.errorString().toUtf8()};
    }
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -3,
        process.readAllStandardOutput(),
        process.readAllStandardError()};
}

void writeFile(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

class TestCli : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void wrongUsageExitsWithTwo_data();
    void wrongUsageExitsWithTwo();
    void failuresExitWithOne_data();
    void failuresExitWithOne();
    void helpNamesEveryCommand();
    void logitsWritesNpy();
    void logitsAgreeOverChunks();
    void generateStreamsToStdout();
    void generateReadsMessages();
    void generateAnswersInJson();
    void generateHoldsCallsToTheirSchemas();
    void generateKeepsToGrammarAndSchema();
    void generateInBatches();
    void benchPrintsJson();
    void interruptStopsCleanly();

private:
    QString path(const char* name) const { return m_folder.path() + "/" + name; }

    QTemporaryDir m_folder;
    QString m_random;   // a model of random weights
    QString m_scripted; // says "Hi, you"
};

void TestCli::initTestCase()
{
    m_random = path("random.gguf");
    QVERIFY(randomModel().save(m_random.toStdString()));
    m_scripted = path("scripted.gguf");
    QVERIFY(scriptedModel(script("\nHi, you")).save(m_scripted.toStdString()));
    writeFile(path("tokens.txt"), "1 2 3\n4 5\n");
    writeFile(path("words.txt"), "1 two 3");
    writeFile(path("large.txt"), "1 2 999999");
}

void TestCli::wrongUsageExitsWithTwo_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("nothing") << QStringList{};
    QTest::newRow("unknown command") << QStringList{"paint"};
    QTest::newRow("logits without files") << QStringList{"logits", "MODEL"};
    QTest::newRow("unknown option") << QStringList{"bench", "MODEL", "--fast"};
    QTest::newRow("no number") << QStringList{"bench", "MODEL", "--repeat", "often"};
    QTest::newRow("no prompt") << QStringList{"generate", "MODEL"};
    QTest::newRow("two prompts") << QStringList{"generate", "MODEL", "--prompt", "a", "--raw", "b"};
    QTest::newRow("top-p") << QStringList{"generate", "MODEL", "--prompt", "a", "--top-p", "2"};
    QTest::newRow("JSON in batches") << QStringList{"generate", "MODEL", "--batch", "--json"};
    QTest::newRow("two models") << QStringList{"generate", "A", "B", "--prompt", "a"};
    QTest::newRow("cache type") << QStringList{"bench", "MODEL", "--kv", "q4"};
}

void TestCli::wrongUsageExitsWithTwo()
{
    QFETCH(QStringList, arguments);
    const Outcome outcome = run(arguments);
    QCOMPARE(outcome.code, 2);
    QVERIFY(outcome.out.isEmpty());
    QCOMPARE(outcome.err.trimmed().count('\n'), 0);
    QVERIFY(outcome.err.startsWith("atelier-cli: "));
}

void TestCli::failuresExitWithOne_data()
{
    QTest::addColumn<QStringList>("arguments");
    const QString out = path("never.npy");
    QTest::newRow("absent model") << QStringList{"generate", path("gone.gguf"), "--prompt", "a"};
    QTest::newRow("not a model") << QStringList{"bench", path("tokens.txt")};
    QTest::newRow("absent tokens")
        << QStringList{"logits", m_random, "--tokens", path("gone.txt"), "--out", out};
    QTest::newRow("tokens that are words")
        << QStringList{"logits", m_random, "--tokens", path("words.txt"), "--out", out};
    QTest::newRow("unwritable output") << QStringList{
        "logits", m_random, "--tokens", path("tokens.txt"), "--out", path("no/folder.npy")};
    QTest::newRow("too deep") << QStringList{"bench", m_random, "--depth", "9999"};
    QTest::newRow("messages that are none")
        << QStringList{"generate", m_scripted, "--messages", path("tokens.txt")};
}

void TestCli::failuresExitWithOne()
{
    QFETCH(QStringList, arguments);
    const Outcome outcome = run(arguments);
    QCOMPARE(outcome.code, 1);
    QCOMPARE(outcome.err.trimmed().count('\n'), 0);
    QVERIFY2(outcome.err.startsWith("atelier-cli: "), outcome.err.constData());
    QVERIFY(outcome.err.size() > 30);
}

void TestCli::helpNamesEveryCommand()
{
    const Outcome outcome = run({"--help"});
    QCOMPARE(outcome.code, 0);
    for (const char* name :
        {"inspect", "tokenize", "detokenize", "logits", "generate", "bench", "check", "--batch"}) {
        QVERIFY2(outcome.out.contains(name), name);
    }
    QVERIFY(run({"bench", "--help"}).out.contains("--repeat"));
    QVERIFY(run({"--version"}).out.startsWith("atelier-cli "));
}

void TestCli::logitsWritesNpy()
{
    const QString out = path("logits.npy");
    const Outcome outcome = run({"logits", m_random, "--tokens", path("tokens.txt"), "--out", out});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    QFile file(out);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    QVERIFY(bytes.startsWith("\x93NUMPY\x01"));
    const QByteArray header = bytes.left(10 + uint8_t(bytes[8]) + 256 * uint8_t(bytes[9]));
    QCOMPARE(header.size() % 64, 0);
    QVERIFY(header.endsWith('\n'));
    const QByteArray shape = "(5, " + QByteArray::number(tinyVocab({})) + ")";
    QVERIFY2(header.contains(shape), header.constData());
    QCOMPARE(bytes.size() - header.size(), qsizetype(5 * tinyVocab({}) * sizeof(float)));
}

void TestCli::logitsAgreeOverChunks()
{
    const QString whole = path("whole.npy");
    const QString pieces = path("pieces.npy");
    QCOMPARE(run({"logits", m_random, "--tokens", path("tokens.txt"), "--out", whole}).code, 0);
    QCOMPARE(run({"logits",
                     m_random,
                     "--tokens",
                     path("tokens.txt"),
                     "--out",
                     pieces,
                     "--chunk",
                     "2",
                     "--isa",
                     "portable"})
                 .code,
        0);
    const double error = relativeError(readNpy(pieces.toStdString()), readNpy(whole.toStdString()));
    QVERIFY(error <= 1e-4);
    // A token outside the vocabulary is named.
    const Outcome large = run({"logits", m_random, "--tokens", path("large.txt"), "--out", pieces});
    QCOMPARE(large.code, 2);
    QVERIFY(large.err.contains("999999"));
}

void TestCli::generateStreamsToStdout()
{
    const Outcome outcome = run({"generate", m_scripted, "--prompt", "hello", "--greedy"});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    QCOMPARE(outcome.out, QByteArray("Hi, you\n"));
    QVERIFY(outcome.err.contains("reply: 8 tokens"));
    QVERIFY(outcome.err.contains("end of turn"));
    const Outcome limited =
        run({"generate", m_scripted, "--raw", "<|assistant|>", "--max-tokens", "3", "--greedy"});
    QCOMPARE(limited.out, QByteArray("Hi\n"));
    QVERIFY(limited.err.contains("token limit"));
    // The same seed, the same text.
    const QStringList dice{
        "generate", m_random, "--prompt", "x", "--max-tokens", "20", "--seed", "5"};
    QCOMPARE(run(dice).out, run(dice).out);
}

void TestCli::generateReadsMessages()
{
    writeFile(path("chat.json"),
        R"({"messages": [{"role": "system", "content": "Be brief."},
                         {"role": "user", "content": "hello"}]})");
    const Outcome outcome =
        run({"generate", m_scripted, "--messages", path("chat.json"), "--greedy"});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    QCOMPARE(outcome.out, QByteArray("Hi, you\n"));
    // The same chat by options: the same prompt.
    const Outcome same =
        run({"generate", m_scripted, "--system", "Be brief.", "--prompt", "hello", "--greedy"});
    QCOMPARE(same.err.left(same.err.indexOf(" tokens")),
        outcome.err.left(outcome.err.indexOf(" tokens")));
    writeFile(path("bad.json"), R"([{"role": "wizard", "content": "hello"}])");
    const Outcome bad = run({"generate", m_scripted, "--messages", path("bad.json")});
    QCOMPARE(bad.code, 1);
    QVERIFY(bad.err.contains("Message 1"));
}

void TestCli::generateAnswersInJson()
{
    const QString model = path("calling.gguf");
    QVERIFY(scriptedModel(script("f\n{a:1,}")).save(model.toStdString()));
    writeFile(path("tools.json"),
        R"({"messages": [{"role": "user", "content": "hello"}], "tools": [{"name": "f"}]})");
    const Outcome outcome = run({"generate",
        model,
        "--messages",
        path("tools.json"),
        "--greedy",
        "--json",
        "--unchecked-calls"});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    const QJsonObject reply = QJsonDocument::fromJson(outcome.out).object();
    QCOMPARE(reply["content"].toString(), QString());
    const QJsonObject call = reply["tool_calls"][0].toObject();
    QCOMPARE(call["name"].toString(), QString("f"));
    QCOMPARE(call["arguments"].toString(), QString("{\"a\":1}"));
    QVERIFY(call["valid"].toBool());
    QVERIFY(call["note"].toString().contains("no quotes"));
    QCOMPARE(reply["generated_tokens"].toInt(), 8);
}

void TestCli::generateHoldsCallsToTheirSchemas()
{
    const QString model = path("calling.gguf");
    TinyShape shape;
    shape.context = 1024; // a byte of the definition is a token
    QVERIFY(scriptedModel(script("f\n{a:1,}"), shape).save(model.toStdString()));
    writeFile(path("offered.json"), R"([{"name": "f", "parameters": {"type": "object",
        "properties": {"n": {"type": "integer", "minimum": 3, "maximum": 9, "multipleOf": 1}},
        "required": ["n"]}}])");
    const QStringList asked{
        "generate", model, "--prompt", "hello", "--greedy", "--json", "--tools"};
    const Outcome outcome = run(asked + QStringList{path("offered.json")});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    QVERIFY2(outcome.err.contains("note: tool f: \"multipleOf\""), outcome.err.constData());
    const QJsonObject call =
        QJsonDocument::fromJson(outcome.out).object()["tool_calls"][0].toObject();
    const QJsonObject arguments =
        QJsonDocument::fromJson(call["arguments"].toString().toUtf8()).object();
    QVERIFY2(arguments["n"].toInt() >= 3 && arguments["n"].toInt() <= 9, outcome.out.constData());
    QVERIFY(call["note"].toString().isEmpty());

    writeFile(path("none.json"), R"({"tools": 3})");
    const Outcome bad = run(asked + QStringList{path("none.json")});
    QCOMPARE(bad.code, 1);
    QVERIFY(bad.err.contains("is not a list"));
    const Outcome raw = run({"generate", model, "--raw", "hello", "--tools", path("offered.json")});
    QCOMPARE(raw.code, 2);
}

void TestCli::generateKeepsToGrammarAndSchema()
{
    writeFile(path("yes.gbnf"), "root ::= \"yes\" | \"no\"");
    const QStringList dice{"generate", m_random, "--prompt", "x", "--temperature", "2"};
    const Outcome word = run(dice + QStringList{"--grammar-file", path("yes.gbnf")});
    QVERIFY2(word.code == 0, word.err.constData());
    QVERIFY2(word.out == "yes\n" || word.out == "no\n", word.out.constData());

    writeFile(path("schema.json"),
        R"({"type": "object", "properties": {"n": {"type": "integer", "minimum": 3, "multipleOf": 1},
            "k": {"enum": ["a", "b"]}}, "required": ["n", "k"]})");
    const Outcome json = run(dice + QStringList{"--json-schema", path("schema.json")});
    QVERIFY2(json.code == 0, json.err.constData());
    const QJsonObject object = QJsonDocument::fromJson(json.out).object();
    QVERIFY2(object["n"].toDouble() >= 3 && object["k"].isString(), json.out.constData());
    QVERIFY(json.err.contains("\"multipleOf\" at \"#/properties/n\" is not enforced"));

    writeFile(path("bad.gbnf"), "root ::= \"a");
    const Outcome bad = run(dice + QStringList{"--grammar-file", path("bad.gbnf")});
    QVERIFY(bad.code != 0);
    QVERIFY2(bad.err.contains("line 1, column 10"), bad.err.constData());
    QVERIFY(
        run(dice +
            QStringList{"--grammar-file", path("yes.gbnf"), "--json-schema", path("schema.json")})
            .code != 0);
}

void TestCli::generateInBatches()
{
    const QByteArray prompts("<|user|>a<|assistant|>\0x\0<|assistant|>\0", 38);
    const Outcome outcome = run({"generate", m_scripted, "--batch", "--greedy"}, prompts);
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    QCOMPARE(outcome.out, QByteArray("Hi, you\0\0Hi, you\0", 17));
}

void TestCli::benchPrintsJson()
{
    const Outcome outcome =
        run({"bench", m_random, "--prompt", "32", "--generate", "4", "--depth", "8", "--json"});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    const QJsonObject object = QJsonDocument::fromJson(outcome.out).object();
    for (const char* key : {"prefill_tok_s", "decode_tok_s", "load_s", "first_token_s"}) {
        QVERIFY2(object[QLatin1String(key)].toDouble() > 0, key);
    }
    QVERIFY(object["peak_rss_bytes"].toDouble() > 1e6);
    QCOMPARE(object["backend"].toString(), QString("cpu"));
    QVERIFY(object["threads"].toInt() >= 1);
    QVERIFY(!object["isa"].toString().isEmpty());
    QCOMPARE(object["model"].toString(), QString("tiny glm4"));
    QVERIFY(!object["commit"].toString().isEmpty());
}

void TestCli::interruptStopsCleanly()
{
#ifdef Q_OS_WIN
    QSKIP("A console event cannot be sent to one child process alone.");
#else
    QVERIFY(scriptedModel(
        {{tinyControl("<|assistant|>"), 'a'}, {'a', 'b'}, {'b', 'a'}}, {.context = 60000})
                .save(path("endless.gguf").toStdString()));
    QProcess process;
    process.start(ATELIER_CLI,
        {"generate", path("endless.gguf"), "--prompt", "x", "--greedy", "--max-tokens", "1000000"});
    QTRY_VERIFY_WITH_TIMEOUT(process.waitForReadyRead(100) || process.bytesAvailable() > 0, 30000);
    QProcess::execute("kill", {"-INT", QString::number(process.processId())});
    QVERIFY(process.waitForFinished(30000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
    QVERIFY(process.readAllStandardError().contains("stopped"));
#endif
}

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
