// SPDX-License-Identifier: MIT
#include "engine/formats/model_file.h"
#include "engine/model/hyperparameters.h"
#include "engine/model/network_list.h"
#include "tests/support/tiny_model.h"

#include <QTest>

#include <functional>

using namespace atelier;
using namespace atelier::test;

using Damage = std::function<void(GgufWriter&)>;

class TestHyperparameters : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEveryValue();
    void fallsBackWhereFilesLeaveKeysOut();
    void readsScaling_data();
    void readsScaling();
    void readsYarnDetails();
    void damageIsNamed_data();
    void damageIsNamed();
    void wrongTensorsAreNamed_data();
    void wrongTensorsAreNamed();
    void largestNumbersDoNotOverflow();
};

namespace {

// Keeps `bytes` alive for the file read from them.
struct Parsed
{
    explicit Parsed(const GgufWriter& writer) : bytes(writer.bytes()), file(parseGguf(bytes)) {}

    std::vector<std::byte> bytes;
    Result<std::shared_ptr<const ModelFile>> file;
};

} // namespace

void TestHyperparameters::readsEveryValue()
{
    const TinyShape shape;
    const Parsed parsed(randomModel(shape));
    QVERIFY(bool(parsed.file));
    const auto hyper = readHyperparameters(*parsed.file.value());
    QVERIFY(bool(hyper));
    const Hyperparameters& h = hyper.value();
    QCOMPARE(h.architecture, std::string("glm4"));
    QCOMPARE(h.layers, shape.layers);
    QCOMPARE(h.hidden, shape.hidden);
    QCOMPARE(h.heads, shape.heads);
    QCOMPARE(h.kvHeads, shape.kvHeads);
    QCOMPARE(h.headDim, shape.headDim);
    QCOMPARE(h.ffn, shape.ffn);
    QCOMPARE(h.vocab, tinyVocab(shape));
    QCOMPARE(h.contextLength, shape.context);
    QCOMPARE(h.rmsEpsilon, 1e-5f);
    QCOMPARE(h.rope.dimensions, shape.headDim / 2);
    QCOMPARE(h.rope.base, 10000.0);
    QVERIFY(h.rope.scaling == RopeScaling::None);
}

void TestHyperparameters::fallsBackWhereFilesLeaveKeysOut()
{
    GgufWriter file = randomModel();
    for (const char* key : {"glm4.attention.key_length",
             "glm4.attention.value_length",
             "glm4.rope.dimension_count",
             "glm4.rope.freq_base"}) {
        file.removeKey(key);
    }
    const Parsed parsed(file);
    const auto hyper = readHyperparameters(*parsed.file.value());
    QVERIFY(bool(hyper));
    QCOMPARE(hyper.value().headDim, 16u);        // embedding_length / head_count
    QCOMPARE(hyper.value().rope.dimensions, 8u); // half of it, in this family
    QCOMPARE(hyper.value().rope.base, 10000.0);
}

void TestHyperparameters::readsScaling_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<float>("factor");
    QTest::addColumn<int>("expected");
    QTest::newRow("none") << "none" << 4.0f << int(RopeScaling::None);
    QTest::newRow("yarn") << "yarn" << 4.0f << int(RopeScaling::Yarn);
    QTest::newRow("yarn by one") << "yarn" << 1.0f << int(RopeScaling::None);
    QTest::newRow("linear") << "linear" << 2.0f << int(RopeScaling::Linear);
    QTest::newRow("a factor alone is linear") << "" << 2.0f << int(RopeScaling::Linear);
}

void TestHyperparameters::readsScaling()
{
    QFETCH(QString, type);
    QFETCH(float, factor);
    QFETCH(int, expected);
    GgufWriter file = randomModel();
    if (!type.isEmpty()) {
        file.string("glm4.rope.scaling.type", type.toStdString());
    }
    file.f32("glm4.rope.scaling.factor", factor);
    file.u32("glm4.rope.scaling.original_context_length", 64);
    const Parsed parsed(file);
    const auto hyper = readHyperparameters(*parsed.file.value());
    QVERIFY(bool(hyper));
    QCOMPARE(int(hyper.value().rope.scaling), expected);
    QCOMPARE(hyper.value().rope.originalContext, 64.0);
}

