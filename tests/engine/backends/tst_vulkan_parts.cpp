// SPDX-License-Identifier: MIT
// The parts of the Vulkan module, and what it does on devices that can do less than this one.
#include "engine/backends/backend_check.h"
#include "engine/backends/vulkan/backend_vulkan.h"
#include "engine/backends/vulkan/pipeline_file.h"
#include "engine/backends/vulkan/tiles_vulkan.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>

using namespace atelier;

namespace {

using Adjust = std::function<void(TraitsVulkan&)>;

constexpr PipelineOrigin kOrigin{0x10DE, 0x2684, 550, {1, 2, 3}, {4, 5, 6}};

std::vector<std::byte> someCode(size_t size)
{
    std::vector<std::byte> code(size);
    for (size_t i = 0; i < size; ++i) {
        code[i] = std::byte(i * 31 + i / 256);
    }
    return code;
}

std::vector<char> contentsOf(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void replace(const std::filesystem::path& file, std::span<const char> bytes)
{
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), std::streamsize(bytes.size()));
}

Result<std::unique_ptr<Backend>> vulkan(
    const Adjust& adjust = {}, const std::filesystem::path& cacheFolder = {})
{
    auto device = DeviceVulkan::create(0, true, adjust);
    return device ? BackendVulkan::create(device.take(), cacheFolder) : device.error();
}

// Values that differ from each other, around zero.
std::vector<float> someValues(size_t count, float step)
{
    std::vector<float> values(count);
    for (size_t i = 0; i < count; ++i) {
        values[i] = std::sin(float(i) * step);
    }
    return values;
}

// A matrix in a buffer of its own.
struct Matrix
{
    Matrix(Backend& backend, uint32_t rows, uint32_t cols, std::span<const float> values = {})
        : m_backend(backend),
          m_buffer(backend.allocate(size_t(rows) * cols * 4, StorageMode::HostVisible, "m").take()),
          all{m_buffer.get(), 0, rows, cols, cols}
    {
        if (!values.empty()) {
            check(bool(backend.write(*m_buffer, 0, std::as_bytes(values))), "it fits");
        }
    }
    std::vector<float> values() const
    {
        std::vector<float> out(m_buffer->bytes() / 4);
        check(bool(m_backend.read(*m_buffer, 0, std::as_writable_bytes(std::span(out)))), "read");
        return out;
    }

    Backend& m_backend;
    std::unique_ptr<DeviceBuffer> m_buffer;
    Activation all;
};

} // namespace

class TestVulkanParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pipelinesComeBack();
    void damagedPipelinesAreIgnored();
    void strangersPipelinesAreIgnored_data();
    void strangersPipelinesAreIgnored();
    void tilesFitEveryDevice_data();
    void tilesFitEveryDevice();
    void pipelinesAreKeptForTheNextRun();
    void lesserDevicesAreRightToo_data();
    void lesserDevicesAreRightToo();
    void largeWeightsLieInParts_data();
    void largeWeightsLieInParts();
    void tokensDoNotDependOnTheirNeighbors_data();
    void tokensDoNotDependOnTheirNeighbors();

private:
    std::filesystem::path file(const char* name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    QTemporaryDir m_folder;
};

void TestVulkanParts::pipelinesComeBack()
{
    const auto path = file("new folder") / "pipelines";
    QVERIFY(readPipelines(path, kOrigin).empty());
    const auto code = someCode(5000);
    QVERIFY(bool(writePipelines(path, kOrigin, code)));
    QCOMPARE(readPipelines(path, kOrigin), code);
    const auto shorter = someCode(17);
    QVERIFY(bool(writePipelines(path, kOrigin, shorter)));
    QCOMPARE(readPipelines(path, kOrigin), shorter);
    // Nothing else is left beside it.
    const auto begin = std::filesystem::directory_iterator(path.parent_path());
    QCOMPARE(std::distance(begin, std::filesystem::directory_iterator()), ptrdiff_t(1));

    const Status refused =
        writePipelines(path, kOrigin, std::vector<std::byte>(kMaxPipelineBytes + 1));
    QVERIFY(!refused);
    QCOMPARE(refused.error().needed, uint64_t(kMaxPipelineBytes + 1));
    QCOMPARE(readPipelines(path, kOrigin), shorter);
    QVERIFY(pipelineFile("a", kOrigin) != pipelineFile("a", {0x10DE, 0x2685, 550, {}, {}}));
}

