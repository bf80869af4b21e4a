// SPDX-License-Identifier: MIT
// Damaged and hostile GGUF files: each ends in a message that names what is wrong, in memory
// bounded by the file. The classes are those of published vulnerabilities of other readers.
#include "engine/formats/model_file.h"
#include "tests/support/counting_allocator.h"
#include "tests/support/gguf_writer.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <functional>

using namespace atelier;
using namespace atelier::test;

namespace {

using Bytes = std::vector<std::byte>;

constexpr uint32_t kF32 = 0;

// A GGUF written field by field, so that every one of them can be wrong.
class RawFile
{
public:
    RawFile(uint64_t tensors, uint64_t keys, uint32_t version = 3)
    {
        out.raw(std::as_bytes(std::span("GGUF", 4)));
        out.number(version);
        out.number(tensors);
        out.number(keys);
    }

    RawFile& key(std::string_view name, uint32_t type)
    {
        out.text(name);
        out.number(type);
        return *this;
    }
    template <class T>
    RawFile& number(T value)
    {
        out.number(value);
        return *this;
    }
    RawFile& array(uint32_t elementType, uint64_t count)
    {
        out.number(elementType);
        out.number(count);
        return *this;
    }
    RawFile& tensor(std::string_view name,
        const std::vector<uint64_t>& dims,
        uint32_t type = kF32,
        uint64_t offset = 0)
    {
        out.text(name);
        out.number(uint32_t(dims.size()));
        for (const uint64_t dim : dims) {
            out.number(dim);
        }
        out.number(type);
        out.number(offset);
        return *this;
    }
    RawFile& data(size_t bytes)
    {
        out.pad(32);
        out.raw(Bytes(bytes));
        return *this;
    }
    operator Bytes() const { return out.bytes(); } // NOLINT(google-explicit-constructor)

