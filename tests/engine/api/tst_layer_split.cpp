// SPDX-License-Identifier: MIT
// Layers shared out among several devices: the same numbers, a plan for each device, and a
// conversation that outlives a device.
#include "engine/api/load_devices.h"
#include "engine/backends/split/backend_split.h"
#include "tests/support/mock_device.h"
#include "tests/support/tiny_engine.h"

#include <QTemporaryDir>
#include <QTest>

#include <deque>

using namespace atelier;
using namespace atelier::test;

namespace {

// The first layers on the processor, the others on mock devices.
struct Split
{
    std::deque<MockDeviceState> devices;
    std::vector<uint32_t> layers; // of the processor, then of each device
    bool tied = false;

    std::unique_ptr<Backend> create()
    {
        std::vector<SplitPart> parts;
        parts.push_back({createBackend("cpu", {.threads = 1}).take(), layers[0]});
        for (size_t i = 1; i < layers.size(); ++i) {
            parts.push_back({std::make_unique<MockDevice>(devices[i - 1]), layers[i]});
        }
        return std::make_unique<BackendSplit>(std::move(parts), tied);
    }
};

Result<std::shared_ptr<Model>> loadOn(const GgufWriter& writer, std::unique_ptr<Backend> backend)
{
    auto bytes = std::make_shared<std::vector<std::byte>>(writer.bytes());
    auto file = parseGguf(*bytes).take();
    const ModelFile* raw = file.get();
    LoadParts parts;
    parts.file = std::shared_ptr<const ModelFile>(
        raw, [bytes, owner = std::move(file)](const ModelFile*) mutable { owner.reset(); });
    parts.backend = std::move(backend);
    return LoadedModel::load(std::move(parts), nullptr, {});
}

Result<std::shared_ptr<Model>> loadOnProcessor(const GgufWriter& writer)
{
    return loadOn(writer, createBackend("cpu", {.threads = 1}).take());
}

TinyShape shapeOf(const QString& architecture, bool tied)
{
    TinyShape shape;
    shape.architecture = architecture.toStdString();
    shape.layers = 5;
    shape.tied = tied;
    return shape;
}

SessionOptions options(uint32_t chunk, CacheType type = CacheType::F16)
{
    SessionOptions out;
    out.contextTokens = 200;
    out.chunkTokens = chunk;
    out.cacheType = type;
    return out;
}

std::vector<int32_t> someTokens(size_t count)
{
    std::vector<int32_t> tokens;
    for (size_t i = 0; i < count; ++i) {
        tokens.push_back(int32_t(i * 37 % 250));
    }
    return tokens;
}

} // namespace

class TestLayerSplit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anyShareGivesTheSameNumbers_data();
    void anyShareGivesTheSameNumbers();
    void repliesAreTheSame();
    void cachesAreSavedAndForked();
    void planIsWhatEachDeviceTakes();
    void contextIsWhatEachDeviceHolds();
    void fullDeviceIsRefusedWithNumbers();
    void conversationOutlivesItsDevice_data();
    void conversationOutlivesItsDevice();
    void anotherModelIsNoWayOut();
    void layersGoWhereMemoryIs_data();
    void layersGoWhereMemoryIs();
    void namesDecideTheDevices_data();
    void namesDecideTheDevices();
};

void TestLayerSplit::anyShareGivesTheSameNumbers_data()
{
    QTest::addColumn<QString>("architecture");
    QTest::addColumn<bool>("tied");
    QTest::addColumn<QList<int>>("layers");
    for (const char* architecture : {"glm4", "chatglm", "llama", "qwen2"}) {
        for (int first = 0; first <= 5; ++first) {
            QTest::addRow("%s, %d and %d", architecture, first, 5 - first)
                << architecture << false << QList<int>{first, 5 - first};
        }
        QTest::addRow("%s, three devices", architecture)
            << architecture << false << QList<int>{1, 2, 2};
    }
    QTest::newRow("tied") << "qwen2" << true << QList<int>{3, 2};
    QTest::newRow("a device for the output only") << "glm4" << false << QList<int>{2, 3, 0};
}

