// SPDX-License-Identifier: MIT
// Files of a model that end too early, at every byte: an error each time, and little memory.
#include "engine/formats/gguf_split.h"
#include "engine/formats/model_file.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "tests/support/counting_allocator.h"
#include "tests/support/hf_folder.h"
#include "tests/support/tiny_model.h"

#include <QTemporaryDir>
#include <QTest>

using namespace atelier;
using namespace atelier::test;

namespace {

namespace fs = std::filesystem;

// What opening the whole model takes is a few hundred KiB.
constexpr size_t kMemoryLimit = size_t(8) << 20;

bool writeFolder(const fs::path& folder, bool tiktoken)
{
    const auto bytes = randomModel().bytes();
    const auto file = parseGguf(bytes);
    HfOptions options;
    options.architecture = "Glm4ForCausalLM";
    options.shards = 2;
    options.tiktoken = tiktoken;
    return file && writeHfWeights(*file.value(), folder, options) &&
           writeHfTokenizer(*file.value(), folder, options, [](std::string_view token) {
               return bytesFromAlphabet(token).value_or("");
           });
}

} // namespace

class TestTruncatedFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyByteOfAFile_data();
    void everyByteOfAFile();
    void everyByteOfAPart();
};

void TestTruncatedFiles::everyByteOfAFile_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("tiktoken");
    QTest::addColumn<bool>("linesMayEnd"); // a shorter file can be a right one
    QTest::newRow("config.json") << "config.json" << false << false;
    QTest::newRow("tokenizer.json") << "tokenizer.json" << false << false;
    QTest::newRow("tokenizer_config.json") << "tokenizer_config.json" << false << false;
    QTest::newRow("tokenizer.model") << "tokenizer.model" << true << true;
    QTest::newRow("index") << "model.safetensors.index.json" << false << false;
    QTest::newRow("a shard") << "model-00002-of-00002.safetensors" << false << false;
}

void TestTruncatedFiles::everyByteOfAFile()
{
    QFETCH(QString, name);
    QFETCH(bool, tiktoken);
    QFETCH(bool, linesMayEnd);
    QTemporaryDir place;
    const fs::path folder = place.path().toStdString();
    QVERIFY(writeFolder(folder, tiktoken));
    QVERIFY(bool(openModel(folder)));
    const fs::path path = folder / name.toStdString();
    // Headers byte by byte; of what follows, some places.
    const auto whole = size_t(fs::file_size(path));
    for (size_t size = whole; size > 0;) {
        size -= size > 4096 ? std::min<size_t>(997, size - 4096) : 1;
        fs::resize_file(path, size);
        const AllocationPeak peak;
        const auto opened = openModel(folder);
        QVERIFY2(peak.bytes() < kMemoryLimit, qPrintable(QString::number(peak.bytes())));
        if (!opened) {
            QVERIFY(!opened.error().message.empty());
        } else {
            QVERIFY2(linesMayEnd, qPrintable(QString::number(size)));
        }
    }
}

void TestTruncatedFiles::everyByteOfAPart()
{
    QTemporaryDir place;
    const fs::path folder = place.path().toStdString();
    const auto pathOf = [&](uint32_t number) {
        return folder / gguf::partFileName("m", number, 2);
    };
    for (uint32_t number = 1; number <= 2; ++number) {
        GgufWriter writer;
        writer.string("general.architecture", "glm4");
        writer.rawValue("split.no", GgufWriter::kU16, {std::byte(number - 1), std::byte(0)});
        writer.rawValue("split.count", GgufWriter::kU16, {std::byte(2), std::byte(0)});
        writer.i32("split.tensors.count", 2);
        writer.vectorF32("t" + std::to_string(number), std::vector<float>(8, 1.0f));
        QVERIFY(writer.save(pathOf(number)));
    }
    QVERIFY(bool(openGguf(pathOf(1))));
    const size_t padding = 32; // behind the last tensor, which may be missing
    for (size_t size = size_t(fs::file_size(pathOf(2))) - padding; size-- > 0;) {
        fs::resize_file(pathOf(2), size);
        const AllocationPeak peak;
        const auto opened = openGguf(pathOf(1));
        QVERIFY2(!opened, qPrintable(QString::number(size)));
        QVERIFY2(opened.error().message.find("m-00002-of-00002.gguf") != std::string::npos,
            opened.error().message.c_str());
        QVERIFY(peak.bytes() < kMemoryLimit);
    }
}

QTEST_APPLESS_MAIN(TestTruncatedFiles)
#include "tst_truncated_files.moc"
