// SPDX-License-Identifier: MIT
#include "engine/backends/check_support.h"
#include "engine/backends/cpu/backend_cpu.h"
#include "engine/ops/mat_mul.h"

#include <QTest>

#include <atomic>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace atelier;

namespace {

constexpr DType kQuantized[] = {DType::Q4_0,
    DType::Q4_1,
    DType::Q5_0,
    DType::Q5_1,
    DType::Q8_0,
    DType::Q2_K,
    DType::Q3_K,
    DType::Q4_K,
    DType::Q5_K,
    DType::Q6_K,
    DType::IQ4_NL,
    DType::IQ4_XS};

struct Setting
{
    IsaCap isa;
    const char* name;
};
constexpr Setting kSettings[] = {{IsaCap::Portable, "portable"}, {IsaCap::None, "best"}};

std::unique_ptr<BackendCpu> makeBackend(IsaCap isa, uint32_t threads)
{
    return BackendCpu::create({.threads = threads, .isa = isa, .deviceIndex = 0}).take();
}

checks::GuardedMatrix makeMatrix(
    Backend& backend, uint32_t rows, uint32_t cols, checks::Random& random)
{
    auto matrix = checks::GuardedMatrix::create(backend, rows, cols).take();
    matrix.fill(random);
    check(bool(matrix.upload(backend)), "host memory can be written");
    return matrix;
}

// The activations as the products see them: int8 steps of the largest of each 16.
std::vector<float> roundedTo16(const float* x, size_t count)
{
    std::vector<float> values(count);
    for (size_t at = 0; at < count; at += 16) {
        float largest = 0.0f;
        for (size_t i = at; i < at + 16; ++i) {
            largest = std::max(largest, std::fabs(x[i]));
        }
        const float inverse = largest > 0.0f ? 127.0f / largest : 0.0f;
        for (size_t i = at; i < at + 16; ++i) {
            values[i] = largest / 127.0f * std::nearbyint(x[i] * inverse);
        }
    }
    return values;
}

// A layer's worth of operations with every kind of dependency between them.
struct LayerSizes
{
    uint32_t tokens;
    uint32_t firstSlot;
};

struct Layer
{
    Layer(Backend& backend, LayerSizes sizes) : random(5), tokens(sizes.tokens)
    {
        const auto weight = [&](DType type, uint32_t rows, uint32_t cols) {
            weights.push_back(checks::makeWeight(backend, type, rows, cols, random).take());
            return weights.back().weight.get();
        };
        const auto matrix = [&](uint32_t cols) {
            matrices.push_back(makeMatrix(backend, tokens, cols, random));
            return matrices.back().activation();
        };
        weights.reserve(16);
        matrices.reserve(16);
        kv = backend.createKv({1, 2, 64, 200, KvType::F16}).take();
        for (uint32_t t = 0; t < tokens; ++t) {
            positions.push_back(int32_t(sizes.firstSlot + t));
        }
        frequencies = {1.0f, 0.1f, 0.01f, 0.001f};
        const Weight* norm = weight(DType::F32, 1, 512);
        x = matrix(512);
        const Activation h = matrix(512);
        const Activation qkv = matrix(512 + 256);
        const Activation q = qkv.columns(0, 512);
        const Activation k = qkv.columns(512, 128);
        const Activation v = qkv.columns(640, 128);
        const Activation attended = matrix(512);
        const Activation gateUp = matrix(1024);
        const Activation gated = matrix(512);
        program = {
            RmsNormOp{x, norm, 1e-5f, h, false},
            MatMulOp{h, weight(DType::Q4_K, 512, 512), nullptr, q, false},
            MatMulOp{h, weight(DType::Q8_0, 128, 512), nullptr, k, false},
            MatMulOp{h, weight(DType::F16, 128, 512), weight(DType::F32, 1, 128), v, false},
            RopeOp{q, 8, 64, RopePairing::Adjacent, positions, frequencies, 1.0f},
            RopeOp{k, 2, 64, RopePairing::Adjacent, positions, frequencies, 1.0f},
            KvWriteOp{k, v, kv.get(), 0, sizes.firstSlot},
            AttentionOp{q, kv.get(), 0, 8, sizes.firstSlot, 0.125f, attended},
            MatMulOp{attended, weight(DType::Q6_K, 512, 512), nullptr, h, false},
            RmsNormOp{h, norm, 1e-5f, x, true},
            RmsNormOp{x, norm, 1e-5f, h, false},
            MatMulOp{h, weight(DType::Q4_0, 1024, 512), nullptr, gateUp, false},
            SwiGluOp{gateUp, gated},
            MatMulOp{gated, weight(DType::Q5_K, 512, 512), nullptr, h, true},
            AddOp{h, x},
        };
    }

