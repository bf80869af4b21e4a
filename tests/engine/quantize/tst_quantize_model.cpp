// SPDX-License-Identifier: MIT
// Whole models: what is written, what it computes, and what is left behind when it goes wrong.
#include "engine/api/model.h"
#include "engine/formats/model_file.h"
#include "engine/quantize/quantize_model.h"
#include "tests/support/npy.h"
#include "tests/support/tiny_model.h"

#include <QTemporaryDir>
#include <QTest>

#include <limits>

using namespace atelier;
using namespace atelier::test;

namespace {

namespace fs = std::filesystem;

const fs::path kGoldens = fs::path(ATELIER_SHARED) / "goldens";

fs::path in(const QTemporaryDir& folder, const char* name)
{
    return fs::path(folder.path().toStdString()) / name;
}

std::vector<std::byte> bytesOf(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

std::vector<fs::path> filesIn(const QTemporaryDir& folder)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder.path().toStdString())) {
        files.push_back(entry.path().filename());
    }
    std::ranges::sort(files);
    return files;
}

// Widths of which one fits the blocks of K-quants, one those of 32 values, and one neither.
TinyShape awkwardShape()
{
    TinyShape shape;
    shape.hidden = 256;
    shape.ffn = 288;
    shape.heads = 4;
    shape.headDim = 25;
    return shape;
}

Result<QuantizeSummary> quantize(const fs::path& source,
    const fs::path& destination,
    const std::string& type,
    uint32_t threads = 2,
    bool overwrite = false)
{
    auto opened = openModel(source);
    if (!opened) {
        return opened.error();
    }
    return quantizeModel(opened.take(), destination, {type, threads, overwrite}, nullptr, {});
}

// Of the model at `path` without any rounding but the weights'.
std::vector<float> exactLogits(const fs::path& path, const std::vector<int32_t>& tokens)
{
    LoadOptions load;
    load.backend = "cpu";
    load.exact = true;
    const auto model = Model::load(path, load, nullptr, {});
    if (!model) {
        qWarning("%s", model.error().message.c_str());
        return {};
    }
    SessionOptions options;
    options.cacheType = CacheType::F32;
    options.contextTokens = 128;
    const auto session = Session::create(model.value(), options);
    auto logits =
        session ? session.value()->logits(tokens, {}) : Result<std::vector<float>>(Error{});
    return logits ? logits.take() : std::vector<float>();
}

} // namespace

class TestQuantizeModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTheReferenceFiles_data();
    void matchesTheReferenceFiles();
    void keepsEverythingElse();
    void everyTypeRuns_data();
    void everyTypeRuns();
    void threadsDoNotMatter();
    void copiesWhatHasTheTypeAlready();
    void progressRises();
    void refusals_data();
    void refusals();
    void stoppingLeavesNothing();
    void numbersThatCannotBeEncoded_data();
    void numbersThatCannotBeEncoded();
    void missingMergesAreAdded();
};

void TestQuantizeModel::matchesTheReferenceFiles_data()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("type");
    if (!fs::exists(kGoldens / "manifest.json")) {
        QSKIP("The reference models are not here.");
    }
    for (const char* type : {"Q4_0",
             "Q4_1",
             "Q5_0",
             "Q5_1",
             "Q8_0",
             "Q2_K",
             "Q3_K_M",
             "Q4_K_M",
             "Q5_K_M",
             "Q6_K",
             "IQ4_NL",
             "IQ4_XS",
             "BF16"}) {
        QTest::newRow(type) << "glm4" << type;
    }
    QTest::newRow("fused Q4_K_M") << "chatglm"
                                  << "Q4_K_M";
    QTest::newRow("fused Q8_0") << "chatglm"
                                << "Q8_0";
}

