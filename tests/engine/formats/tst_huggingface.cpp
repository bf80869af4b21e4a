// SPDX-License-Identifier: MIT
// Folders of safetensors: they must be the model that the GGUF of the same weights is.
#include "engine/api/model.h"
#include "engine/formats/model_file.h"
#include "engine/quantize/quantize_model.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/support/hf_folder.h"
#include "tests/support/npy.h"
#include "tests/support/tiny_model.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace atelier;
using namespace atelier::test;

namespace {

namespace fs = std::filesystem;

const fs::path kGoldens = fs::path(ATELIER_SHARED) / "goldens";
const fs::path kVocabulary = fs::path(ATELIER_SHARED) / "glm4-tokenizer";

std::string bytesOfToken(std::string_view token)
{
    return bytesFromAlphabet(token).value_or("");
}

bool writeFolder(const ModelFile& file, const fs::path& folder, const HfOptions& options)
{
    return writeHfWeights(file, folder, options) &&
           writeHfTokenizer(file, folder, options, bytesOfToken);
}

std::vector<float> logitsOf(const fs::path& path, const std::vector<int32_t>& tokens)
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
    options.contextTokens = uint32_t(tokens.size());
    const auto session = Session::create(model.value(), options);
    auto logits =
        session ? session.value()->logits(tokens, {}) : Result<std::vector<float>>(Error{});
    return logits ? logits.take() : std::vector<float>();
}

} // namespace

class TestHuggingFace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void computesTheReferenceLogits_data();
    void computesTheReferenceLogits();
    void isTheModelOfTheGguf_data();
    void isTheModelOfTheGguf();
    void metadataIsTheGgufs();
    void anyFileOfTheFolderOpensIt();
    void aFolderWithOneGguf();
    void quantizesLikeTheGguf();
    void longContextSettings_data();
    void longContextSettings();
    void chatTemplates_data();
    void chatTemplates();
    void realVocabularies_data();
    void realVocabularies();
};

void TestHuggingFace::computesTheReferenceLogits_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("architecture");
    QTest::addColumn<uint>("type");
    QTest::addColumn<uint>("shards");
    if (!fs::exists(kGoldens / "manifest.json")) {
        QSKIP("The reference models are not here.");
    }
    const auto row = [](const char* model, const char* architecture, DType type, uint shards) {
        QTest::addRow("%s %s %s in %u",
            model,
            architecture,
            std::string(dtypeInfo(type).name).c_str(),
            shards)
            << model << architecture << uint(type) << shards;
    };
    row("glm4.f16", "Glm4ForCausalLM", DType::F16, 1);
    row("glm4.f16", "Glm4ForCausalLM", DType::F32, 3);
    row("glm4.BF16", "Glm4ForCausalLM", DType::BF16, 2);
    row("glm4-yarn.f16", "Glm4ForCausalLM", DType::F16, 1);
    row("chatglm.f16", "ChatGLMModel", DType::F16, 1);
    row("chatglm.f16", "ChatGLMForConditionalGeneration", DType::F32, 4);
    row("llama.f16", "LlamaForCausalLM", DType::F16, 1);
    row("llama.f16", "LlamaForCausalLM", DType::F32, 2);
    row("qwen2.f16", "Qwen2ForCausalLM", DType::F16, 1);
    row("qwen2.f16", "Qwen2ForCausalLM", DType::F32, 5);
}

void TestHuggingFace::computesTheReferenceLogits()
{
    QFETCH(QString, model);
    QFETCH(QString, architecture);
    QFETCH(uint, type);
    QFETCH(uint, shards);
    const std::string name = model.toStdString();
    const auto file = openGguf(kGoldens / "models" / (name + ".gguf"));
    QVERIFY(file);
    QTemporaryDir folder;
    HfOptions options;
    options.architecture = architecture.toStdString();
    options.type = DType(type);
    options.vectorType = DType::F32; // as the GGUF has them
    options.shards = shards;
    const fs::path path = folder.path().toStdString();
    QVERIFY(writeFolder(*file.value(), path, options));
    std::ifstream tokensFile(
        kGoldens / (name.starts_with("glm4-yarn") ? "tokens-240.txt" : "tokens-96.txt"));
    const std::vector<int32_t> tokens(std::istream_iterator<int32_t>(tokensFile), {});
    const auto expected = readNpy(kGoldens / "logits" / (name + ".npy"));
    QVERIFY(!expected.empty());
    const double error = relativeError(logitsOf(path, tokens), expected);
    QVERIFY2(error <= 1e-4, qPrintable(QString::number(error)));
}

