// SPDX-License-Identifier: MIT
// Encoding rows: exact where it can be, otherwise no worse than llama.cpp's files of the same
// model.
#include "engine/formats/model_file.h"
#include "engine/ops/dequantize.h"
#include "engine/quantize/quantize_row.h"
#include "tests/support/tiny_model.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace atelier;
using namespace atelier::test;

namespace {

namespace fs = std::filesystem;

const fs::path kModels = fs::path(ATELIER_SHARED) / "goldens/models";

constexpr DType kAllTypes[] = {DType::F32,
    DType::F16,
    DType::BF16,
    DType::Q4_0,
    DType::Q4_1,
    DType::Q5_0,
    DType::Q5_1,
    DType::Q8_0,
    DType::Q2_K,
    DType::Q3_K,
    DType::Q4_K,
    DType::Q5_K,
    DType::Q6_K,
    DType::IQ4_NL,
    DType::IQ4_XS};

std::vector<float> throughType(DType type, const std::vector<float>& values)
{
    std::vector<std::byte> row(rowBytes(type, values.size()));
    quantizeRow(type, values, row);
    std::vector<float> back(values.size());
    dequantizeRow(type, row, back);
    return back;
}

// Gaussian enough: sums of four uniform numbers, of variance 1.
std::vector<float> bellValues(size_t count, uint64_t seed)
{
    UniformNumbers numbers(seed);
    std::vector<float> values(count);
    for (float& value : values) {
        float sum = 0;
        for (int i = 0; i < 4; ++i) {
            sum += numbers.next();
        }
        value = sum * std::sqrt(0.75f);
    }
    return values;
}

double squaredError(const std::vector<float>& a, const std::vector<float>& b)
{
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        sum += (double(a[i]) - b[i]) * (double(a[i]) - b[i]);
    }
    return sum;
}

void addTypes()
{
    QTest::addColumn<uint>("number");
    for (const DType type : kAllTypes) {
        QTest::newRow(std::string(dtypeInfo(type).name).c_str()) << uint(type);
    }
}

} // namespace

class TestQuantizeRow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void errorOfBellValues_data();
    void errorOfBellValues();
    void storableValuesComeBack_data();
    void storableValuesComeBack();
    void extremeRows_data() { addTypes(); }
    void extremeRows();
    void isRepeatable_data() { addTypes(); }
    void isRepeatable();
    void noWorseThanTheReferenceFiles_data();
    void noWorseThanTheReferenceFiles();
};

// Root mean square errors for values of variance 1. A uniform quantizer of b bits over the range
// of its block has about range / 2^b / sqrt(12); the limits are what a fit of the scale makes of
// that, and a quantizer with a wrong layout or scale misses them by far.
void TestQuantizeRow::errorOfBellValues_data()
{
    QTest::addColumn<uint>("number");
    QTest::addColumn<double>("limit");
    const auto row = [](DType type, double limit) {
        QTest::newRow(std::string(dtypeInfo(type).name).c_str()) << uint(type) << limit;
    };
    row(DType::F32, 0.0);
    row(DType::F16, 3e-4);
    row(DType::BF16, 2e-3);
    row(DType::Q4_0, 0.086);
    row(DType::Q4_1, 0.077);
    row(DType::Q5_0, 0.043);
    row(DType::Q5_1, 0.038);
    row(DType::Q8_0, 0.006);
    row(DType::Q2_K, 0.30);
    row(DType::Q3_K, 0.155);
    row(DType::Q4_K, 0.077);
    row(DType::Q5_K, 0.039);
    row(DType::Q6_K, 0.019);
    row(DType::IQ4_NL, 0.080);
    row(DType::IQ4_XS, 0.081);
}

void TestQuantizeRow::errorOfBellValues()
{
    QFETCH(uint, number);
    QFETCH(double, limit);
    const std::vector<float> values = bellValues(size_t(256) * 200, 7);
    const std::vector<float> back = throughType(DType(number), values);
    const double error = std::sqrt(squaredError(values, back) / double(values.size()));
    QVERIFY2(error <= limit, qPrintable(QString("%1 > %2").arg(error).arg(limit)));
    QVERIFY2(error >= 0.6 * limit,
        qPrintable(QString("%1 is far below %2: tighten the limit").arg(error).arg(limit)));
}

// Values that a block can hold exactly, all steps in use.
void TestQuantizeRow::storableValuesComeBack_data()
{
    QTest::addColumn<uint>("number");
    QTest::addColumn<int>("low");
    QTest::addColumn<int>("high");
    const auto row = [](DType type, int low, int high) {
        QTest::newRow(std::string(dtypeInfo(type).name).c_str()) << uint(type) << low << high;
    };
    row(DType::F16, -15, 16);
    row(DType::BF16, -15, 16);
    row(DType::Q4_0, -8, 7);
    row(DType::Q4_1, 5, 20);
    row(DType::Q5_0, -16, 15);
    row(DType::Q5_1, -3, 28);
    row(DType::Q8_0, -127, 127);
    row(DType::Q2_K, 0, 3);
    row(DType::Q3_K, -4, 3);
    row(DType::Q4_K, 0, 15);
    row(DType::Q5_K, 0, 31);
    row(DType::Q6_K, -32, 31);
}