void TestLayerSplit::anyShareGivesTheSameNumbers()
{
    QFETCH(QString, architecture);
    QFETCH(bool, tied);
    QFETCH(QList<int>, layers);
    const GgufWriter writer = randomModel(shapeOf(architecture, tied));
    Split split;
    split.devices.resize(size_t(layers.size()) - 1);
    split.layers.assign(layers.begin(), layers.end());
    split.tied = tied;
    const auto plain = loadOnProcessor(writer);
    const auto shared = loadOn(writer, split.create());
    QVERIFY2(bool(shared), shared ? "" : shared.error().message.c_str());
    const auto tokens = someTokens(50); // heads of logits() have 16 rows: of a chunk, several
    for (const uint32_t chunk : {64u, 7u, 1u}) {
        const auto expected = Session::create(plain.value(), options(chunk)).take();
        const auto actual = Session::create(shared.value(), options(chunk)).take();
        const auto wanted = expected->logits(tokens, {});
        const auto got = actual->logits(tokens, {});
        QVERIFY2(bool(got), got ? "" : got.error().message.c_str());
        QVERIFY(got.value() == wanted.value());
    }
    for (const MockDeviceState& device : split.devices) {
        QVERIFY(device.ops > 0);
    }
}

void TestLayerSplit::repliesAreTheSame()
{
    const GgufWriter writer = randomModel(shapeOf("glm4", false));
    Split split{std::deque<MockDeviceState>(1), {2, 3}};
    const auto session =
        Session::create(loadOn(writer, split.create()).value(), options(16)).take();
    const auto plain = Session::create(loadOnProcessor(writer).value(), options(16)).take();
    for (const char* text : {"one question that is longer than a chunk", "another"}) {
        const Written expected = write(*plain, ask(text, 20));
        const Written actual = write(*session, ask(text, 20));
        QVERIFY(bool(actual.stats));
        QCOMPARE(actual.text, expected.text);
        QCOMPARE(actual.stats.value().reusedTokens, expected.stats.value().reusedTokens);
    }
}

void TestLayerSplit::cachesAreSavedAndForked()
{
    const GgufWriter writer = randomModel(shapeOf("glm4", false));
    Split split{std::deque<MockDeviceState>(2), {2, 2, 1}};
    const auto model = loadOn(writer, split.create()).take();
    const auto session = Session::create(model, options(16)).take();
    QVERIFY(bool(write(*session, ask("a question", 10)).stats));
    auto fork = session->fork(session->cachedTokens(), {});
    QVERIFY2(bool(fork), fork ? "" : fork.error().message.c_str());
    // What was saved on these devices goes on elsewhere.
    const QTemporaryDir folder;
    const auto path = folder.filePath("state").toStdString();
    QVERIFY(bool(session->save(path, {})));
    const auto elsewhere = Session::create(loadOnProcessor(writer).value(), options(16)).take();
    QVERIFY(bool(elsewhere->restore(path, {})));
    GenerationRequest more = ask("a question", 30);
    const std::string expected = write(*session, more).text;
    QCOMPARE(write(*fork.value(), more).text, expected);
    const Written there = write(*elsewhere, more);
    QCOMPARE(there.text, expected);
    QVERIFY(there.stats.value().reusedTokens > 0);
}

void TestLayerSplit::planIsWhatEachDeviceTakes()
{
    const GgufWriter writer = randomModel(shapeOf("llama", false));
    Split split{std::deque<MockDeviceState>(2), {1, 3, 1}};
    const auto model = loadOn(writer, split.create()).take();
    const SessionOptions asked = options(32, CacheType::Q8_0);
    const auto session = Session::create(model, asked);
    QVERIFY(!session); // heads of 16 dimensions have no Q8_0 cache
    const SessionOptions possible = options(32);
    const MemoryPlan plan = model->plan(possible);
    QVERIFY(bool(Session::create(model, possible)));
    QCOMPARE(plan.devices.size(), size_t(3));
    QCOMPARE(plan.devices[0].device, std::string("cpu"));
    QVERIFY(plan.devices[0].mappedWeights > 0);
    uint64_t total = 0;
    for (size_t i = 0; i < plan.devices.size(); ++i) {
        const DeviceMemoryPlan& device = plan.devices[i];
        total += device.total();
        if (i > 0) {
            QCOMPARE(device.device, std::string("mock"));
            QCOMPARE(device.mappedWeights, uint64_t(0));
            QCOMPARE(device.total(), uint64_t(split.devices[i - 1].allocated));
            QCOMPARE(device.available, uint64_t(split.devices[i - 1].memory));
        }
    }
    QCOMPARE(plan.total(), total);
    QVERIFY(plan.devices[1].cache == 3 * plan.devices[2].cache ||
            plan.devices[1].cache > 2 * plan.devices[2].cache); // padding of an allocation
}

