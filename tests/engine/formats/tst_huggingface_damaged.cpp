// SPDX-License-Identifier: MIT
// Damaged and hostile folders of safetensors: each ends in a message that names what is wrong, in
// bounded time and memory.
#include "engine/formats/hf_shards.h"
#include "engine/formats/hf_tokenizer.h"
#include "engine/formats/json.h"
#include "engine/formats/model_file.h"
#include "engine/formats/safetensors.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "tests/support/counting_allocator.h"
#include "tests/support/hf_folder.h"
#include "tests/support/tiny_model.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <functional>

using namespace atelier;
using namespace atelier::test;

namespace {

namespace fs = std::filesystem;

constexpr size_t kMemoryLimit = size_t(200) << 20;

HfOptions twoShards()
{
    HfOptions options;
    options.architecture = "Glm4ForCausalLM";
    options.shards = 2;
    return options;
}

bool writeWhole(const fs::path& folder)
{
    const auto bytes = randomModel().bytes();
    const auto file = parseGguf(bytes);
    return file && writeHfWeights(*file.value(), folder, twoShards()) &&
           writeHfTokenizer(*file.value(), folder, twoShards(), [](std::string_view token) {
               return bytesFromAlphabet(token).value_or("");
           });
}

OrderedJson readJson(const fs::path& path)
{
    std::ifstream file(path);
    return OrderedJson::parse(file, nullptr, false);
}

// Changes one member of a JSON file.
std::function<void(const fs::path&)> with(
    const char* fileName, const std::function<void(OrderedJson&)>& change)
{
    return [fileName, change](const fs::path& folder) {
        OrderedJson json = readJson(folder / fileName);
        change(json);
        writeFile(folder / fileName, json.dump());
    };
}

std::function<void(const fs::path&)> withText(const char* fileName, const std::string& text)
{
    return [fileName, text](const fs::path& folder) { writeFile(folder / fileName, text); };
}

std::function<void(const fs::path&)> without(const char* fileName)
{
    return [fileName](const fs::path& folder) { fs::remove(folder / fileName); };
}

std::function<void(const fs::path&)> config(const char* key, OrderedJson value)
{
    return with("config.json", [key, value](OrderedJson& json) { json[key] = value; });
}

constexpr const char* kConfig = "config.json";
constexpr const char* kIndex = "model.safetensors.index.json";
constexpr const char* kFirst = "model-00001-of-00002.safetensors";
constexpr const char* kSecond = "model-00002-of-00002.safetensors";

std::function<void(const fs::path&)> indexed(const std::string& fileName)
{
    return with(kIndex,
        [fileName](OrderedJson& json) { json["weight_map"]["model.norm.weight"] = fileName; });
}

std::string repeated(std::string_view text, size_t times)
{
    std::string all;
    for (size_t i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

struct Damage
{
    const char* name;
    std::function<void(const fs::path&)> apply;
    ErrorCode code;
    const char* mentions;
};

const std::vector<Damage>& configDamages()
{
    static const std::vector<Damage> rows{
        {"no JSON", withText(kConfig, "{\"a\": 1,}"), ErrorCode::InvalidFormat, "byte 9"},
        {"an empty file", withText(kConfig, ""), ErrorCode::Io, "empty"},
        {"not UTF-8", withText(kConfig, "{\"\xFF\": 1}"), ErrorCode::InvalidFormat, "valid JSON"},
        {"a list", withText(kConfig, "[]"), ErrorCode::InvalidFormat, "architectures"},
        {"a key twice",
            withText(kConfig, R"({"a": 1, "a": 2})"),
            ErrorCode::InvalidFormat,
            "\"a\" appears twice"},
        {"deep nesting",
            withText(kConfig, std::string(100'000, '[')),
            ErrorCode::InvalidFormat,
            "64 deep"},
        {"deep objects",
            withText(kConfig, repeated("{\"a\":", 50'000)),
            ErrorCode::InvalidFormat,
            "64 deep"},
        {"millions of values",
            withText(kConfig, "[1" + repeated(",1", 1'100'000)),
            ErrorCode::InvalidFormat,
            "more than 1,000,000 values"},
        {"an unknown architecture",
            config("architectures", {"MambaForCausalLM"}),
            ErrorCode::Unsupported,
            "\"MambaForCausalLM\". This version runs Glm4ForCausalLM, GlmForCausalLM, "
            "ChatGLMModel"},
        {"quantized weights",
            config("quantization_config", {{"bits", 4}}),
            ErrorCode::Unsupported,
            "quantization_config"},
        {"another activation", config("hidden_act", "gelu"), ErrorCode::Unsupported, "\"gelu\""},
        {"a missing number",
            with(kConfig, [](OrderedJson& json) { json.erase("hidden_size"); }),
            ErrorCode::InvalidFormat,
            "\"hidden_size\" is missing"},
        {"zero heads",
            config("num_attention_heads", 0),
            ErrorCode::InvalidFormat,
            "\"num_attention_heads\" must be a number from 1"},
        {"a negative number", config("head_dim", -4), ErrorCode::InvalidFormat, "not \"-4\""},
        {"a huge number",
            config("num_hidden_layers", 1'000'000'000'000u),
            ErrorCode::InvalidFormat,
            "\"num_hidden_layers\""},
        {"text for a number",
            config("vocab_size", "many"),
            ErrorCode::InvalidFormat,
            "\"vocab_size\""},
        {"a share above 1",
            config("partial_rotary_factor", 1.5),
            ErrorCode::InvalidFormat,
            "partial_rotary_factor"},
        {"no base", config("rope_theta", 0.0), ErrorCode::InvalidFormat, "base of RoPE"},
    };
    return rows;
}

const std::vector<Damage>& weightDamages()
{
    static const std::vector<Damage> rows{
        {"no weights",
            [](const fs::path& folder) {
                for (const char* name : {kIndex, kFirst, kSecond}) {
                    fs::remove(folder / name);
                }
            },
            ErrorCode::Io,
            "no weights in safetensors files"},
        {"pickles only",
            [](const fs::path& folder) {
                for (const char* name : {kIndex, kFirst, kSecond}) {
                    fs::remove(folder / name);
                }
                writeFile(folder / "pytorch_model.bin", "x");
            },
            ErrorCode::Unsupported,
            "pickles"},
        {"a shard is missing", without(kSecond), ErrorCode::Io, "1 is missing: \"model-00002"},
        {"the index has no map", withText(kIndex, "{}"), ErrorCode::InvalidFormat, "weight_map"},
        {"a path upwards",
            indexed("../model-00001-of-00002.safetensors"),
            ErrorCode::InvalidFormat,
            "\"../model-00001-of-00002.safetensors\", which is no safetensors file of this folder"},
        {"an absolute path",
            indexed("/etc/passwd.safetensors"),
            ErrorCode::InvalidFormat,
            "no safetensors file of this folder"},
        {"a Windows path",
            indexed("C:\\secret.safetensors"),
            ErrorCode::InvalidFormat,
            "no safetensors file of this folder"},
        {"a subfolder",
            indexed("sub/model.safetensors"),
            ErrorCode::InvalidFormat,
            "no safetensors file of this folder"},
        {"another kind of file",
            indexed("config.json"),
            ErrorCode::InvalidFormat,
            "\"config.json\""},
        {"a NUL in the name",
            indexed(std::string("a\0b.safetensors", 15)),
            ErrorCode::InvalidFormat,
            "no safetensors file"},
        {"a tensor is in another file",
            [](const fs::path& folder) {
                const OrderedJson index = readJson(folder / kIndex);
                const std::string now = index["weight_map"]["model.norm.weight"];
                indexed(now == kFirst ? kSecond : kFirst)(folder);
            },
            ErrorCode::InvalidFormat,
            "does not hold the tensor \"model.norm.weight\""},
        {"a tensor is nowhere",
            with(kIndex, [](OrderedJson& json) { json["weight_map"]["ghost"] = kFirst; }),
            ErrorCode::InvalidFormat,
            "does not hold the tensor \"ghost\""},
        {"a shard is there twice",
            [](const fs::path& folder) {
                fs::remove(folder / kIndex);
                fs::copy_file(folder / kFirst, folder / "copy.safetensors");
            },
            ErrorCode::InvalidFormat,
            "both hold the tensor"},
        {"a shard is cut off",
            [](const fs::path& folder) {
                fs::resize_file(folder / kSecond, fs::file_size(folder / kSecond) - 7);
            },
            ErrorCode::Truncated,
            "\"model-00002-of-00002.safetensors\" is incomplete"},
        {"a web page instead of a shard",
            withText(kSecond, "<html>Not found: please log in</html>"),
            ErrorCode::NotAModel,
            "no safetensors file"},
        {"a tensor without a place",
            [](const fs::path& folder) {
                fs::remove(folder / kIndex);
                SafetensorsWriter extra;
                extra.tensor("model.layers.0.self_attn.q_norm.weight",
                    "F32",
                    {2},
                    std::vector<std::byte>(8));
                writeFile(folder / "extra.safetensors", extra.bytes());
            },
            ErrorCode::Unsupported,
            "\"model.layers.0.self_attn.q_norm.weight\" has no place"},
        {"a tensor of integers",
            [](const fs::path& folder) {
                fs::remove(folder / kIndex);
                SafetensorsWriter extra;
                extra.tensor(
                    "model.layers.7.mlp.down_proj.weight", "I8", {2, 4}, std::vector<std::byte>(8));
                writeFile(folder / "extra.safetensors", extra.bytes());
            },
            ErrorCode::Unsupported,
            "\"I8\". This version reads F32, F16 and BF16"},
    };
    return rows;
}

const std::vector<Damage>& tokenizerDamages()
{
    static const auto tokenizer = [](const std::function<void(OrderedJson&)>& change) {
        return with("tokenizer.json", change);
    };
    static const auto tiktoken = [](const std::string& text) {
        return [text](const fs::path& folder) {
            fs::remove(folder / "tokenizer.json");
            writeFile(folder / "tokenizer.model", text);
        };
    };
    static const std::vector<Damage> rows{
        {"no tokenizer", without("tokenizer.json"), ErrorCode::Io, "has no tokenizer"},
        {"no tokenizer JSON",
            withText("tokenizer.json", "{"),
            ErrorCode::InvalidFormat,
            "valid JSON"},
        {"SentencePiece in JSON",
            tokenizer([](OrderedJson& json) { json["model"]["type"] = "Unigram"; }),
            ErrorCode::Unsupported,
            "\"Unigram\""},
        {"another pattern",
            tokenizer([](OrderedJson& json) {
                json["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = "\\w+";
            }),
            ErrorCode::Unsupported,
            "pattern \"\\w+\""},
        {"no pattern",
            tokenizer([](OrderedJson& json) { json["pre_tokenizer"] = nullptr; }),
            ErrorCode::Unsupported,
            "0 patterns"},
        {"another normalizer",
            tokenizer([](OrderedJson& json) {
                json["normalizer"] = {{"type", "Lowercase"}};
            }),
            ErrorCode::Unsupported,
            "\"Lowercase\""},
        {"two tokens of one number",
            tokenizer([](OrderedJson& json) { json["model"]["vocab"]["twin"] = 5; }),
            ErrorCode::InvalidFormat,
            "the same number, 5"},
        {"a huge token number",
            tokenizer([](OrderedJson& json) { json["model"]["vocab"]["far"] = 4'000'000'000u; }),
            ErrorCode::InvalidFormat,
            "the limit is 1,048,576"},
        {"a token without a number",
            tokenizer([](OrderedJson& json) { json["model"]["vocab"]["none"] = "7"; }),
            ErrorCode::InvalidFormat,
            "\"none\" has no number"},
        {"a negative token number",
            tokenizer([](OrderedJson& json) { json["model"]["vocab"]["none"] = -1; }),
            ErrorCode::InvalidFormat,
            "\"none\" has no number"},
        {"a merge of three",
            tokenizer([](OrderedJson& json) {
                json["model"]["merges"] = {{"a", "b"}, {"a", "b", "c"}};
            }),
            ErrorCode::InvalidFormat,
            "merge number 2 is no pair"},
        {"deep nesting",
            withText("tokenizer.json", std::string(1'000'000, '[')),
            ErrorCode::InvalidFormat,
            "64 deep"},
        {"an empty vocabulary",
            tokenizer([](OrderedJson& json) {
                json["model"]["vocab"] = OrderedJson::object();
                json["added_tokens"] = OrderedJson::array();
            }),
            ErrorCode::InvalidFormat,
            "no tokens"},
        {"SentencePiece",
            tiktoken("\x0A\x0E\x0A\x05<unk>"),
            ErrorCode::Unsupported,
            "another kind"},
        {"a rank is missing",
            tiktoken("YQ== 0\nYg== 2\n"),
            ErrorCode::InvalidFormat,
            "line 2 is no token in base64 and its rank, which must be 1"},
        {"no base64", tiktoken("YQ== 0\n?? 1\n"), ErrorCode::InvalidFormat, "line 2"},
        {"only blank lines", tiktoken("\n\n"), ErrorCode::InvalidFormat, "no tokens"},
        {"a damaged generation_config.json",
            withText("generation_config.json", "{"),
            ErrorCode::InvalidFormat,
            "\"generation_config.json\""},
    };
    return rows;
}

const std::vector<Damage>& allDamages()
{
    static const std::vector<Damage> rows = [] {
        std::vector<Damage> all = configDamages();
        all.insert(all.end(), weightDamages().begin(), weightDamages().end());
        all.insert(all.end(), tokenizerDamages().begin(), tokenizerDamages().end());
        return all;
    }();
    return rows;
}

std::vector<std::byte> smallSafetensors()
{
    SafetensorsWriter writer;
    writer.tensor("a", "F32", {2, 3}, std::vector<std::byte>(24));
    writer.tensor("b", "BF16", {4}, std::vector<std::byte>(8));
    return writer.bytes();
}

} // namespace

class TestHuggingFaceDamaged : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isRefused_data();
    void isRefused();
    void safetensorsTables_data();
    void safetensorsTables();
    void safetensorsCutAtEveryByte();
    void safetensorsEveryByteChanged();
    void manyTensorsStayWithinLimits();
    void largeVocabulariesStayWithinLimits();
    void plainFileNames_data();
    void plainFileNames();
};

void TestHuggingFaceDamaged::isRefused_data()
{
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < allDamages().size(); ++i) {
        QTest::addRow("%zu %s", i, allDamages()[i].name) << int(i);
    }
}

void TestHuggingFaceDamaged::isRefused()
{
    QFETCH(int, index);
    const Damage& damage = allDamages()[size_t(index)];
    QTemporaryDir folder;
    const fs::path path = folder.path().toStdString();
    QVERIFY(writeWhole(path));
    QVERIFY(openModel(path));
    damage.apply(path);
    const AllocationPeak peak;
    QElapsedTimer timer;
    timer.start();
    const auto opened = openModel(path);
    const qint64 elapsed = timer.elapsed();
    QVERIFY2(!opened, "the folder was accepted");
    const Error& error = opened.error();
    QVERIFY2(error.message.find(damage.mentions) != std::string::npos, error.message.c_str());
    QCOMPARE(error.code, damage.code);
    QVERIFY(error.message.size() < 700);
    QVERIFY2(peak.bytes() < kMemoryLimit, qPrintable(QString::number(peak.bytes())));
    // A second is the goal; the rest is for sanitizers and a machine at work.
    QVERIFY2(elapsed < 10'000, qPrintable(QString::number(elapsed)));
}

void TestHuggingFaceDamaged::safetensorsTables_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<int>("data");
    QTest::addColumn<QString>("mentions");
    const auto row = [](const char* name, const char* header, int data, const char* mentions) {
        QTest::newRow(name) << QByteArray(header) << data << QString(mentions);
    };
    row("a list", "[]", 0, "no list of up to");
    row("no shape", R"({"t":{"dtype":"F32","data_offsets":[0,4]}})", 4, "\"t\" lacks");
    row("one offset", R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4, "\"t\" lacks");
    row("a negative extent",
        R"({"t":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})",
        4,
        "\"t\" lacks");
    row("nine dimensions",
        R"({"t":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}})",
        1,
        "\"t\" lacks");
    row("an unknown type",
        R"({"t":{"dtype":"F12","shape":[1],"data_offsets":[0,4]}})",
        4,
        "element type \"F12\"");
    row("backwards", R"({"t":{"dtype":"U8","shape":[1],"data_offsets":[3,2]}})", 4, "its shape");
    row("another size",
        R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})",
        8,
        "its shape");
    row("more than can be counted",
        R"({"t":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})",
        4,
        "its shape");
    row("beyond the end",
        R"({"t":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}})",
        4,
        "ends at byte 5, and the file has 4");
    row("far beyond the end",
        R"({"t":{"dtype":"U8","shape":[1],"data_offsets":[18446744073709551614,18446744073709551615]}})",
        4,
        "is incomplete");
    row("shared bytes",
        R"({"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"u":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}})",
        8,
        "share bytes");
    row("the same bytes",
        R"({"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"u":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})",
        8,
        "share bytes");
    row("a name twice",
        R"({"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"t":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
        8,
        "\"t\" appears twice");
}

void TestHuggingFaceDamaged::safetensorsTables()
{
    QFETCH(QByteArray, header);
    QFETCH(int, data);
    QFETCH(QString, mentions);
    ByteWriter writer;
    writer.number(uint64_t(header.size()));
    writer.raw(std::as_bytes(std::span(header.constData(), size_t(header.size()))));
    writer.raw(std::vector<std::byte>(size_t(data)));
    const auto tensors = readSafetensors(writer.bytes(), "\"it\"");
    QVERIFY(!tensors);
    QVERIFY2(tensors.error().message.find(mentions.toStdString()) != std::string::npos,
        tensors.error().message.c_str());
}

void TestHuggingFaceDamaged::safetensorsCutAtEveryByte()
{
    const auto whole = smallSafetensors();
    QCOMPARE(readSafetensors(whole, "\"it\"").value().size(), size_t(2));
    for (size_t size = 0; size < whole.size(); ++size) {
        const std::vector<std::byte> part(whole.begin(), whole.begin() + ptrdiff_t(size));
        const auto tensors = readSafetensors(part, "\"it\"");
        QVERIFY2(!tensors, qPrintable(QString::number(size)));
        QCOMPARE(tensors.error().code, ErrorCode::Truncated);
    }
}

void TestHuggingFaceDamaged::safetensorsEveryByteChanged()
{
    const auto whole = smallSafetensors();
    int refused = 0;
    for (size_t at = 0; at < whole.size(); ++at) {
        for (const int value : {0x00, 0x22, 0x2C, 0x30, 0x39, 0x5B, 0x7D, 0x80, 0xFF}) {
            auto changed = whole;
            changed[at] = std::byte(value);
            const auto tensors = readSafetensors(changed, "\"it\"");
            refused += tensors ? 0 : 1;
            if (!tensors) {
                QVERIFY(!tensors.error().message.empty());
                continue;
            }
            for (const SafeTensor& tensor : tensors.value()) {
                QVERIFY(tensor.bytes.empty() || (tensor.bytes.data() >= changed.data() &&
                                                    tensor.bytes.data() + tensor.bytes.size() <=
                                                        changed.data() + changed.size()));
            }
        }
    }
    QVERIFY(refused > 100);
}

// The largest table that is accepted, and one that is refused for its size.
void TestHuggingFaceDamaged::manyTensorsStayWithinLimits()
{
    for (const int count : {65'536, 65'537}) {
        std::string header = "{";
        for (int i = 0; i < count; ++i) {
            header += (i == 0 ? "\"t" : ",\"t") + std::to_string(i) +
                      R"(":{"dtype":"U8","shape":[1],"data_offsets":[)" + std::to_string(i) + "," +
                      std::to_string(i + 1) + "]}";
        }
        header += "}";
        ByteWriter writer;
        writer.number(uint64_t(header.size()));
        writer.raw(std::as_bytes(std::span(header)));
        writer.raw(std::vector<std::byte>(size_t(count)));
        const AllocationPeak peak;
        const auto tensors = readSafetensors(writer.bytes(), "\"it\"");
        QCOMPARE(bool(tensors), count == 65'536);
        QVERIFY2(peak.bytes() < kMemoryLimit, qPrintable(QString::number(peak.bytes())));
    }
}

// Numbers that claim a large table, and as many tokens as there may be.
void TestHuggingFaceDamaged::largeVocabulariesStayWithinLimits()
{
    std::string vocabulary;
    for (int id = 1'048'575; id >= 0; id -= 7) {
        vocabulary +=
            (vocabulary.empty() ? "\"" : ",\"") + std::to_string(id) + "\":" + std::to_string(id);
    }
    const std::string text =
        R"({"pre_tokenizer":{"pattern":{"Regex":"(?i:'s|'t|'re|'ve|'m|'ll|'d)|\\p{N}{1,3}|"}},)"
        R"("model":{"type":"BPE","vocab":{)" +
        vocabulary + "}}}";
    const AllocationPeak peak;
    const auto tables = hf::readTokenizerJson(text, "\"tokenizer.json\"");
    QVERIFY2(tables, tables ? "" : tables.error().message.c_str());
    QCOMPARE(tables.value().tokens.size(), hf::kMaxVocabulary);
    QVERIFY2(peak.bytes() < kMemoryLimit, qPrintable(QString::number(peak.bytes())));
}

void TestHuggingFaceDamaged::plainFileNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("plain");
    QTest::newRow("usual") << "model-00001-of-00002.safetensors" << true;
    QTest::newRow("dots inside") << "glm-4.9b..v2.safetensors" << true;
    QTest::newRow("hidden") << ".safetensors" << false;
    QTest::newRow("upwards") << "../a.safetensors" << false;
    QTest::newRow("upwards on Windows") << "..\\a.safetensors" << false;
    QTest::newRow("dot first") << "..a.safetensors" << false;
    QTest::newRow("drive") << "C:a.safetensors" << false;
    QTest::newRow("absolute") << "/a.safetensors" << false;
    QTest::newRow("empty") << "" << false;
    QTest::newRow("long") << QString(300, 'a') + ".safetensors" << false;
}

void TestHuggingFaceDamaged::plainFileNames()
{
    QFETCH(QString, name);
    QFETCH(bool, plain);
    QCOMPARE(hf::isPlainFileName(name.toStdString()), plain);
}

QTEST_APPLESS_MAIN(TestHuggingFaceDamaged)
#include "tst_huggingface_damaged.moc"