void TestVulkanParts::damagedPipelinesAreIgnored()
{
    const auto path = file("damaged");
    QVERIFY(bool(writePipelines(path, kOrigin, someCode(100))));
    const std::vector<char> whole = contentsOf(path);
    for (size_t i = 0; i < whole.size(); ++i) { // a bit anywhere
        std::vector<char> bytes = whole;
        bytes[i] = char(bytes[i] ^ 4);
        replace(path, bytes);
        QVERIFY2(readPipelines(path, kOrigin).empty(), qPrintable(QString::number(i)));
        replace(path, std::span(whole).first(i));
        QVERIFY2(readPipelines(path, kOrigin).empty(), qPrintable(QString::number(i)));
    }
    std::vector<char> longer = whole;
    longer.push_back('!');
    replace(path, longer);
    QVERIFY(readPipelines(path, kOrigin).empty());
    replace(path, whole);
    std::filesystem::resize_file(path, kMaxPipelineBytes * 2); // not read at all
    QVERIFY(readPipelines(path, kOrigin).empty());
    QVERIFY(readPipelines(file("."), kOrigin).empty()); // a folder
}

void TestVulkanParts::strangersPipelinesAreIgnored_data()
{
    QTest::addColumn<int>("what");
    QTest::newRow("vendor") << 0;
    QTest::newRow("device") << 1;
    QTest::newRow("driver version") << 2;
    QTest::newRow("cache") << 3;
    QTest::newRow("driver") << 4;
}

void TestVulkanParts::strangersPipelinesAreIgnored()
{
    QFETCH(int, what);
    PipelineOrigin other = kOrigin;
    (what == 0      ? other.vendor
        : what == 1 ? other.device
                    : other.driverVersion) += what <= 2 ? 1 : 0;
    other.cacheId[15] = what == 3 ? 9 : other.cacheId[15];
    other.driverId[15] = what == 4 ? 9 : other.driverId[15];
    const auto path = file("strange");
    QVERIFY(bool(writePipelines(path, kOrigin, someCode(100))));
    QVERIFY(readPipelines(path, other).empty());
    QVERIFY(!readPipelines(path, kOrigin).empty());
}

void TestVulkanParts::tilesFitEveryDevice_data()
{
    QTest::addColumn<uint>("shared");
    for (const uint shared : {16384u, 32768u, 49152u, 65536u}) {
        QTest::addRow("%u KiB", shared / 1024) << shared;
    }
}

void TestVulkanParts::tilesFitEveryDevice()
{
    QFETCH(uint, shared);
    TraitsVulkan traits;
    traits.maxSharedBytes = shared;
    for (const uint32_t tokens : {9u, 16u, 17u, 32u, 33u, 512u}) {
        const ProductTile tile = productTile(traits, tokens);
        QVERIFY(tile.sharedBytes() <= shared);
        QVERIFY(tile.quads >= 1 && tile.threads <= 128);
        QCOMPARE(tile.rows % tile.rowsEach, 0u);
        QCOMPARE(tile.tokens % tile.tokensEach, 0u);
        QCOMPARE(tile.rows / tile.rowsEach * (tile.tokens / tile.tokensEach), tile.threads);
    }
    for (uint32_t headDim = 1; headDim <= 256; ++headDim) {
        for (const uint64_t rows : {1u, 4u, 5u, 16u, 24u, 8192u}) {
            const AttentionTile tile = attentionTile(traits, rows, headDim);
            QVERIFY(tile.sharedBytes() <= shared);
            QVERIFY(tile.rows >= 1 && tile.rows * 4 <= tile.threads && tile.threads <= 128);
        }
    }
    for (const uint32_t slots : {1u, 256u, 257u, 32'768u, 131'072u}) {
        QVERIFY((slots + splitSlots(slots) - 1) / splitSlots(slots) <= 64);
        QCOMPARE(splitSlots(slots) % 128, 0u); // whole tiles, so that parts do not matter to them
    }
}

