// SPDX-License-Identifier: MIT
// Saving, restoring and forking: the other session computes bit by bit what this one would have.
#include "engine/api/session_file.h"
#include "tests/support/npy.h"
#include "tests/support/tiny_engine.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace atelier;
using namespace atelier::test;

namespace {

struct Talk
{
    explicit Talk(const GgufWriter& writer, const SessionOptions& options = {})
        : model(loadTiny(writer, hooks).take()),
          session(Session::create(model, options).take())
    {
    }

    BackendHooks hooks;
    std::shared_ptr<Model> model;
    std::unique_ptr<Session> session;
};

TinyShape wide() // heads that a Q8_0 cache can hold
{
    TinyShape shape;
    shape.headDim = 32;
    return shape;
}

SessionOptions with(CacheType type, uint32_t context = 0)
{
    SessionOptions options;
    options.cacheType = type;
    options.contextTokens = context;
    return options;
}

GenerationRequest question()
{
    return ask("a question that is long enough to fill more than a block of slots", 20);
}

std::vector<int32_t> tokensOf(const Session& session)
{
    return {session.tokens().begin(), session.tokens().end()};
}

// Draws that depend on every bit of the logits: the text, and the ten likeliest tokens with their
// probabilities, of a reply that goes on in the cache.
std::vector<double> continued(Session& session, const std::string& reply)
{
    GenerationRequest request = question();
    request.messages.push_back({Role::Assistant, reply, {}});
    request.messages.push_back({Role::User, "and then?", {}});
    request.maxTokens = 6;
    request.alternatives = 10;
    const Written written = write(session, request);
    std::vector<double> numbers = {double(written.stats.value().reusedTokens)};
    for (const Event& event : written.others) {
        for (const auto& choice : std::get<TokenAlternatives>(event).choices) {
            numbers.push_back(choice.probability);
        }
    }
    return numbers;
}

QByteArray readAll(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void writeAll(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

class TestSessionStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void restoredIsBitEqual_data();
    void restoredIsBitEqual();
    void exactTokensOfRepliesAreSaved();
    void savingReplacesTheFile();
    void stoppedSavingKeepsTheOldFile();
    void nothingToSaveIsSaid();
    void mismatchesAreRefused_data();
    void mismatchesAreRefused();
    void everyDamagedByteIsNoticed();
    void everyTruncationIsNoticed();
    void stoppedRestoringKeepsTheSession();
    void autoTakesTheFactorOver();
    void forkIsBitEqual_data();
    void forkIsBitEqual();
    void forksGoTheirOwnWays();
    void forkIsRefusedWithoutMemory();
    void backendsMayNotBeAbleTo();
};

void TestSessionStore::restoredIsBitEqual_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<uint32_t>("context"); // of the session that restores
    QTest::newRow("F32") << int(CacheType::F32) << 0u;
    QTest::newRow("F16") << int(CacheType::F16) << 0u;
    QTest::newRow("Q8_0") << int(CacheType::Q8_0) << 0u;
    QTest::newRow("smaller context") << int(CacheType::F16) << 180u;
}

void TestSessionStore::restoredIsBitEqual()
{
    QFETCH(int, type);
    QFETCH(uint32_t, context);
    const QTemporaryDir folder;
    const auto path = folder.filePath("state").toStdString();
    Talk live(randomModel(wide()), with(CacheType(type)));
    const Written first = write(*live.session, question());
    QVERIFY(bool(live.session->save(path, {})));
    Talk other(randomModel(wide()), with(CacheType(type), context));
    write(*other.session,
        ask("something else was here before, and longer than what comes now " +
            std::string(60, 'x')));
    const Status restored = other.session->restore(path, {});
    QVERIFY2(bool(restored), restored ? "" : restored.error().message.c_str());
    QCOMPARE(tokensOf(*other.session), tokensOf(*live.session));
    const auto expected = continued(*live.session, first.text);
    QVERIFY(expected.size() > 50);
    QVERIFY(expected[0] > 80); // tokens reused
    QCOMPARE(continued(*other.session, first.text), expected);
}

void TestSessionStore::exactTokensOfRepliesAreSaved()
{
    TinyShape shape;
    shape.words = {"ab"}; // the model spells it in two tokens
    const QTemporaryDir folder;
    const auto path = folder.filePath("state").toStdString();
    Talk live(scriptedModel(script("\nab"), shape));
    GenerationRequest request = ask("spell it");
    const Written first = write(*live.session, request);
    QVERIFY(bool(live.session->save(path, {})));
    Talk other(scriptedModel(script("\nab"), shape));
    QVERIFY(bool(other.session->restore(path, {})));
    request.messages.push_back({Role::Assistant, "ab", {}});
    request.messages.push_back({Role::User, "again", {}});
    QCOMPARE(write(*other.session, request).stats.value().reusedTokens,
        first.stats.value().promptTokens + 3);
}

void TestSessionStore::savingReplacesTheFile()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath("state");
    Talk talk(randomModel());
    write(*talk.session, ask("short", 4));
    QVERIFY(bool(talk.session->save(path.toStdString(), {})));
    const qint64 before = QFile(path).size();
    write(*talk.session, question());
    QVERIFY(bool(talk.session->save(path.toStdString(), {})));
    QVERIFY(QFile(path).size() > before);
    QVERIFY(bool(talk.session->restore(path.toStdString(), {})));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList("state"));
}

