// SPDX-License-Identifier: MIT
// The GLM-4 vocabulary and the demo model's, against ids that other programs computed.
#include "engine/formats/model_file.h"
#include "engine/tokenizer/tokenizer.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

#include <array>

using namespace atelier;

namespace {

const QString kGlm = QStringLiteral(ATELIER_SHARED "/glm4-tokenizer/");
const QString kDemo =
    QStringLiteral(ATELIER_SOURCE_DIR "/resources/demo-model/atelier-demo-q8_0.gguf");

std::shared_ptr<const Tokenizer> load(const QString& path)
{
    const auto file = openGguf(path.toStdString());
    if (!file) {
        qWarning("%s", file.error().message.c_str());
        return nullptr;
    }
    auto tokenizer = Tokenizer::create(*file.value());
    return tokenizer ? tokenizer.take() : nullptr;
}

QJsonArray readList(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).array()
                                          : QJsonArray();
}

std::vector<int32_t> idsOf(const QJsonValue& list)
{
    std::vector<int32_t> ids;
    for (const QJsonValue& id : list.toArray()) {
        ids.push_back(id.toInt());
    }
    return ids;
}

} // namespace

class TestRealVocabularies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void demoModelMatchesItsReference();
    void glmMatchesTheReference();
    void glmMatchesTheTemplateFixtures();
    void glmFacts();
    void glmRoundTripsAnyUnicode();
    void megabytesAreQuick();
};

void TestRealVocabularies::demoModelMatchesItsReference()
{
    const auto tokenizer = load(kDemo);
    QVERIFY(tokenizer);
    const auto cases = readList(QStringLiteral(ATELIER_TEST_DATA "/tokenizer/reference.json"));
    QVERIFY(cases.size() > 20);
    for (const QJsonValue& entry : cases) {
        const std::string text = entry["text"].toString().toStdString();
        const auto ids = tokenizer->encode(text, SpecialTokens::AsText);
        QCOMPARE(ids, idsOf(entry["demo"]));
        QCOMPARE(tokenizer->decode(ids), text);
    }
    QCOMPARE(tokenizer->stopTokens().size(), size_t(3));
}

void TestRealVocabularies::glmMatchesTheReference()
{
    if (!QFile::exists(kGlm)) {
        QSKIP("The GLM-4 vocabulary is not part of the source tree.");
    }
    const auto tokenizer = load(kGlm + "glm4-vocab.gguf");
    QVERIFY(tokenizer);
    const QJsonArray vectors = readList(kGlm + "vectors.json");
    QCOMPARE(vectors.size(), 199);
    for (const QJsonValue& vector : vectors) {
        const std::string text = vector["text"].toString().toStdString();
        const auto ids = tokenizer->encode(text, SpecialTokens::AsText);
        QCOMPARE(ids, idsOf(vector["ids"]));
        QCOMPARE(tokenizer->decode(ids), text);
    }
}

void TestRealVocabularies::glmMatchesTheTemplateFixtures()
{
    QFile file(QStringLiteral(ATELIER_SHARED "/glm4-templates/tokenizer-fixtures.json"));
    if (!file.open(QIODevice::ReadOnly)) {
        QSKIP("The GLM-4 vocabulary is not part of the source tree.");
    }
    const auto tokenizer = load(kGlm + "glm4-vocab.gguf");
    QVERIFY(tokenizer);
    const QJsonObject fixtures = QJsonDocument::fromJson(file.readAll()).object();
    const QJsonArray cases = fixtures["cases"].toArray();
    QVERIFY(cases.size() > 5);
    for (const QJsonValue& entry : cases) {
        QCOMPARE(tokenizer->encode(entry["text"].toString().toStdString(), SpecialTokens::Parse),
            idsOf(entry["ids"]));
    }
    const QJsonObject special = fixtures["special"].toObject();
    QCOMPARE(special.size(), 14);
    for (const QString& name : special.keys()) {
        QCOMPARE(tokenizer->find(name.toStdString()), std::optional(special[name].toInt()));
    }
}

