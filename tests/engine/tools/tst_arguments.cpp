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

constexpr std::string_view kValues[] = {"--text", "--count", "--kv", "--yarn", "--threads"};
constexpr std::string_view kFlags[] = {"--json"};

Result<Arguments> parse(const Words& words)
{
    std::vector<std::string> copies = words;
    std::vector<char*> pointers;
    for (std::string& word : copies) {
        pointers.push_back(word.data());
    }
    return Arguments::parse(pointers, {kValues, kFlags});
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
    const auto options = yarnOptions(parse({"--yarn", text.toStdString()}).value());
    QCOMPARE(bool(options), factor > 0);
    if (options) {
        QCOMPARE(options.value()->factor, factor);
        QCOMPARE(options.value()->originalContext, original);
    }
    QVERIFY(!yarnOptions(parse({}).value()).value().has_value());
}

void TestArguments::cacheTypes()
{
    QVERIFY(cacheType(parse({"--kv", "q8_0"}).value(), CacheType::F16).value() == CacheType::Q8_0);
    QVERIFY(cacheType(parse({}).value(), CacheType::F32).value() == CacheType::F32);
    QVERIFY(!cacheType(parse({"--kv", "q4"}).value(), CacheType::F16));
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