void TestHyperparameters::readsYarnDetails()
{
    const auto ropeOf = [](auto&& change) {
        GgufWriter file = randomModel();
        file.string("glm4.rope.scaling.type", "yarn");
        file.f32("glm4.rope.scaling.factor", 4.0f);
        change(file);
        const Parsed parsed(file);
        return readHyperparameters(*parsed.file.value()).value().rope;
    };
    const RopeSettings usual = ropeOf([](auto&) {});
    QCOMPARE(usual.extrapolationFactor, 1.0);
    QCOMPARE(usual.betaFast, 32.0);
    QCOMPARE(usual.betaSlow, 1.0);
    QVERIFY(!usual.attentionFactor);
    const RopeSettings all = ropeOf([](auto& f) {
        f.f32("glm4.rope.scaling.yarn_ext_factor", 0.5f);
        f.f32("glm4.rope.scaling.yarn_attn_factor", 1.25f);
        f.f32("glm4.rope.scaling.attn_factor", 3.0f); // the older key gives way
        f.f32("glm4.rope.scaling.yarn_beta_fast", 16.0f);
        f.f32("glm4.rope.scaling.yarn_beta_slow", 2.0f);
    });
    QCOMPARE(all.extrapolationFactor, 0.5);
    QCOMPARE(all.attentionFactor.value(), 1.25);
    QCOMPARE(all.betaFast, 16.0);
    QCOMPARE(all.betaSlow, 2.0);
    // As files say "as usual".
    const RopeSettings unset = ropeOf([](auto& f) {
        f.f32("glm4.rope.scaling.yarn_ext_factor", -1.0f);
        f.f32("glm4.rope.scaling.attn_factor", 1.0f);
    });
    QCOMPARE(unset.extrapolationFactor, 1.0);
    QVERIFY(!unset.attentionFactor);
    // attn_factor alone multiplies 0.1 ln 4 + 1.
    const RopeSettings multiplied =
        ropeOf([](auto& f) { f.f32("glm4.rope.scaling.attn_factor", 0.5f); });
    QVERIFY(std::abs(multiplied.attentionFactor.value() - 0.5 * 1.138629436) < 1e-8);
}

// Long because it is a table.
void TestHyperparameters::damageIsNamed_data()
{
    QTest::addColumn<Damage>("damage");
    QTest::addColumn<QString>("named"); // what the message must mention
    QTest::addColumn<int>("code");
    const auto row = [](const char* tag,
                         const char* named,
                         Damage damage,
                         ErrorCode code = ErrorCode::InvalidFormat) {
        QTest::newRow(tag) << std::move(damage) << QString(named) << int(code);
    };
    row("no architecture", "general.architecture", [](auto& f) {
        f.removeKey("general.architecture");
    });
    row("architecture is no name", "general.architecture", [](auto& f) {
        f.string("general.architecture", std::string(100, 'x'));
    });
    for (const char* key : {"glm4.block_count",
             "glm4.embedding_length",
             "glm4.feed_forward_length",
             "glm4.context_length",
             "glm4.attention.head_count"}) {
        const std::string name = key;
        row((name + " missing").c_str(), key, [name](auto& f) { f.removeKey(name); });
        row((name + " zero").c_str(), key, [name](auto& f) { f.u32(name, 0); });
        row((name + " huge").c_str(), key, [name](auto& f) { f.u32(name, 0xffffffffu); });
        row((name + " 64 bits").c_str(), key, [name](auto& f) { f.u64(name, ~uint64_t(0)); });
        row((name + " negative").c_str(), key, [name](auto& f) { f.i32(name, -1); });
        row((name + " text").c_str(), key, [name](auto& f) { f.string(name, "many"); });
    }
    row("kv heads do not divide", "multiple", [](auto& f) {
        f.u32("glm4.attention.head_count_kv", 3);
    });
    row(
        "heads per layer",
        "head_count_kv",
        [](auto& f) {
            f.i32s("glm4.attention.head_count_kv", std::vector<int32_t>{2, 2});
        },
        ErrorCode::Unsupported);
    row("no head size", "key_length", [](auto& f) {
        f.removeKey("glm4.attention.key_length");
        f.u32("glm4.attention.head_count", 6); // does not divide the width
    });
    row(
        "values unlike keys",
        "values of 8",
        [](auto& f) { f.u32("glm4.attention.value_length", 8); },
        ErrorCode::Unsupported);
    row("no epsilon", "epsilon", [](auto& f) {
        f.removeKey("glm4.attention.layer_norm_rms_epsilon");
    });
    row("epsilon NaN", "epsilon", [](auto& f) {
        f.f32("glm4.attention.layer_norm_rms_epsilon", NAN);
    });
    row("epsilon negative", "epsilon", [](auto& f) {
        f.f32("glm4.attention.layer_norm_rms_epsilon", -1e-5f);
    });
    row("odd rotation", "rotates 7", [](auto& f) { f.u32("glm4.rope.dimension_count", 7); });
    row("rotates too much", "rotates 32", [](auto& f) { f.u32("glm4.rope.dimension_count", 32); });
    row("base NaN", "RoPE base", [](auto& f) { f.f32("glm4.rope.freq_base", NAN); });
    row(
        "unknown scaling",
        "longrope",
        [](auto& f) { f.string("glm4.rope.scaling.type", "longrope"); },
        ErrorCode::Unsupported);
    row(
        "experts",
        "mixture",
        [](auto& f) { f.u32("glm4.expert_count", 8); },
        ErrorCode::Unsupported);
    row("no embedding", "token_embd", [](auto& f) { f.removeTensor("token_embd.weight"); });
    row("divisors of a wrong size", "rope_freqs", [](auto& f) {
        f.vectorF32("rope_freqs.weight", std::vector<float>(3, 1.0f));
    });
}