    ByteWriter out;
};

struct Damage
{
    const char* name;
    std::function<Bytes()> make;
    ErrorCode code;
    const char* mentions;
};

Bytes textBytes(std::string_view text)
{
    const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
    return {bytes.begin(), bytes.end()};
}

Bytes withAlignment(uint32_t type, uint64_t value)
{
    RawFile file(0, 1);
    file.key("general.alignment", type);
    return type == GgufWriter::kU64 ? Bytes(file.number(value))
                                    : Bytes(file.number(uint32_t(value)));
}

Bytes nestedArrays(int depth)
{
    RawFile file(0, 1);
    file.key("nest", GgufWriter::kArray);
    for (int i = 0; i < depth; ++i) {
        file.array(GgufWriter::kArray, 1);
    }
    return file.array(GgufWriter::kU8, 0);
}

constexpr uint64_t kHuge = UINT64_MAX;

// A row a line reads as a table.
// clang-format off
const std::vector<Damage>& damages()
{
    static const std::vector<Damage> rows{
    {"nothing", [] { return Bytes(); }, ErrorCode::NotAModel, "are not \"GGUF\""},
    {"two bytes", [] { return textBytes("GG"); }, ErrorCode::NotAModel, "are not \"GGUF\""},
    {"a web page", [] { return textBytes("<!DOCTYPE html><html>"); }, ErrorCode::NotAModel, "web page"},
    {"a zip archive", [] { return textBytes("PK\x03\x04 and more"); }, ErrorCode::NotAModel, "GGUF"},
    {"magic alone", [] { return textBytes("GGUF"); }, ErrorCode::Truncated, "header"},
    {"version 1", [] { return Bytes(RawFile(0, 0, 1)); }, ErrorCode::Unsupported, "version 1"},
    {"version 4", [] { return Bytes(RawFile(0, 0, 4)); }, ErrorCode::Unsupported, "version 4"},
    {"big-endian", [] { return Bytes(RawFile(0, 0, 0x03000000)); }, ErrorCode::Unsupported, "big-endian"},
    {"more keys than the limit", [] { return Bytes(RawFile(0, 65'537)); }, ErrorCode::InvalidFormat, "65,537 metadata keys"},
    {"keys at the limit", [] { return Bytes(RawFile(0, 65'536)); }, ErrorCode::Truncated, "65,536 metadata keys"},
    {"key count 2^64-1", [] { return Bytes(RawFile(0, kHuge)); }, ErrorCode::InvalidFormat, "metadata keys"},
    {"key count that wraps", [] { return Bytes(RawFile(0, 0x1D1D1D1D1D1D1D1Eull)); }, ErrorCode::InvalidFormat, "metadata keys"},
    {"more tensors than the limit", [] { return Bytes(RawFile(65'537, 0)); }, ErrorCode::InvalidFormat, "65,537 tensors"},
    {"tensors at the limit", [] { return Bytes(RawFile(65'536, 0)); }, ErrorCode::Truncated, "65,536 tensors"},
    {"tensor count 2^63", [] { return Bytes(RawFile(1ull << 63, 0)); }, ErrorCode::InvalidFormat, "tensors"},
    {"empty key", [] { return Bytes(RawFile(0, 1).key("", GgufWriter::kU8).number(uint64_t(0))); }, ErrorCode::InvalidFormat, "key number 1 has no name"},
    {"key of 64 KiB", [] { return Bytes(RawFile(0, 1).key(std::string(65'536, 'k'), GgufWriter::kU8).number(uint8_t(0))); }, ErrorCode::InvalidFormat, "65,536 bytes long"},
    {"key length 2^64-1", [] { return Bytes(RawFile(0, 1).number(kHuge).number(uint64_t(0))); }, ErrorCode::InvalidFormat, "key number 1"},
    {"key beyond the end", [] { return Bytes(RawFile(0, 1).number(uint64_t(1000)).number(uint64_t(0))); }, ErrorCode::Truncated, "key number 1"},
    {"duplicate key", [] { return Bytes(RawFile(0, 2).key("twin", GgufWriter::kU32).number(1u).key("twin", GgufWriter::kU32).number(2u)); }, ErrorCode::InvalidFormat, "\"twin\" appears twice"},
    {"value type 13", [] { return Bytes(RawFile(0, 1).key("odd", 13).number(uint64_t(0))); }, ErrorCode::InvalidFormat, "\"odd\" has the value type 13"},
    {"element type 99", [] { return Bytes(RawFile(0, 1).key("odd", GgufWriter::kArray).array(99, 0)); }, ErrorCode::InvalidFormat, "\"odd\" has the value type 99"},
    {"string length 2^64-1", [] { return Bytes(RawFile(0, 1).key("name", GgufWriter::kString).number(kHuge)); }, ErrorCode::Truncated, "\"name\""},
    {"string length 2^64-8", [] { return Bytes(RawFile(0, 1).key("name", GgufWriter::kString).number(kHuge - 7)); }, ErrorCode::Truncated, "\"name\""},
    {"string one too long", [] { return Bytes(RawFile(0, 1).key("name", GgufWriter::kString).number(uint64_t(5)).number(uint32_t(0))); }, ErrorCode::Truncated, "\"name\""},
    {"number beyond the end", [] { return Bytes(RawFile(0, 1).key("n", GgufWriter::kU64).number(uint32_t(0))); }, ErrorCode::Truncated, "\"n\""},
    {"boolean 2", [] { return Bytes(RawFile(0, 1).key("flag", GgufWriter::kBool).number(uint8_t(2))); }, ErrorCode::InvalidFormat, "\"flag\" is a boolean"},
    {"boolean 255 in an array", [] { return Bytes(RawFile(0, 1).key("flags", GgufWriter::kArray).array(GgufWriter::kBool, 2).number(uint16_t(0xFF01))); }, ErrorCode::InvalidFormat, "byte is 255"},
    {"array count that wraps", [] { return Bytes(RawFile(0, 1).key("list", GgufWriter::kArray).array(GgufWriter::kU64, (1ull << 61) + 1).number(uint64_t(0))); }, ErrorCode::Truncated, "\"list\""},
    {"array of 2^62 strings", [] { return Bytes(RawFile(0, 1).key("list", GgufWriter::kArray).array(GgufWriter::kString, 1ull << 62).number(uint64_t(0))); }, ErrorCode::Truncated, "\"list\""},
    {"array without its last string", [] { return Bytes(RawFile(0, 1).key("list", GgufWriter::kArray).array(GgufWriter::kString, 2).number(uint64_t(0)).number(uint64_t(1))); }, ErrorCode::Truncated, "\"list\""},
    {"array without type", [] { return Bytes(RawFile(0, 1).key("list", GgufWriter::kArray).number(uint16_t(0))); }, ErrorCode::Truncated, "\"list\""},
    {"array without count", [] { return Bytes(RawFile(0, 1).key("list", GgufWriter::kArray).number(uint32_t(0)).number(uint32_t(0))); }, ErrorCode::Truncated, "\"list\""},
    {"arrays nested too deep", [] { return nestedArrays(100'000); }, ErrorCode::Unsupported, "\"nest\" nests arrays"},
    {"2^60 nested arrays", [] { return Bytes(RawFile(0, 1).key("nest", GgufWriter::kArray).array(GgufWriter::kArray, 1ull << 60)); }, ErrorCode::Truncated, "\"nest\""},
    {"terminal control in a key", [] { return Bytes(RawFile(0, 1).key("a\x1b[2J", 77).number(uint64_t(0))); }, ErrorCode::InvalidFormat, "\"a?[2J\""},
    {"alignment 0", [] { return withAlignment(GgufWriter::kU32, 0); }, ErrorCode::InvalidFormat, "general.alignment"},
    {"alignment 3", [] { return withAlignment(GgufWriter::kU32, 3); }, ErrorCode::InvalidFormat, "not 3"},
    {"alignment 2^31", [] { return withAlignment(GgufWriter::kU32, 1u << 31); }, ErrorCode::InvalidFormat, "not 2,147,483,648"},
    {"alignment 2^17", [] { return withAlignment(GgufWriter::kU32, 1u << 17); }, ErrorCode::InvalidFormat, "65,536"},
    {"alignment of a wrong type", [] { return withAlignment(GgufWriter::kU64, 32); }, ErrorCode::InvalidFormat, "general.alignment"},
    {"alignment of another wrong type", [] { return withAlignment(GgufWriter::kI32, 32); }, ErrorCode::InvalidFormat, "general.alignment"},
    {"tensor without name", [] { return Bytes(RawFile(1, 0).tensor("", {8}).data(32)); }, ErrorCode::InvalidFormat, "tensor number 1 has no name"},
    {"tensor name of 256 bytes", [] { return Bytes(RawFile(1, 0).tensor(std::string(256, 'n'), {8}).data(32)); }, ErrorCode::InvalidFormat, "256 bytes long"},
    {"tensor name length 2^64-1", [] { return Bytes(RawFile(1, 0).number(kHuge).data(64)); }, ErrorCode::InvalidFormat, "tensor number 1"},
    {"no dimensions", [] { return Bytes(RawFile(1, 0).tensor("t", {}).data(32)); }, ErrorCode::InvalidFormat, "\"t\" has 0 dimensions"},
    {"five dimensions", [] { return Bytes(RawFile(1, 0).tensor("t", {1, 1, 1, 1, 1}).data(32)); }, ErrorCode::InvalidFormat, "\"t\" has 5 dimensions"},
    {"2^32-1 dimensions", [] {ByteWriter out = RawFile(1, 0).out; out.text("t"); out.number(~0u); out.raw(Bytes(64)); return out.bytes(); }, ErrorCode::InvalidFormat, "4,294,967,295 dimensions"},
    {"a dimension of 0", [] { return Bytes(RawFile(1, 0).tensor("t", {8, 0}).data(32)); }, ErrorCode::InvalidFormat, "dimension 2 is 0"},
    {"a dimension of 2^64-1", [] { return Bytes(RawFile(1, 0).tensor("t", {kHuge}).data(32)); }, ErrorCode::InvalidFormat, "\"t\""},
    {"dimensions whose product wraps to 0", [] { return Bytes(RawFile(1, 0).tensor("t", {1ull << 32, 1ull << 32}).data(32)); }, ErrorCode::InvalidFormat, "more values"},
    {"dimensions whose product wraps to 8", [] { return Bytes(RawFile(1, 0).tensor("t", {0x8000000000000004ull, 2}).data(32)); }, ErrorCode::InvalidFormat, "more values"},
    {"rows that wrap", [] { return Bytes(RawFile(1, 0).tensor("t", {1, 1ull << 40, 1ull << 40}).data(32)); }, ErrorCode::InvalidFormat, "more values"},
    {"bytes that wrap", [] { return Bytes(RawFile(1, 0).tensor("t", {(1ull << 62) + 2}).data(32)); }, ErrorCode::InvalidFormat, "too many bytes"},
    {"element type 4", [] { return Bytes(RawFile(1, 0).tensor("t", {32}, 4).data(32)); }, ErrorCode::Unsupported, "\"t\" has the element type Q4_2"},
    {"element type 18", [] { return Bytes(RawFile(1, 0).tensor("t", {256}, 18).data(256)); }, ErrorCode::Unsupported, "IQ3_XXS. This version reads F32, F16, Q4_0"},
    {"element type 4000000000", [] { return Bytes(RawFile(1, 0).tensor("t", {32}, 4'000'000'000u).data(32)); }, ErrorCode::Unsupported, "number 4,000,000,000"},
    {"rows that are no whole blocks", [] { return Bytes(RawFile(1, 0).tensor("t", {33}, 8).data(68)); }, ErrorCode::InvalidFormat, "rows of 33 values; Q8_0 stores multiples of 32"},
    {"duplicate tensor", [] { return Bytes(RawFile(2, 0).tensor("t", {8}).tensor("t", {8}, kF32, 32).data(64)); }, ErrorCode::InvalidFormat, "\"t\" appears twice"},
    {"offset off the alignment", [] { return Bytes(RawFile(1, 0).tensor("t", {8}, kF32, 16).data(64)); }, ErrorCode::InvalidFormat, "data offset 16, which is no multiple of 32"},
    {"offset 2^64-32", [] { return Bytes(RawFile(1, 0).tensor("t", {8}, kF32, kHuge - 31).data(64)); }, ErrorCode::InvalidFormat, "beyond what a file can hold"},
    {"offset beyond the end", [] { return Bytes(RawFile(1, 0).tensor("t", {8}, kF32, 1ull << 40).data(64)); }, ErrorCode::Truncated, "data of its 1 tensors"},
    {"data one byte short", [] { return Bytes(RawFile(1, 0).tensor("t", {8}).data(31)); }, ErrorCode::Truncated, "data of its 1 tensors"},
    {"no data at all", [] { return Bytes(RawFile(1, 0).tensor("t", {8})); }, ErrorCode::Truncated, "data of its 1 tensors"},
    {"a tensor of an exabyte", [] { return Bytes(RawFile(1, 0).tensor("t", {1ull << 58}).data(64)); }, ErrorCode::Truncated, "1,152,921,504,606,847,"},
    {"tensors that share bytes", [] { return Bytes(RawFile(2, 0).tensor("a", {16}).tensor("b", {8}, kF32, 32).data(96)); }, ErrorCode::InvalidFormat, "\"a\" and the tensor \"b\" share bytes"},
    {"tensors at the same place", [] { return Bytes(RawFile(2, 0).tensor("a", {8}).tensor("b", {8}).data(96)); }, ErrorCode::InvalidFormat, "share bytes"},
    };
    return rows;
}
// clang-format on

Bytes tinyModel()
{
    GgufWriter writer;
    writer.string("general.architecture", "glm4");
    writer.u32("general.alignment", 32);
    writer.strings("tokenizer.ggml.tokens", std::vector<std::string>{"a", "b", "<|user|>"});
    writer.i32s("tokenizer.ggml.token_type", std::vector<int32_t>{1, 1, 3});
    writer.boolean("flag", true);
    writer.vectorF32("norm", std::vector<float>{1, 2, 3, 4});
    writer.tensor("blocks", {32, 2}, DType::Q8_0, Bytes(68, std::byte(7)));
    writer.matrixF32("matrix", 2, 8, std::vector<float>(16, 0.5f));
    return writer.bytes();
}

// Asks for everything a file has, as a loader would.
size_t touchAll(const ModelFile& file)
{
    size_t sum = 0;
    for (const std::string& key : file.keys()) {
        sum += file.string(key).value_or("").size();
        sum += size_t(file.unsignedInteger(key).value_or(0));
        sum += file.number(key).has_value() + file.boolean(key).has_value();
        sum += file.strings(key).value_or(std::vector<std::string_view>()).size();
        sum += file.integers(key).value_or(std::vector<int32_t>()).size();
        sum += file.numbers(key).value_or(std::vector<float>()).size();
    }
    for (const TensorInfo& tensor : file.tensors()) {
        sum += size_t(file.findTensor(tensor.name) == &tensor);
        for (const std::byte byte : tensor.bytes) {
            sum += size_t(byte);
        }
    }
    return sum;
}

} // namespace

class TestGgufDamaged : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isRefused_data();
    void isRefused();
    void truncationAtEveryByte();
    void everyByteChanged();
    void everyFieldAtEveryBoundary();
    void memoryStaysBelowTheFile_data();
    void memoryStaysBelowTheFile();
    void messagesNameTheFile();
};

void TestGgufDamaged::isRefused_data()
{
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < damages().size(); ++i) {
        QTest::newRow(damages()[i].name) << int(i);
    }
}

void TestGgufDamaged::isRefused()
{
    QFETCH(int, index);
    const Damage& damage = damages()[size_t(index)];
    const Bytes bytes = damage.make();
    const auto file = parseGguf(bytes);
    QVERIFY2(!file, "the file was accepted");
    const Error& error = file.error();
    QVERIFY2(error.message.find(damage.mentions) != std::string::npos, error.message.c_str());
    QCOMPARE(error.code, damage.code);
    QVERIFY(error.message.size() < 600);
    if (error.code == ErrorCode::Truncated) {
        QCOMPARE(error.available, uint64_t(bytes.size()));
        QVERIFY(error.needed > error.available);
    }
}

void TestGgufDamaged::truncationAtEveryByte()
{
    const Bytes whole = tinyModel();
    {
        const auto file = parseGguf(whole);
        QVERIFY(file);
        QVERIFY(touchAll(*file.value()) > 0);
    }
    // The padding behind the last tensor may be missing; nothing else.
    const auto file = parseGguf(whole);
    const auto last = file.value()->tensors().back().bytes;
    const size_t needed = size_t(last.data() + last.size() - whole.data());
    for (size_t size = 0; size < needed; ++size) {
        const Bytes part(
            whole.begin(), whole.begin() + ptrdiff_t(size)); // so that asan sees its end
        const auto truncated = parseGguf(part);
        QVERIFY2(!truncated, qPrintable(QString::number(size)));
        const ErrorCode expected = size < 4 ? ErrorCode::NotAModel : ErrorCode::Truncated;
        QVERIFY2(truncated.error().code == expected, truncated.error().message.c_str());
    }
    QVERIFY(parseGguf(Bytes(whole.begin(), whole.begin() + ptrdiff_t(needed))));
}

void TestGgufDamaged::everyByteChanged()
{
    const Bytes whole = tinyModel();
    int accepted = 0;
    int refused = 0;
    for (size_t at = 0; at < whole.size(); ++at) {
        for (const int value : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
            Bytes changed = whole;
            changed[at] = std::byte(value);
            const auto file = parseGguf(changed);
            if (file) {
                touchAll(*file.value());
                ++accepted;
            } else {
                QVERIFY(!file.error().message.empty());
                ++refused;
            }
        }
    }
    QVERIFY(accepted > 0); // letters of names, for example
    QVERIFY(refused > 0);
}

void TestGgufDamaged::everyFieldAtEveryBoundary()
{
    const Bytes whole = tinyModel();
    for (size_t at = 4; at + 8 <= whole.size(); ++at) {
        for (const uint64_t value : {uint64_t(0),
                 uint64_t(1),
                 uint64_t(65'536),
                 uint64_t(INT32_MAX),
                 uint64_t(UINT32_MAX),
                 uint64_t(UINT32_MAX) + 1,
                 uint64_t(INT64_MAX),
                 uint64_t(INT64_MAX) + 1,
                 kHuge - 31,
                 kHuge}) {
            Bytes changed = whole;
            std::memcpy(changed.data() + at, &value, sizeof value);
            const auto file = parseGguf(changed);
            if (file) {
                touchAll(*file.value());
            } else {
                QVERIFY(!file.error().message.empty());
            }
        }
    }
}

void TestGgufDamaged::memoryStaysBelowTheFile_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("counts of 2^64-1") << 0;
    QTest::newRow("60,000 smallest keys") << 1;
    QTest::newRow("30,000 smallest tensors") << 2;
    QTest::newRow("200,000 empty strings") << 3;
    QTest::newRow("every damage") << 4;
}

void TestGgufDamaged::memoryStaysBelowTheFile()
{
    QFETCH(int, kind);
    std::vector<Bytes> files;
    if (kind == 0) {
        files.push_back(RawFile(kHuge, kHuge));
        files.push_back(RawFile(65'536, 65'536));
    } else if (kind == 1) {
        RawFile file(0, 60'000);
        for (int i = 0; i < 60'000; ++i) {
            file.key(std::to_string(i), GgufWriter::kU8).number(uint8_t(1));
        }
        files.push_back(file);
    } else if (kind == 2) {
        RawFile file(30'000, 1);
        file.key("general.alignment", GgufWriter::kU32).number(1u);
        for (int i = 0; i < 30'000; ++i) {
            file.tensor(std::to_string(i), {1}, 1, uint64_t(2 * i));
        }
        file.out.raw(Bytes(60'000));
        files.push_back(file);
    } else if (kind == 3) {
        RawFile file(0, 1);
        file.key("list", GgufWriter::kArray).array(GgufWriter::kString, 200'000);
        file.out.raw(Bytes(1'600'000));
        files.push_back(file);
    } else {
        for (const Damage& damage : damages()) {
            files.push_back(damage.make());
        }
    }
    // The tables at their limits: 65,536 entries of some dozens of bytes.
    constexpr size_t kConstant = size_t(3) << 20;
    for (const Bytes& bytes : files) {
        const AllocationPeak peak;
        const auto file = parseGguf(bytes);
        const auto strings = file ? file.value()->strings("list") : std::nullopt;
        const size_t limit = 2 * bytes.size() + kConstant;
        QVERIFY2(
            peak.bytes() <= limit, qPrintable(QString("%1 > %2").arg(peak.bytes()).arg(limit)));
        QCOMPARE(bool(file), kind >= 1 && kind <= 3);
        QCOMPARE(strings.has_value(), kind == 3);
    }
}

void TestGgufDamaged::messagesNameTheFile()
{
    QTemporaryDir folder;
    const QString path = folder.filePath("notes.bin");
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("Dear diary");
    file.close();
    const auto opened = openGguf(path.toStdString());
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::NotAModel);
    QCOMPARE(QString::fromStdString(opened.error().message),
        QStringLiteral("The first bytes of \"notes.bin\" are not \"GGUF\". It may be another "
                       "format, or a web page saved by mistake."));
}

QTEST_APPLESS_MAIN(TestGgufDamaged)
#include "tst_gguf_damaged.moc"