// llama.cpp made the reference files of the same F16 model: every tensor must have its type, and
// what the model computes must be no farther from the original.
void TestQuantizeModel::matchesTheReferenceFiles()
{
    QFETCH(QString, family);
    QFETCH(QString, type);
    const std::string stem = family.toStdString();
    const fs::path original = kGoldens / "models" / (stem + ".f16.gguf");
    const fs::path theirs = kGoldens / "models" / (stem + "." + type.toStdString() + ".gguf");
    QTemporaryDir folder;
    const fs::path ours = in(folder, "ours.gguf");
    const auto summary = quantize(original, ours, type.toStdString());
    QVERIFY2(summary, summary ? "" : summary.error().message.c_str());

    const auto ourFile = openGguf(ours);
    const auto theirFile = openGguf(theirs);
    QCOMPARE(ourFile.value()->tensors().size(), theirFile.value()->tensors().size());
    for (const TensorInfo& tensor : theirFile.value()->tensors()) {
        const TensorInfo* mine = ourFile.value()->findTensor(tensor.name);
        QVERIFY2(mine, tensor.name.c_str());
        QVERIFY2(mine->type == tensor.type, tensor.name.c_str());
        QCOMPARE(mine->rows, tensor.rows);
        QCOMPARE(mine->cols, tensor.cols);
    }
    for (const char* key : {"general.file_type", "general.quantization_version"}) {
        QCOMPARE(ourFile.value()->unsignedInteger(key), theirFile.value()->unsignedInteger(key));
    }

    std::ifstream tokensFile(kGoldens / "tokens-96.txt");
    const std::vector<int32_t> tokens(std::istream_iterator<int32_t>(tokensFile), {});
    const auto expected = readNpy(kGoldens / "logits" / (stem + ".f16.npy"));
    QVERIFY(!expected.empty());
    const double ourError = relativeError(exactLogits(ours, tokens), expected);
    const double theirError = relativeError(exactLogits(theirs, tokens), expected);
    if (qEnvironmentVariableIsSet("ATELIER_TABLE")) {
        qInfo("%-8s %-7s ours %.5f  reference %.5f",
            stem.c_str(),
            qPrintable(type),
            ourError,
            theirError);
    }
    QVERIFY2(ourError <= theirError,
        qPrintable(QString("%1, reference %2").arg(ourError).arg(theirError)));
}

void TestQuantizeModel::keepsEverythingElse()
{
    QTemporaryDir folder;
    GgufWriter writer = randomModel();
    writer.u64("odd.u64", UINT64_MAX);
    writer.f64("odd.f64", 0.1);
    writer.boolean("odd.bool", true);
    writer.strings("odd.strings", std::vector<std::string>{"a", "", "\xE4\xBD\xA0"});
    writer.f32s("odd.floats", std::vector<float>{1.5f, -2.0f});
    writer.u32("general.alignment", 32);
    writer.u32("general.file_type", 1);
    QVERIFY(writer.save(in(folder, "source.gguf")));
    QVERIFY(quantize(in(folder, "source.gguf"), in(folder, "small.gguf"), "q8_0"));
    const auto source = openGguf(in(folder, "source.gguf"));
    const auto small = openGguf(in(folder, "small.gguf"));
    QVERIFY(small);
    for (const std::string& key : source.value()->keys()) {
        if (key == "general.alignment" || key == "general.file_type") {
            continue;
        }
        const auto before = source.value()->storedValue(key);
        const auto after = small.value()->storedValue(key);
        QVERIFY2(after, key.c_str());
        QCOMPARE(after->type, before->type);
        QVERIFY2(std::ranges::equal(after->bytes, before->bytes), key.c_str());
    }
    QCOMPARE(*small.value()->unsignedInteger("general.file_type"), uint64_t(7));
    QCOMPARE(*small.value()->unsignedInteger("general.quantization_version"), uint64_t(2));
}

void TestQuantizeModel::everyTypeRuns_data()
{
    QTest::addColumn<QString>("type");
    for (const char* type : {"F32",
             "F16",
             "BF16",
             "Q8_0",
             "Q6_K",
             "Q5_K_M",
             "Q5_K_S",
             "Q5_1",
             "Q5_0",
             "Q4_K_M",
             "Q4_K_S",
             "Q4_1",
             "Q4_0",
             "IQ4_NL",
             "IQ4_XS",
             "Q3_K_L",
             "Q3_K_M",
             "Q3_K_S",
             "Q2_K"}) {
        QTest::newRow(type) << type;
    }
}

