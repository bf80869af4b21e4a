// SPDX-License-Identifier: MIT
#include "tests/support/tiny_engine.h"

#include <QTemporaryDir>
#include <QTest>

using namespace atelier;
using namespace atelier::test;

class TestModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void loadsAFile();
    void badFilesGiveMessages_data();
    void badFilesGiveMessages();
    void badOptionsGiveMessages_data();
    void badOptionsGiveMessages();
    void aMissingDeviceIsNotTheModelsFault();
    void progressRisesToDone();
    void stopsBetweenWeights();
    void refusesBeforeAllocating();
    void failedWeightsEndLoading();
    void planIsWhatGetsAllocated_data();
    void planIsWhatGetsAllocated();
    void contextIsChosen_data();
    void contextIsChosen();
    void sessionsThatDoNotFitAreRefused();
    void sessionOptionsAreChecked();
    void vocabularyMustFitTheEmbedding();
    void missingOperationsAreRefused();
};

void TestModel::loadsAFile()
{
    const QTemporaryDir folder;
    const std::filesystem::path path = (folder.path() + "/tiny.gguf").toStdString();
    QVERIFY(randomModel().save(path));
    LoadOptions options;
    options.backend = "cpu";
    options.threads = 1;
    options.isa = "portable";
    const auto model = Model::load(path, options, nullptr, {});
    QVERIFY2(bool(model), model ? "" : model.error().message.c_str());
    const ModelInfo& info = model.value()->info();
    QCOMPARE(info.path, path.string());
    QCOMPARE(info.backend, std::string("cpu"));
    QCOMPARE(info.kernels, std::string("portable"));
    QCOMPARE(info.threads, 1u);
    QVERIFY(!info.deviceName.empty());
    QCOMPARE(info.contextLength, 256u);
    const auto session = Session::create(model.value(), {});
    QVERIFY(bool(session));
    QCOMPARE(session.value()->contextTokens(), 256u);
}

void TestModel::badFilesGiveMessages_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("code");
    const auto good = randomModel().bytes();
    const QByteArray all(reinterpret_cast<const char*>(good.data()), qsizetype(good.size()));
    QTest::newRow("text") << QByteArray(1000, 'x') << int(ErrorCode::NotAModel);
    QTest::newRow("half") << all.left(all.size() / 2) << int(ErrorCode::Truncated);
    QTest::newRow("last byte missing") << all.left(all.size() - 40) << int(ErrorCode::Truncated);
}

void TestModel::badFilesGiveMessages()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, code);
    const QTemporaryDir folder;
    const std::filesystem::path path = (folder.path() + "/bad.gguf").toStdString();
    std::ofstream(path, std::ios::binary).write(bytes.constData(), bytes.size());
    const auto model = Model::load(path, {}, nullptr, {});
    QVERIFY(!model);
    QCOMPARE(int(model.error().code), code);
    QVERIFY(model.error().message.size() > 20);
    // An absent file says so, with its path.
    const auto absent = Model::load(path.string() + ".gone", {}, nullptr, {});
    QVERIFY(!absent);
    QCOMPARE(absent.error().code, ErrorCode::Io);
    QVERIFY(absent.error().message.find("bad.gguf.gone") != std::string::npos);
}

void TestModel::badOptionsGiveMessages_data()
{
    QTest::addColumn<QString>("backend");
    QTest::addColumn<QString>("isa");
    QTest::addColumn<QString>("named");
    QTest::newRow("backend") << "tpu"
                             << ""
                             << "tpu";
    QTest::newRow("isa") << "cpu"
                         << "sse9"
                         << "sse9";
}

void TestModel::badOptionsGiveMessages()
{
    QFETCH(QString, backend);
    QFETCH(QString, isa);
    QFETCH(QString, named);
    const QTemporaryDir folder;
    const std::filesystem::path path = (folder.path() + "/tiny.gguf").toStdString();
    QVERIFY(randomModel().save(path));
    LoadOptions options;
    options.backend = backend.toStdString();
    options.isa = isa.toStdString();
    const auto model = Model::load(path, options, nullptr, {});
    QVERIFY(!model);
    QCOMPARE(model.error().code, ErrorCode::InvalidUse);
    QVERIFY(QString::fromStdString(model.error().message).contains(named));
}

void TestModel::aMissingDeviceIsNotTheModelsFault()
{
    const QTemporaryDir folder;
    const std::filesystem::path path = (folder.path() + "/tiny.gguf").toStdString();
    QVERIFY(randomModel().save(path));
    LoadOptions options;
    options.backend = "vulkan:999"; // no such module, no driver, or no such device
    const auto model = Model::load(path, options, nullptr, {});
    QVERIFY(!model);
    QCOMPARE(model.error().code, ErrorCode::NoDevice);
}

