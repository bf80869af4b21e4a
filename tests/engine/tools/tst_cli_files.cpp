// SPDX-License-Identifier: MIT
// The commands that read model files without running them: inspect, tokenize, detokenize.
#include "tests/support/gguf_writer.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace atelier::test;

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
    if (!process.waitForFinished(60000) || process.exitStatus() != QProcess::NormalExit) {
        process.kill();
        return {-2, {}, process.errorString().toUtf8()};
    }
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

const QString kDemo =
    QStringLiteral(ATELIER_SOURCE_DIR "/resources/demo-model/atelier-demo-q8_0.gguf");
const QString kReference = QStringLiteral(ATELIER_TEST_DATA "/tokenizer/reference.json");

} // namespace

class TestCliFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void inspectShowsTheFacts();
    void inspectPrintsJson();
    void inspectNamesWhatADeviceWidens();
    void inspectToleratesWhatCannotRun();
    void tokenizeReadsJson();
    void tokenizeAndDetokenizeAreInverse();
    void specialParsesControlTokens();
    void refusals_data();
    void refusals();
};

void TestCliFiles::inspectShowsTheFacts()
{
    const Outcome outcome = run({"inspect", kDemo});
    QCOMPARE(outcome.code, 0);
    QVERIFY(outcome.err.isEmpty());
    for (const char* fact : {"\"Atelier Demo 10M\"",
             "\"glm4\"",
             "10 layers, width 256, 4 heads of 64 (2 for keys and values)",
             "Q8_0",
             "4,096 tokens, 10 of them control",
             "\"<|observation|>\"",
             "\"token_embd.weight\"",
             "[4,096, 256]",
             "largest context"}) {
        QVERIFY2(outcome.out.contains(fact), fact);
    }
}

void TestCliFiles::inspectPrintsJson()
{
    const Outcome outcome = run({"inspect", kDemo, "--json"});
    QCOMPARE(outcome.code, 0);
    const QJsonObject facts = QJsonDocument::fromJson(outcome.out).object();
    QCOMPARE(facts["architecture"].toString(), QStringLiteral("glm4"));
    QCOMPARE(facts["shapes"]["layers"].toInt(), 10);
    QCOMPARE(facts["tokenizer"]["tokens"].toInt(), 4096);
    QCOMPARE(facts["tokenizer"]["stop"].toArray().size(), 3);
    QCOMPARE(facts["tensors"].toArray().size(), 133);
    QVERIFY(facts["template"].toString().startsWith("[gMASK]<sop>"));
    QCOMPARE(facts["metadata"]["glm4.block_count"].toInt(), 10);
    const QJsonObject memory = facts["memory"].toObject();
    QCOMPARE(memory["total"].toDouble(),
        memory["mapped_weights"].toDouble() + memory["allocated_weights"].toDouble() +
            memory["cache"].toDouble() + memory["compute"].toDouble());
    QVERIFY(memory["cache"].toDouble() > 0);
    // What the file holds in all is what its types hold.
    double bytes = 0;
    for (const QJsonValue& type : facts["types"].toArray()) {
        bytes += type["bytes"].toDouble();
    }
    double tensors = 0;
    for (const QJsonValue& tensor : facts["tensors"].toArray()) {
        tensors += tensor["bytes"].toDouble();
    }
    QCOMPARE(bytes, tensors);
}

void TestCliFiles::inspectNamesWhatADeviceWidens()
{
    const QString model = QStringLiteral(ATELIER_SHARED "/goldens/models/glm4.Q2_K.gguf");
    if (!QFile::exists(model)) {
        QSKIP("The reference models are not here.");
    }
    const QJsonObject plain =
        QJsonDocument::fromJson(run({"inspect", model, "--json"}).out).object();
    QVERIFY(!plain.contains("on_device")); // the processor computes on the file as it is
    const Outcome outcome = run({"inspect", model, "--backend", "vulkan", "--json"});
    if (outcome.code == 1) {
        QSKIP(outcome.err.constData());
    }
    const QJsonObject device =
        QJsonDocument::fromJson(outcome.out).object()["on_device"].toObject();
    QCOMPARE(device["backend"].toString(), QStringLiteral("vulkan"));
    QMap<QString, bool> widened;
    for (const QJsonValue& type : device["types"].toArray()) {
        QVERIFY(type["device_bytes"].toDouble() >= type["file_bytes"].toDouble());
        widened[type["type"].toString()] = type["widened"].toBool();
    }
    QCOMPARE(widened.value("Q2_K"), true);
    QCOMPARE(widened.value("Q6_K", true), false);
    QVERIFY(run({"inspect", model, "--backend", "vulkan"}).out.contains("widened: it does not"));
}