void TestQuantizeModel::everyTypeRuns()
{
    QFETCH(QString, type);
    QTemporaryDir folder;
    QVERIFY(randomModel(awkwardShape()).save(in(folder, "source.gguf")));
    const auto summary =
        quantize(in(folder, "source.gguf"), in(folder, "small.gguf"), type.toStdString());
    QVERIFY2(summary, summary ? "" : summary.error().message.c_str());
    QCOMPARE(summary.value().bytes, uint64_t(fs::file_size(in(folder, "small.gguf"))));
    const std::vector<int32_t> tokens{1, 50, 200, 7, 7, 90};
    const auto before = exactLogits(in(folder, "source.gguf"), tokens);
    const auto after = exactLogits(in(folder, "small.gguf"), tokens);
    QVERIFY(!before.empty());
    // Two bits keep the rough shape of two layers; a wrong layout keeps nothing (about 1.4).
    const double error = relativeError(after, before);
    QVERIFY2(error < 0.8, qPrintable(QString::number(error)));
    if (type == "F32" || type == "F16") {
        QVERIFY2(error < 1e-4, qPrintable(QString::number(error)));
    }
}

void TestQuantizeModel::threadsDoNotMatter()
{
    QTemporaryDir folder;
    QVERIFY(randomModel(awkwardShape()).save(in(folder, "source.gguf")));
    QVERIFY(quantize(in(folder, "source.gguf"), in(folder, "one.gguf"), "Q4_K_M", 1));
    QVERIFY(quantize(in(folder, "source.gguf"), in(folder, "five.gguf"), "Q4_K_M", 5));
    QVERIFY(bytesOf(in(folder, "one.gguf")) == bytesOf(in(folder, "five.gguf")));
}

void TestQuantizeModel::copiesWhatHasTheTypeAlready()
{
    QTemporaryDir folder;
    QVERIFY(randomModel(awkwardShape()).save(in(folder, "source.gguf")));
    QVERIFY(quantize(in(folder, "source.gguf"), in(folder, "once.gguf"), "Q4_K_M"));
    const auto summary = quantize(in(folder, "once.gguf"), in(folder, "twice.gguf"), "Q4_K_M");
    QVERIFY(summary);
    QVERIFY(summary.value().wasQuantized);
    QVERIFY(bytesOf(in(folder, "once.gguf")) == bytesOf(in(folder, "twice.gguf")));
}

void TestQuantizeModel::progressRises()
{
    QTemporaryDir folder;
    QVERIFY(randomModel().save(in(folder, "source.gguf")));
    const auto source = openGguf(in(folder, "source.gguf"));
    double last = 0;
    size_t number = 0;
    const auto summary = quantizeModel(source.value(),
        in(folder, "small.gguf"),
        {"Q8_0", 1, false},
        [&](const QuantizeProgress& progress) {
            QVERIFY(progress.fraction >= last);
            QVERIFY(progress.number >= number);
            QCOMPARE(progress.tensor,
                std::string_view(source.value()->tensors()[progress.number - 1].name));
            last = progress.fraction;
            number = progress.number;
        },
        {});
    QVERIFY(summary);
    QCOMPARE(last, 1.0);
    QCOMPARE(number, source.value()->tensors().size());
    QCOMPARE(summary.value().tensors, number);
}

void TestQuantizeModel::refusals_data()
{
    QTest::addColumn<QString>("destination");
    QTest::addColumn<QString>("type");
    QTest::addColumn<bool>("incomplete");
    QTest::addColumn<QString>("mentions");
    QTest::newRow("unknown type") << "new.gguf"
                                  << "Q9_K" << false << "write one of F32, F16";
    QTest::newRow("the source itself") << "source.gguf"
                                       << "Q8_0" << false << "the model itself";
    QTest::newRow("a file that exists") << "old.gguf"
                                        << "Q8_0" << false << "exists already";
    QTest::newRow("a folder") << "."
                              << "Q8_0" << false << "is a folder";
    QTest::newRow("no such folder") << "no/new.gguf"
                                    << "Q8_0" << false << "does not exist";
    QTest::newRow("a tensor is missing") << "new.gguf"
                                         << "Q8_0" << true << "blk.1.ffn_down.weight";
}