void TestHuggingFace::isTheModelOfTheGguf_data()
{
    QTest::addColumn<QString>("gguf");
    QTest::addColumn<QString>("architecture");
    QTest::addColumn<bool>("fused");
    QTest::addColumn<bool>("bias");
    QTest::addColumn<bool>("tied");
    QTest::addColumn<uint>("padding"); // of the headers; 1: data is not aligned
    QTest::newRow("glm4") << "glm4"
                          << "Glm4ForCausalLM" << false << true << false << 8u;
    QTest::newRow("glm4, no bias") << "glm4"
                                   << "Glm4ForCausalLM" << false << false << false << 8u;
    QTest::newRow("glm") << "chatglm"
                         << "GlmForCausalLM" << false << true << false << 8u;
    QTest::newRow("chatglm") << "chatglm"
                             << "ChatGLMModel" << true << true << false << 8u;
    QTest::newRow("llama") << "llama"
                           << "LlamaForCausalLM" << false << false << false << 8u;
    QTest::newRow("llama, biases") << "llama"
                                   << "LlamaForCausalLM" << false << true << false << 8u;
    QTest::newRow("llama, odd offsets") << "llama"
                                        << "LlamaForCausalLM" << false << true << false << 1u;
    QTest::newRow("qwen2") << "qwen2"
                           << "Qwen2ForCausalLM" << false << true << false << 8u;
    QTest::newRow("qwen2, tied") << "qwen2"
                                 << "Qwen2ForCausalLM" << false << true << true << 8u;
    QTest::newRow("glm4, odd offsets") << "glm4"
                                       << "Glm4ForCausalLM" << false << true << false << 1u;
}

void TestHuggingFace::isTheModelOfTheGguf()
{
    QFETCH(QString, gguf);
    QFETCH(QString, architecture);
    QFETCH(bool, fused);
    QFETCH(bool, bias);
    QFETCH(bool, tied);
    QFETCH(uint, padding);
    TinyShape shape;
    shape.architecture = gguf.toStdString();
    shape.fusedQkv = fused;
    shape.qkvBias = bias;
    shape.tied = tied;
    shape.halves = false;
    QTemporaryDir folder;
    const fs::path path = folder.path().toStdString();
    const fs::path original = path / "original.gguf";
    QVERIFY(randomModel(shape).save(original));
    const auto file = openGguf(original);
    HfOptions options;
    options.architecture = architecture.toStdString();
    options.type = DType::F32;
    options.shards = 2;
    options.newRope = tied;
    options.headerPadding = padding;
    QVERIFY(writeFolder(*file.value(), path, options));
    const std::vector<int32_t> tokens{7, 200, 31, 90, 90, 12, 255};
    const auto expected = logitsOf(original, tokens);
    const auto actual = logitsOf(path, tokens);
    QVERIFY(!expected.empty());
    QVERIFY(actual == expected); // the same numbers in the same order
}