    std::vector<float> run(Backend& backend)
    {
        // Twice: the second time with warm scratch memory and other numbers in x.
        for (int i = 0; i < 2; ++i) {
            check(bool(backend.run(program, {})), "a valid program runs");
        }
        check(bool(matrices.front().download(backend)), "guards are untouched");
        std::vector<float> result;
        for (uint32_t t = 0; t < tokens; ++t) {
            const float* row = matrices.front().host().row(t);
            result.insert(result.end(), row, row + 512);
        }
        return result;
    }

    checks::Random random;
    uint32_t tokens;
    std::vector<checks::TestWeight> weights;
    std::vector<checks::GuardedMatrix> matrices;
    std::vector<int32_t> positions;
    std::vector<float> frequencies;
    std::unique_ptr<KvStore> kv;
    Activation x;
    Program program;
};

} // namespace

class TstExecutorCpu : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void activationsAreRoundedInSixteens_data();
    void activationsAreRoundedInSixteens();
    void aTokenDoesNotDependOnItsCompany_data();
    void aTokenDoesNotDependOnItsCompany();
    void anyNumberOfThreadsComputesTheSame_data();
    void anyNumberOfThreadsComputesTheSame();
    void splitAttentionEqualsWholeAttention();
    void stoppingLeavesTheRestUndone_data();
    void stoppingLeavesTheRestUndone();
    void aStoppedTokenNeverStarts();
    void longPiecesAskToo();
    void specialValuesDoNotHang();
};

void TstExecutorCpu::activationsAreRoundedInSixteens_data()
{
    QTest::addColumn<int>("isa");
    QTest::addColumn<int>("type");
    QTest::addColumn<uint>("tokens");
    for (const Setting& setting : kSettings) {
        for (const DType type : kQuantized) {
            for (const uint tokens : {1u, 9u}) {
                QTest::addRow("%s, %s, %u tokens",
                    setting.name,
                    std::string(dtypeInfo(type).name).c_str(),
                    tokens)
                    << int(setting.isa) << int(type) << tokens;
            }
        }
    }
}

// Against the reference with activations that are rounded the same way, only F32 sums differ: this
// sees an error a hundred times smaller than the noise of rounding.
void TstExecutorCpu::activationsAreRoundedInSixteens()
{
    QFETCH(int, isa);
    QFETCH(int, type);
    QFETCH(uint, tokens);
    constexpr uint32_t kIn = 768;
    constexpr uint32_t kOut = 37;
    const auto backend = makeBackend(IsaCap(isa), 2);
    checks::Random random(3);
    const auto weight = checks::makeWeight(*backend, DType(type), kOut, kIn, random).take();
    const auto x = makeMatrix(*backend, tokens, kIn, random);
    auto out = makeMatrix(*backend, tokens, kOut, random);
    const Op op = MatMulOp{x.activation(), weight.weight.get(), nullptr, out.activation(), false};
    QVERIFY(bool(backend->run({&op, 1}, {})));
    QVERIFY(bool(out.download(*backend)));
    for (uint32_t t = 0; t < tokens; ++t) {
        const std::vector<float> rounded = roundedTo16(x.host().row(t), kIn);
        for (uint32_t o = 0; o < kOut; ++o) {
            double sum = 0.0;
            double magnitude = 0.0;
            for (uint32_t i = 0; i < kIn; ++i) {
                const double product = double(rounded[i]) * weight.view().row(o)[i];
                sum += product;
                magnitude += std::fabs(product);
            }
            // Offsets (minimums, centered values) are summed apart and cancel: their products are a
            // few times larger. 16 roundings of the total are far above what is seen.
            const double allowed = 4 * 16 * checks::kRounding * magnitude;
            const double error = std::fabs(out.host().row(t)[o] - sum);
            QVERIFY2(error <= allowed,
                qPrintable(QStringLiteral("[%1, %2]: %3 is off by %4, allowed %5")
                               .arg(t)
                               .arg(o)
                               .arg(sum)
                               .arg(error)
                               .arg(allowed)));
        }
    }
}

void TstExecutorCpu::aTokenDoesNotDependOnItsCompany_data()
{
    QTest::addColumn<int>("isa");
    QTest::addColumn<int>("type");
    for (const Setting& setting : kSettings) {
        for (const DType type :
            {DType::Q4_K, DType::Q6_K, DType::Q8_0, DType::Q5_0, DType::F16, DType::F32}) {
            QTest::addRow("%s, %s", setting.name, std::string(dtypeInfo(type).name).c_str())
                << int(setting.isa) << int(type);
        }
    }
}

