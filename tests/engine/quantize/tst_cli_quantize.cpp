// SPDX-License-Identifier: MIT
// atelier-cli quantize, and the other commands on folders of safetensors.
#include "engine/formats/model_file.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "tests/support/hf_folder.h"
#include "tests/support/tiny_model.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace atelier;
using namespace atelier::test;

namespace {

const QString kDemo =
    QStringLiteral(ATELIER_SOURCE_DIR "/resources/demo-model/atelier-demo-q8_0.gguf");

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
    if (!process.waitForFinished(60000) || process.exitStatus() != QProcess::NormalExit) {
        process.kill();
        return {-2, {}, process.errorString().toUtf8()};
    }
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

} // namespace

class TestCliQuantize : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesAModel();
    void refusals_data();
    void refusals();
    void interruptLeavesNothing();
    void foldersAreModels();
};

void TestCliQuantize::writesAModel()
{
    QTemporaryDir folder;
    const QString path = folder.filePath("small.gguf");
    const Outcome outcome = run({"quantize", kDemo, path, "--type", "q4_k_m"});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    QVERIFY(outcome.err.isEmpty());
    for (const char* part : {"100 %", "\"small.gguf\"", "bits per weight", "quantized already"}) {
        QVERIFY2(outcome.out.contains(part), outcome.out.constData());
    }
    const Outcome facts = run({"inspect", path});
    QCOMPARE(facts.code, 0);
    QVERIFY2(facts.out.contains("\"Q4_K_M\""), facts.out.constData());
    // It still answers.
    const Outcome reply =
        run({"generate", path, "--prompt", "Draw a red circle", "--greedy", "--max-tokens", "8"});
    QVERIFY2(reply.code == 0, reply.err.constData());
    QVERIFY(!reply.out.isEmpty());
    const Outcome again = run({"quantize", kDemo, path, "--type", "Q8_0"});
    QCOMPARE(again.code, 2);
    QVERIFY(again.err.contains("exists already"));
    QCOMPARE(run({"quantize", kDemo, path, "--type", "Q8_0", "--overwrite"}).code, 0);
}

void TestCliQuantize::refusals_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("mentions");
    QTest::newRow("no destination")
        << QStringList{"quantize", kDemo, "--type", "Q8_0"} << 2 << "--type TYPE";
    QTest::newRow("no type") << QStringList{"quantize", kDemo, "out.gguf"} << 2 << "--type TYPE";
    QTest::newRow("unknown type") << QStringList{"quantize", kDemo, "out.gguf", "--type", "Q7"} << 2
                                  << "\"Q7\"";
    QTest::newRow("no model") << QStringList{"quantize", "gone.gguf", "out.gguf", "--type", "Q8_0"}
                              << 1 << "gone.gguf";
    QTest::newRow("no such folder")
        << QStringList{"quantize", kDemo, "no/out.gguf", "--type", "Q8_0"} << 1 << "does not exist";
    QTest::newRow("unknown option")
        << QStringList{"quantize", kDemo, "out.gguf", "--fast"} << 2 << "--fast";
}

void TestCliQuantize::refusals()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    QFETCH(QString, mentions);
    const Outcome outcome = run(arguments);
    QCOMPARE(outcome.code, code);
    QVERIFY(outcome.out.isEmpty());
    QCOMPARE(outcome.err.trimmed().count('\n'), 0);
    QVERIFY2(outcome.err.contains(mentions.toUtf8()), outcome.err.constData());
}

void TestCliQuantize::interruptLeavesNothing()
{
#ifdef Q_OS_UNIX
    QTemporaryDir folder;
    QProcess process;
    process.start(ATELIER_CLI,
        {"quantize", kDemo, folder.filePath("small.gguf"), "--type", "Q2_K", "--threads", "1"});
    QVERIFY(process.waitForReadyRead(60000)); // the first tenth is done
    QCOMPARE(::kill(pid_t(process.processId()), SIGINT), 0);
    QVERIFY(process.waitForFinished(60000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 1);
    QVERIFY(process.readAllStandardError().contains("stopped"));
    QVERIFY(QDir(folder.path()).isEmpty());
#else
    QSKIP("A child process cannot be sent Ctrl+C here without sending it to this one too.");
#endif
}

void TestCliQuantize::foldersAreModels()
{
    QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString();
    const auto bytes = randomModel().bytes();
    const auto file = parseGguf(bytes);
    HfOptions options;
    options.architecture = "Glm4ForCausalLM";
    options.shards = 2;
    QVERIFY(writeHfWeights(*file.value(), path, options));
    QVERIFY(writeHfTokenizer(*file.value(), path, options, [](std::string_view token) {
        return bytesFromAlphabet(token).value_or("");
    }));
    const Outcome facts = run({"inspect", folder.path()});
    QVERIFY2(facts.code == 0, facts.err.constData());
    QVERIFY(facts.out.contains("Safetensors"));
    QVERIFY(facts.out.contains("\"blk.0.post_attention_norm.weight\""));
    const Outcome ids = run({"tokenize", folder.path(), "--text", "Hi"});
    QCOMPARE(ids.out, QByteArray("72 105\n"));
    const Outcome small =
        run({"quantize", folder.path(), folder.filePath("small.gguf"), "--type", "Q8_0"});
    QVERIFY2(small.code == 0, small.err.constData());
    const Outcome reply =
        run({"generate", folder.path(), "--raw", "Hi", "--greedy", "--max-tokens", "4"});
    QVERIFY2(reply.code == 0, reply.err.constData());
}

QTEST_GUILESS_MAIN(TestCliQuantize)
#include "tst_cli_quantize.moc"
