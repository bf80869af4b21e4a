// SPDX-License-Identifier: MIT
// The memory plan against the allocator: every byte that a model and a session take was announced.
#include "engine/api/memory_planner.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "tests/support/hf_folder.h"
#include "tests/support/tiny_engine.h"

#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <atomic>
#include <cstdlib>
#include <fstream>

using namespace atelier;
using namespace atelier::test;

namespace {

std::atomic<uint64_t> allocatedBytes = 0; // by calloc(), since it was set to 0
std::atomic<bool> limited = false;

} // namespace

// The linker replaces calloc() with these in the engine: the backend's large memory comes from it.
extern "C" {
void* __real_calloc(size_t count, size_t size);
void* __wrap_calloc(size_t count, size_t size);
void* __wrap_calloc(size_t count, size_t size)
{
    allocatedBytes += count * size;
    return limited ? nullptr : __real_calloc(count, size);
}
}

namespace {

const std::filesystem::path kGoldens = std::filesystem::path(ATELIER_SHARED) / "goldens";

SessionOptions options(CacheType type, uint32_t context, uint32_t chunk)
{
    SessionOptions result;
    result.cacheType = type;
    result.contextTokens = context;
    result.chunkTokens = chunk;
    return result;
}

GenerationRequest letters(size_t count)
{
    GenerationRequest request = ask("", 3);
    request.messages.clear();
    request.rawPrompt = std::string(count, 'x');
    return request;
}

} // namespace

class TestMemoryPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void planIsWhatIsAllocated_data();
    void planIsWhatIsAllocated();
    void copiesOfWeightsArePlanned_data();
    void copiesOfWeightsArePlanned();
    void laterSessionsShareTheWorkingMemory();
    void autoIsPlannedAsItBegins();
    void largestContextIsTheLargest_data();
    void largestContextIsTheLargest();
    void refusalsNameTheNumbers();
    void failedAllocationsAreErrors();
};

void TestMemoryPlan::planIsWhatIsAllocated_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<int>("type");
    QTest::addColumn<uint32_t>("context");
    QTest::addColumn<uint32_t>("chunk");
    QTest::addColumn<uint32_t>("threads");
    QTest::addColumn<bool>("exact");
    std::ifstream file(kGoldens / "manifest.json");
    const auto manifest = nlohmann::json::parse(file, nullptr, false);
    if (!manifest.is_array()) {
        QSKIP("The reference models are not here.");
    }
    for (const auto& entry : manifest) {
        const QString model = QString::fromStdString(entry["model"].get<std::string>());
        const auto row = [&](const char* name,
                             CacheType type,
                             uint32_t context,
                             uint32_t chunk,
                             uint32_t threads,
                             bool exact) {
            QTest::addRow("%s %s", qPrintable(model), name)
                << model << int(type) << context << chunk << threads << exact;
        };
        row("usual", CacheType::F16, 0, 512, 2, false);
        row("long", CacheType::Q8_0, 4096, 512, 3, false);
        row("small", CacheType::F32, 100, 33, 1, false);
        row("exact", CacheType::F16, 1000, 7, 2, true);
        row("one by one", CacheType::F32, 700, 1, 4, false);
    }
}