void TestLayerSplit::contextIsWhatEachDeviceHolds()
{
    TinyShape shape = shapeOf("glm4", false);
    shape.context = 32768;
    const GgufWriter writer = randomModel(shape);
    Split large{std::deque<MockDeviceState>(1), {2, 3}};
    SessionOptions asked = options(16);
    asked.contextTokens = 5008; // a multiple of what a cache grows by
    const uint64_t needed = loadOn(writer, large.create()).value()->plan(asked).devices[1].total();
    Split split{std::deque<MockDeviceState>(1), {2, 3}};
    split.devices[0].memory = needed;
    const auto model = loadOn(writer, split.create()).take();
    asked.contextTokens = 32768;
    QCOMPARE(model->plan(asked).largestContext, 5008u);
    const auto refused = Session::create(model, asked);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::OutOfMemory);
    QVERIFY(refused.error().message.find("Mock device") != std::string::npos);
    QVERIFY(refused.error().message.find("5,008") != std::string::npos);
    QCOMPARE(refused.error().available, needed);
    asked.contextTokens = 5008; // a multiple of what a cache grows by
    QVERIFY(bool(Session::create(model, asked)));
    QCOMPARE(split.devices[0].allocated, needed);
}

void TestLayerSplit::fullDeviceIsRefusedWithNumbers()
{
    const GgufWriter writer = randomModel(shapeOf("glm4", false));
    Split split{std::deque<MockDeviceState>(1), {2, 3}};
    split.devices[0].memory = 20'000;
    const auto model = loadOn(writer, split.create());
    QVERIFY(!model);
    QCOMPARE(model.error().code, ErrorCode::OutOfMemory);
    QCOMPARE(model.error().available, uint64_t(20'000));
    QVERIFY(model.error().needed > 20'000);
    QVERIFY(model.error().message.find("fewer layers") != std::string::npos);
    QCOMPARE(split.devices[0].allocated, size_t(0)); // known before anything was taken
}

void TestLayerSplit::conversationOutlivesItsDevice_data()
{
    QTest::addColumn<int>("op"); // of the second reply that the device does not survive
    QTest::newRow("while reading") << 3;
    QTest::newRow("while writing") << 300;
    QTest::newRow("later") << 700;
}

void TestLayerSplit::conversationOutlivesItsDevice()
{
    QFETCH(int, op);
    const GgufWriter writer = randomModel(shapeOf("glm4", false));
    const auto plain = Session::create(loadOnProcessor(writer).value(), options(16)).take();
    Split split{std::deque<MockDeviceState>(1), {2, 3}};
    auto session = Session::create(loadOn(writer, split.create()).value(), options(16)).take();

    GenerationRequest request = ask("first", 12);
    const std::string first = write(*plain, request).text;
    QCOMPARE(write(*session, request).text, first);
    request.messages.push_back({Role::Assistant, first, {}});
    request.messages.push_back({Role::User, "and then", {}});
    request.maxTokens = 24;
    const Written expected = write(*plain, request);

    split.devices[0].loseAtOp = split.devices[0].ops + op;
    const Written cut = write(*session, request);
    QVERIFY(!cut.stats);
    QCOMPARE(cut.stats.error().code, ErrorCode::DeviceLost);
    QVERIFY(QString::fromStdString(expected.text).startsWith(QString::fromStdString(cut.text)));
    QCOMPARE(!cut.text.empty(), op >= 300);
    QVERIFY(!write(*session, request).stats); // and stays lost

    // The same model on the processor takes the conversation over, token by token as it was.
    const auto there = loadOnProcessor(writer);
    const Status moved = session->moveTo(there.value());
    QVERIFY2(bool(moved), moved ? "" : moved.error().message.c_str());
    QCOMPARE(session->cachedTokens(), 0u);
    if (!cut.text.empty()) {
        GenerationRequest rest = request;
        rest.messages.push_back({Role::Assistant, cut.text, {}});
        rest.continueLast = true;
        const Written end = write(*session, rest);
        QVERIFY(bool(end.stats));
        QVERIFY(QString::fromStdString(cut.text + end.text)
                    .startsWith(QString::fromStdString(expected.text)));
    }
    const Written again = write(*session, request);
    QVERIFY2(bool(again.stats), again.stats ? "" : again.stats.error().message.c_str());
    QCOMPARE(again.text, expected.text);
    QCOMPARE(again.stats.value().promptTokens, expected.stats.value().promptTokens);
}

void TestLayerSplit::anotherModelIsNoWayOut()
{
    const auto session =
        Session::create(loadOnProcessor(randomModel(shapeOf("glm4", false))).value(), options(16))
            .take();
    const Written before = write(*session, ask("first", 12));
    const Status moved =
        session->moveTo(loadOnProcessor(randomModel(shapeOf("glm4", false), 2)).value());
    QVERIFY(!moved);
    QCOMPARE(moved.error().code, ErrorCode::InvalidUse);
    QCOMPARE(write(*session, ask("first", 12)).text, before.text);
}

void TestLayerSplit::layersGoWhereMemoryIs_data()
{
    QTest::addColumn<uint>("layers");
    QTest::addColumn<QList<quint64>>("memory");
    QTest::addColumn<QList<uint>>("shares");
    QTest::newRow("alike") << 40u << QList<quint64>{24, 24} << QList<uint>{20, 20};
    QTest::newRow("one is larger") << 40u << QList<quint64>{24, 8} << QList<uint>{30, 10};
    QTest::newRow("one is tiny") << 3u << QList<quint64>{1000, 1, 1} << QList<uint>{1, 1, 1};
    QTest::newRow("too many devices") << 1u << QList<quint64>{8, 16} << QList<uint>{0, 1};
    QTest::newRow("unknown") << 5u << QList<quint64>{0, 0} << QList<uint>{3, 2};
    QTest::newRow("one device") << 61u << QList<quint64>{80} << QList<uint>{61};
}

void TestLayerSplit::layersGoWhereMemoryIs()
{
    QFETCH(uint, layers);
    QFETCH(QList<quint64>, memory);
    QFETCH(QList<uint>, shares);
    const std::vector<uint64_t> bytes(memory.begin(), memory.end());
    const auto actual = shareLayers(layers, bytes);
    QCOMPARE(QList<uint>(actual.begin(), actual.end()), shares);
}

void TestLayerSplit::namesDecideTheDevices_data()
{
    QTest::addColumn<QString>("backend");
    QTest::addColumn<int>("layers"); // of five; -1: not said
    QTest::addColumn<QString>("made");
    QTest::addColumn<QString>("refused"); // part of the message
    const auto row =
        [](const char* backend, int layers, const char* made, const char* refused = "") {
            QTest::addRow("%s, %d layers", backend, layers) << backend << layers << made << refused;
        };
    row("mock", -1, "mock");
    row("mock", 9, "mock");
    row("mock", 5, "mock");
    row("mock", 2, "cpu+mock");
    row("mock", 0, "cpu");
    row("auto", 3, "cpu+mock");
    row("cpu", 0, "cpu");
    row("cpu", 2, "", "besides the processor");
    row("mock:0,mock:1", -1, "mock+mock");
    row("mock:0,mock:1", 3, "cpu+mock+mock");
    row("mock:0,mock:1", 1, "cpu+mock");
    row("mock,cpu", -1, "", "one by one");
    row("mock,", -1, "", "one by one");
    row("mock:1,mock:1", -1, "", "named twice");
    row("mock,other", -1, "", "other");
}

void TestLayerSplit::namesDecideTheDevices()
{
    QFETCH(QString, backend);
    QFETCH(int, layers);
    QFETCH(QString, made);
    QFETCH(QString, refused);
    static MockDeviceState states[2];
    constexpr BackendFactory kFactories[] = {
        {"mock",
            [](const BackendOptions& chosen) -> Result<std::unique_ptr<Backend>> {
                return std::unique_ptr<Backend>(new MockDevice(states[chosen.deviceIndex % 2]));
            },
            nullptr},
        {"cpu", [](const BackendOptions& chosen) { return createBackend("cpu", chosen); }, nullptr},
    };
    const auto bytes = randomModel(shapeOf("glm4", false)).bytes();
    const auto file = parseGguf(bytes);
    LoadOptions asked;
    asked.backend = backend.toStdString();
    asked.threads = 1;
    if (layers >= 0) {
        asked.gpuLayers = uint32_t(layers);
    }
    const auto created = createDevices(*file.value(), asked, IsaCap::None, kFactories);
    QCOMPARE(bool(created), refused.isEmpty());
    if (created) {
        QCOMPARE(QString::fromStdString(std::string(created.value()->name())), made);
    } else {
        QVERIFY2(created.error().message.find(refused.toStdString()) != std::string::npos,
            created.error().message.c_str());
        QCOMPARE(created.error().code, ErrorCode::InvalidUse);
    }
}

QTEST_APPLESS_MAIN(TestLayerSplit)
#include "tst_layer_split.moc"