void TestSessionStore::stoppedSavingKeepsTheOldFile()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath("state");
    writeAll(path, "old");
    Talk talk(randomModel());
    write(*talk.session, question());
    std::stop_source stop;
    stop.request_stop();
    const Status saved = talk.session->save(path.toStdString(), stop.get_token());
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ErrorCode::Cancelled);
    QCOMPARE(readAll(path), QByteArray("old"));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList("state"));
}

void TestSessionStore::nothingToSaveIsSaid()
{
    const QTemporaryDir folder;
    Talk talk(randomModel());
    const Status saved = talk.session->save(folder.filePath("state").toStdString(), {});
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ErrorCode::InvalidUse);
    QVERIFY(QDir(folder.path()).entryList(QDir::Files).isEmpty());
}

void TestSessionStore::mismatchesAreRefused_data()
{
    QTest::addColumn<quint64>("seed"); // of the other model
    QTest::addColumn<int>("type");
    QTest::addColumn<uint32_t>("context");
    QTest::addColumn<double>("yarn"); // of the session that restores; 0: none
    QTest::addColumn<QString>("says");
    const int f16 = int(CacheType::F16);
    QTest::newRow("another model") << quint64(2) << f16 << 0u << 0.0 << "another model";
    QTest::newRow("another cache")
        << quint64(1) << int(CacheType::Q8_0) << 0u << 0.0 << "type F16; the session has one";
    QTest::newRow("YaRN") << quint64(1) << f16 << 0u << 2.5 << "YaRN at 2.5 times";
    QTest::newRow("too small") << quint64(1) << f16 << 40u << 0.0 << "holds 40.";
}

void TestSessionStore::mismatchesAreRefused()
{
    QFETCH(quint64, seed);
    QFETCH(int, type);
    QFETCH(uint32_t, context);
    QFETCH(double, yarn);
    QFETCH(QString, says);
    const QTemporaryDir folder;
    const auto path = folder.filePath("state").toStdString();
    Talk live(randomModel(wide()), with(CacheType::F16));
    write(*live.session, question());
    QVERIFY(bool(live.session->save(path, {})));
    SessionOptions options = with(CacheType(type), context);
    if (yarn > 0) {
        options.yarn = YarnOptions{yarn, 0};
    }
    Talk other(randomModel(wide(), seed), options);
    write(*other.session, ask("kept", 3));
    const auto before = tokensOf(*other.session);
    const Status restored = other.session->restore(path, {});
    QVERIFY(!restored);
    QVERIFY2(QString::fromStdString(restored.error().message).contains(says),
        restored.error().message.c_str());
    QCOMPARE(tokensOf(*other.session), before);
}

// Whatever byte is wrong, nothing is restored and nothing is lost.
void TestSessionStore::everyDamagedByteIsNoticed()
{
    TinyShape shape;
    shape.layers = 1;
    const QTemporaryDir folder;
    const QString path = folder.filePath("state");
    Talk talk(randomModel(shape));
    write(*talk.session, ask("x", 2));
    QVERIFY(bool(talk.session->save(path.toStdString(), {})));
    const QByteArray good = readAll(path);
    const auto before = tokensOf(*talk.session);
    for (qsizetype at = 0; at < good.size(); at += at < 600 ? 1 : 37) {
        QByteArray bad = good;
        bad[at] = char(bad[at] ^ 0x10);
        writeAll(path, bad);
        const Status restored = talk.session->restore(path.toStdString(), {});
        QVERIFY2(!restored, qPrintable(QString("byte %1").arg(at)));
        QCOMPARE(tokensOf(*talk.session), before);
    }
}

void TestSessionStore::everyTruncationIsNoticed()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath("state");
    Talk talk(randomModel());
    write(*talk.session, ask("x", 2));
    QVERIFY(bool(talk.session->save(path.toStdString(), {})));
    const QByteArray good = readAll(path);
    for (qsizetype size = 0; size < good.size(); size += size < 600 ? 1 : 501) {
        writeAll(path, good.left(size));
        QVERIFY(!talk.session->restore(path.toStdString(), {}));
    }
    writeAll(path, good + QByteArray(1, 'x'));
    QVERIFY(!talk.session->restore(path.toStdString(), {}));
    QVERIFY(!talk.session->restore(folder.filePath("absent").toStdString(), {}));
    writeAll(path, good);
    QVERIFY(bool(talk.session->restore(path.toStdString(), {})));
}

