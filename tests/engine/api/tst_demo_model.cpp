// SPDX-License-Identifier: MIT
// The bundled model from file to picture.
#include "engine/api/model.h"

#include <QTest>

using namespace atelier;

class TestDemoModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void drawsAPicture();
};

void TestDemoModel::drawsAPicture()
{
    std::filesystem::path path =
        std::filesystem::path(ATELIER_SOURCE_DIR) / "resources/demo-model/atelier-demo-q8_0.gguf";
    if (!std::filesystem::exists(path)) {
        path = std::filesystem::path(ATELIER_SHARED) / "demo-model/atelier-demo-q8_0.gguf";
    }
    if (!std::filesystem::exists(path)) {
        QSKIP("The demo model is not here.");
    }
    const auto model = Model::load(path, {}, nullptr, {});
    QVERIFY2(bool(model), model ? "" : model.error().message.c_str());
    QCOMPARE(model.value()->info().quantization, std::string("Q8_0"));
    const auto session = Session::create(model.value(), {});
    QVERIFY2(bool(session), session ? "" : session.error().message.c_str());
    GenerationRequest request;
    request.messages = {{Role::User, "draw a red circle inside a blue square", {}}};
    request.sampling.temperature = 0.0f;
    std::string text;
    size_t deltas = 0;
    const auto stats = session.value()->generate(request,
        [&](const Event& event) {
            if (const auto* delta = std::get_if<TextDelta>(&event)) {
                text += delta->text;
                ++deltas;
            }
        },
        {});
    QVERIFY(bool(stats));
    QCOMPARE(stats.value().reason, FinishReason::EndOfTurn);
    QVERIFY(deltas > 20); // streamed, not delivered at once
    const QString reply = QString::fromStdString(text);
    const qsizetype begin = reply.indexOf("<svg");
    const qsizetype end = reply.indexOf("</svg>");
    QVERIFY2(begin >= 0 && end > begin, text.c_str());
    const QString svg = reply.mid(begin, end + 6 - begin);
    QVERIFY2(svg.contains("<rect") && svg.contains("<circle"), text.c_str());
    QVERIFY2(svg.indexOf("<rect") < svg.indexOf("<circle"), "the circle must be in front");
}

QTEST_APPLESS_MAIN(TestDemoModel)
#include "tst_demo_model.moc"
