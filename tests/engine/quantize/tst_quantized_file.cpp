// SPDX-License-Identifier: MIT
// Quantizing while loading must give what quantizing to a file and loading that gives.
#include "engine/api/model.h"
#include "engine/formats/model_file.h"
#include "engine/quantize/quantize_model.h"
#include "engine/quantize/quantized_file.h"
#include "tests/support/tiny_model.h"

#include <QTemporaryDir>
#include <QTest>

#include <limits>

using namespace atelier;
using namespace atelier::test;

namespace {

namespace fs = std::filesystem;

TinyShape shapeOf(const QString& architecture)
{
    TinyShape shape;
    shape.architecture = architecture.toStdString();
    shape.hidden = 256;
    shape.ffn = 288;
    return shape;
}

Result<std::shared_ptr<Model>> load(const fs::path& path, const std::string& quantize)
{
    LoadOptions options;
    options.backend = "cpu";
    options.threads = 2;
    options.quantize = quantize;
    return Model::load(path, options, nullptr, {});
}

std::vector<float> logitsOf(const std::shared_ptr<Model>& model)
{
    SessionOptions options;
    options.cacheType = CacheType::F32;
    options.contextTokens = 16;
    const auto session = Session::create(model, options);
    auto logits = session ? session.value()->logits(std::vector<int32_t>{3, 77, 200, 9}, {})
                          : Result<std::vector<float>>(Error{});
    return logits ? logits.take() : std::vector<float>();
}

} // namespace

class TestQuantizedFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isTheQuantizedModel_data();
    void isTheQuantizedModel();
    void encodesOnlyWhatIsLoaded();
    void refusals();
    void canBeStopped();
};

void TestQuantizedFile::isTheQuantizedModel_data()
{
    QTest::addColumn<QString>("architecture");
    QTest::addColumn<QString>("type");
    QTest::newRow("Q4_K_M") << "glm4"
                            << "Q4_K_M";
    QTest::newRow("Q8_0") << "glm4"
                          << "Q8_0";
    QTest::newRow("BF16") << "glm4"
                          << "BF16";
    QTest::newRow("the same type") << "glm4"
                                   << "F16";
    QTest::newRow("gate apart") << "llama"
                                << "Q5_K_S";
}

void TestQuantizedFile::isTheQuantizedModel()
{
    QFETCH(QString, architecture);
    QFETCH(QString, type);
    QTemporaryDir folder;
    const fs::path path = folder.path().toStdString();
    QVERIFY(randomModel(shapeOf(architecture)).save(path / "source.gguf"));
    const auto source = openGguf(path / "source.gguf");
    QVERIFY(quantizeModel(
        source.value(), path / "small.gguf", {type.toStdString(), 1, false}, nullptr, {}));
    const auto fromFile = load(path / "small.gguf", "");
    const auto inMemory = load(path / "source.gguf", type.toStdString());
    QVERIFY2(inMemory, inMemory ? "" : inMemory.error().message.c_str());
    QCOMPARE(inMemory.value()->info().quantization, fromFile.value()->info().quantization);
    const auto expected = logitsOf(fromFile.value());
    QVERIFY(!expected.empty());
    QVERIFY(logitsOf(inMemory.value()) == expected);
}

void TestQuantizedFile::encodesOnlyWhatIsLoaded()
{
    const auto bytes = randomModel(shapeOf("glm4")).bytes();
    const auto source = parseGguf(bytes);
    const auto file = quantizeWhileLoading(source.value(), "Q8_0", 2);
    QVERIFY(file);
    const std::string name = "blk.1.ffn_up.weight";
    const TensorInfo* tensor = file.value()->findTensor(name);
    QCOMPARE(tensor->type, DType::Q8_0);
    QCOMPARE(tensor->bytes.size(), size_t(tensor->rows) * rowBytes(DType::Q8_0, tensor->cols));
    QVERIFY(file.value()->load(name, {}));
    const std::vector<std::byte> once(tensor->bytes.begin(), tensor->bytes.end());
    QVERIFY(file.value()->load(name, {})); // changes nothing
    QVERIFY(std::ranges::equal(once, tensor->bytes));
    // Vectors stay where they are.
    const TensorInfo* norm = file.value()->findTensor("output_norm.weight");
    QCOMPARE(norm->bytes.data(), source.value()->findTensor("output_norm.weight")->bytes.data());
}

void TestQuantizedFile::refusals()
{
    QTemporaryDir folder;
    const fs::path path = fs::path(folder.path().toStdString()) / "source.gguf";
    TinyShape shape;
    shape.halves = false;
    GgufWriter writer = randomModel(shape);
    QVERIFY(writer.save(path));
    const auto unknown = load(path, "Q7");
    QVERIFY(!unknown);
    QCOMPARE(unknown.error().code, ErrorCode::InvalidUse);
    std::vector<float> values(size_t(shape.hidden) * shape.ffn);
    values[100] = std::numeric_limits<float>::quiet_NaN();
    writer.matrixF32("blk.0.ffn_down.weight", shape.hidden, shape.ffn, values);
    QVERIFY(writer.save(path));
    const auto damaged = load(path, "Q8_0");
    QVERIFY(!damaged);
    QVERIFY2(damaged.error().message.find("\"blk.0.ffn_down.weight\"") != std::string::npos,
        damaged.error().message.c_str());
}

void TestQuantizedFile::canBeStopped()
{
    const auto bytes = randomModel(shapeOf("glm4")).bytes();
    const auto file = quantizeWhileLoading(parseGguf(bytes).value(), "Q8_0", 2);
    QVERIFY(file);
    std::stop_source stop;
    stop.request_stop();
    const Status stopped = file.value()->load("token_embd.weight", stop.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
    QVERIFY(file.value()->load("token_embd.weight", {})); // and tried again
}

QTEST_APPLESS_MAIN(TestQuantizedFile)
#include "tst_quantized_file.moc"