void TestModel::progressRisesToDone()
{
    BackendHooks hooks;
    std::vector<LoadProgress> seen;
    const auto model = loadTiny(
        randomModel(), hooks, 0, [&](const LoadProgress& progress) { seen.push_back(progress); });
    QVERIFY(bool(model));
    QVERIFY(seen.size() >= 2);
    for (size_t i = 1; i < seen.size(); ++i) {
        QVERIFY(seen[i].fraction >= seen[i - 1].fraction);
    }
    QVERIFY(seen.front().fraction >= 0.0);
    QVERIFY(seen.back().kind == LoadProgress::Kind::Done);
    QCOMPARE(seen.back().fraction, 1.0);
}

void TestModel::stopsBetweenWeights()
{
    BackendHooks hooks;
    std::stop_source stop;
    int weights = 0;
    hooks.beforeWeight = [&](const WeightSource&) -> Status {
        if (++weights == 3) {
            stop.request_stop();
        }
        return Done{};
    };
    const auto model = loadTiny(randomModel(), hooks, 0, nullptr, stop.get_token());
    QVERIFY(!model);
    QCOMPARE(model.error().code, ErrorCode::Cancelled);
    QCOMPARE(weights, 3);
}

void TestModel::refusesBeforeAllocating()
{
    BackendHooks hooks;
    int weights = 0;
    hooks.beforeWeight = [&](const WeightSource&) -> Status {
        ++weights;
        return Done{};
    };
    const auto model = loadTiny(randomModel(), hooks, 100'000);
    QVERIFY(!model);
    QCOMPARE(model.error().code, ErrorCode::OutOfMemory);
    QCOMPARE(model.error().available, uint64_t(100'000));
    QVERIFY(model.error().needed > 100'000);
    QCOMPARE(weights, 0);
}

void TestModel::failedWeightsEndLoading()
{
    BackendHooks hooks;
    hooks.beforeWeight = [](const WeightSource& source) -> Status {
        if (source.name == "blk.1.ffn_up.weight") {
            return Error{ErrorCode::DeviceLost, "The device is gone."};
        }
        return Done{};
    };
    const auto model = loadTiny(randomModel(), hooks);
    QVERIFY(!model);
    QCOMPARE(model.error().code, ErrorCode::DeviceLost);
}

void TestModel::planIsWhatGetsAllocated_data()
{
    QTest::addColumn<uint32_t>("context");
    QTest::addColumn<int>("type");
    QTest::addColumn<uint32_t>("chunk");
    QTest::newRow("default") << 0u << int(CacheType::F16) << 512u;
    QTest::newRow("small") << 64u << int(CacheType::F32) << 16u;
    QTest::newRow("q8_0") << 100u << int(CacheType::Q8_0) << 1u;
}

void TestModel::planIsWhatGetsAllocated()
{
    QFETCH(uint32_t, context);
    QFETCH(int, type);
    QFETCH(uint32_t, chunk);
    TinyShape shape;
    shape.headDim = 32;
    BackendHooks hooks;
    const auto model = loadTiny(randomModel(shape), hooks);
    QVERIFY(bool(model));
    uint64_t allocated = 0;
    hooks.onAllocate = [&](size_t bytes) { allocated += bytes; };
    SessionOptions options;
    options.contextTokens = context;
    options.cacheType = CacheType(type);
    options.chunkTokens = chunk;
    const MemoryPlan plan = model.value()->plan(options);
    const auto session = Session::create(model.value(), options);
    QVERIFY(bool(session));
    QCOMPARE(plan.cache + plan.compute, allocated);
    QVERIFY(plan.cache > 0);
    QCOMPARE(session.value()->contextTokens(), plan.contextTokens);
    QCOMPARE(plan.contextTokens, context == 0 ? shape.context : context);
    QCOMPARE(plan.largestContext, shape.context);
    uint64_t weights = 0;
    const auto bytes = randomModel(shape).bytes();
    const auto file = parseGguf(bytes);
    for (const TensorInfo& tensor : file.value()->tensors()) {
        weights += tensor.bytes.size();
    }
    // Each weight is used in place or copied; copies may be padded or widened.
    QVERIFY(plan.mappedWeights + plan.allocatedWeights >= weights);
}

void TestModel::contextIsChosen_data()
{
    QTest::addColumn<uint32_t>("trained");
    QTest::addColumn<uint32_t>("asked");
    QTest::addColumn<uint32_t>("fits"); // tokens that fit memory; 0: all
    QTest::addColumn<uint32_t>("expected");
    QTest::newRow("the model's own") << 2048u << 0u << 0u << 2048u;
    QTest::newRow("at most 32768") << 131072u << 0u << 0u << 32768u;
    QTest::newRow("more when asked for") << 131072u << 65536u << 0u << 65536u;
    QTest::newRow("never more than trained") << 2048u << 9999u << 0u << 2048u;
    QTest::newRow("less when asked for") << 2048u << 300u << 0u << 300u;
    // A tenth of all memory stays free: of what `fits` takes with the weights.
    QTest::newRow("lowered to memory") << 32768u << 0u << 20000u << 0u;
}

void TestModel::contextIsChosen()
{
    QFETCH(uint32_t, trained);
    QFETCH(uint32_t, asked);
    QFETCH(uint32_t, fits);
    QFETCH(uint32_t, expected);
    TinyShape shape;
    shape.context = trained;
    BackendHooks hooks;
    uint64_t memory = 0;
    if (fits > 0) {
        const auto unlimited = loadTiny(randomModel(shape), hooks);
        SessionOptions exactly;
        exactly.contextTokens = fits;
        memory = unlimited.value()->plan(exactly).total();
    }
    const auto model = loadTiny(randomModel(shape), hooks, memory);
    QVERIFY2(bool(model), model ? "" : model.error().message.c_str());
    SessionOptions options;
    options.contextTokens = asked;
    const auto session = Session::create(model.value(), options);
    QVERIFY2(bool(session), session ? "" : session.error().message.c_str());
    if (fits == 0) {
        QCOMPARE(session.value()->contextTokens(), expected);
        return;
    }
    const MemoryPlan plan = model.value()->plan(options);
    QVERIFY(plan.largestContext >= fits);
    QVERIFY(plan.contextTokens < fits);
    QVERIFY(plan.total() <= plan.available - plan.available / 10);
    QVERIFY(plan.total() > plan.available / 2); // but not needlessly small
}

void TestModel::sessionsThatDoNotFitAreRefused()
{
    TinyShape shape;
    shape.context = 32768;
    BackendHooks hooks;
    const auto unlimited = loadTiny(randomModel(shape), hooks);
    SessionOptions options;
    options.contextTokens = 1000;
    const uint64_t memory = unlimited.value()->plan(options).total();
    const auto model = loadTiny(randomModel(shape), hooks, memory);
    QVERIFY(bool(model));
    QVERIFY(bool(Session::create(model.value(), options)));
    uint64_t allocated = 0;
    hooks.onAllocate = [&](size_t bytes) { allocated += bytes; };
    options.contextTokens = 32768;
    const auto refused = Session::create(model.value(), options);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::OutOfMemory);
    QVERIFY(refused.error().needed > refused.error().available);
    QVERIFY(refused.error().message.find("32,768") != std::string::npos);
    QCOMPARE(allocated, uint64_t(0));
}

void TestModel::sessionOptionsAreChecked()
{
    BackendHooks hooks;
    const auto model = loadTiny(randomModel(), hooks);
    SessionOptions options;
    options.chunkTokens = 0;
    const auto noChunk = Session::create(model.value(), options);
    QVERIFY(!noChunk);
    QCOMPARE(noChunk.error().code, ErrorCode::InvalidUse);
    options = {};
    options.cacheType = CacheType::Q8_0; // blocks of 32, heads of 16
    const auto oddCache = Session::create(model.value(), options);
    QVERIFY(!oddCache);
    QCOMPARE(oddCache.error().code, ErrorCode::Unsupported);
    options = {};
    options.yarn = YarnOptions{-1.0, 0};
    const auto badYarn = Session::create(model.value(), options);
    QVERIFY(!badYarn);
    QCOMPARE(badYarn.error().code, ErrorCode::InvalidUse);
    options.yarn = YarnOptions{4.0, 0};
    options.contextTokens = 1024; // four times what it was trained for
    const auto stretched = Session::create(model.value(), options);
    QVERIFY(bool(stretched));
    QCOMPARE(stretched.value()->contextTokens(), 1024u);
}

void TestModel::vocabularyMustFitTheEmbedding()
{
    const TinyShape large;
    TinyShape small;
    small.padding = 2;
    GgufWriter file = randomModel(small);
    addTinyMetadata(file, large); // four more tokens than rows
    BackendHooks hooks;
    const auto model = loadTiny(file, hooks);
    QVERIFY(!model);
    QCOMPARE(model.error().code, ErrorCode::InvalidFormat);
}

// A session on a backend without an operation is refused; it must not break a rule later.
void TestModel::missingOperationsAreRefused()
{
    BackendHooks hooks;
    const auto model = loadTiny(randomModel(), hooks);
    hooks.supports = [](const Op& op) { return !std::holds_alternative<SwiGluOp>(op); };
    const auto session = Session::create(model.value(), {});
    QVERIFY(!session);
    QCOMPARE(session.error().code, ErrorCode::Unsupported);
    QCOMPARE(hooks.runs, 0);
}

QTEST_APPLESS_MAIN(TestModel)
#include "tst_model.moc"