void TestQuantizeRow::storableValuesComeBack()
{
    QFETCH(uint, number);
    QFETCH(int, low);
    QFETCH(int, high);
    std::vector<float> values(512);
    for (size_t i = 0; i < values.size(); ++i) {
        // The ends are in every group of 16, the rest comes in turn.
        const int step = i % 16 == 0   ? low
                         : i % 16 == 1 ? high
                                       : low + int(i * 7) % (high - low + 1);
        values[i] = 0.25f * float(step);
    }
    const std::vector<float> back = throughType(DType(number), values);
    for (size_t i = 0; i < values.size(); ++i) {
        // A stored scale has 11 bits, and K-quants multiply it by an integer that rounds too.
        QVERIFY2(std::abs(back[i] - values[i]) <= 0.01f * std::abs(values[i]) + 0.01f,
            qPrintable(QString("%1: %2, not %3").arg(i).arg(back[i]).arg(values[i])));
    }
}

void TestQuantizeRow::extremeRows()
{
    QFETCH(uint, number);
    const DType type = DType(number);
    const std::vector<std::pair<const char*, std::function<float(size_t)>>> rows{
        {"zeros", [](size_t) { return 0.0f; }},
        {"negative zeros", [](size_t) { return -0.0f; }},
        {"one value", [](size_t i) { return i == 77 ? -3.0f : 0.0f; }},
        {"a positive constant", [](size_t) { return 0.5f; }},
        {"a negative constant", [](size_t) { return -0.5f; }},
        {"subnormal", [](size_t i) { return float(i) * 1e-42f; }},
        {"tiny", [](size_t i) { return (float(i) - 128.0f) * 1e-12f; }},
        {"large", [](size_t i) { return (float(i) - 128.0f) * 400.0f; }},
        {"all positive", [](size_t i) { return 1.0f + float(i) / 256.0f; }},
    };
    for (const auto& [name, value] : rows) {
        std::vector<float> values(256);
        float peak = 0;
        for (size_t i = 0; i < values.size(); ++i) {
            values[i] = value(i);
            peak = std::max(peak, std::abs(values[i]));
        }
        const std::vector<float> back = throughType(type, values);
        for (size_t i = 0; i < values.size(); ++i) {
            QVERIFY2(std::isfinite(back[i]), name);
            // The coarsest grid, Q2_K's, has four steps; what is too small for a half is zero.
            QVERIFY2(std::abs(back[i] - values[i]) <= 0.35f * peak + 1e-6f,
                qPrintable(
                    QString("%1 at %2: %3, not %4").arg(name).arg(i).arg(back[i]).arg(values[i])));
        }
    }
}

void TestQuantizeRow::isRepeatable()
{
    QFETCH(uint, number);
    const DType type = DType(number);
    const std::vector<float> values = bellValues(1024, 3);
    std::vector<std::byte> first(rowBytes(type, values.size()));
    std::vector<std::byte> second(first.size(), std::byte(0xFF)); // nothing may be left over
    quantizeRow(type, values, first);
    quantizeRow(type, values, second);
    QVERIFY(first == second);
    // Blocks do not know of each other.
    const size_t half = rowBytes(type, 512);
    std::vector<std::byte> part(half);
    quantizeRow(type, std::span(values).subspan(512), part);
    QVERIFY(std::equal(part.begin(), part.end(), first.begin() + ptrdiff_t(half)));
}

void TestQuantizeRow::noWorseThanTheReferenceFiles_data()
{
    QTest::addColumn<QString>("file");
    if (!fs::exists(kModels / "glm4.f16.gguf")) {
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
        QTest::newRow(type) << QString("glm4.%1.gguf").arg(type);
    }
}

// The same weights, from the same source, tensor by tensor.
void TestQuantizeRow::noWorseThanTheReferenceFiles()
{
    QFETCH(QString, file);
    const auto source = openGguf(kModels / "glm4.f16.gguf");
    const auto reference = openGguf(kModels / file.toStdString());
    QVERIFY(source);
    QVERIFY(reference);
    int compared = 0;
    for (const TensorInfo& theirs : reference.value()->tensors()) {
        const TensorInfo* tensor = source.value()->findTensor(theirs.name);
        QVERIFY(tensor);
        if (theirs.rows == 1) {
            continue;
        }
        std::vector<float> values(tensor->rows * tensor->cols);
        dequantizeRow(tensor->type, tensor->bytes, values);
        std::vector<float> decoded(values.size());
        dequantizeRow(theirs.type, theirs.bytes, decoded);
        const double ours = squaredError(values, throughType(theirs.type, values));
        const double limit = squaredError(values, decoded);
        QVERIFY2(ours <= limit,
            qPrintable(
                QString("%1 %2: %3 > %4")
                    .arg(theirs.name.c_str(), std::string(dtypeInfo(theirs.type).name).c_str())
                    .arg(ours)
                    .arg(limit)));
        if (qEnvironmentVariableIsSet("ATELIER_TABLE")) {
            qInfo("%-26s %-7s %.4f of the reference's squared error",
                theirs.name.c_str(),
                std::string(dtypeInfo(theirs.type).name).c_str(),
                limit > 0 ? ours / limit : 1.0);
        }
        ++compared;
    }
    QVERIFY(compared > 10);
}

QTEST_APPLESS_MAIN(TestQuantizeRow)
#include "tst_quantize_row.moc"