void TestVulkanParts::pipelinesAreKeptForTheNextRun()
{
    const auto folder = file("cache");
    const auto addOnce = [&]() -> QString {
        auto backend = vulkan({}, folder);
        if (!backend) {
            return QString::fromStdString(backend.error().message);
        }
        const Matrix x(*backend.value(), 1, 8, std::vector<float>(8, 1.5f));
        const Matrix out(*backend.value(), 1, 8, std::vector<float>(8, 1.0f));
        const Op op = AddOp{x.all, out.all};
        const Status done = backend.value()->run({&op, 1}, {});
        return done && out.values() == std::vector<float>(8, 2.5f) ? QString() : QString("wrong");
    };
    if (const auto backend = vulkan(); !backend) {
        QSKIP(backend.error().message.c_str());
    }
    QCOMPARE(addOnce(), QString());
    const auto begin = std::filesystem::directory_iterator(folder);
    QCOMPARE(std::distance(begin, std::filesystem::directory_iterator()), ptrdiff_t(1));
    const auto path = std::filesystem::directory_iterator(folder)->path();
    const std::vector<char> kept = contentsOf(path);
    QVERIFY(kept.size() >= 100); // two headers at least: llvmpipe keeps no code
    QCOMPARE(addOnce(), QString());
    QCOMPARE(contentsOf(path).size(), kept.size());
    // A damaged file is replaced by a whole one.
    std::vector<char> damaged = kept;
    damaged.back() = char(damaged.back() ^ 1);
    damaged[20] = char(damaged[20] ^ 1);
    replace(path, damaged);
    QCOMPARE(addOnce(), QString());
    QVERIFY(contentsOf(path) != damaged);
    QCOMPARE(contentsOf(path).size(), kept.size());
}

void TestVulkanParts::lesserDevicesAreRightToo_data()
{
    QTest::addColumn<int>("what");
    QTest::addColumn<QString>("operations");
    QTest::newRow("no sums in subgroups") << 0 << QString("mat_mul Q4_K|mat_mul Q5_1|mat_mul F16");
    QTest::newRow("16 KiB of shared memory")
        << 1 << QString("mat_mul Q6_K|mat_mul F32|attention F16|attention Q8_0");
    QTest::newRow("fast int8") << 3 << QString("mat_mul Q");
    QTest::newRow("weights in parts") << 2 << QString("mat_mul|embed");
}

void TestVulkanParts::lesserDevicesAreRightToo()
{
    QFETCH(int, what);
    QFETCH(QString, operations);
    const std::array<Adjust, 4> adjusts{
        [](TraitsVulkan& traits) { traits.addsInSubgroups = false; },
        [](TraitsVulkan& traits) { traits.maxSharedBytes = 16384; },
        [](TraitsVulkan& traits) { traits.maxRangeBytes = 6000; },
        [](TraitsVulkan& traits) { traits.prefersInt8 = true; }, // as those do that have it
    };
    auto backend = vulkan(adjusts[size_t(what)]);
    if (!backend) {
        QSKIP(backend.error().message.c_str());
    }
    const QStringList wanted = operations.split('|');
    int checked = 0;
    for (const CheckCase& each : backendCheckCases()) {
        const auto operation = QString::fromStdString(each.operation);
        const bool isWanted = std::ranges::any_of(
            wanted, [&](const QString& start) { return operation.startsWith(start); });
        if (!isWanted) {
            continue;
        }
        const CheckOutcome outcome = each.run(*backend.value());
        const auto problem = QString::fromStdString(outcome.problem);
        // Weights may be in parts; activations as large as that are refused.
        const bool isTooLarge = problem.contains("in one piece");
        QVERIFY2(problem.isEmpty() || isTooLarge,
            qPrintable(operation + ", " + QString::fromStdString(each.name) + ": " + problem));
        checked += isTooLarge ? 0 : 1;
    }
    QVERIFY2(checked >= 50, qPrintable(QString::number(checked)));
}

void TestVulkanParts::largeWeightsLieInParts_data()
{
    QTest::addColumn<int>("tokens");
    QTest::newRow("one token") << 1;
    QTest::newRow("few tokens") << 5;
    QTest::newRow("a tile") << 20;
}

