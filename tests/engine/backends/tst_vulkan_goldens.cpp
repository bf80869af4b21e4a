// SPDX-License-Identifier: MIT
// The reference logits on the Vulkan module, all layers on it or some of them on the processor.
#include "engine/api/loaded_model.h"
#include "engine/backends/backend_module.h"
#include "engine/backends/split/backend_split.h"
#include "tests/support/npy.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <fstream>

using namespace atelier;
using namespace atelier::test;

namespace {

constexpr size_t kTokens = 32; // of each reference: llvmpipe is slow

const std::filesystem::path kGoldens = std::filesystem::path(ATELIER_SHARED) / "goldens";

Result<std::unique_ptr<Backend>> vulkan()
{
    const auto module = loadBackendModule(ATELIER_MODULE_FOLDER, "vulkan");
    if (!module) {
        return module.error();
    }
    BackendOptions options;
    options.named = true;
    return module.value()->create(options);
}

} // namespace

class TestVulkanGoldens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void logitsMatch_data();
    void logitsMatch();
};

void TestVulkanGoldens::initTestCase()
{
    if (const auto backend = vulkan(); !backend) {
        QSKIP(backend.error().message.c_str());
    }
}

void TestVulkanGoldens::logitsMatch_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("tokens");
    QTest::addColumn<QString>("logits");
    QTest::addColumn<double>("limit");
    QTest::addColumn<int>("onProcessor"); // layers; -1: the processor has no part in it
    std::ifstream file(kGoldens / "manifest.json");
    const auto manifest = nlohmann::json::parse(file, nullptr, false);
    if (!manifest.is_array()) {
        QSKIP("The reference logits are not here.");
    }
    for (const auto& entry : manifest) {
        const auto text = [&](const char* key) {
            return QString::fromStdString(entry[key].get<std::string>());
        };
        const bool isExact = text("model").contains("f16", Qt::CaseInsensitive) ||
                             text("model").contains("f32", Qt::CaseInsensitive);
        const double limit = isExact ? 1e-4 : entry["llama_cpp_relative_error"].get<double>();
        const bool isShared = isExact || text("model").contains("q4_k_m", Qt::CaseInsensitive);
        const bool isUsual = text("model") == "models/glm4.f16.gguf";
        for (const int layers : {-1, 0, 1, 2}) { // all shares once
            if (layers < 0 || isUsual || (isShared && layers == 1)) {
                QTest::addRow("%s, %d on the processor", qPrintable(text("model")), layers)
                    << text("model") << text("tokens") << text("logits") << limit << layers;
            }
        }
    }
}

void TestVulkanGoldens::logitsMatch()
{
    QFETCH(QString, model);
    QFETCH(QString, tokens);
    QFETCH(QString, logits);
    QFETCH(double, limit);
    QFETCH(int, onProcessor);
    std::ifstream tokensFile(kGoldens / tokens.toStdString());
    std::vector<int32_t> ids(std::istream_iterator<int32_t>(tokensFile), {});
    auto expected = readNpy(kGoldens / logits.toStdString());
    QVERIFY(ids.size() > kTokens && !expected.empty());
    // No token sees those behind it.
    expected.resize(expected.size() / ids.size() * kTokens);
    ids.resize(kTokens);
    auto file = openGguf(kGoldens / model.toStdString());
    QVERIFY(bool(file));
    const auto hyper = readHyperparameters(*file.value());
    QVERIFY(bool(hyper));
    LoadParts parts;
    parts.backend = vulkan().take();
    if (onProcessor >= 0) {
        QVERIFY(uint32_t(onProcessor) <= hyper.value().layers);
        std::vector<SplitPart> devices;
        devices.push_back({createBackend("cpu", {}).take(), uint32_t(onProcessor)});
        devices.push_back({std::move(parts.backend), hyper.value().layers - uint32_t(onProcessor)});
        const bool tied = file.value()->findTensor("output.weight") == nullptr;
        parts.backend = std::make_unique<BackendSplit>(std::move(devices), tied);
    }
    parts.file = file.take();
    const auto loaded = LoadedModel::load(std::move(parts), nullptr, {});
    QVERIFY2(bool(loaded), loaded ? "" : loaded.error().message.c_str());
    SessionOptions options;
    options.cacheType = CacheType::F32;
    options.contextTokens = uint32_t(ids.size());
    const auto session = Session::create(loaded.value(), options);
    QVERIFY2(bool(session), session ? "" : session.error().message.c_str());
    const auto actual = session.value()->logits(ids, {});
    QVERIFY2(bool(actual), actual ? "" : actual.error().message.c_str());
    const double error = relativeError(actual.value(), expected);
    QVERIFY2(
        error <= limit, qPrintable(QString("relative error %1, limit %2").arg(error).arg(limit)));
}

QTEST_APPLESS_MAIN(TestVulkanGoldens)
#include "tst_vulkan_goldens.moc"
