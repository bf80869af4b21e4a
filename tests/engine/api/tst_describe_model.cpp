// SPDX-License-Identifier: MIT
#include "engine/api/describe_model.h"
#include "engine/formats/model_file.h"
#include "engine/model/hyperparameters.h"
#include "tests/support/tiny_model.h"

#include <QTest>

using namespace atelier;
using namespace atelier::test;

class TestDescribeModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void quantizationHasAName_data();
    void quantizationHasAName();
    void factsAreComplete();
    void hostileTextIsCutAndCleaned();
};

void TestDescribeModel::quantizationHasAName_data()
{
    QTest::addColumn<int>("fileType"); // -1: none
    QTest::addColumn<QString>("expected");
    QTest::newRow("Q4_K_M") << 15 << "Q4_K_M";
    QTest::newRow("Q8_0") << 7 << "Q8_0";
    QTest::newRow("BF16") << 32 << "BF16";
    QTest::newRow("unknown number: by bytes") << 999 << "F16";
    QTest::newRow("none: by bytes") << -1 << "F16";
}

void TestDescribeModel::quantizationHasAName()
{
    QFETCH(int, fileType);
    QFETCH(QString, expected);
    GgufWriter writer = randomModel();
    if (fileType >= 0) {
        writer.u32("general.file_type", uint32_t(fileType));
    }
    const auto bytes = writer.bytes();
    const auto file = parseGguf(bytes);
    QVERIFY(bool(file));
    QCOMPARE(QString::fromStdString(quantizationName(*file.value())), expected);
}

void TestDescribeModel::factsAreComplete()
{
    GgufWriter writer = randomModel();
    writer.string("general.license", "mit");
    writer.string("tokenizer.chat_template", "{{ messages }}");
    const auto bytes = writer.bytes();
    const auto file = parseGguf(bytes);
    const auto hyper = readHyperparameters(*file.value());
    const ModelInfo info = describeModel(*file.value(), hyper.value());
    QCOMPARE(info.name, std::string("tiny glm4"));
    QCOMPARE(info.license, std::string("mit"));
    QCOMPARE(info.fileBytes, uint64_t(bytes.size()));
    QVERIFY(info.hasChatTemplate);
    uint64_t parameters = 0;
    uint32_t tensors = 0;
    uint64_t tensorBytes = 0;
    for (const TensorInfo& tensor : file.value()->tensors()) {
        parameters += tensor.rows * tensor.cols;
        tensorBytes += tensor.bytes.size();
        ++tensors;
    }
    QCOMPARE(info.parameters, parameters);
    QCOMPARE(info.types.size(), size_t(2));
    QCOMPARE(info.types[0].type, std::string("F16"));
    QCOMPARE(info.types[1].type, std::string("F32"));
    QVERIFY(info.types[0].bytes > info.types[1].bytes);
    QCOMPARE(info.types[0].tensors + info.types[1].tensors, tensors);
    QCOMPARE(info.types[0].bytes + info.types[1].bytes, tensorBytes);
}

void TestDescribeModel::hostileTextIsCutAndCleaned()
{
    GgufWriter writer = randomModel();
    writer.string("general.name", "a\xff" + std::string(100000, 'x'));
    const auto bytes = writer.bytes();
    const auto file = parseGguf(bytes);
    const auto hyper = readHyperparameters(*file.value());
    const ModelInfo info = describeModel(*file.value(), hyper.value());
    QVERIFY(info.name.size() <= 260);
    QVERIFY(QString::fromStdString(info.name).startsWith("a?x"));
}

QTEST_APPLESS_MAIN(TestDescribeModel)
#include "tst_describe_model.moc"
