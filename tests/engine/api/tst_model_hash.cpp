// SPDX-License-Identifier: MIT
#include "engine/api/model_hash.h"
#include "tests/support/tiny_model.h"

#include "engine/formats/model_file.h"

#include <QTest>

using namespace atelier;
using namespace atelier::test;

namespace {

uint64_t hashOf(const GgufWriter& writer)
{
    const auto bytes = writer.bytes();
    return modelHash(*parseGguf(bytes).value());
}

} // namespace

class TestModelHash : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sameModelSameHash();
    void descriptionsDoNotCount();
    void whatIsComputedCounts_data();
    void whatIsComputedCounts();
};

void TestModelHash::sameModelSameHash()
{
    QCOMPARE(hashOf(randomModel()), hashOf(randomModel()));
    QVERIFY(hashOf(randomModel()) != hashOf(randomModel({}, 2)));
}

void TestModelHash::descriptionsDoNotCount()
{
    GgufWriter file = randomModel();
    file.string("general.name", "another name");
    file.string("general.license", "mit");
    file.string("tokenizer.chat_template", "{{ messages }}");
    QCOMPARE(hashOf(file), hashOf(randomModel()));
}

void TestModelHash::whatIsComputedCounts_data()
{
    QTest::addColumn<GgufWriter>("file");
    const auto row = [](const char* name, auto&& change) {
        GgufWriter file = randomModel();
        change(file);
        QTest::newRow(name) << file;
    };
    row("RoPE base", [](auto& f) { f.f32("glm4.rope.freq_base", 20000.0f); });
    row("a new key", [](auto& f) { f.string("glm4.rope.scaling.type", "yarn"); });
    row("a bias", [](auto& f) { f.vectorF32("blk.0.attn_q.bias", std::vector<float>(64, 1.0f)); });
    row("a token", [](auto& f) { f.u32("tokenizer.ggml.eos_token_id", 3); });
    TinyShape shape;
    shape.halves = false;
    QTest::newRow("types") << randomModel(shape);
    shape = {};
    shape.tied = true;
    QTest::newRow("a tensor less") << randomModel(shape);
}

void TestModelHash::whatIsComputedCounts()
{
    QFETCH(GgufWriter, file);
    QVERIFY(hashOf(file) != hashOf(randomModel()));
}

QTEST_APPLESS_MAIN(TestModelHash)
#include "tst_model_hash.moc"