void TestQuantizeModel::refusals()
{
    QFETCH(QString, destination);
    QFETCH(QString, type);
    QFETCH(bool, incomplete);
    QFETCH(QString, mentions);
    QTemporaryDir folder;
    GgufWriter writer = randomModel();
    if (incomplete) {
        writer.removeTensor("blk.1.ffn_down.weight");
    }
    QVERIFY(writer.save(in(folder, "source.gguf")));
    std::ofstream(in(folder, "old.gguf")) << "old";
    const auto before = filesIn(folder);
    const auto source = bytesOf(in(folder, "source.gguf"));
    const auto summary = quantize(
        in(folder, "source.gguf"), in(folder, qPrintable(destination)), type.toStdString());
    QVERIFY(!summary);
    QVERIFY2(summary.error().message.find(mentions.toStdString()) != std::string::npos,
        summary.error().message.c_str());
    QVERIFY(filesIn(folder) == before);
    QVERIFY(bytesOf(in(folder, "source.gguf")) == source);
    QCOMPARE(bytesOf(in(folder, "old.gguf")).size(), size_t(3));
    if (destination == "old.gguf") {
        QVERIFY(quantize(in(folder, "source.gguf"), in(folder, "old.gguf"), "Q8_0", 1, true));
        QVERIFY(openGguf(in(folder, "old.gguf")));
    }
}

void TestQuantizeModel::stoppingLeavesNothing()
{
    QTemporaryDir folder;
    QVERIFY(randomModel().save(in(folder, "source.gguf")));
    const auto source = openGguf(in(folder, "source.gguf"));
    std::stop_source stop;
    bool wasPartial = false;
    const auto summary = quantizeModel(
        source.value(),
        in(folder, "small.gguf"),
        {"Q4_0", 2, false},
        [&](const QuantizeProgress& progress) {
            if (progress.number == 5) {
                wasPartial = filesIn(folder).size() == 2 && !fs::exists(in(folder, "small.gguf"));
                stop.request_stop();
            }
        },
        stop.get_token());
    QVERIFY(!summary);
    QCOMPARE(summary.error().code, ErrorCode::Cancelled);
    QVERIFY(wasPartial);
    QCOMPARE(filesIn(folder).size(), size_t(1));
}

void TestQuantizeModel::numbersThatCannotBeEncoded_data()
{
    QTest::addColumn<float>("value");
    QTest::addColumn<QString>("type");
    QTest::addColumn<bool>("accepted");
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    QTest::newRow("NaN") << std::numeric_limits<float>::quiet_NaN() << "Q4_K_M" << false;
    QTest::newRow("infinity") << kInfinity << "Q8_0" << false;
    QTest::newRow("negative infinity") << -kInfinity << "BF16" << false;
    QTest::newRow("too large for a half") << 70000.0f << "F16" << false;
    QTest::newRow("large enough for BF16") << 70000.0f << "BF16" << true;
}

void TestQuantizeModel::numbersThatCannotBeEncoded()
{
    QFETCH(float, value);
    QFETCH(QString, type);
    QFETCH(bool, accepted);
    QTemporaryDir folder;
    TinyShape shape;
    shape.halves = false;
    GgufWriter writer = randomModel(shape);
    std::vector<float> values(size_t(shape.hidden) * shape.ffn);
    values[size_t(3) * shape.ffn + 7] = value;
    writer.matrixF32("blk.1.ffn_down.weight", shape.hidden, shape.ffn, values);
    QVERIFY(writer.save(in(folder, "source.gguf")));
    const auto summary =
        quantize(in(folder, "source.gguf"), in(folder, "small.gguf"), type.toStdString());
    QCOMPARE(bool(summary), accepted);
    if (!accepted) {
        const std::string& message = summary.error().message;
        QVERIFY2(message.find("\"blk.1.ffn_down.weight\"") != std::string::npos, message.c_str());
        QVERIFY2(message.find("row 4 ") != std::string::npos, message.c_str());
        QCOMPARE(filesIn(folder).size(), size_t(1));
    }
}

void TestQuantizeModel::missingMergesAreAdded()
{
    QTemporaryDir folder;
    TinyShape shape;
    shape.words = {"ab", "abc", "bc"};
    QVERIFY(randomModel(shape).save(in(folder, "source.gguf")));
    QVERIFY(quantize(in(folder, "source.gguf"), in(folder, "small.gguf"), "Q8_0"));
    const auto small = openGguf(in(folder, "small.gguf"));
    const auto merges = small.value()->strings("tokenizer.ggml.merges");
    QVERIFY(merges);
    const std::vector<std::string_view> expected{"a b", "a bc", "ab c", "b c"};
    QVERIFY(*merges == expected);
}

QTEST_APPLESS_MAIN(TestQuantizeModel)
#include "tst_quantize_model.moc"
