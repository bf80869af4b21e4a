// SPDX-License-Identifier: MIT
#include "engine/tools/cli.h"
#include "engine/tools/cli_options.h"

#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace atelier;
using namespace atelier::cli;

using Words = std::vector<std::string>;

namespace {

constexpr std::string_view kValues[] = {"--text",
    "--count",
    "--kv",
    "--threads",
    "--yarn",
    "--yarn-extrapolation",
    "--yarn-attention",
    "--yarn-beta-fast",
    "--yarn-beta-slow",
    "--rope-base",
    "--rope-linear",
    "--temperature",
    "--top-k",
    "--top-p",
    "--min-p",
    "--seed",
    "--repetition-penalty",
    "--presence-penalty",
    "--frequency-penalty",
    "--penalty-window",
    "--dry",
    "--dry-base",
    "--dry-allowed",
    "--dry-window",
    "--logit-bias"};
constexpr std::string_view kFlags[] = {"--json", "--greedy"};

Result<Arguments> parse(const Words& words)
{
    std::vector<std::string> copies = words;
    std::vector<char*> pointers;
    for (std::string& word : copies) {
        pointers.push_back(word.data());
    }
    return Arguments::parse(pointers, {kValues, kFlags});
}

Result<SessionOptions> session(const Words& words)
{
    return sessionOptions(parse(words).value(), CacheType::F32);
}

} // namespace

class TestArguments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWords();
    void wrongUsage_data();
    void wrongUsage();
    void numbers_data();
    void numbers();
    void yarn_data();
    void yarn();
    void positions();
    void sampling();
    void badBiases_data();
    void badBiases();
    void cacheTypes();
    void tokenIds_data();
    void tokenIds();
    void files();
    void interruptAsksToStop();
};

void TestArguments::readsWords()
{
    const auto given = parse({"model", "--text", "--json", "--count=3", "other", "--", "--json"});
    QVERIFY(bool(given));
    QCOMPARE(given.value().positional(), (Words{"model", "other", "--json"}));
    QVERIFY(!given.value().has("--json")); // it was the value of --text, and a word after --
    QCOMPARE(given.value().value("--text"), std::optional<std::string>("--json"));
    QCOMPARE(given.value().value("--count"), std::optional<std::string>("3"));
    QCOMPARE(given.value().value("--kv"), std::optional<std::string>());
    const auto twice = parse({"--json", "--count", "1", "--count", "2"});
    QVERIFY(twice.value().has("--json"));
    QCOMPARE(twice.value().value("--count"), std::optional<std::string>("2"));
    QCOMPARE(twice.value().values("--count"), (Words{"1", "2"}));
}

void TestArguments::wrongUsage_data()
{
    QTest::addColumn<Words>("words");
    QTest::addColumn<QString>("named");
    QTest::newRow("unknown") << Words{"--colour", "red"} << "--colour";
    QTest::newRow("value missing") << Words{"--text"} << "--text";
    QTest::newRow("flag with a value") << Words{"--json=yes"} << "--json=yes";
}

void TestArguments::wrongUsage()
{
    QFETCH(Words, words);
    QFETCH(QString, named);
    const auto given = parse(words);
    QVERIFY(!given);
    QCOMPARE(given.error().code, ErrorCode::InvalidUse);
    QVERIFY(QString::fromStdString(given.error().message).contains(named));
}

void TestArguments::numbers_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isInteger");
    QTest::addColumn<bool>("isNumber");
    QTest::newRow("inside") << "7" << true << true;
    QTest::newRow("lowest") << "-2" << true << true;
    QTest::newRow("highest") << "10" << true << true;
    QTest::newRow("below") << "-3" << false << false;
    QTest::newRow("above") << "11" << false << false;
    QTest::newRow("fraction") << "0.5" << false << true;
    QTest::newRow("no number") << "many" << false << false;
    QTest::newRow("trailing") << "7x" << false << false;
    QTest::newRow("empty") << "" << false << false;
    QTest::newRow("not finite") << "nan" << false << false;
    QTest::newRow("too long") << "99999999999999999999" << false << false;
}