void TestHyperparameters::damageIsNamed()
{
    QFETCH(Damage, damage);
    QFETCH(QString, named);
    QFETCH(int, code);
    GgufWriter file = randomModel();
    damage(file);
    const Parsed parsed(file);
    QVERIFY(bool(parsed.file));
    const auto hyper = readHyperparameters(*parsed.file.value());
    QVERIFY(!hyper);
    const QString message = QString::fromStdString(hyper.error().message);
    QVERIFY2(message.contains(named), qPrintable(message));
    QCOMPARE(int(hyper.error().code), code);
}

void TestHyperparameters::wrongTensorsAreNamed_data()
{
    QTest::addColumn<Damage>("damage");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* tag, const char* named, Damage damage) {
        QTest::newRow(tag) << std::move(damage) << QString(named);
    };
    for (const char* name : {"blk.1.attn_norm.weight",
             "blk.0.attn_q.weight",
             "blk.1.attn_k.weight",
             "blk.1.attn_v.weight",
             "blk.1.attn_output.weight",
             "blk.0.post_attention_norm.weight",
             "blk.1.ffn_norm.weight",
             "blk.1.ffn_up.weight",
             "blk.1.ffn_down.weight",
             "blk.1.post_ffw_norm.weight",
             "output_norm.weight"}) {
        row(name, name, [name](auto& f) { f.removeTensor(name); });
    }
    row("more layers than tensors", "blk.2.attn_norm.weight", [](auto& f) {
        f.u32("glm4.block_count", 1000);
    });
    row("misshapen matrix", "[64, 96]", [](auto& f) {
        f.matrixF32("blk.0.ffn_down.weight", 96, 64, std::vector<float>(96 * 64));
    });
    row("misshapen bias", "blk.0.attn_q.bias", [](auto& f) {
        f.vectorF32("blk.0.attn_q.bias", std::vector<float>(63));
    });
    row("misshapen output", "output.weight", [](auto& f) {
        f.matrixF32("output.weight", 2, 64, std::vector<float>(128));
    });
    row("unknown architecture", "glm4, chatglm, llama, qwen2", [](auto& f) {
        TinyShape shape;
        shape.architecture = "mamba";
        addTinyMetadata(f, shape);
    });
}

void TestHyperparameters::wrongTensorsAreNamed()
{
    QFETCH(Damage, damage);
    QFETCH(QString, named);
    GgufWriter file = randomModel();
    damage(file);
    const Parsed parsed(file);
    QVERIFY(bool(parsed.file));
    const auto hyper = readHyperparameters(*parsed.file.value());
    QVERIFY(bool(hyper));
    WeightTable table(parsed.file.value());
    const auto network = createNetwork(hyper.value(), table);
    QVERIFY(!network);
    const QString message = QString::fromStdString(network.error().message);
    QVERIFY2(message.contains(named), qPrintable(message));
}

// The largest values that pass must leave products of them within their types.
void TestHyperparameters::largestNumbersDoNotOverflow()
{
    GgufWriter file = randomModel();
    file.u32("glm4.attention.head_count", 4096);
    file.u32("glm4.attention.head_count_kv", 4096);
    file.u32("glm4.attention.key_length", 1024);
    file.u32("glm4.attention.value_length", 1024);
    file.u32("glm4.rope.dimension_count", 1024);
    file.u32("glm4.feed_forward_length", 1u << 20);
    const Parsed parsed(file);
    const auto hyper = readHyperparameters(*parsed.file.value());
    QVERIFY(bool(hyper));
    const Hyperparameters& h = hyper.value();
    const uint64_t qkv = uint64_t(h.heads + 2 * h.kvHeads) * h.headDim;
    QCOMPARE(uint64_t(h.queryWidth()) + 2 * h.kvWidth(), qkv);
    QVERIFY(uint64_t(2) * h.ffn <= 0xffffffffu);
}

QTEST_APPLESS_MAIN(TestHyperparameters)
#include "tst_hyperparameters.moc"
