// SPDX-License-Identifier: MIT
// Draws the pages at the size of the mockups into PNG files, to be looked at: page_gallery FOLDER
#include "renderers/artifact_view.h"
#include "renderers/code_view.h"
#include "renderers/transcript_view.h"
#include "tests/support/web_test_main.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QTextStream>
#include <QTimer>

using namespace atelier;

namespace {

constexpr int kPaintMs = 1500; // a page that has not changed for so long is at rest

TranscriptBlock markdown(const QString& text)
{
    TranscriptBlock block;
    block.markdown = text;
    return block;
}

TranscriptBlock card(const QString& title, ArtifactState state, int version, qint64 bytes)
{
    TranscriptBlock block;
    block.type = TranscriptBlock::Type::Artifact;
    block.kind = ArtifactKind::Svg;
    block.title = title;
    block.state = state;
    block.version = version;
    block.bytes = bytes;
    block.lines = 148;
    return block;
}

TranscriptMessage message(const QString& id, MessageRole role, const QList<TranscriptBlock>& blocks)
{
    TranscriptMessage made;
    made.id = id;
    made.role = role;
    made.blocks = blocks;
    if (role == MessageRole::Assistant) {
        made.tokens = 2348;
        made.tokensPerSecond = 38.1;
        made.seconds = 61.6;
    }
    return made;
}

QList<TranscriptMessage> mainMockup()
{
    TranscriptMessage last = message(QStringLiteral("4"),
        MessageRole::Assistant,
        {markdown(QStringLiteral(
             "Added all four. A few notes on how they sit in the picture:\n\n"
             "- The willow overlaps the far ridge only, so the bridge keeps a clean outline.\n"
             "- Rain is a single path of short slanted strokes at 26% opacity. Raise `opacity` on "
             "`#rain` for a heavier shower.\n"
             "- The lotus sits on its own layer, in front of the reeds.\n")),
            card(QStringLiteral("Misty Jiangnan"), ArtifactState::Complete, 3, 51200)});
    last.branch = 1;
    last.branches = 2;
    return {
        message(QStringLiteral("1"),
            MessageRole::User,
            {markdown(QStringLiteral("Draw a Jiangnan water town in the mist as one SVG: ink-wash "
                                     "ridges, white walls with black tiles, a stone arch bridge "
                                     "and a covered boat."))}),
        message(QStringLiteral("2"),
            MessageRole::Assistant,
            {markdown(
                 QStringLiteral("I started with the water town: white walls, a stepped gable, one "
                                "quay. The ridges are soft so the mist has somewhere to sit.")),
                card(QStringLiteral("Misty Jiangnan"), ArtifactState::Complete, 2, 21504)}),
        message(QStringLiteral("3"),
            MessageRole::User,
            {markdown(
                QStringLiteral("Lovely. Add a willow on the right, light rain, lotus in the near "
                               "corner, and the title 江南烟雨 with a red seal."))}),
        last};
}

QList<TranscriptMessage> components()
{
    TranscriptMessage stopped = message(QStringLiteral("2"),
        MessageRole::Assistant,
        {markdown(QStringLiteral(
            "A table and code:\n\n| Week | kWh | Change |\n|---|---:|:---:|\n| 12 | 84.2 | +3 % |\n"
            "| 13 | 191.0 | +127 % |\n\n```python\ndef mist(h, k=0.6):\n    return h * exp(-k * h) "
            " # "
            "thins with height\n```\n\n> A quoted line with a [link](https://example.org).\n\n"
            "1. First\n2. Second with **bold** and *italic*\n\n<script>alert(1)</script>"))});
    stopped.state = MessageState::Stopped;
    stopped.tokens = 214;
    TranscriptMessage failed = message(QStringLiteral("4"), MessageRole::Assistant, {});
    failed.state = MessageState::Failed;
    failed.errorTitle = QStringLiteral("Not enough GPU memory: 3.2 GiB short");
    failed.errorText = QStringLiteral(
        "At 128k, GLM-4-32B needs 26.5 GiB and 23.3 GiB is free. Nothing was changed.");
    failed.errorActions = {QStringLiteral("a"),
        QStringLiteral("Load at 72k"),
        QStringLiteral("b"),
        QStringLiteral("Use 8-bit context")};
    TranscriptMessage cut = message(QStringLiteral("6"),
        MessageRole::Assistant,
        {card(QStringLiteral("Misty Jiangnan"), ArtifactState::CutOff, 1, 900)});
    cut.state = MessageState::CutOff;
    TranscriptMessage draft = message(QStringLiteral("8"),
        MessageRole::Assistant,
        {markdown(QStringLiteral("A seven-column month, one drawn moon per day.")),
            card(QStringLiteral("Moon phases"), ArtifactState::Draft, 1, 900)});
    draft.state = MessageState::Writing;
    TranscriptMessage reading = message(QStringLiteral("9"), MessageRole::Assistant, {});
    reading.state = MessageState::Reading;
    return {message(QStringLiteral("1"),
                MessageRole::User,
                {markdown(QStringLiteral("Show every state, please."))}),
        stopped,
        failed,
        cut,
        draft,
        reading};
}

const char kSvg[] =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 320 200\" aria-label=\"Dusk\">\n"
    "<rect width=\"320\" height=\"200\" fill=\"#24304a\"/>\n<circle cx=\"230\" cy=\"70\" r=\"34\" "
    "fill=\"#f2d9a0\"/>\n<path d=\"M0 150Q80 90 160 140T320 120V200H0Z\" fill=\"#17705f\"/>\n"
    "<!-- far hills -->\n</svg>\n";

const char kHtml[] =
    "<!DOCTYPE html>\n<html>\n<head>\n<title>Moon phases</title>\n<style>\n  body { margin: 0; "
    "background: #0e1526; color: #eadfc4; font: 16px serif; padding: 24px }\n  .moon { width: "
    "120px; height: 120px; border-radius: 50%; background: #f3e3b8 }\n</style>\n</head>\n<body>\n"
    "<h1>November 2026</h1>\n<div class=\"moon\" onclick=\"this.remove()\"></div>\n<p "
    "id=\"note\">Not "
    "run</p>\n<script>\n  // Runs once, when the page is complete.\n  const phase = 0.88;\n  "
    "document.getElementById('note').textContent = `Lit: ${Math.round(phase * 100)}%`;\n"
    "</script>\n</body>\n</html>\n";

void save(QWidget& widget, const QString& folder, const QString& name)
{
    QElapsedTimer rest;
    rest.start();
    QImage last;
    while (rest.elapsed() < kPaintMs) {
        const QImage image = widget.grab().toImage();
        if (image != last)
            rest.restart();
        last = image;
        QEventLoop pause;
        QTimer::singleShot(50, &pause, &QEventLoop::quit);
        pause.exec();
    }
    const QString path = folder + QLatin1Char('/') + name + QStringLiteral(".png");
    QTextStream(stdout) << path << (last.save(path) ? "" : " could not be written") << Qt::endl;
}

void drawTranscripts(const QString& folder, const PageAppearance& appearance, const QString& suffix)
{
    TranscriptView view;
    view.resize(620, 716);
    view.setAppearance(appearance);
    view.show();
    view.setMessages(mainMockup());
    view.setShowingArtifact(QStringLiteral("4"), 0);
    save(view, folder, QStringLiteral("transcript") + suffix);
    view.resize(448, 1250);
    view.setMessages(components());
    view.setReadingProgress(QStringLiteral("9"), 12288, 31004, 9);
    view.setShowingArtifact(QStringLiteral("8"), 0);
    save(view, folder, QStringLiteral("states") + suffix);
}

void drawArtifacts(const QString& folder, const PageAppearance& appearance, const QString& suffix)
{
    CodeView code;
    code.resize(352, 400);
    code.setAppearance(appearance);
    code.show();
    code.begin(QStringLiteral("html"));
    code.append(QString::fromLatin1(kHtml).left(620));
    save(code, folder, QStringLiteral("code") + suffix);

    ArtifactView view;
    view.resize(572, 745);
    view.setAppearance(appearance);
    view.QWidget::show();
    view.show(ArtifactKind::Svg, QString::fromLatin1(kSvg));
    save(view, folder, QStringLiteral("svg") + suffix);
    view.show(ArtifactKind::Html, QString::fromLatin1(kHtml));
    view.setViewportWidth(390);
    save(view, folder, QStringLiteral("html") + suffix);
}

} // namespace

int main(int argc, char** argv)
{
    return test::runWithWebPages(argc, argv, [&](QApplication& application) {
        const QString folder = application.arguments().value(1, QStringLiteral("."));
        PageAppearance light;
        PageAppearance dark;
        dark.dark = true;
        drawTranscripts(folder, light, QStringLiteral("-light"));
        drawTranscripts(folder, dark, QStringLiteral("-dark"));
        drawArtifacts(folder, light, QStringLiteral("-light"));
        drawArtifacts(folder, dark, QStringLiteral("-dark"));
        return 0;
    });
}