void TestMemoryPlan::planIsWhatIsAllocated()
{
    QFETCH(QString, model);
    QFETCH(int, type);
    QFETCH(uint32_t, context);
    QFETCH(uint32_t, chunk);
    QFETCH(uint32_t, threads);
    QFETCH(bool, exact);
    LoadOptions load;
    load.backend = "cpu";
    load.threads = threads;
    load.exact = exact;
    allocatedBytes = 0;
    const auto loaded = Model::load(kGoldens / model.toStdString(), load, nullptr, {});
    QVERIFY2(bool(loaded), loaded ? "" : loaded.error().message.c_str());
    const SessionOptions asked = options(CacheType(type), context, chunk);
    const MemoryPlan plan = loaded.value()->plan(asked);
    QCOMPARE(plan.device, std::string("cpu"));
    const auto session = Session::create(loaded.value(), asked);
    QVERIFY2(bool(session), session ? "" : session.error().message.c_str());
    const uint64_t planned = plan.allocatedWeights + plan.cache + plan.compute;
    QCOMPARE(allocatedBytes.load(), planned);

    // And that is all: a prompt that fills the context in chunks of every size, and a reply.
    const uint32_t most = std::min(plan.contextTokens - 4, chunk < 16 ? chunk * 40 : 699);
    for (const uint32_t count : {std::min(most, 300u), most}) {
        QVERIFY(bool(write(*session.value(), letters(count)).stats));
    }
    QCOMPARE(allocatedBytes.load(), planned);

    uint64_t mapped = 0;
    const auto file = openGguf(kGoldens / model.toStdString());
    for (const TensorInfo& tensor : file.value()->tensors()) {
        mapped += tensor.rows > 1 ? tensor.bytes.size() : 0;
    }
    QCOMPARE(plan.mappedWeights, mapped);
}

void TestMemoryPlan::copiesOfWeightsArePlanned_data()
{
    QTest::addColumn<QString>("architecture"); // of GGUF
    QTest::addColumn<QString>("folder");       // its name in config.json; empty: a GGUF
    QTest::addColumn<QString>("quantize");
    QTest::newRow("reordered rows") << "llama"
                                    << "LlamaForCausalLM"
                                    << "";
    QTest::newRow("quantized") << "glm4"
                               << ""
                               << "Q4_K_M";
    QTest::newRow("as stored already") << "glm4"
                                       << ""
                                       << "F16";
    QTest::newRow("reordered and quantized") << "llama"
                                             << "LlamaForCausalLM"
                                             << "Q8_0";
}

void TestMemoryPlan::copiesOfWeightsArePlanned()
{
    QFETCH(QString, architecture);
    QFETCH(QString, folder);
    QFETCH(QString, quantize);
    TinyShape shape;
    shape.architecture = architecture.toStdString();
    shape.hidden = 256;
    QTemporaryDir place;
    std::filesystem::path path = place.path().toStdString();
    const auto bytes = randomModel(shape).bytes();
    const auto file = parseGguf(bytes).take();
    if (folder.isEmpty()) {
        QVERIFY(writeFile(path /= "model.gguf", bytes));
    } else {
        const HfOptions hub{folder.toStdString()};
        QVERIFY(writeHfWeights(*file, path, hub));
        QVERIFY(writeHfTokenizer(*file, path, hub, [](std::string_view token) {
            return bytesFromAlphabet(token).value_or("");
        }));
    }
    // What stays in the file: with reordered rows all but these, with quantization only what has
    // its type already.
    uint64_t mapped = 0;
    for (const TensorInfo& tensor : file->tensors()) {
        const bool moves =
            !folder.isEmpty() && (tensor.name.find("attn_q.") != std::string::npos ||
                                     tensor.name.find("attn_k.") != std::string::npos);
        const bool stays = quantize.isEmpty() ? !moves : quantize == "F16";
        mapped += tensor.rows > 1 && stays ? tensor.bytes.size() : 0;
    }

    LoadOptions load;
    load.backend = "cpu";
    load.threads = 2;
    load.quantize = quantize.toStdString();
    allocatedBytes = 0;
    const auto loaded = Model::load(path, load, nullptr, {});
    QVERIFY2(bool(loaded), loaded ? "" : loaded.error().message.c_str());
    const SessionOptions asked = options(CacheType::F16, 300, 64);
    const MemoryPlan plan = loaded.value()->plan(asked);
    const auto session = Session::create(loaded.value(), asked);
    QVERIFY(bool(session));
    QCOMPARE(allocatedBytes.load(), plan.allocatedWeights + plan.cache + plan.compute);
    QCOMPARE(plan.mappedWeights, mapped);
    QVERIFY(bool(write(*session.value(), letters(200)).stats));
    QCOMPARE(allocatedBytes.load(), plan.allocatedWeights + plan.cache + plan.compute);
}

