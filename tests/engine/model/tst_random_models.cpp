// SPDX-License-Identifier: MIT
// Models that nobody has seen before, in every form in which files store an architecture, against
// an oracle in double precision. ATELIER_SEED=N tries others.
#include "engine/api/loaded_model.h"
#include "engine/api/memory_planner.h"
#include "tests/support/npy.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <fstream>

using namespace atelier;
using namespace atelier::test;

namespace {

// Weights are stored exactly, so what is left is the order of additions.
constexpr double kLimit = 1e-4;

QString python()
{
    for (const char* name : {"python3", "/usr/bin/python3"}) {
        QProcess process;
        process.start(name, {"-c", "import numpy"});
        if (process.waitForFinished(60'000) && process.exitStatus() == QProcess::NormalExit &&
            process.exitCode() == 0) {
            return name;
        }
    }
    return {};
}

} // namespace

class TestRandomModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void logitsMatch_data();
    void logitsMatch();

private:
    QTemporaryDir m_folder;
};

void TestRandomModels::initTestCase()
{
    const QString tools = ATELIER_SHARED "/tools";
    if (!QFile::exists(tools + "/make_tiny_models.py")) {
        QSKIP("The generator of reference models is not here.");
    }
    const QString interpreter = python();
    if (interpreter.isEmpty()) {
        QSKIP("This needs Python with NumPy.");
    }
    QProcess process;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("PYTHONDONTWRITEBYTECODE", "1");
    environment.insert("OMP_NUM_THREADS", "1");
    environment.insert("OPENBLAS_NUM_THREADS", "1");
    process.setProcessEnvironment(environment);
    process.start(interpreter,
        {ATELIER_SOURCE_DIR "/tests/engine/model/random_models.py",
            tools,
            qEnvironmentVariable("ATELIER_SEED", "20250414"),
            m_folder.path()});
    const bool done = process.waitForFinished(200'000);
    QVERIFY2(done && process.exitCode() == 0, process.readAllStandardError().constData());
}

void TestRandomModels::logitsMatch_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("logits");
    QTest::addColumn<std::vector<int32_t>>("tokens");
    std::ifstream file((m_folder.path() + "/manifest.json").toStdString());
    const auto manifest = nlohmann::json::parse(file, nullptr, false);
    QVERIFY(manifest.is_array());
    for (const auto& entry : manifest) {
        const auto path = [&](const char* key) {
            return m_folder.filePath(QString::fromStdString(entry[key].get<std::string>()));
        };
        QTest::newRow(entry["name"].get<std::string>().c_str())
            << path("model") << path("logits") << entry["tokens"].get<std::vector<int32_t>>();
    }
}

void TestRandomModels::logitsMatch()
{
    QFETCH(QString, model);
    QFETCH(QString, logits);
    QFETCH(std::vector<int32_t>, tokens);
    LoadOptions load;
    load.backend = "cpu";
    load.threads = 1;
    const auto loaded = Model::load(model.toStdString(), load, nullptr, {});
    QVERIFY2(bool(loaded), loaded ? "" : loaded.error().message.c_str());
    const auto expected = readNpy(logits.toStdString());
    QVERIFY(!expected.empty());
    const auto whole = [&](uint32_t chunk) {
        SessionOptions options;
        options.cacheType = CacheType::F32;
        options.chunkTokens = chunk;
        const auto session = Session::create(loaded.value(), options);
        const auto actual = session.value()->logits(tokens, {});
        return relativeError(actual.value(), expected);
    };
    const auto isClose = [](const char* how, double error) {
        if (!(error <= kLimit)) {
            qWarning("%s: relative error %g", how, error);
        }
        return error <= kLimit;
    };
    QVERIFY(isClose("at once", whole(512)));
    QVERIFY(isClose("in chunks", whole(9)));
    QVERIFY(isClose("one by one", whole(1)));

    // Half of it, then the rest in another session that took over the cache.
    auto& parts = dynamic_cast<LoadedModel&>(*loaded.value());
    const Hyperparameters& hyper = parts.hyper();
    const auto pass = [&] {
        return ForwardPass::create(parts.passParts(),
            makeRopeTable(hyper.rope),
            cacheShape(hyper, CacheType::F32, uint32_t(tokens.size())),
            uint32_t(tokens.size()))
            .take();
    };
    const auto first = pass();
    const auto second = pass();
    const size_t half = tokens.size() / 2 + 3;
    QVERIFY(bool(first->run(std::span(tokens).first(half), 0, {}, {})));
    std::vector<std::byte> keys(half * kvRowBytes(first->cacheShape()));
    std::vector<std::byte> values(keys.size());
    for (uint32_t layer = 0; layer < hyper.layers; ++layer) {
        QVERIFY(bool(first->readCache(layer, keys, values)));
        QVERIFY(bool(second->writeCache(layer, keys, values)));
    }
    std::vector<float> rest((tokens.size() - half) * hyper.vocab);
    QVERIFY(bool(second->runAll(std::span(tokens).subspan(half), uint32_t(half), rest, {})));
    QVERIFY(
        isClose("restored", relativeError(rest, std::span(expected).subspan(half * hyper.vocab))));
}

QTEST_GUILESS_MAIN(TestRandomModels)
#include "tst_random_models.moc"