// A table of 100 rows in parts of 40, as a table of embeddings and as output with a bias.
void TestVulkanParts::largeWeightsLieInParts()
{
    QFETCH(int, tokens);
    constexpr uint32_t kRows = 100;
    constexpr uint32_t kCols = 64;
    const auto table = someValues(kRows * kCols, 0.37f);
    const auto bias = someValues(kRows, 0.11f);
    std::vector<int32_t> ids(size_t(tokens), 0);
    for (size_t i = 0; i < ids.size(); ++i) {
        ids[i] = int32_t((i * 97 + 39) % kRows); // also at borders of parts
    }
    std::vector<std::vector<float>> results;
    for (const bool isSmall : {false, true}) {
        auto backend = vulkan([&](TraitsVulkan& traits) {
            traits.maxRangeBytes = isSmall ? 40 * kCols * 4 + 100 : traits.maxRangeBytes;
        });
        if (!backend) {
            QSKIP(backend.error().message.c_str());
        }
        const auto weight = backend.value()->prepareWeight(
            {"w", DType::F32, kRows, kCols, std::as_bytes(std::span(table)), nullptr}, {});
        const auto start = backend.value()->prepareWeight(
            {"b", DType::F32, 1, kRows, std::as_bytes(std::span(bias)), nullptr}, {});
        QVERIFY(weight && start);
        QCOMPARE(static_cast<const WeightVulkan&>(*weight.value()).parts().size(),
            size_t(isSmall ? 3 : 1));
        QCOMPARE(weight.value()->allocatedBytes(),
            backend.value()->weightBytes({"w", DType::F32, kRows, kCols, {}, nullptr}));
        const Matrix x(*backend.value(), uint32_t(tokens), kCols);
        const Matrix out(*backend.value(), uint32_t(tokens), kRows);
        const std::vector<Op> program{EmbedOp{weight.value().get(), ids, x.all},
            MatMulOp{x.all, weight.value().get(), start.value().get(), out.all}};
        const Status done = backend.value()->run(program, {});
        QVERIFY2(bool(done), done ? "" : done.error().message.c_str());
        const auto rows = x.values();
        for (size_t t = 0; t < ids.size(); ++t) {
            QVERIFY(std::ranges::equal(std::span(rows).subspan(t * kCols, kCols),
                std::span(table).subspan(size_t(ids[t]) * kCols, kCols)));
        }
        results.push_back(out.values());
    }
    QCOMPARE(results[0].size(), size_t(tokens) * kRows);
    QVERIFY(results[0] == results[1]); // the same sums, whatever part they are in
}

void TestVulkanParts::tokensDoNotDependOnTheirNeighbors_data()
{
    QTest::addColumn<uint>("slots"); // of the cache
    QTest::newRow("whole") << 200u;
    QTest::newRow("in parts") << 900u;
}

// Up to eight tokens give bit by bit what they give one at a time, so that checking a guess of
// several tokens decides as computing them one by one would.
void TestVulkanParts::tokensDoNotDependOnTheirNeighbors()
{
    QFETCH(uint, slots);
    auto made = vulkan();
    if (!made) {
        QSKIP(made.error().message.c_str());
    }
    Backend& backend = *made.value();
    constexpr uint32_t kTokens = 8;
    constexpr uint32_t kHeads = 4;
    constexpr uint32_t kDim = 32;
    const KvShape shape{1, 1, kDim, slots, KvType::F16};
    const auto kv = backend.createKv(shape);
    const auto values = someValues(size_t(slots) * kDim, 0.7f);
    const Matrix keys(backend, slots, kDim, values);
    const auto weights = someValues(96 * kHeads * kDim, 0.013f);
    const auto weight = backend.prepareWeight(
        {"w", DType::F32, 96, kHeads * kDim, std::as_bytes(std::span(weights)), nullptr}, {});
    QVERIFY(kv && weight);
    const auto queries = someValues(size_t(kTokens) * kHeads * kDim, 1.3f);
    const Matrix q(backend, kTokens, kHeads * kDim, queries);
    const auto compute = [&](uint32_t first, uint32_t count) {
        const Matrix mixed(backend, count, kHeads * kDim);
        const Matrix out(backend, count, 96);
        Activation some = q.all.row(first);
        some.rows = count;
        const std::vector<Op> program{KvWriteOp{keys.all, keys.all, kv.value().get(), 0, 0},
            AttentionOp{
                some, kv.value().get(), 0, kHeads, slots - kTokens + first, 0.2f, mixed.all},
            MatMulOp{mixed.all, weight.value().get(), nullptr, out.all}};
        check(bool(backend.run(program, {})), "it runs");
        return out.values();
    };
    const auto together = compute(0, kTokens);
    for (uint32_t t = 0; t < kTokens; ++t) {
        const auto alone = compute(t, 1);
        QVERIFY(std::ranges::equal(alone, std::span(together).subspan(size_t(t) * 96, 96)));
    }
}

QTEST_APPLESS_MAIN(TestVulkanParts)
#include "tst_vulkan_parts.moc"
