// SPDX-License-Identifier: MIT
// Models split over several GGUF files, whole and damaged; and files beyond 4 GiB.
#include "engine/formats/gguf_split.h"
#include "engine/formats/model_file.h"
#include "tests/support/gguf_writer.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <functional>

using namespace atelier;
using namespace atelier::test;

namespace {

namespace fs = std::filesystem;

constexpr uint32_t kParts = 3;

fs::path pathOf(const QTemporaryDir& folder, uint32_t number)
{
    return fs::path(folder.path().toStdString()) / gguf::partFileName("glm-4", number, kParts);
}

// Part `number` of three, as gguf-split writes them: the metadata in the first only.
GgufWriter part(uint32_t number)
{
    GgufWriter writer;
    if (number == 1) {
        writer.string("general.architecture", "glm4");
        writer.string("general.name", "split");
        writer.u32("glm4.block_count", 7);
    }
    writer.rawValue("split.no", GgufWriter::kU16, {std::byte(number - 1), std::byte(0)});
    writer.rawValue("split.count", GgufWriter::kU16, {std::byte(kParts), std::byte(0)});
    writer.i32("split.tensors.count", 6);
    for (uint32_t i = 0; i < number; ++i) { // 1 + 2 + 3 tensors
        const std::string name = "t" + std::to_string(number) + "." + std::to_string(i);
        writer.vectorF32(name, std::vector<float>{float(number), float(i)});
    }
    return writer;
}

bool writeParts(const QTemporaryDir& folder)
{
    bool written = folder.isValid();
    for (uint32_t number = 1; number <= kParts; ++number) {
        written = written && part(number).save(pathOf(folder, number));
    }
    return written;
}

float firstValue(const TensorInfo& tensor)
{
    float value = 0;
    std::memcpy(&value, tensor.bytes.data(), sizeof value);
    return value;
}

struct Damage
{
    const char* name;
    std::function<void(const QTemporaryDir&)> apply;
    ErrorCode code;
    const char* mentions;
};

const std::vector<Damage>& damages()
{
    static const std::vector<Damage> rows{
        {"a part is missing",
            [](const auto& folder) { fs::remove(pathOf(folder, 2)); },
            ErrorCode::Io,
            "1 is missing: \"glm-4-00002-of-00003.gguf\""},
        {"all but one are missing",
            [](const auto& folder) {
                fs::remove(pathOf(folder, 2));
                fs::remove(pathOf(folder, 3));
            },
            ErrorCode::Io,
            "2 are missing: \"glm-4-00002-of-00003.gguf\", \"glm-4-00003-of-00003.gguf\""},
        {"two parts changed places",
            [](const auto& folder) {
                part(3).save(pathOf(folder, 2));
                part(2).save(pathOf(folder, 3));
            },
            ErrorCode::InvalidFormat,
            "\"glm-4-00002-of-00003.gguf\" holds part 3 of the model"},
        {"a part is there twice",
            [](const auto& folder) {
                GgufWriter twice = part(1);
                twice.rawValue("split.no", GgufWriter::kU16, {std::byte(1), std::byte(0)});
                twice.save(pathOf(folder, 2));
            },
            ErrorCode::InvalidFormat,
            "both hold the tensor \"t1.0\""},
        {"a part of another model by its name",
            [](const auto& folder) {
                GgufWriter other = part(2);
                other.string("general.architecture", "llama");
                other.save(pathOf(folder, 2));
            },
            ErrorCode::InvalidFormat,
            "belongs to another model than the first part: its general.architecture is \"llama\""},
        {"a part of another model by its count of tensors",
            [](const auto& folder) {
                GgufWriter other = part(2);
                other.i32("split.tensors.count", 7);
                other.save(pathOf(folder, 2));
            },
            ErrorCode::InvalidFormat,
            "all parts together have 7 tensors"},
        {"a part of a model with more parts",
            [](const auto& folder) {
                GgufWriter other = part(2);
                other.rawValue("split.count", GgufWriter::kU16, {std::byte(4), std::byte(0)});
                other.save(pathOf(folder, 2));
            },
            ErrorCode::InvalidFormat,
            "its model has 4 files, but its name says 3"},
        {"a part that is a model of its own",
            [](const auto& folder) {
                GgufWriter other;
                other.string("general.architecture", "glm4");
                other.save(pathOf(folder, 3));
            },
            ErrorCode::InvalidFormat,
            "\"glm-4-00003-of-00003.gguf\" is not part of a split model"},
        {"tensors are fewer than announced",
            [](const auto& folder) {
                GgufWriter other = part(3);
                other.removeTensor("t3.2");
                other.save(pathOf(folder, 3));
            },
            ErrorCode::InvalidFormat,
            "all parts together have 6 tensors, but they have 5"},
        {"a part is cut off",
            [](const auto& folder) {
                fs::resize_file(pathOf(folder, 3), fs::file_size(pathOf(folder, 3)) - 100);
            },
            ErrorCode::Truncated,
            "\"glm-4-00003-of-00003.gguf\" is incomplete"},
        {"a part is something else",
            [](const auto& folder) {
                std::ofstream(pathOf(folder, 2)) << "<html>Not found</html>";
            },
            ErrorCode::NotAModel,
            "glm-4-00002-of-00003.gguf"},
    };
    return rows;
}

} // namespace

