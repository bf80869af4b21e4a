// SPDX-License-Identifier: MIT
// The reference logits: every file of the manifest, through the engine's public interface.
#include "engine/api/model.h"
#include "tests/support/npy.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <fstream>

using namespace atelier;
using namespace atelier::test;

namespace {

const std::filesystem::path kGoldens = std::filesystem::path(ATELIER_SHARED) / "goldens";

nlohmann::json manifest()
{
    std::ifstream file(kGoldens / "manifest.json");
    return nlohmann::json::parse(file, nullptr, false);
}

std::vector<int32_t> readTokens(const std::filesystem::path& path)
{
    std::ifstream file(path);
    return {std::istream_iterator<int32_t>(file), {}};
}

} // namespace

class TestGoldens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void logitsMatch_data();
    void logitsMatch();
};

void TestGoldens::logitsMatch_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("tokens");
    QTest::addColumn<QString>("logits");
    QTest::addColumn<double>("limit");
    QTest::addColumn<QString>("isa");
    QTest::addColumn<uint32_t>("chunk");
    QTest::addColumn<bool>("exact");
    const auto entries = manifest();
    if (!entries.is_array()) {
        QSKIP("The reference logits are not here.");
    }
    for (const auto& entry : entries) {
        const auto text = [&](const char* key) {
            return QString::fromStdString(entry[key].get<std::string>());
        };
        // Weights that are stored exactly leave rounding alone; quantized ones let a backend round
        // activations too, but not worse than the engine everyone compares with.
        const bool isExact = text("model").contains("f16", Qt::CaseInsensitive) ||
                             text("model").contains("f32", Qt::CaseInsensitive);
        const double limit = isExact ? 1e-4 : entry["llama_cpp_relative_error"].get<double>();
        for (const char* isa : {"", "portable", "avx2", "avx512"}) {
            const bool isBest = *isa == '\0';
            for (const uint32_t chunk : {512u, 31u, 1u}) { // one token at a time takes long
                if (chunk == 1 && !isBest) {
                    continue;
                }
                QTest::addRow("%s %s chunk %u", qPrintable(text("model")), isa, chunk)
                    << text("model") << text("tokens") << text("logits") << limit << QString(isa)
                    << chunk << false;
            }
            // Without rounding, what is left is the order of additions: as with exact weights, and
            // far below a quarter of what rounding costs others.
            QTest::addRow("%s %s exact", qPrintable(text("model")), isa)
                << text("model") << text("tokens") << text("logits") << std::min(limit / 4, 2e-5)
                << QString(isa) << 512u << true;
        }
    }
}

void TestGoldens::logitsMatch()
{
    QFETCH(QString, model);
    QFETCH(QString, tokens);
    QFETCH(QString, logits);
    QFETCH(double, limit);
    QFETCH(QString, isa);
    QFETCH(uint32_t, chunk);
    QFETCH(bool, exact);
    const auto ids = readTokens(kGoldens / tokens.toStdString());
    const auto expected = readNpy(kGoldens / logits.toStdString());
    QVERIFY(!ids.empty());
    QVERIFY(!expected.empty());
    LoadOptions load;
    load.backend = "cpu";
    load.isa = isa.toStdString();
    load.exact = exact;
    const auto opened = Model::load(kGoldens / model.toStdString(), load, nullptr, {});
    QVERIFY2(bool(opened), opened ? "" : opened.error().message.c_str());
    SessionOptions options;
    options.cacheType = CacheType::F32;
    options.chunkTokens = chunk;
    const auto session = Session::create(opened.value(), options);
    QVERIFY2(bool(session), session ? "" : session.error().message.c_str());
    const auto actual = session.value()->logits(ids, {});
    QVERIFY2(bool(actual), actual ? "" : actual.error().message.c_str());
    const double error = relativeError(actual.value(), expected);
    QVERIFY2(
        error <= limit, qPrintable(QString("relative error %1, limit %2").arg(error).arg(limit)));
}

QTEST_APPLESS_MAIN(TestGoldens)
#include "tst_goldens.moc"