void TestCliFiles::inspectToleratesWhatCannotRun()
{
    QTemporaryDir folder;
    GgufWriter writer;
    writer.string("general.architecture", "future");
    writer.string("general.name", "x\x1b[2J\xFF"); // neither JSON nor a terminal can take this
    const QString path = folder.filePath("odd.gguf");
    QVERIFY(writer.save(path.toStdString()));
    const Outcome text = run({"inspect", path});
    QCOMPARE(text.code, 0);
    QVERIFY(text.out.contains("\"future\""));
    QVERIFY(!text.out.contains('\x1b'));
    const Outcome json = run({"inspect", path, "--json"});
    QCOMPARE(json.code, 0);
    const QJsonObject facts = QJsonDocument::fromJson(json.out).object();
    QVERIFY(!facts["shapes"]["error"].toString().isEmpty());
    QVERIFY(!facts["tokenizer"]["error"].toString().isEmpty());
    QVERIFY(!facts["memory"]["error"].toString().isEmpty());
}

void TestCliFiles::tokenizeReadsJson()
{
    const Outcome outcome = run({"tokenize", kDemo, "--json", kReference});
    QVERIFY2(outcome.code == 0, outcome.err.constData());
    const QJsonArray lists = QJsonDocument::fromJson(outcome.out).array();
    QFile file(kReference);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonArray cases = QJsonDocument::fromJson(file.readAll()).array();
    QCOMPARE(lists.size(), cases.size());
    for (qsizetype i = 0; i < cases.size(); ++i) {
        QCOMPARE(lists[i].toArray(), cases[i]["demo"].toArray());
    }
}

void TestCliFiles::tokenizeAndDetokenizeAreInverse()
{
    const QString text = QStringLiteral(" draw 3 circles,\n请画一个圆 😀 <|user|>\n");
    const Outcome ids = run({"tokenize", kDemo, "--text", text});
    QCOMPARE(ids.code, 0);
    const Outcome back = run({"detokenize", kDemo, "--ids", ids.out.trimmed()});
    QCOMPARE(back.code, 0);
    QCOMPARE(QString::fromUtf8(back.out), text);

    QTemporaryDir folder;
    QFile file(folder.filePath("text.txt"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text.toUtf8());
    file.close();
    QCOMPARE(run({"tokenize", kDemo, "--file", file.fileName()}).out, ids.out);
}

void TestCliFiles::specialParsesControlTokens()
{
    QCOMPARE(run({"tokenize", kDemo, "--text", "<|user|>", "--special"}).out, QByteArray("4093\n"));
    QVERIFY(run({"tokenize", kDemo, "--text", "<|user|>"}).out.split(' ').size() > 2);
    QCOMPARE(run({"detokenize", kDemo, "--ids", "4093"}).out, QByteArray("<|user|>"));
}

void TestCliFiles::refusals_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("mentions");
    QTest::newRow("inspect nothing") << QStringList{"inspect"} << 2 << "one MODEL";
    QTest::newRow("inspect two") << QStringList{"inspect", "A", "B"} << 2 << "one MODEL";
    QTest::newRow("inspect no file") << QStringList{"inspect", "gone.gguf"} << 1 << "gone.gguf";
    QTest::newRow("inspect no model") << QStringList{"inspect", kReference} << 1 << "GGUF";
    QTest::newRow("no text") << QStringList{"tokenize", kDemo} << 2 << "--text";
    QTest::newRow("two texts") << QStringList{"tokenize", kDemo, "--text", "a", "--file", "b"} << 2
                               << "one of --text";
    QTest::newRow("text file is gone")
        << QStringList{"tokenize", kDemo, "--file", "gone.txt"} << 1 << "gone.txt";
    QTest::newRow("no JSON list") << QStringList{"tokenize", kDemo, "--json", kDemo} << 1 << "JSON";
    QTest::newRow("no ids") << QStringList{"detokenize", kDemo} << 2 << "--ids";
    QTest::newRow("ids are words")
        << QStringList{"detokenize", kDemo, "--ids", "1 two"} << 1 << "two";
    QTest::newRow("id beyond the vocabulary")
        << QStringList{"detokenize", kDemo, "--ids", "1 4096"} << 1 << "ends at 4095";
}

void TestCliFiles::refusals()
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

QTEST_GUILESS_MAIN(TestCliFiles)
#include "tst_cli_files.moc"
