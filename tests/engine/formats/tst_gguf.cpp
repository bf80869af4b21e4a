// SPDX-License-Identifier: MIT
// Well-formed GGUF files: every value is read back as it was written.
#include "engine/formats/model_file.h"
#include "tests/support/gguf_writer.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace atelier;
using namespace atelier::test;

namespace {

template <class T>
std::vector<std::byte> bytesOf(std::initializer_list<T> values)
{
    ByteWriter out;
    for (const T value : values) {
        out.number(value);
    }
    return out.bytes();
}

std::shared_ptr<const ModelFile> parsed(const std::vector<std::byte>& bytes)
{
    auto file = parseGguf(bytes);
    if (!file) {
        qWarning("%s", file.error().message.c_str());
        return nullptr;
    }
    return file.take();
}

} // namespace

class TestGguf : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsScalars();
    void widensIntegersThatFit();
    void readsArrays();
    void wrongTypesAndMissingKeysGiveNothing();
    void keepsTheOrderOfKeys();
    void skipsNestedArrays();
    void readsTensors();
    void foldsOuterDimensionsIntoRows();
    void honorsAlignment();
    void acceptsTensorsInAnyOrder();
    void readsVersionTwo();
    void opensAFileFromTheDisk();
    void readsTheLargeVocabularyQuickly();
};

