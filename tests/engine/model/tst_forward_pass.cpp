// SPDX-License-Identifier: MIT
#include "engine/backends/backend_list.h"
#include "engine/formats/model_file.h"
#include "engine/model/forward_pass.h"
#include "engine/model/network_list.h"
#include "tests/support/npy.h"
#include "tests/support/tiny_model.h"

#include <QTest>

#include <numeric>

using namespace atelier;
using namespace atelier::test;

namespace {

// A model in memory, ready to compute.
struct Ready
{
    explicit Ready(const GgufWriter& writer)
        : bytes(writer.bytes()),
          file(parseGguf(bytes).take()),
          hyper(readHyperparameters(*file).take()),
          backend(createBackend("cpu", {.threads = 2}).take()),
          weights(file),
          network(createNetwork(hyper, weights).take())
    {
        for (size_t i = 0; i < weights.entries().size(); ++i) {
            check(bool(weights.prepare(i, *backend, {})), "every weight must prepare");
        }
    }

    std::unique_ptr<ForwardPass> pass(uint32_t slots, uint32_t chunk, KvType type = KvType::F32)
    {
        return ForwardPass::create({*backend, *network, weights, hyper, false},
            makeRopeTable(hyper.rope),
            {hyper.layers, hyper.kvHeads, hyper.headDim, slots, type},
            chunk)
            .take();
    }

    // All logits of `tokens`, computed in chunks of the given size.
    std::vector<float> logits(const std::vector<int32_t>& tokens, uint32_t chunk)
    {
        const auto run = pass(uint32_t(tokens.size()), chunk);
        std::vector<float> all(tokens.size() * hyper.vocab);
        for (size_t at = 0; at < tokens.size(); at += chunk) {
            const size_t count = std::min<size_t>(chunk, tokens.size() - at);
            const auto out = std::span(all).subspan(at * hyper.vocab, count * hyper.vocab);
            const Status done =
                run->runAll(std::span(tokens).subspan(at, count), uint32_t(at), out, {});
            check(bool(done), "the pass must run");
        }
        return all;
    }

    std::vector<std::byte> bytes;
    std::shared_ptr<const ModelFile> file;
    Hyperparameters hyper;
    std::unique_ptr<Backend> backend;
    WeightTable weights;
    std::unique_ptr<Network> network;
};

std::vector<int32_t> someTokens(size_t count)
{
    std::vector<int32_t> tokens(count);
    for (size_t i = 0; i < count; ++i) {
        tokens[i] = int32_t(i * 37 % 251);
    }
    return tokens;
}

TinyShape shapeOf(const char* architecture)
{
    TinyShape shape;
    shape.architecture = architecture;
    return shape;
}

} // namespace

class TestForwardPass : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void chunksGiveTheSameLogits_data();
    void chunksGiveTheSameLogits();
    void lastLogitsAreTheLastRow();
    void laterTokensDoNotChangeEarlierOnes();
    void everyTensorMatters_data();
    void everyTensorMatters();
    void fusedAndSplitQkvAgree();
    void tiedOutputIsTheEmbedding();
    void cacheTypesRoundAlike_data();
    void cacheTypesRoundAlike();
    void overwritingSlotsForgetsThem();
    void dryRunMatchesAllocation();
};

void TestForwardPass::chunksGiveTheSameLogits_data()
{
    QTest::addColumn<QByteArray>("architecture");
    QTest::addColumn<uint32_t>("chunk");
    for (const char* architecture : {"glm4", "chatglm", "llama", "qwen2"}) {
        for (const uint32_t chunk : {1u, 7u, 16u, 33u}) {
            QTest::addRow("%s by %u", architecture, chunk) << QByteArray(architecture) << chunk;
        }
    }
}

void TestForwardPass::chunksGiveTheSameLogits()
{
    QFETCH(QByteArray, architecture);
    QFETCH(uint32_t, chunk);
    Ready model(randomModel(shapeOf(architecture.constData())));
    const auto tokens = someTokens(50);
    const auto whole = model.logits(tokens, 50);
    QVERIFY(relativeError(model.logits(tokens, chunk), whole) <= 1e-4);
}

void TestForwardPass::lastLogitsAreTheLastRow()
{
    Ready model(randomModel());
    const auto tokens = someTokens(20);
    const auto all = model.logits(tokens, 20);
    const auto pass = model.pass(20, 20);
    std::vector<float> last(model.hyper.vocab);
    QVERIFY(bool(pass->run(tokens, 0, last, {})));
    QVERIFY(relativeError(last, std::span(all).last(last.size())) <= 1e-5);
}

void TestForwardPass::laterTokensDoNotChangeEarlierOnes()
{
    Ready model(randomModel());
    auto tokens = someTokens(20);
    const auto before = model.logits(tokens, 20);
    tokens.back() = 99;
    const auto after = model.logits(tokens, 20);
    const size_t row = model.hyper.vocab;
    QVERIFY(
        relativeError(std::span(after).first(19 * row), std::span(before).first(19 * row)) <= 1e-6);
    QVERIFY(relativeError(std::span(after).last(row), std::span(before).last(row)) > 1e-2);
}

void TestForwardPass::everyTensorMatters_data()
{
    QTest::addColumn<QByteArray>("architecture");
    for (const char* architecture : {"glm4", "chatglm", "llama", "qwen2"}) {
        QTest::newRow(architecture) << QByteArray(architecture);
    }
}

