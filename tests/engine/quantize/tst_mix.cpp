// SPDX-License-Identifier: MIT
// Which format each tensor gets: the counts and sizes of published files of the real models.
#include "engine/formats/model_file.h"
#include "engine/model/hyperparameters.h"
#include "engine/quantize/mix.h"
#include "tests/support/gguf_writer.h"

#include <QTemporaryDir>
#include <QTest>

#include <map>

using namespace atelier;
using namespace atelier::test;

namespace {

struct Shape
{
    const char* architecture;
    uint32_t hidden;
    uint32_t layers;
    uint32_t heads;
    uint32_t kvHeads;
    uint32_t ffn;
    bool bias;
};

constexpr uint32_t kHeadDim = 128;
constexpr uint32_t kVocab = 151'552;

const Shape kGlm9B{"glm4", 4096, 40, 32, 2, 13696, true};
const Shape kGlm32B{"glm4", 6144, 61, 48, 2, 23040, false};

// A file of the model's shape whose data is a hole: only its tables are read.
std::shared_ptr<const ModelFile> hollowModel(const QTemporaryDir& folder, const Shape& shape)
{
    const std::string arch = shape.architecture;
    GgufWriter file;
    file.string("general.architecture", arch);
    file.u32(arch + ".context_length", 32768);
    file.u32(arch + ".embedding_length", shape.hidden);
    file.u32(arch + ".block_count", shape.layers);
    file.u32(arch + ".feed_forward_length", shape.ffn);
    file.u32(arch + ".attention.head_count", shape.heads);
    file.u32(arch + ".attention.head_count_kv", shape.kvHeads);
    file.u32(arch + ".attention.key_length", kHeadDim);
    file.u32(arch + ".attention.value_length", kHeadDim);
    file.f32(arch + ".attention.layer_norm_rms_epsilon", 1e-5f);
    const auto matrix = [&](const std::string& name, uint64_t rows, uint64_t cols) {
        file.hollow(name, {cols, rows}, uint32_t(DType::BF16), rows * cols * 2);
    };
    const auto vector = [&](const std::string& name, uint64_t size) {
        file.hollow(name, {size}, uint32_t(DType::F32), size * 4);
    };
    matrix("token_embd.weight", kVocab, shape.hidden);
    for (uint32_t i = 0; i < shape.layers; ++i) {
        const std::string p = "blk." + std::to_string(i) + ".";
        for (const auto& [name, heads] : {std::pair("attn_q", shape.heads),
                 std::pair("attn_k", shape.kvHeads),
                 std::pair("attn_v", shape.kvHeads)}) {
            matrix(p + name + ".weight", uint64_t(heads) * kHeadDim, shape.hidden);
            if (shape.bias) {
                vector(p + name + ".bias", uint64_t(heads) * kHeadDim);
            }
        }
        matrix(p + "attn_output.weight", shape.hidden, uint64_t(shape.heads) * kHeadDim);
        matrix(p + "ffn_up.weight", 2 * uint64_t(shape.ffn), shape.hidden);
        matrix(p + "ffn_down.weight", shape.hidden, shape.ffn);
        for (const char* norm : {"attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"}) {
            vector(p + norm + ".weight", shape.hidden);
        }
    }
    vector("output_norm.weight", shape.hidden);
    matrix("output.weight", kVocab, shape.hidden);
    const auto path = std::filesystem::path(folder.path().toStdString()) / "hollow.gguf";
    const auto opened =
        file.saveSparse(path) ? openGguf(path) : Result<std::shared_ptr<const ModelFile>>(Error{});
    return opened ? opened.value() : nullptr;
}

} // namespace

class TestMix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesAreFound();
    void realModels_data();
    void realModels();
    void rowsThatAreNoWholeBlocks_data();
    void rowsThatAreNoWholeBlocks();
};

void TestMix::namesAreFound()
{
    QCOMPARE(findMix("q4_k_m")->name, std::string_view("Q4_K_M"));
    QCOMPARE(findMix("Q4_K")->name, std::string_view("Q4_K_M"));
    QVERIFY(!findMix("Q4"));
    QVERIFY(!findMix(""));
    for (const Mix& mix : allMixes()) {
        QCOMPARE(findMix(mix.name), &mix);
        QVERIFY(mixNames().find(mix.name) != std::string::npos);
    }
}