void TestHuggingFace::metadataIsTheGgufs()
{
    QTemporaryDir folder;
    const fs::path path = folder.path().toStdString();
    GgufWriter writer = randomModel();
    writer.u32("glm4.vocab_size", tinyVocab({}));
    QVERIFY(writer.save(path / "original.gguf"));
    const auto original = openGguf(path / "original.gguf");
    HfOptions options;
    options.architecture = "Glm4ForCausalLM";
    QVERIFY(writeFolder(*original.value(), path, options));
    const auto opened = openModel(path);
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const ModelFile& file = *opened.value();
    for (const std::string& key : original.value()->keys()) {
        if (key.starts_with("general.name")) {
            continue;
        }
        const auto theirs = original.value()->storedValue(key);
        const auto mine = file.storedValue(key);
        QVERIFY2(mine, key.c_str());
        QCOMPARE(mine->type, theirs->type);
        QVERIFY2(std::ranges::equal(mine->bytes, theirs->bytes), key.c_str());
    }
    QCOMPARE(QString::fromStdString(std::string(*file.string("general.name"))),
        QString::fromStdString(path.filename().string()));
    QCOMPARE(file.formatName(), std::string_view("Safetensors"));
    QCOMPARE(file.fileBytes(), uint64_t(fs::file_size(path / "model.safetensors")));
    QCOMPARE(file.tensors().size(), original.value()->tensors().size());
}

void TestHuggingFace::anyFileOfTheFolderOpensIt()
{
    QTemporaryDir folder;
    const fs::path path = folder.path().toStdString();
    QVERIFY(randomModel().save(path / "original.gguf"));
    HfOptions options;
    options.architecture = "Glm4ForCausalLM";
    options.shards = 2;
    QVERIFY(writeFolder(*openGguf(path / "original.gguf").value(), path, options));
    for (const char* name :
        {"", "config.json", "model-00002-of-00002.safetensors", "model.safetensors.index.json"}) {
        const auto opened = openModel(path / name);
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        QCOMPARE(opened.value()->formatName(), std::string_view("Safetensors"));
    }
    QCOMPARE(openModel(path / "original.gguf").value()->formatName(), std::string_view("GGUF 3"));
}

void TestHuggingFace::aFolderWithOneGguf()
{
    QTemporaryDir folder;
    const fs::path path = folder.path().toStdString();
    const auto empty = openModel(path);
    QVERIFY(!empty);
    QCOMPARE(empty.error().code, ErrorCode::NotAModel);
    QVERIFY(randomModel().save(path / "one.gguf"));
    QVERIFY(openModel(path));
    QVERIFY(randomModel().save(path / "two.gguf"));
    const auto two = openModel(path);
    QVERIFY(!two);
    QVERIFY2(two.error().message.find("\"one.gguf\", \"two.gguf\"") != std::string::npos,
        two.error().message.c_str());
}

// From a folder or from the GGUF of the same numbers: the tensors must be the same to the byte.
void TestHuggingFace::quantizesLikeTheGguf()
{
    QTemporaryDir folder;
    const fs::path path = folder.path().toStdString();
    TinyShape shape;
    shape.architecture = "llama"; // whose rows change places
    shape.hidden = 256;
    QVERIFY(randomModel(shape).save(path / "original.gguf"));
    const auto original = openGguf(path / "original.gguf");
    HfOptions options;
    options.architecture = "LlamaForCausalLM";
    options.type = DType::F32;
    QVERIFY(writeFolder(*original.value(), path, options));
    const auto hub = openModel(path);
    QVERIFY(hub);
    QVERIFY(quantizeModel(original.value(), path / "a.gguf", {"Q4_K_M", 2, false}, nullptr, {}));
    QVERIFY(quantizeModel(hub.value(), path / "b.gguf", {"Q4_K_M", 2, false}, nullptr, {}));
    const auto a = openGguf(path / "a.gguf");
    const auto b = openGguf(path / "b.gguf");
    QCOMPARE(a.value()->tensors().size(), b.value()->tensors().size());
    for (const TensorInfo& tensor : a.value()->tensors()) {
        const TensorInfo* other = b.value()->findTensor(tensor.name);
        QVERIFY2(other, tensor.name.c_str());
        QVERIFY2(other->type == tensor.type, tensor.name.c_str());
        QVERIFY2(std::ranges::equal(other->bytes, tensor.bytes), tensor.name.c_str());
    }
}