void TestMemoryPlan::laterSessionsShareTheWorkingMemory()
{
    BackendHooks hooks;
    const auto model = loadTiny(randomModel(), hooks).take();
    const auto first = Session::create(model, {});
    allocatedBytes = 0;
    const auto second = Session::create(model, {});
    const MemoryPlan plan = model->plan({});
    QVERIFY(bool(second));
    QVERIFY(allocatedBytes < plan.cache + plan.compute);
    QVERIFY(allocatedBytes > plan.cache);
}

void TestMemoryPlan::autoIsPlannedAsItBegins()
{
    BackendHooks hooks;
    const auto model = loadTiny(randomModel(), hooks).take();
    SessionOptions automatic;
    automatic.yarnMode = YarnMode::Auto;
    QCOMPARE(model->plan(automatic).total(), model->plan({}).total());
    SessionOptions stretched;
    stretched.yarn = YarnOptions{4.0, 0};
    stretched.contextTokens = 1024;
    QVERIFY(model->plan(stretched).total() > model->plan({}).total());
}

void TestMemoryPlan::largestContextIsTheLargest_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<uint32_t>("fits"); // tokens that the memory is for
    QTest::newRow("F16") << int(CacheType::F16) << 5000u;
    QTest::newRow("F32") << int(CacheType::F32) << 3777u;
    QTest::newRow("Q8_0") << int(CacheType::Q8_0) << 20000u;
}

void TestMemoryPlan::largestContextIsTheLargest()
{
    QFETCH(int, type);
    QFETCH(uint32_t, fits);
    TinyShape shape;
    shape.context = 32768;
    shape.headDim = 32;
    BackendHooks hooks;
    const SessionOptions exactly = options(CacheType(type), fits, 64);
    const uint64_t memory = loadTiny(randomModel(shape), hooks).value()->plan(exactly).total();
    const auto model = loadTiny(randomModel(shape), hooks, memory).take();
    SessionOptions all = exactly;
    all.contextTokens = 32768;
    const uint32_t largest = model->plan(all).largestContext;
    QVERIFY(largest >= fits);
    all.contextTokens = largest;
    const uint64_t available = model->plan(all).available; // what the model holds included
    QVERIFY(available >= memory);
    QVERIFY(model->plan(all).total() <= available);
    QVERIFY(bool(Session::create(model, all)));
    all.contextTokens = largest + 1;
    QVERIFY(model->plan(all).total() > available);
    QVERIFY(!Session::create(model, all));
}

void TestMemoryPlan::refusalsNameTheNumbers()
{
    TinyShape shape;
    shape.context = 32768;
    BackendHooks hooks;
    const uint64_t memory = loadTiny(randomModel(shape), hooks)
                                .value()
                                ->plan(options(CacheType::F16, 9000, 64))
                                .total();
    const auto model = loadTiny(randomModel(shape), hooks, memory).take();
    const SessionOptions asked = options(CacheType::F16, 32768, 64);
    const auto refused = Session::create(model, asked);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::OutOfMemory);
    QCOMPARE(refused.error().needed, model->plan(asked).total());
    QCOMPARE(refused.error().available, model->plan(asked).available);
    const auto says = [&](const std::string& text) {
        return refused.error().message.find(text) != std::string::npos;
    };
    QVERIFY(says("32,768 tokens"));
    QVERIFY(says("9,0")); // the context that would fit, a little above 9,000
    QVERIFY(says("available"));
}

// Memory that is gone after the plan was made: by another program, for example.
void TestMemoryPlan::failedAllocationsAreErrors()
{
    BackendHooks hooks;
    const auto model = loadTiny(randomModel(), hooks).take();
    limited = true;
    const auto session = Session::create(model, {});
    limited = false;
    QVERIFY(!session);
    QCOMPARE(session.error().code, ErrorCode::OutOfMemory);
    QVERIFY(bool(Session::create(model, {})));
}

QTEST_APPLESS_MAIN(TestMemoryPlan)
#include "tst_memory_plan.moc"