// Doubling any one tensor must show in the logits, except where a norm takes it back.
void TestForwardPass::everyTensorMatters()
{
    QFETCH(QByteArray, architecture);
    const TinyShape shape = shapeOf(architecture.constData());
    const auto tokens = someTokens(12);
    Ready model(randomModel(shape));
    const auto reference = model.logits(tokens, 12);
    for (const TensorInfo& tensor : model.file->tensors()) {
        GgufWriter changed = randomModel(shape);
        UniformNumbers numbers(77);
        std::vector<float> values(tensor.rows * tensor.cols);
        for (float& value : values) {
            value = numbers.next() + 1.0f;
        }
        tensor.rows == 1 ? changed.vectorF32(tensor.name, values)
                         : changed.matrixF32(tensor.name, tensor.rows, tensor.cols, values);
        Ready other(changed);
        const double error = relativeError(other.logits(tokens, 12), reference);
        QVERIFY2(error > 1e-3, tensor.name.c_str());
    }
}

void TestForwardPass::fusedAndSplitQkvAgree()
{
    TinyShape shape;
    const GgufWriter split = randomModel(shape);
    Ready reference(split);
    GgufWriter fused = split;
    for (uint32_t layer = 0; layer < shape.layers; ++layer) {
        for (const char* kind : {"weight", "bias"}) {
            std::vector<std::byte> all;
            uint64_t rows = 0;
            uint64_t cols = 0;
            for (const char* part : {"attn_q.", "attn_k.", "attn_v."}) {
                const std::string name = "blk." + std::to_string(layer) + "." + part + kind;
                const TensorInfo* tensor = reference.file->findTensor(name);
                all.insert(all.end(), tensor->bytes.begin(), tensor->bytes.end());
                rows += tensor->rows;
                cols = tensor->cols;
                fused.removeTensor(name);
            }
            const std::string name =
                "blk." + std::to_string(layer) + ".attn_qkv." + std::string(kind);
            if (kind == std::string("weight")) {
                fused.tensor(name, {cols, rows}, DType::F16, all);
            } else {
                fused.tensor(name, {all.size() / sizeof(float)}, DType::F32, all);
            }
        }
    }
    Ready model(fused);
    QVERIFY(model.file->findTensor("blk.0.attn_q.weight") == nullptr);
    const auto tokens = someTokens(12);
    QVERIFY(relativeError(model.logits(tokens, 12), reference.logits(tokens, 12)) <= 1e-6);
}

void TestForwardPass::tiedOutputIsTheEmbedding()
{
    TinyShape shape;
    GgufWriter untied = randomModel(shape);
    Ready source(untied);
    const TensorInfo* embedding = source.file->findTensor("token_embd.weight");
    untied.tensor("output.weight",
        {embedding->cols, embedding->rows},
        embedding->type,
        {embedding->bytes.begin(), embedding->bytes.end()});
    Ready reference(untied);
    GgufWriter tied = untied;
    tied.removeTensor("output.weight");
    Ready model(tied);
    const auto tokens = someTokens(12);
    QVERIFY(relativeError(model.logits(tokens, 12), reference.logits(tokens, 12)) <= 1e-6);
}

void TestForwardPass::cacheTypesRoundAlike_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<double>("limit");
    // The rounding of one value, times the few layers it passes: 2^-11 for F16, 1/254 for Q8_0.
    QTest::newRow("f16") << int(KvType::F16) << 4.0 / 2048;
    QTest::newRow("q8_0") << int(KvType::Q8_0) << 4.0 / 254;
}

void TestForwardPass::cacheTypesRoundAlike()
{
    QFETCH(int, type);
    QFETCH(double, limit);
    TinyShape shape;
    shape.headDim = 32;
    Ready model(randomModel(shape));
    const auto tokens = someTokens(40);
    const auto exact = model.logits(tokens, 40);
    const auto pass = model.pass(40, 40, KvType(type));
    std::vector<float> rounded(exact.size());
    QVERIFY(bool(pass->runAll(tokens, 0, rounded, {})));
    const double error = relativeError(rounded, exact);
    QVERIFY2(error <= limit, qPrintable(QString::number(error)));
    QVERIFY(error > 1e-7); // it does round
}

void TestForwardPass::overwritingSlotsForgetsThem()
{
    Ready model(randomModel());
    const auto tokens = someTokens(20);
    const auto pass = model.pass(32, 16);
    std::vector<float> fresh(model.hyper.vocab);
    QVERIFY(bool(pass->run(std::span(tokens).first(16), 0, {}, {})));
    QVERIFY(bool(pass->run(std::span(tokens).last(4), 16, fresh, {})));
    // Another continuation from slot 10, then the first one again.
    std::vector<float> again(model.hyper.vocab);
    QVERIFY(bool(pass->run(std::vector<int32_t>{1, 2, 3, 4, 5, 6, 7}, 10, {}, {})));
    QVERIFY(bool(pass->run(std::span(tokens).last(10), 10, again, {})));
    QVERIFY(relativeError(again, fresh) <= 1e-5);
}

void TestForwardPass::dryRunMatchesAllocation()
{
    Ready model(randomModel());
    const KvShape shape{model.hyper.layers, model.hyper.kvHeads, model.hyper.headDim, 100};
    const auto kv = model.backend->createKv(shape);
    QVERIFY(bool(kv));
    QCOMPARE(kv.value()->allocatedBytes(), model.backend->kvBytes(shape));
    for (size_t i = 0; i < model.weights.entries().size(); ++i) {
        QCOMPARE(model.weights.weight(WeightId(i))->allocatedBytes(),
            model.backend->weightBytes(model.weights.entries()[i].source));
    }
}

QTEST_APPLESS_MAIN(TestForwardPass)
#include "tst_forward_pass.moc"