void TestHuggingFace::longContextSettings_data()
{
    QTest::addColumn<QByteArray>("scaling");
    QTest::addColumn<QString>("key");
    QTest::addColumn<double>("value");
    QTest::newRow("yarn factor") << QByteArray(R"({"type":"yarn","factor":4.0})")
                                 << "glm4.rope.scaling.factor" << 4.0;
    QTest::newRow("yarn original context")
        << QByteArray(R"({"rope_type":"yarn","factor":2,"original_max_position_embeddings":128})")
        << "glm4.rope.scaling.original_context_length" << 128.0;
    QTest::newRow("yarn betas")
        << QByteArray(R"({"rope_type":"yarn","factor":2,"beta_fast":16,"beta_slow":2})")
        << "glm4.rope.scaling.yarn_beta_fast" << 16.0;
    QTest::newRow("yarn attention factor")
        << QByteArray(R"({"rope_type":"yarn","factor":2,"attention_factor":1.25})")
        << "glm4.rope.scaling.yarn_attn_factor" << 1.25;
    QTest::newRow("yarn mscale")
        << QByteArray(R"({"rope_type":"yarn","factor":2,"mscale":1,"mscale_all_dim":1})")
        << "glm4.rope.scaling.yarn_attn_factor" << 1.0;
    QTest::newRow("linear") << QByteArray(R"({"type":"linear","factor":8.0})")
                            << "glm4.rope.scaling.factor" << 8.0;
    // Pair 0 turns fast and keeps its wave; the last one is stretched by the whole factor.
    QTest::newRow("llama3 first")
        << QByteArray(R"({"rope_type":"llama3","factor":8.0,"low_freq_factor":1.0,)"
                      R"("high_freq_factor":4.0,"original_max_position_embeddings":64})")
        << "divisor 0" << 1.0;
    QTest::newRow("llama3 last")
        << QByteArray(R"({"rope_type":"llama3","factor":8.0,"low_freq_factor":1.0,)"
                      R"("high_freq_factor":4.0,"original_max_position_embeddings":64})")
        << "divisor 3" << 8.0;
}

void TestHuggingFace::longContextSettings()
{
    QFETCH(QByteArray, scaling);
    QFETCH(QString, key);
    QFETCH(double, value);
    QTemporaryDir folder;
    const fs::path path = folder.path().toStdString();
    QVERIFY(randomModel().save(path / "original.gguf"));
    HfOptions options;
    options.architecture = "Glm4ForCausalLM";
    const auto original = openGguf(path / "original.gguf");
    QVERIFY(writeFolder(*original.value(), path, options));
    OrderedJson config = hfConfig(*original.value(), options);
    config["rope_scaling"] = OrderedJson::parse(scaling.toStdString());
    QVERIFY(writeFile(path / "config.json", config.dump()));
    const auto opened = openModel(path);
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    if (key.startsWith("divisor ")) {
        const TensorInfo* divisors = opened.value()->findTensor("rope_freqs.weight");
        QVERIFY(divisors);
        QCOMPARE(divisors->cols, uint64_t(4)); // half of the 8 dimensions that rotate
        std::vector<float> values(4);
        dequantizeRow(DType::F32, divisors->bytes, values);
        QCOMPARE(values[key.mid(8).toUInt()], float(value));
    } else {
        QCOMPARE(*opened.value()->number(key.toStdString()), value);
    }
}

void TestHuggingFace::chatTemplates_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("expected");
    QTest::newRow("none") << QByteArray("{}") << QByteArray() << QString();
    QTest::newRow("in the configuration")
        << QByteArray(R"({"chat_template":"A"})") << QByteArray() << QString("A");
    QTest::newRow("one of several")
        << QByteArray(
               R"({"chat_template":[{"name":"tool","template":"T"},{"name":"default","template":"D"}]})")
        << QByteArray() << QString("D");
    QTest::newRow("a file of its own wins")
        << QByteArray(R"({"chat_template":"A"})") << QByteArray("{{ B }}") << QString("{{ B }}");
    QTest::newRow("of another kind")
        << QByteArray(R"({"chat_template":7})") << QByteArray() << QString();
}