// Sources of the numbers: logs and model cards of published files (glm-facts 1).
void TestMix::realModels_data()
{
    QTest::addColumn<bool>("large");
    QTest::addColumn<QString>("mix");
    QTest::addColumn<QString>("counts");
    QTest::addColumn<double>("gibibytes");
    QTest::newRow("9B Q4_K_M") << false << "Q4_K_M"
                               << "F32:281 Q5_0:20 Q8_0:20 Q4_K:181 Q6_K:21" << 5.73;
    QTest::newRow("9B Q5_K_M") << false << "Q5_K_M"
                               << "F32:281 Q5_1:20 Q8_0:20 Q5_K:181 Q6_K:21" << 6.56;
    QTest::newRow("9B Q6_K") << false << "Q6_K"
                             << "F32:281 Q8_0:40 Q6_K:202" << 7.69;
    QTest::newRow("9B Q8_0") << false << "Q8_0"
                             << "F32:281 Q8_0:242" << 9.30;
    QTest::newRow("9B BF16") << false << "BF16"
                             << "F32:281 BF16:242" << 17.51;
    QTest::newRow("32B Q4_K_M") << true << "Q4_K_M"
                                << "F32:245 Q4_K:307 Q6_K:61" << 18.32;
    QTest::newRow("32B Q5_K_M") << true << "Q5_K_M"
                                << "F32:245 Q5_K:307 Q6_K:61" << 21.50;
    QTest::newRow("32B Q6_K") << true << "Q6_K"
                              << "F32:245 Q6_K:368" << 24.88;
    QTest::newRow("32B Q8_0") << true << "Q8_0"
                              << "F32:245 Q8_0:368" << 32.23;
}

void TestMix::realModels()
{
    QFETCH(bool, large);
    QFETCH(QString, mix);
    QFETCH(QString, counts);
    QFETCH(double, gibibytes);
    QTemporaryDir folder;
    const auto file = hollowModel(folder, large ? kGlm32B : kGlm9B);
    QVERIFY(file);
    const auto hyper = readHyperparameters(*file);
    QVERIFY(hyper);
    const MixFacts facts = MixFacts::of(*file, hyper.value());
    std::map<uint32_t, int> found;
    double bytes = 0;
    for (const TensorInfo& tensor : file->tensors()) {
        const DType type = chooseType(*findMix(mix.toStdString()), tensor, facts);
        ++found[uint32_t(type)];
        bytes += double(tensor.rows) * double(rowBytes(type, tensor.cols));
    }
    QStringList text;
    for (const auto& [type, count] : found) {
        text << QString("%1:%2")
                    .arg(QString::fromStdString(std::string(dtypeInfo(DType(type)).name)))
                    .arg(count);
    }
    QCOMPARE(text.join(' '), counts);
    const double size = bytes / double(1 << 30);
    QVERIFY2(std::abs(size - gibibytes) < 0.01, qPrintable(QString::number(size)));
}

void TestMix::rowsThatAreNoWholeBlocks_data()
{
    QTest::addColumn<QString>("mix");
    QTest::addColumn<uint>("cols");
    QTest::addColumn<QString>("type");
    QTest::newRow("whole") << "Q4_K_M" << 512u << "Q4_K";
    QTest::newRow("Q4_K") << "Q4_K_M" << 288u << "Q5_0";
    QTest::newRow("Q5_K") << "Q5_K_S" << 288u << "Q5_1";
    QTest::newRow("Q6_K") << "Q6_K" << 288u << "Q8_0";
    QTest::newRow("Q3_K") << "Q3_K_S" << 288u << "Q4_0";
    QTest::newRow("Q2_K") << "Q2_K" << 288u << "Q4_0";
    QTest::newRow("IQ4_XS") << "IQ4_XS" << 288u << "IQ4_NL";
    QTest::newRow("Q4_0") << "Q4_0" << 288u << "Q4_0";
    QTest::newRow("nothing fits") << "Q4_K_M" << 100u << "F16";
    QTest::newRow("nothing fits Q8_0") << "Q8_0" << 100u << "F16";
    QTest::newRow("BF16 fits everything") << "BF16" << 100u << "BF16";
}

void TestMix::rowsThatAreNoWholeBlocks()
{
    QFETCH(QString, mix);
    QFETCH(uint, cols);
    QFETCH(QString, type);
    const MixFacts facts{16, 16, 16, false, false};
    const TensorInfo tensor{"blk.3.ffn_up.weight", DType::F16, 64, cols, {}};
    const DType chosen = chooseType(*findMix(mix.toStdString()), tensor, facts);
    QCOMPARE(QString::fromStdString(std::string(dtypeInfo(chosen).name)), type);
}

QTEST_APPLESS_MAIN(TestMix)
#include "tst_mix.moc"