void TestArguments::numbers()
{
    QFETCH(QString, text);
    QFETCH(bool, isInteger);
    QFETCH(bool, isNumber);
    const auto given = parse({"--count", text.toStdString()});
    const auto integer = given.value().integer("--count", 1, -2, 10);
    QCOMPARE(bool(integer), isInteger);
    if (!isInteger) {
        QCOMPARE(integer.error().code, ErrorCode::InvalidUse);
        QVERIFY(integer.error().message.find("--count") != std::string::npos);
    }
    QCOMPARE(bool(given.value().number("--count", 1, -2, 10)), isNumber);
    QCOMPARE(given.value().integer("--threads", 5, 0, 9).value(), int64_t(5));
}

void TestArguments::yarn_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<double>("factor"); // 0: refused
    QTest::addColumn<uint32_t>("original");
    QTest::newRow("factor") << "4" << 4.0 << 0u;
    QTest::newRow("fraction") << "2.5" << 2.5 << 0u;
    QTest::newRow("with context") << "4:32768" << 4.0 << 32768u;
    QTest::newRow("no context after colon") << "4:" << 0.0 << 0u;
    QTest::newRow("words") << "yes" << 0.0 << 0u;
    QTest::newRow("less than one") << "0.5" << 0.0 << 0u;
    QTest::newRow("trailing") << "4:32768k" << 0.0 << 0u;
}

void TestArguments::yarn()
{
    QFETCH(QString, text);
    QFETCH(double, factor);
    QFETCH(uint32_t, original);
    const auto options = session({"--yarn", text.toStdString()});
    QCOMPARE(bool(options), factor > 0);
    if (options) {
        QCOMPARE(options.value().yarn->factor, factor);
        QCOMPARE(options.value().yarn->originalContext, original);
    }
}

void TestArguments::positions()
{
    const auto usual = session({}).value();
    QVERIFY(!usual.yarn && !usual.ropeBase && !usual.linearFactor);
    QCOMPARE(usual.yarnMode, YarnMode::Given);
    QCOMPARE(session({"--yarn", "off"}).value().yarnMode, YarnMode::Off);
    QCOMPARE(session({"--yarn", "auto"}).value().yarnMode, YarnMode::Auto);
    const auto all = session({"--yarn",
                                 "3:8192",
                                 "--yarn-extrapolation",
                                 "0.5",
                                 "--yarn-attention",
                                 "1.25",
                                 "--yarn-beta-fast",
                                 "16",
                                 "--yarn-beta-slow",
                                 "2",
                                 "--rope-base",
                                 "5e6"})
                         .value();
    QCOMPARE(all.yarn->extrapolationFactor.value(), 0.5);
    QCOMPARE(all.yarn->attentionFactor.value(), 1.25);
    QCOMPARE(all.yarn->betaFast.value(), 16.0);
    QCOMPARE(all.yarn->betaSlow.value(), 2.0);
    QCOMPARE(all.ropeBase.value(), 5e6);
    QCOMPARE(session({"--yarn", "auto", "--yarn-beta-slow", "2"}).value().yarn->betaSlow, 2.0);
    QCOMPARE(session({"--rope-linear", "2"}).value().linearFactor.value(), 2.0);
    // Details of nothing.
    QVERIFY(!session({"--yarn-beta-slow", "2"}));
    QVERIFY(!session({"--yarn", "off", "--yarn-attention", "2"}));
    QVERIFY(!session({"--rope-base", "none"}));
}