void TestHuggingFace::chatTemplates()
{
    QFETCH(QByteArray, config);
    QFETCH(QByteArray, file);
    QFETCH(QString, expected);
    QTemporaryDir folder;
    const fs::path path = folder.path().toStdString();
    QVERIFY(randomModel().save(path / "original.gguf"));
    HfOptions options;
    options.architecture = "Glm4ForCausalLM";
    QVERIFY(writeFolder(*openGguf(path / "original.gguf").value(), path, options));
    QVERIFY(writeFile(path / "tokenizer_config.json", config.toStdString()));
    if (!file.isEmpty()) {
        QVERIFY(writeFile(path / "chat_template.jinja", file.toStdString()));
    }
    const auto opened = openModel(path);
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const auto found = opened.value()->string("tokenizer.chat_template");
    QCOMPARE(found.has_value(), !expected.isEmpty());
    QCOMPARE(QString::fromStdString(std::string(found.value_or(""))), expected);
}

void TestHuggingFace::realVocabularies_data()
{
    QTest::addColumn<bool>("tiktoken");
    QTest::addColumn<bool>("pairMerges");
    QTest::newRow("tokenizer.json") << false << false;
    QTest::newRow("tokenizer.json, merges as pairs") << false << true;
    QTest::newRow("tokenizer.model") << true << false;
}

// GLM-4's own vocabulary in all its forms gives the ids that other programs computed.
void TestHuggingFace::realVocabularies()
{
    QFETCH(bool, tiktoken);
    QFETCH(bool, pairMerges);
    if (!fs::exists(kVocabulary / "glm4-vocab.gguf")) {
        QSKIP("The GLM-4 vocabulary is not part of the source tree.");
    }
    const auto vocabulary = openGguf(kVocabulary / "glm4-vocab.gguf");
    QVERIFY(vocabulary);
    QTemporaryDir folder;
    const fs::path path = folder.path().toStdString();
    TinyShape shape;
    shape.hidden = 32;
    shape.layers = 1;
    shape.padding = 151'552 - 266; // rows of the embedding: GLM-4's
    QVERIFY(randomModel(shape).save(path / "weights.gguf"));
    HfOptions options;
    options.architecture = "Glm4ForCausalLM";
    options.tiktoken = tiktoken;
    options.pairMerges = pairMerges;
    QVERIFY(writeHfWeights(*openGguf(path / "weights.gguf").value(), path, options));
    QVERIFY(writeHfTokenizer(*vocabulary.value(), path, options, bytesOfToken));
    // What generates replies has the last word about their ends.
    QVERIFY(writeFile(path / "generation_config.json",
        R"({"eos_token_id":[151329,151336,151338],"pad_token_id":151329})"));

    const auto opened = openModel(path);
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const auto mine = Tokenizer::create(*opened.value());
    QVERIFY2(mine, mine ? "" : mine.error().message.c_str());
    const auto theirs = Tokenizer::create(*vocabulary.value());
    QVERIFY(theirs);
    QCOMPARE(mine.value()->vocabSize(), theirs.value()->vocabSize());
    for (int32_t id = 0; id < mine.value()->vocabSize(); ++id) {
        QCOMPARE(mine.value()->tokenBytes(id), theirs.value()->tokenBytes(id));
        QCOMPARE(mine.value()->isControl(id), theirs.value()->isControl(id));
        QCOMPARE(mine.value()->isPadding(id), theirs.value()->isPadding(id));
    }
    QVERIFY(std::ranges::equal(mine.value()->stopTokens(), theirs.value()->stopTokens()));

    QFile file(QString::fromStdString((kVocabulary / "vectors.json").string()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonArray vectors = QJsonDocument::fromJson(file.readAll()).array();
    QCOMPARE(vectors.size(), 199);
    for (const QJsonValue& vector : vectors) {
        std::vector<int32_t> ids;
        for (const QJsonValue& id : vector["ids"].toArray()) {
            ids.push_back(id.toInt());
        }
        const std::string text = vector["text"].toString().toStdString();
        QCOMPARE(mine.value()->encode(text, SpecialTokens::AsText), ids);
    }
}

QTEST_APPLESS_MAIN(TestHuggingFace)
#include "tst_huggingface.moc"