void TstExecutorCpu::aTokenDoesNotDependOnItsCompany()
{
    QFETCH(int, isa);
    QFETCH(int, type);
    constexpr uint32_t kIn = 1024;
    constexpr uint32_t kOut = 48;
    constexpr uint32_t kTokens = 40;
    const auto backend = makeBackend(IsaCap(isa), 2);
    checks::Random random(7);
    const auto weight = checks::makeWeight(*backend, DType(type), kOut, kIn, random).take();
    const auto x = makeMatrix(*backend, kTokens, kIn, random);
    auto together = makeMatrix(*backend, kTokens, kOut, random);
    auto alone = makeMatrix(*backend, kTokens, kOut, random);
    Program program{
        MatMulOp{x.activation(), weight.weight.get(), nullptr, together.activation(), false}};
    for (uint32_t t = 0; t < kTokens; ++t) {
        program.push_back(MatMulOp{
            x.activation().row(t), weight.weight.get(), nullptr, alone.activation().row(t), false});
    }
    QVERIFY(bool(backend->run(program, {})));
    QVERIFY(bool(together.download(*backend)));
    QVERIFY(bool(alone.download(*backend)));
    for (uint32_t t = 0; t < kTokens; ++t) {
        double largest = 0.0;
        for (uint32_t o = 0; o < kOut; ++o) {
            largest = std::max(largest, std::fabs(double(together.host().row(t)[o])));
        }
        for (uint32_t o = 0; o < kOut; ++o) {
            const double difference =
                double(together.host().row(t)[o]) - double(alone.host().row(t)[o]);
            QVERIFY2(std::fabs(difference) <= 2e-6 * largest,
                qPrintable(QStringLiteral("token %1, row %2: %3 of %4")
                               .arg(t)
                               .arg(o)
                               .arg(difference)
                               .arg(largest)));
        }
    }
}

void TstExecutorCpu::anyNumberOfThreadsComputesTheSame_data()
{
    QTest::addColumn<uint>("tokens");
    QTest::addColumn<uint>("firstSlot");
    QTest::newRow("one token") << 1u << 40u;
    QTest::newRow("three tokens") << 3u << 17u;
    QTest::newRow("a prompt") << 70u << 0u;
    QTest::newRow("a second prompt") << 33u << 100u;
}

// A missing barrier gives another result sooner or later (and the thread sanitizer sees it at
// once). Contexts here are too short to be split, so even the last bit must agree.
void TstExecutorCpu::anyNumberOfThreadsComputesTheSame()
{
    QFETCH(uint, tokens);
    QFETCH(uint, firstSlot);
    std::vector<float> expected;
    for (const uint32_t threads : {1u, 2u, 5u}) {
        for (int repeat = 0; repeat < (threads == 1 ? 1 : 10); ++repeat) {
            const auto backend = makeBackend(IsaCap::None, threads);
            const std::vector<float> actual = Layer(*backend, {tokens, firstSlot}).run(*backend);
            if (expected.empty()) {
                expected = actual;
                for (const float value : expected) {
                    QVERIFY(std::isfinite(value));
                }
            }
            QVERIFY2(
                std::memcmp(actual.data(), expected.data(), expected.size() * sizeof(float)) == 0,
                qPrintable(QStringLiteral("%1 threads").arg(threads)));
        }
    }
}

// With many threads the slots of a long context are shared out and the parts merged.
void TstExecutorCpu::splitAttentionEqualsWholeAttention()
{
    constexpr uint32_t kSlots = 2000;
    std::vector<float> whole;
    for (const uint32_t threads : {1u, 4u, 16u}) {
        const auto backend = makeBackend(IsaCap::None, threads);
        checks::Random random(11);
        const auto kv = backend->createKv({1, 1, 64, kSlots, KvType::F16}).take();
        const auto k = makeMatrix(*backend, kSlots, 64, random);
        const auto q = makeMatrix(*backend, 2, 8 * 64, random);
        auto out = makeMatrix(*backend, 2, 8 * 64, random);
        const Program program{KvWriteOp{k.activation(), k.activation(), kv.get(), 0, 0},
            AttentionOp{q.activation(), kv.get(), 0, 8, kSlots - 2, 0.125f, out.activation()}};
        QVERIFY(bool(backend->run(program, {})));
        QVERIFY(bool(out.download(*backend)));
        std::vector<float> values(out.host().row(1), out.host().row(1) + 8 * 64);
        if (whole.empty()) {
            whole = values;
        }
        for (size_t i = 0; i < values.size(); ++i) {
            QVERIFY(std::fabs(values[i] - whole[i]) <= 1e-5f * (1.0f + std::fabs(whole[i])));
        }
    }
}

void TstExecutorCpu::stoppingLeavesTheRestUndone_data()
{
    QTest::addColumn<uint>("tokens");
    QTest::addColumn<uint>("threads");
    QTest::newRow("decode, 1 thread") << 1u << 1u;
    QTest::newRow("decode, 3 threads") << 1u << 3u;
    QTest::newRow("prompt, 1 thread") << 64u << 1u;
    QTest::newRow("prompt, 3 threads") << 64u << 3u;
}