void TestSessionStore::stoppedRestoringKeepsTheSession()
{
    const QTemporaryDir folder;
    const auto path = folder.filePath("state").toStdString();
    Talk talk(randomModel());
    write(*talk.session, question());
    QVERIFY(bool(talk.session->save(path, {})));
    const auto before = tokensOf(*talk.session);
    std::stop_source stop;
    stop.request_stop();
    const Status restored = talk.session->restore(path, stop.get_token());
    QVERIFY(!restored);
    QCOMPARE(restored.error().code, ErrorCode::Cancelled);
    QCOMPARE(tokensOf(*talk.session), before);
}

void TestSessionStore::autoTakesTheFactorOver()
{
    TinyShape shape;
    shape.context = 64;
    SessionOptions options;
    options.yarnMode = YarnMode::Auto;
    const QTemporaryDir folder;
    const auto path = folder.filePath("state").toStdString();
    Talk live(randomModel(shape), options);
    const Written first = write(*live.session, question());
    QVERIFY(live.session->yarnFactor() > 1.0);
    QVERIFY(bool(live.session->save(path, {})));
    Talk other(randomModel(shape), options);
    QCOMPARE(other.session->yarnFactor(), 1.0);
    const Status restored = other.session->restore(path, {});
    QVERIFY2(bool(restored), restored ? "" : restored.error().message.c_str());
    QCOMPARE(other.session->yarnFactor(), live.session->yarnFactor());
    QCOMPARE(tokensOf(*other.session), tokensOf(*live.session));
    // Without YarnMode::Auto the same file is not for this session.
    Talk plain(randomModel(shape));
    QVERIFY(!plain.session->restore(path, {}));
}

void TestSessionStore::forkIsBitEqual_data()
{
    QTest::addColumn<int>("type");
    QTest::newRow("F32") << int(CacheType::F32);
    QTest::newRow("F16") << int(CacheType::F16);
    QTest::newRow("Q8_0") << int(CacheType::Q8_0);
}

void TestSessionStore::forkIsBitEqual()
{
    QFETCH(int, type);
    Talk talk(randomModel(wide()), with(CacheType(type)));
    const Written first = write(*talk.session, question());
    const auto fork = talk.session->fork(UINT32_MAX, {});
    QVERIFY(bool(fork));
    QCOMPARE(tokensOf(*fork.value()), tokensOf(*talk.session));
    const auto expected = continued(*talk.session, first.text);
    QCOMPARE(continued(*fork.value(), first.text), expected);
    // A part of it, which is then read on from there.
    const auto part = talk.session->fork(20, {});
    QCOMPARE(part.value()->cachedTokens(), 20u);
    auto rest = continued(*part.value(), first.text);
    QCOMPARE(rest[0], 20.0);
    QVERIFY(std::abs(rest[1] - expected[1]) < 1e-3);
}

void TestSessionStore::forksGoTheirOwnWays()
{
    Talk talk(randomModel());
    const Written first = write(*talk.session, question());
    const auto before = tokensOf(*talk.session);
    const auto fork = talk.session->fork(UINT32_MAX, {});
    write(*fork.value(), ask("quite another question", 10));
    QCOMPARE(tokensOf(*talk.session), before);
    Talk fresh(randomModel());
    write(*fresh.session, question());
    QCOMPARE(continued(*talk.session, first.text), continued(*fresh.session, first.text));
}

void TestSessionStore::forkIsRefusedWithoutMemory()
{
    BackendHooks hooks;
    const auto probe = loadTiny(randomModel(), hooks).take();
    const uint64_t enough = probe->plan({}).total();
    uint64_t free = enough;
    auto bytes = std::make_shared<std::vector<std::byte>>(randomModel().bytes());
    LoadParts parts;
    parts.file = parseGguf(*bytes).take();
    parts.backend = wrappedCpu(hooks);
    parts.freeMemory = [&] { return free; };
    const auto model = LoadedModel::load(std::move(parts), nullptr, {}).take();
    const auto session = Session::create(model, {}).take();
    write(*session, question());
    free = 1000;
    const auto fork = session->fork(10, {});
    QVERIFY(!fork);
    QCOMPARE(fork.error().code, ErrorCode::OutOfMemory);
    QVERIFY(session->cachedTokens() > 10);
}

void TestSessionStore::backendsMayNotBeAbleTo()
{
    BackendHooks hooks;
    hooks.copiesCaches = false;
    const auto model = loadTiny(randomModel(), hooks).take();
    const auto session = Session::create(model, {}).take();
    write(*session, question());
    const QTemporaryDir folder;
    const Status saved = session->save(folder.filePath("state").toStdString(), {});
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ErrorCode::Unsupported);
    QVERIFY(!session->fork(10, {}));
    QVERIFY(QDir(folder.path()).entryList(QDir::Files).isEmpty());
}

QTEST_APPLESS_MAIN(TestSessionStore)
#include "tst_session_store.moc"