void TestRealVocabularies::glmFacts()
{
    if (!QFile::exists(kGlm)) {
        QSKIP("The GLM-4 vocabulary is not part of the source tree.");
    }
    const auto tokenizer = load(kGlm + "glm4-vocab.gguf");
    QVERIFY(tokenizer);
    QCOMPARE(tokenizer->vocabSize(), 151'552);
    const auto stops = tokenizer->stopTokens();
    QCOMPARE(std::vector<int32_t>(stops.begin(), stops.end()),
        (std::vector<int32_t>{151'329, 151'336, 151'338}));
    int padding = 0;
    int control = 0;
    for (int32_t id = 0; id < tokenizer->vocabSize(); ++id) {
        padding += tokenizer->isPadding(id) ? 1 : 0;
        control += tokenizer->isControl(id) ? 1 : 0;
    }
    QCOMPARE(padding, 209); // 151,343 and up
    QCOMPARE(control, 14);
}

// Characters of all planes, near and far ones mixed, and bytes that are none.
void TestRealVocabularies::glmRoundTripsAnyUnicode()
{
    if (!QFile::exists(kGlm)) {
        QSKIP("The GLM-4 vocabulary is not part of the source tree.");
    }
    const auto tokenizer = load(kGlm + "glm4-vocab.gguf");
    QVERIFY(tokenizer);
    QRandomGenerator random(2025);
    constexpr std::array<char32_t, 8> kStarts{
        U' ', U'0', U'a', 0xA0, 0x3B1, 0x4E00, 0xAC00, 0x1F600};
    for (int round = 0; round < 3000; ++round) {
        std::u32string characters;
        for (int i = random.bounded(1, 60); i > 0; --i) {
            const auto kind = size_t(random.bounded(int(kStarts.size()) + 2));
            char32_t character = kind < kStarts.size()
                                     ? kStarts[kind] + char32_t(random.bounded(40))
                                     : char32_t(random.bounded(0x110000));
            character = character >= 0xD800 && character < 0xE000 ? U'\n' : character;
            characters += character;
        }
        std::string text =
            QString::fromUcs4(characters.data(), qsizetype(characters.size())).toStdString();
        if (round % 3 == 0) { // bytes that are no UTF-8
            text.insert(
                size_t(random.bounded(int(text.size()) + 1)), 1, char(random.bounded(128, 256)));
        }
        const auto ids = tokenizer->encode(text, SpecialTokens::AsText);
        QVERIFY(tokenizer->decode(ids) == text);
        QVERIFY(tokenizer->decode(tokenizer->encode(text, SpecialTokens::Parse)) == text);
        for (const int32_t id : ids) {
            QVERIFY(!tokenizer->isControl(id) && !tokenizer->isPadding(id));
        }
    }
}

// Ten megabytes should take two seconds. A fifth of them and a wide limit allow for sanitizers and
// a machine at work, and still find anything that is not linear.
void TestRealVocabularies::megabytesAreQuick()
{
    const auto tokenizer = load(kDemo);
    QVERIFY(tokenizer);
    QFile file(QStringLiteral(ATELIER_SOURCE_DIR "/resources/demo-model/gen_data.py"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    std::string text = file.readAll().toStdString();
    while (text.size() < 2'000'000) {
        text += text;
    }
    text.resize(2'000'000);
    QElapsedTimer timer;
    timer.start();
    const auto ids = tokenizer->encode(text, SpecialTokens::AsText);
    const qint64 elapsed = timer.elapsed();
    QCOMPARE(tokenizer->decode(ids), text);
    QVERIFY2(elapsed < 30'000, qPrintable(QString::number(elapsed)));
}

QTEST_APPLESS_MAIN(TestRealVocabularies)
#include "tst_real_vocabularies.moc"