// Work is counted, not time: after the stop every thread may end the piece it is in, no more.
void TstExecutorCpu::stoppingLeavesTheRestUndone()
{
    QFETCH(uint, tokens);
    QFETCH(uint, threads);
    const auto backend = makeBackend(IsaCap::None, threads);
    checks::Random random(13);
    const auto weight = checks::makeWeight(*backend, DType::Q4_K, 1024, 1024, random).take();
    const auto x = makeMatrix(*backend, tokens, 1024, random);
    const auto out = makeMatrix(*backend, tokens, 1024, random);
    // Minutes of work, were it not stopped.
    const Program program(
        100000, MatMulOp{x.activation(), weight.weight.get(), nullptr, out.activation(), false});

    std::stop_source stop;
    uint64_t doneAtStop = 0;
    std::thread stopper([&] {
        while (backend->executor().piecesDone() < 50) {
            std::this_thread::yield();
        }
        stop.request_stop();
        doneAtStop = backend->executor().piecesDone();
    });
    const Status status = backend->run(program, stop.get_token());
    stopper.join();
    QVERIFY(!status);
    QCOMPARE(status.error().code, ErrorCode::Cancelled);
    const uint64_t done = backend->executor().piecesDone();
    QVERIFY2(done <= doneAtStop + threads,
        qPrintable(QStringLiteral("%1 pieces after %2").arg(done).arg(doneAtStop)));

    // The backend is as good as new.
    QVERIFY(bool(backend->run(std::span(program).first(1), {})));
}

void TstExecutorCpu::aStoppedTokenNeverStarts()
{
    const auto backend = makeBackend(IsaCap::None, 2);
    Layer layer(*backend, {5, 0});
    std::stop_source stop;
    stop.request_stop();
    const Status status = backend->run(layer.program, stop.get_token());
    QVERIFY(!status);
    QCOMPARE(status.error().code, ErrorCode::Cancelled);
    QCOMPARE(backend->executor().piecesDone(), uint64_t(0));
}

// One piece of a large prompt takes a while: its kernels ask in between.
void TstExecutorCpu::longPiecesAskToo()
{
    const CpuKernels& kernels = portableKernels();
    std::vector<QuantizedChunk> x(8);
    std::vector<uint8_t> weights(8 * 144);
    std::vector<float> out(16);
    ProductJob product;
    product.type = DType::Q4_K;
    product.weights = weights.data();
    product.rowBytes = weights.size();
    product.rows = 1;
    product.cols = 8 * 256;
    product.x = {x.data(), nullptr, 1};
    product.out = out.data();
    product.outStride = 1;
    int asked = 0;
    const StopQuestion stopAtThird{
        [](const void* context) { return ++*static_cast<int*>(const_cast<void*>(context)) == 3; },
        &asked};
    const auto scratch = std::make_unique<KernelScratch>();
    QVERIFY(!kernels.panel(product, false, *scratch, stopAtThird));
    QCOMPARE(asked, 3);

    constexpr uint32_t kSlots = 10 * kAttentionSlots;
    const std::vector<float> cache(size_t(kSlots) * 16);
    std::vector<float> row(16);
    const uint32_t visible = kSlots;
    float maximum = 0.0f;
    float total = 0.0f;
    AttentionJob attention;
    attention.kv = {KvType::F32,
        16,
        reinterpret_cast<const uint8_t*>(cache.data()),
        nullptr,
        reinterpret_cast<const uint8_t*>(cache.data()),
        nullptr};
    attention.queries = row.data();
    attention.visible = &visible;
    attention.rows = 1;
    attention.endSlot = kSlots;
    attention.out = row.data();
    attention.maximum = &maximum;
    attention.total = &total;
    asked = 0;
    const auto attentionScratch = std::make_unique<AttentionScratch>();
    QVERIFY(!kernels.attention(attention, *attentionScratch, stopAtThird));
    QCOMPARE(asked, 3);
}

// A diverging model produces infinities and NaN: they spread, but nothing crashes or loops.
void TstExecutorCpu::specialValuesDoNotHang()
{
    for (const Setting& setting : kSettings) {
        for (const float special : {HUGE_VALF, -HUGE_VALF, std::nanf(""), 3e38f, 1e-42f}) {
            const auto backend = makeBackend(setting.isa, 2);
            for (const uint32_t tokens : {1u, 20u}) {
                Layer layer(*backend, {tokens, 3});
                auto& x = layer.matrices.front();
                x.host().row(tokens - 1)[7] = special;
                QVERIFY(bool(x.upload(*backend)));
                QVERIFY(bool(backend->run(layer.program, {})));
            }
        }
    }
}

QTEST_APPLESS_MAIN(TstExecutorCpu)
#include "tst_executor_cpu.moc"