void TestGguf::readsScalars()
{
    GgufWriter writer;
    writer.string("text", "GLM \xE4\xBD\xA0");
    writer.string("empty", "");
    writer.u32("u32", 4'000'000'000u);
    writer.i32("i32", -7);
    writer.u64("u64", std::numeric_limits<uint64_t>::max());
    writer.f32("f32", 0.5f);
    writer.f64("f64", 1e300);
    writer.boolean("yes", true);
    writer.boolean("no", false);
    const auto bytes = writer.bytes();
    const auto file = parsed(bytes);
    QVERIFY(file);
    QCOMPARE(file->formatName(), std::string_view("GGUF 3"));
    QCOMPARE(file->fileBytes(), uint64_t(bytes.size()));
    QCOMPARE(*file->string("text"), std::string_view("GLM \xE4\xBD\xA0"));
    QCOMPARE(*file->string("empty"), std::string_view());
    QCOMPARE(*file->unsignedInteger("u32"), uint64_t(4'000'000'000u));
    QCOMPARE(*file->integer("i32"), int64_t(-7));
    QCOMPARE(*file->unsignedInteger("u64"), std::numeric_limits<uint64_t>::max());
    QCOMPARE(*file->number("f32"), 0.5);
    QCOMPARE(*file->number("f64"), 1e300);
    QCOMPARE(*file->number("i32"), -7.0);
    QCOMPARE(*file->boolean("yes"), true);
    QCOMPARE(*file->boolean("no"), false);
    QVERIFY(file->tensors().empty());
}

void TestGguf::widensIntegersThatFit()
{
    GgufWriter writer;
    writer.rawValue("u8", GgufWriter::kU8, bytesOf<uint8_t>({255}));
    writer.rawValue("i8", GgufWriter::kI8, bytesOf<int8_t>({-128}));
    writer.rawValue("u16", GgufWriter::kU16, bytesOf<uint16_t>({65535}));
    writer.rawValue("i16", GgufWriter::kI16, bytesOf<int16_t>({-2}));
    writer.rawValue("i64", GgufWriter::kI64, bytesOf<int64_t>({INT64_MIN}));
    writer.rawValue("positive", GgufWriter::kI64, bytesOf<int64_t>({5}));
    writer.u64("huge", UINT64_MAX);
    const auto bytes = writer.bytes();
    const auto file = parsed(bytes);
    QVERIFY(file);
    QCOMPARE(*file->unsignedInteger("u8"), uint64_t(255));
    QCOMPARE(*file->integer("i8"), int64_t(-128));
    QCOMPARE(*file->integer("u16"), int64_t(65535));
    QCOMPARE(*file->integer("i16"), int64_t(-2));
    QCOMPARE(*file->integer("i64"), INT64_MIN);
    QCOMPARE(*file->unsignedInteger("positive"), uint64_t(5));
    QVERIFY(!file->unsignedInteger("i8")); // negative
    QVERIFY(!file->integer("huge"));       // does not fit
}

void TestGguf::readsArrays()
{
    GgufWriter writer;
    const std::vector<std::string> words{"a", "", "\xE4\xBD\xA0", std::string("\0x", 2)};
    const std::vector<int32_t> numbers{INT32_MIN, -1, 0, INT32_MAX};
    const std::vector<float> weights{0.5f, -2.0f};
    writer.strings("words", words);
    writer.i32s("numbers", numbers);
    writer.f32s("weights", weights);
    writer.i32s("none", {});
    ByteWriter wide;
    wide.number(uint32_t(GgufWriter::kU64));
    wide.number(uint64_t(2));
    wide.number(uint64_t(1));
    wide.number(uint64_t(1) << 40);
    writer.rawValue("wide", GgufWriter::kArray, wide.bytes());
    const auto bytes = writer.bytes();
    const auto file = parsed(bytes);
    QVERIFY(file);
    const auto strings = file->strings("words");
    QVERIFY(strings);
    QCOMPARE(std::vector<std::string>(strings->begin(), strings->end()), words);
    QCOMPARE(*file->integers("numbers"), numbers);
    QCOMPARE(*file->numbers("weights"), weights);
    QCOMPARE(*file->numbers("numbers"), (std::vector<float>{-2147483648.0f, -1, 0, 2147483648.0f}));
    QCOMPARE(*file->integers("none"), std::vector<int32_t>());
    QVERIFY(!file->integers("wide")); // one of them does not fit
}

void TestGguf::wrongTypesAndMissingKeysGiveNothing()
{
    GgufWriter writer;
    writer.string("text", "7");
    writer.u32("number", 1);
    writer.f32("fraction", 1.0f);
    writer.boolean("flag", true);
    writer.i32s("list", std::vector<int32_t>{1});
    writer.strings("words", std::vector<std::string>{"a"});
    const auto bytes = writer.bytes();
    const auto file = parsed(bytes);
    QVERIFY(file);
    QVERIFY(!file->string("number"));
    QVERIFY(!file->string("words"));
    QVERIFY(!file->integer("text"));
    QVERIFY(!file->integer("fraction"));
    QVERIFY(!file->integer("flag"));
    QVERIFY(!file->integer("list"));
    QVERIFY(!file->number("flag"));
    QVERIFY(!file->boolean("number"));
    QVERIFY(!file->strings("text"));
    QVERIFY(!file->strings("list"));
    QVERIFY(!file->integers("words"));
    QVERIFY(!file->integers("number"));
    QVERIFY(!file->numbers("words"));
    for (const char* key : {"", "tex", "texts", "zzz"}) {
        QVERIFY(!file->string(key));
        QVERIFY(!file->unsignedInteger(key));
        QVERIFY(!file->numbers(key));
    }
}

void TestGguf::keepsTheOrderOfKeys()
{
    GgufWriter writer;
    writer.u32("z", 1);
    writer.u32("a", 2);
    writer.u32("m", 3);
    const auto bytes = writer.bytes();
    const auto file = parsed(bytes);
    QVERIFY(file);
    QCOMPARE(file->keys(), (std::vector<std::string>{"z", "a", "m"}));
    QCOMPARE(*file->unsignedInteger("a"), uint64_t(2));
}

void TestGguf::skipsNestedArrays()
{
    ByteWriter nested; // [[1, 2], ["x"]]
    nested.number(uint32_t(GgufWriter::kArray));
    nested.number(uint64_t(2));
    nested.number(uint32_t(GgufWriter::kU8));
    nested.number(uint64_t(2));
    nested.number(uint8_t(1));
    nested.number(uint8_t(2));
    nested.number(uint32_t(GgufWriter::kString));
    nested.number(uint64_t(1));
    nested.text("x");
    GgufWriter writer;
    writer.rawValue("nested", GgufWriter::kArray, nested.bytes());
    writer.u32("after", 9);
    const auto bytes = writer.bytes();
    const auto file = parsed(bytes);
    QVERIFY(file);
    QCOMPARE(*file->unsignedInteger("after"), uint64_t(9));
    QVERIFY(!file->strings("nested"));
    QVERIFY(!file->integers("nested"));
}

void TestGguf::readsTensors()
{
    GgufWriter writer;
    const std::vector<float> values{1, 2, 3, 4, 5, 6};
    writer.matrixF32("matrix", 2, 3, values);
    writer.vectorF32("vector", std::vector<float>{7, 8});
    std::vector<std::byte> blocks(2 * 34);
    blocks[34] = std::byte(0x5A);
    writer.tensor("blocks", {32, 2}, DType::Q8_0, blocks);
    const auto bytes = writer.bytes();
    const auto file = parsed(bytes);
    QVERIFY(file);
    QCOMPARE(file->tensors().size(), size_t(3));
    const TensorInfo* matrix = file->findTensor("matrix");
    QVERIFY(matrix);
    QCOMPARE(matrix, &file->tensors()[0]);
    QCOMPARE(matrix->type, DType::F32);
    QCOMPARE(matrix->rows, uint64_t(2));
    QCOMPARE(matrix->cols, uint64_t(3));
    QCOMPARE(matrix->bytes.size(), size_t(24));
    QCOMPARE(std::memcmp(matrix->bytes.data(), values.data(), 24), 0);
    QCOMPARE(file->findTensor("vector")->rows, uint64_t(1));
    QCOMPARE(file->findTensor("vector")->cols, uint64_t(2));
    QCOMPARE(file->findTensor("blocks")->bytes.size(), size_t(68));
    QVERIFY(file->findTensor("blocks")->bytes[34] == std::byte(0x5A));
    QVERIFY(!file->findTensor("matri"));
    QVERIFY(!file->findTensor(""));
}

void TestGguf::foldsOuterDimensionsIntoRows()
{
    GgufWriter writer;
    writer.tensor("four", {4, 3, 2, 5}, DType::F16, std::vector<std::byte>(240));
    const auto bytes = writer.bytes();
    const auto file = parsed(bytes);
    QVERIFY(file);
    QCOMPARE(file->findTensor("four")->cols, uint64_t(4));
    QCOMPARE(file->findTensor("four")->rows, uint64_t(30));
}

// Header, one key with the alignment, one tensor of two floats at the next multiple of it.
void TestGguf::honorsAlignment()
{
    for (const uint32_t alignment : {1u, 2u, 64u, 65536u}) {
        ByteWriter out;
        out.raw(std::as_bytes(std::span("GGUF", 4)));
        out.number(uint32_t(3));
        out.number(uint64_t(1));
        out.number(uint64_t(1));
        out.text("general.alignment");
        out.number(uint32_t(GgufWriter::kU32));
        out.number(alignment);
        out.text("t");
        out.number(uint32_t(1));
        out.number(uint64_t(2));
        out.number(uint32_t(0));
        out.number(uint64_t(0));
        out.pad(alignment);
        const size_t start = out.size();
        out.number(1.5f);
        out.number(2.5f);
        const auto file = parsed(out.bytes());
        QVERIFY(file);
        QCOMPARE(size_t(file->tensors()[0].bytes.data() - out.bytes().data()), start);
    }
}

void TestGguf::acceptsTensorsInAnyOrder()
{
    ByteWriter out;
    out.raw(std::as_bytes(std::span("GGUF", 4)));
    out.number(uint32_t(3));
    out.number(uint64_t(2));
    out.number(uint64_t(0));
    for (const auto& [name, offset] : {std::pair("late", 32), std::pair("early", 0)}) {
        out.text(name);
        out.number(uint32_t(1));
        out.number(uint64_t(8));
        out.number(uint32_t(0));
        out.number(uint64_t(offset));
    }
    out.pad(32);
    for (int i = 0; i < 16; ++i) {
        out.number(float(i));
    }
    const auto file = parsed(out.bytes());
    QVERIFY(file);
    float first = -1;
    std::memcpy(&first, file->findTensor("late")->bytes.data(), sizeof first);
    QCOMPARE(first, 8.0f);
}

void TestGguf::readsVersionTwo()
{
    GgufWriter writer;
    writer.u32("key", 1);
    auto bytes = writer.bytes();
    bytes[4] = std::byte(2);
    const auto file = parsed(bytes);
    QVERIFY(file);
    QCOMPARE(file->formatName(), std::string_view("GGUF 2"));
    QCOMPARE(*file->unsignedInteger("key"), uint64_t(1));
}

void TestGguf::opensAFileFromTheDisk()
{
    QTemporaryDir folder;
    const auto path = std::filesystem::path(folder.path().toStdString()) / "tiny.gguf";
    GgufWriter writer;
    writer.string("general.architecture", "glm4");
    writer.vectorF32("t", std::vector<float>{1, 2});
    QVERIFY(writer.save(path));
    const auto file = openGguf(path);
    QVERIFY(file);
    QCOMPARE(file.value()->path(), path);
    QCOMPARE(file.value()->fileBytes(), uint64_t(std::filesystem::file_size(path)));
    QCOMPARE(*file.value()->string("general.architecture"), std::string_view("glm4"));
    QCOMPARE(file.value()->tensors()[0].bytes.size(), size_t(8));
}

void TestGguf::readsTheLargeVocabularyQuickly()
{
    const QString path = QStringLiteral(ATELIER_SHARED "/glm4-tokenizer/glm4-vocab.gguf");
    if (!QFile::exists(path)) {
        QSKIP("The GLM-4 vocabulary is not part of the source tree.");
    }
    QElapsedTimer timer;
    timer.start();
    const auto file = openGguf(path.toStdString());
    QVERIFY(file);
    const auto tokens = file.value()->strings("tokenizer.ggml.tokens");
    const auto merges = file.value()->strings("tokenizer.ggml.merges");
    // It takes some 20 ms; anything quadratic in 318,088 strings would take minutes.
    QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(tokens->size(), size_t(151'552));
    QCOMPARE(merges->size(), size_t(318'088));
    QCOMPARE((*tokens)[151'336], std::string_view("<|user|>"));
}

QTEST_APPLESS_MAIN(TestGguf)
#include "tst_gguf.moc"