class TestGgufSplit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesOfParts_data();
    void namesOfParts();
    void anyPartOpensAll_data();
    void anyPartOpensAll();
    void damageIsNamed_data();
    void damageIsNamed();
    void aRenamedPartSaysWhatItWas();
    void hugeCountsAreRefused();
    void aSinglePartIsAModel();
    void offsetsBeyondFourGibibytes();
};

void TestGgufSplit::namesOfParts_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("stem");
    QTest::addColumn<uint>("number");
    QTest::addColumn<uint>("count");
    QTest::newRow("first") << "m-00001-of-00003.gguf"
                           << "m" << 1u << 3u;
    QTest::newRow("last") << "a-b-00003-of-00003.gguf"
                          << "a-b" << 3u << 3u;
    QTest::newRow("a part of a part") << "m-00001-of-00002-00002-of-00004.gguf"
                                      << "m-00001-of-00002" << 2u << 4u;
    QTest::newRow("number 0") << "m-00000-of-00003.gguf"
                              << "" << 0u << 0u;
    QTest::newRow("beyond the count") << "m-00004-of-00003.gguf"
                                      << "" << 0u << 0u;
    QTest::newRow("four digits") << "m-0001-of-0003.gguf"
                                 << "" << 0u << 0u;
    QTest::newRow("no stem") << "-00001-of-00003.gguf"
                             << "" << 0u << 0u;
    QTest::newRow("other ending") << "m-00001-of-00003.bin"
                                  << "" << 0u << 0u;
    QTest::newRow("a sign") << "m-+0001-of-00003.gguf"
                            << "" << 0u << 0u;
}

void TestGgufSplit::namesOfParts()
{
    QFETCH(QString, file);
    QFETCH(QString, stem);
    QFETCH(uint, number);
    QFETCH(uint, count);
    const auto name = gguf::parsePartName(file.toStdString());
    QCOMPARE(name.has_value(), count > 0);
    if (name) {
        QCOMPARE(QString::fromStdString(name->stem), stem);
        QCOMPARE(name->number, uint64_t(number));
        QCOMPARE(name->count, uint64_t(count));
        QCOMPARE(gguf::partFileName(name->stem, number, count), file.toStdString());
    }
}

void TestGgufSplit::anyPartOpensAll_data()
{
    QTest::addColumn<uint>("number");
    QTest::newRow("first") << 1u;
    QTest::newRow("middle") << 2u;
    QTest::newRow("last") << 3u;
}

void TestGgufSplit::anyPartOpensAll()
{
    QFETCH(uint, number);
    QTemporaryDir folder;
    QVERIFY(writeParts(folder));
    const auto opened = openGguf(pathOf(folder, number));
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const ModelFile& file = *opened.value();
    QCOMPARE(file.path(), pathOf(folder, 1));
    QCOMPARE(file.formatName(), std::string_view("GGUF 3 in 3 files"));
    QCOMPARE(*file.unsignedInteger("glm4.block_count"), uint64_t(7));
    QCOMPARE(file.tensors().size(), size_t(6));
    QVERIFY(!file.findTensor("t4.0"));
    uint64_t bytes = 0;
    for (uint32_t part = 1; part <= kParts; ++part) {
        bytes += fs::file_size(pathOf(folder, part));
        const TensorInfo* tensor = file.findTensor("t" + std::to_string(part) + ".0");
        QVERIFY(tensor);
        QCOMPARE(firstValue(*tensor), float(part));
    }
    QCOMPARE(file.fileBytes(), bytes);
    for (const std::string& key : file.keys()) {
        QVERIFY2(!key.starts_with("split."), key.c_str()); // a copy of the model has one part
    }
}

