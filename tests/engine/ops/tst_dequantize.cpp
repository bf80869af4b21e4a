// SPDX-License-Identifier: MIT
#include "engine/base/half.h"
#include "engine/ops/dequantize.h"

#include <QFile>
#include <QTest>

#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

using namespace atelier;

// The stored bytes of every type against an independent decoder (tests/data/quantized), and the
// conversions of half.h exhaustively.
class TstDequantize : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyTypeDecodesExactly_data();
    void everyTypeDecodesExactly();
    void everyTypeIsInTheData();
    void halvesSurviveTheRoundTrip();
    void narrowingRoundsToTheNearestHalf();
    void narrowingToBfloatRoundsToNearest();
};

namespace {

struct Sample
{
    DType type;
    std::vector<std::byte> bytes;
    std::vector<float> values;
};

std::vector<Sample> readSamples()
{
    QFile file(QStringLiteral(ATELIER_TEST_DATA "/quantized/blocks.bin"));
    std::vector<Sample> samples;
    if (!file.open(QIODevice::ReadOnly)) {
        return samples;
    }
    const QByteArray data = file.readAll();
    qsizetype at = 0;
    const auto take = [&](void* to, size_t bytes) {
        std::memcpy(to, data.constData() + at, bytes);
        at += qsizetype(bytes);
    };
    while (at < data.size()) {
        uint32_t header[3];
        take(header, sizeof(header));
        Sample sample{
            DType(header[0]), std::vector<std::byte>(header[2]), std::vector<float>(header[1])};
        take(sample.bytes.data(), sample.bytes.size());
        take(sample.values.data(), sample.values.size() * sizeof(float));
        samples.push_back(sample);
    }
    return samples;
}

} // namespace

void TstDequantize::everyTypeDecodesExactly_data()
{
    QTest::addColumn<int>("index");
    const auto samples = readSamples();
    for (size_t i = 0; i < samples.size(); ++i) {
        QTest::newRow(std::string(dtypeInfo(samples[i].type).name).c_str()) << int(i);
    }
}

void TstDequantize::everyTypeDecodesExactly()
{
    QFETCH(int, index);
    const Sample sample = readSamples()[size_t(index)];
    std::vector<float> actual(sample.values.size());

    dequantizeRow(sample.type, sample.bytes, actual);

    for (size_t i = 0; i < actual.size(); ++i) {
        QVERIFY2(actual[i] == sample.values[i],
            qPrintable(QStringLiteral("[%1] is %2 instead of %3")
                           .arg(i)
                           .arg(double(actual[i]), 0, 'g', 9)
                           .arg(double(sample.values[i]), 0, 'g', 9)));
    }
}

void TstDequantize::everyTypeIsInTheData()
{
    const auto samples = readSamples();
    size_t known = 0;
    for (uint32_t type = 0; type < 64; ++type) {
        known += dtypeFromGguf(type) ? 1 : 0;
    }
    QCOMPARE(samples.size(), known);
}

void TstDequantize::halvesSurviveTheRoundTrip()
{
    for (uint32_t bits = 0; bits < 0x10000; ++bits) {
        const float value = halfToFloat(uint16_t(bits));
        if (std::isnan(value)) {
            QVERIFY((bits & 0x7c00) == 0x7c00 && (bits & 0x3ff) != 0);
            QVERIFY(std::isnan(halfToFloat(floatToHalf(value))));
            continue;
        }
        QCOMPARE(uint32_t(floatToHalf(value)), bits);
        // The definition: sign, exponent, fraction.
        const int exponent = int(bits >> 10 & 31);
        const double fraction = double(bits & 0x3ff) / 1024.0;
        const double magnitude = exponent == 31  ? HUGE_VAL
                                 : exponent == 0 ? std::ldexp(fraction, -14)
                                                 : std::ldexp(1.0 + fraction, exponent - 15);
        QCOMPARE(double(value), (bits & 0x8000) != 0 ? -magnitude : magnitude);
    }
}

void TstDequantize::narrowingRoundsToTheNearestHalf()
{
    // Between each two neighbors: just below the middle, the middle (to even), just above.
    for (uint32_t bits = 0; bits < 0x7bff; ++bits) {
        const float low = halfToFloat(uint16_t(bits));
        const float high = halfToFloat(uint16_t(bits + 1));
        const float middle = (low + high) / 2.0f; // exact in F32
        QCOMPARE(uint32_t(floatToHalf(std::nextafter(middle, low))), bits);
        QCOMPARE(uint32_t(floatToHalf(std::nextafter(middle, high))), bits + 1);
        QCOMPARE(uint32_t(floatToHalf(middle)), bits % 2 == 0 ? bits : bits + 1);
        QCOMPARE(uint32_t(floatToHalf(-middle)), (bits % 2 == 0 ? bits : bits + 1) | 0x8000u);
    }
    QCOMPARE(floatToHalf(65519.9f), uint16_t(0x7bff));
    QCOMPARE(floatToHalf(65520.0f), uint16_t(0x7c00));
    QCOMPARE(floatToHalf(1e30f), uint16_t(0x7c00));
    QCOMPARE(floatToHalf(-1e30f), uint16_t(0xfc00));
}

void TstDequantize::narrowingToBfloatRoundsToNearest()
{
    for (uint32_t bits = 0; bits < 0x7f7f; ++bits) {
        const float low = bf16ToFloat(uint16_t(bits));
        const float high = bf16ToFloat(uint16_t(bits + 1));
        const float middle = std::bit_cast<float>(bits << 16 | 0x8000u);
        QCOMPARE(uint32_t(floatToBf16(low)), bits);
        QCOMPARE(uint32_t(floatToBf16(std::nextafter(middle, low))), bits);
        QCOMPARE(uint32_t(floatToBf16(std::nextafter(middle, high))), bits + 1);
        QCOMPARE(uint32_t(floatToBf16(middle)), bits % 2 == 0 ? bits : bits + 1);
    }
    QVERIFY(std::isnan(bf16ToFloat(floatToBf16(std::nanf("")))));
}

QTEST_APPLESS_MAIN(TstDequantize)
#include "tst_dequantize.moc"