void TestArguments::sampling()
{
    const auto usual = samplingOptions(parse({}).value()).value();
    QCOMPARE(usual.temperature, SamplingOptions().temperature);
    QCOMPARE(usual.topP, SamplingOptions().topP);
    QVERIFY(!usual.seed);
    const auto all = samplingOptions(parse({"--temperature",
                                               "0.9",
                                               "--top-k",
                                               "40",
                                               "--top-p",
                                               "0.95",
                                               "--min-p",
                                               "0.05",
                                               "--seed",
                                               "7",
                                               "--repetition-penalty",
                                               "1.1",
                                               "--presence-penalty",
                                               "-0.5",
                                               "--frequency-penalty",
                                               "0.25",
                                               "--penalty-window",
                                               "128",
                                               "--dry",
                                               "0.8",
                                               "--dry-base",
                                               "2",
                                               "--dry-allowed",
                                               "3",
                                               "--dry-window",
                                               "1000",
                                               "--logit-bias",
                                               "13:-2.5,42:-100",
                                               "--logit-bias",
                                               "7:1"})
                                         .value())
                         .value();
    QCOMPARE(all.temperature, 0.9f);
    QCOMPARE(all.topK, 40);
    QCOMPARE(all.topP, 0.95f);
    QCOMPARE(all.minP, 0.05f);
    QCOMPARE(all.seed.value(), uint64_t(7));
    QCOMPARE(all.repetitionPenalty, 1.1f);
    QCOMPARE(all.presencePenalty, -0.5f);
    QCOMPARE(all.frequencyPenalty, 0.25f);
    QCOMPARE(all.penaltyWindow, 128u);
    QCOMPARE(all.dry.multiplier, 0.8f);
    QCOMPARE(all.dry.base, 2.0f);
    QCOMPARE(all.dry.allowedLength, 3u);
    QCOMPARE(all.dry.window, 1000u);
    QCOMPARE(all.logitBias.size(), size_t(3));
    QCOMPARE(all.logitBias[1].token, 42);
    QCOMPARE(all.logitBias[1].bias, -100.0f);
    QCOMPARE(all.logitBias[2].bias, 1.0f);
    QCOMPARE(samplingOptions(parse({"--greedy"}).value()).value().temperature, 0.0f);
}

void TestArguments::badBiases_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text : {"13", "13:", ":1", "13:x", "13:1;14:2", "x:1", "13:1:2"}) {
        QTest::newRow(text) << text;
    }
}

void TestArguments::badBiases()
{
    QFETCH(QString, text);
    const auto options = samplingOptions(parse({"--logit-bias", text.toStdString()}).value());
    QVERIFY(!options);
    QCOMPARE(options.error().code, ErrorCode::InvalidUse);
}

void TestArguments::cacheTypes()
{
    QVERIFY(session({"--kv", "q8_0"}).value().cacheType == CacheType::Q8_0);
    QVERIFY(session({}).value().cacheType == CacheType::F32);
    QVERIFY(!session({"--kv", "q4"}));
}

void TestArguments::tokenIds_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<std::vector<int32_t>>("expected");
    QTest::addColumn<bool>("valid");
    using Ids = std::vector<int32_t>;
    QTest::newRow("spaces and lines") << " 1 22\n\t333\r\n" << Ids{1, 22, 333} << true;
    QTest::newRow("empty") << "" << Ids{} << true;
    QTest::newRow("word") << "1 two 3" << Ids{} << false;
    QTest::newRow("too large") << "99999999999" << Ids{} << false;
    QTest::newRow("comma") << "1,2" << Ids{} << false;
}

void TestArguments::tokenIds()
{
    QFETCH(QString, text);
    QFETCH(std::vector<int32_t>, expected);
    QFETCH(bool, valid);
    const auto ids = parseTokenIds(text.toStdString());
    QCOMPARE(bool(ids), valid);
    if (ids) {
        QCOMPARE(ids.value(), expected);
    }
}

void TestArguments::files()
{
    const QTemporaryDir folder;
    const std::string path = (folder.path() + "/a.txt").toStdString();
    QFile file(QString::fromStdString(path));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray("a\0b\r\n", 5));
    file.close();
    QCOMPARE(readTextFile(path).value(), std::string("a\0b\r\n", 5));
    for (const std::string& bad : {path + ".gone", folder.path().toStdString()}) {
        const auto read = readTextFile(bad);
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::Io);
        QVERIFY(read.error().message.find(bad) != std::string::npos);
    }
}

void TestArguments::interruptAsksToStop()
{
    const StopOnInterrupt interrupt;
    QVERIFY(!interrupt.token().stop_requested());
    std::raise(SIGINT);
    QTRY_VERIFY(interrupt.token().stop_requested());
}

QTEST_APPLESS_MAIN(TestArguments)
#include "tst_arguments.moc"