void TestGgufSplit::damageIsNamed_data()
{
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < damages().size(); ++i) {
        QTest::newRow(damages()[i].name) << int(i);
    }
}

void TestGgufSplit::damageIsNamed()
{
    QFETCH(int, index);
    const Damage& damage = damages()[size_t(index)];
    QTemporaryDir folder;
    QVERIFY(writeParts(folder));
    damage.apply(folder);
    const auto opened = openGguf(pathOf(folder, 1));
    QVERIFY(!opened);
    const Error& error = opened.error();
    QVERIFY2(error.message.find(damage.mentions) != std::string::npos, error.message.c_str());
    QCOMPARE(error.code, damage.code);
}

void TestGgufSplit::aRenamedPartSaysWhatItWas()
{
    QTemporaryDir folder;
    QVERIFY(writeParts(folder));
    const fs::path renamed = fs::path(folder.path().toStdString()) / "download(1).gguf";
    fs::rename(pathOf(folder, 2), renamed);
    const auto opened = openGguf(renamed);
    QVERIFY(!opened);
    QVERIFY2(opened.error().message.find("\"-00002-of-00003.gguf\"") != std::string::npos,
        opened.error().message.c_str());
}

void TestGgufSplit::hugeCountsAreRefused()
{
    QTemporaryDir folder;
    for (const uint32_t count : {99'999u, 0x7FFF'FFFFu}) {
        GgufWriter writer;
        writer.u32("split.no", 0);
        writer.u32("split.count", count);
        const fs::path path =
            fs::path(folder.path().toStdString()) / gguf::partFileName("m", 1, 99'999);
        QVERIFY(writer.save(path));
        const auto opened = openGguf(path);
        QVERIFY(!opened);
        QVERIFY(opened.error().message.find("the limit is 4,096") != std::string::npos);
    }
}

// gguf-split writes these too, when the model fits one part.
void TestGgufSplit::aSinglePartIsAModel()
{
    QTemporaryDir folder;
    GgufWriter writer;
    writer.u32("split.no", 0);
    writer.u32("split.count", 1);
    writer.vectorF32("t", std::vector<float>{5});
    const fs::path path = fs::path(folder.path().toStdString()) / "any name.gguf";
    QVERIFY(writer.save(path));
    const auto opened = openGguf(path);
    QVERIFY(opened);
    QCOMPARE(firstValue(*opened.value()->findTensor("t")), 5.0f);
}

// A hole in the file stands for the first tensors, so this takes no space.
void TestGgufSplit::offsetsBeyondFourGibibytes()
{
    constexpr uint64_t kCols = uint64_t(1) << 16;
    constexpr uint64_t kRows = (uint64_t(5) << 30) / (kCols * 4); // 5 GiB
    QTemporaryDir folder;
    const fs::path path = fs::path(folder.path().toStdString()) / "large.gguf";
    GgufWriter writer;
    writer.string("general.architecture", "glm4");
    writer.hollow("big", {kCols, kRows}, uint32_t(DType::F32), kCols * kRows * 4);
    writer.hollow("small", {8}, uint32_t(DType::F32), 32);
    QVERIFY(writer.saveSparse(path));
    const uint64_t size = fs::file_size(path);
    {
        std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(std::streamoff(size - 32));
        const float marker = 42.0f;
        file.write(reinterpret_cast<const char*>(&marker), sizeof marker);
    }
    {
        const auto opened = openGguf(path);
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        QCOMPARE(opened.value()->fileBytes(), size);
        QCOMPARE(opened.value()->findTensor("big")->bytes.size(), size_t(5) << 30);
        QCOMPARE(firstValue(*opened.value()->findTensor("big")), 0.0f);
        QCOMPARE(firstValue(*opened.value()->findTensor("small")), 42.0f);
    }
    fs::resize_file(path, size - 32); // the end of the second tensor is gone
    const auto cut = openGguf(path);
    QVERIFY(!cut);
    QCOMPARE(cut.error().code, ErrorCode::Truncated);
    QCOMPARE(cut.error().needed, size);
}

QTEST_APPLESS_MAIN(TestGgufSplit)
#include "tst_gguf_split.moc"
