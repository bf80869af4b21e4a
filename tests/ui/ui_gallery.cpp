// SPDX-License-Identifier: MIT
// Saves pictures of the window with sample data, to be looked at beside the mockups:
// ui_gallery --out FOLDER [--only NAME]. Built with the tests, never run by them.
#include "renderers/artifact_view.h"
#include "renderers/code_view.h"
#include "renderers/transcript_view.h"
#include "renderers/web_engine_bootstrap.h"
#include "tests/ui/sample_window.h"
#include "ui/artifacts/artifact_pane.h"
#include "ui/conversation/composer.h"
#include "ui/conversation/context_gauge.h"
#include "ui/widgets/language.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QElapsedTimer>
#include <QTest>
#include <QTextStream>
#include <functional>

using namespace atelier;

namespace {

constexpr int kPaintMs = 10000; // then the picture is taken as it is
constexpr int kFrameMs = 300;   // from a page's last frame to the window

struct Scene
{
    QString name;
    QSize size;
    QString theme;
    QString language;
    std::function<void(MainWindow&, SampleChats&)> prepare;
};

const QString kSvg = QStringLiteral(
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 540 606\">\n"
    "<rect width=\"540\" height=\"606\" fill=\"#f3f0e6\"/>\n"
    "<circle cx=\"186\" cy=\"98\" r=\"28\" fill=\"#efcdb4\"/>\n"
    "<path d=\"M0 230 C60 140 90 120 140 190 C180 120 220 110 280 220 C330 160 380 120 540 240 "
    "L540 606 L0 606 Z\" fill=\"#7d9892\"/>\n</svg>\n");

void showTranscript(MainWindow& window)
{
    TranscriptBlock text;
    text.markdown = QStringLiteral(
        "Added all four. A few notes on how they sit in the picture:\n\n- The willow overlaps the "
        "far ridge only, so the bridge keeps a clean outline.\n- Rain is a single path of short "
        "slanted strokes at 26% opacity. Raise `opacity` on `#rain` for a heavier shower.\n");
    TranscriptBlock card;
    card.type = TranscriptBlock::Type::Artifact;
    card.kind = ArtifactKind::Svg;
    card.title = QStringLiteral("Misty Jiangnan");
    card.version = 3;
    card.lines = 412;
    card.bytes = 51200;
    TranscriptBlock question;
    question.markdown =
        QStringLiteral("Lovely. Add a willow on the right, light rain, lotus in the "
                       "near corner, and the title 江南烟雨 with a red seal.");
    TranscriptMessage user;
    user.id = QStringLiteral("1");
    user.role = MessageRole::User;
    user.blocks = {question};
    TranscriptMessage reply;
    reply.id = QStringLiteral("2");
    reply.blocks = {text, card};
    reply.tokens = 2348;
    reply.tokensPerSecond = 38.1;
    reply.seconds = 61.6;
    window.transcript().setMessages({user, reply});
    window.transcript().setShowingArtifact(reply.id, 0);
}

void showPicture(MainWindow& window)
{
    showTranscript(window);
    window.showArtifactPane();
    window.artifactPane().preview().show(ArtifactKind::Svg, kSvg);
    window.artifactPane().code().begin(QStringLiteral("svg"));
    window.artifactPane().code().append(kSvg);
    window.artifactPane().code().finish();
}

void showStreaming(MainWindow& window, SampleChats& chats)
{
    showPicture(window);
    window.setCurrentChat(QStringLiteral("chat-1"));
    chats.setBusy(1, true);
    window.setWritingStatus({WritingStatus::State::Writing, 71.8});
    ArtifactHeader header;
    header.title = QStringLiteral("Moon phases");
    header.type = QStringLiteral("HTML");
    header.badge = ArtifactHeader::Badge::Draft;
    header.lines = 148;
    header.bytes = 5018;
    window.artifactPane().setHeader(header);
    window.artifactPane().setViewportWidth(390);
}

void showErrors(MainWindow& window, SampleChats&)
{
    showPicture(window);
    ErrorCard card;
    card.title = QStringLiteral("This file is not a GGUF model.");
    card.text =
        QStringLiteral("The first bytes of \"notes.bin\" are not \"GGUF\". It may be another "
                       "format, or a web page saved by mistake.");
    card.details = QStringLiteral("offset 0: 3c 21 64 6f");
    card.actions = {{QStringLiteral("choose"), QStringLiteral("Choose another file")},
        {QStringLiteral("folder"), QStringLiteral("Show in folder")}};
    window.showError(card);
    using Level = ConsoleEntry::Level;
    ArtifactPane& pane = window.artifactPane();
    pane.addConsoleEntry({Level::Log, QStringLiteral("canvas 600 x 480, 2x"), {}, 18, 1});
    pane.addConsoleEntry({Level::Blocked,
        QStringLiteral("Blocked: fonts.googleapis.com/css2?family=Noto+Serif"),
        {},
        4,
        1});
    pane.addConsoleEntry({Level::Log, QStringLiteral("drops: 240"), {}, 57, 3});
    pane.addConsoleEntry({Level::Error,
        QStringLiteral("TypeError: addRing is not a function <b>bold</b>"),
        {},
        63,
        1});
    pane.setTab(ArtifactPane::Tab::Console);
}

/// Waits until the pages show what they were given: they paint in their own processes.
class PagesPainted
{
public:
    explicit PagesPainted(MainWindow& window) : m_window(window)
    {
        QObject::connect(&window.artifactPane().preview(), &ArtifactView::drawn, &window, [this] {
            m_drawn = true;
        });
        QObject::connect(
            &window.transcript(), &TranscriptView::ready, &window, [this] { m_ready = true; });
    }

    bool wait()
    {
        if (webSandboxState() == SandboxState::Unavailable)
            return true; // there are no pages
        if (!m_window.transcript().isVisible())
            m_ready = true;
        if (m_window.artifactPane().preview().runState() == ArtifactView::RunState::Empty)
            m_drawn = true;
        if (!QTest::qWaitFor([this] { return m_ready && m_drawn; }, kPaintMs))
            return false;
        // The page answers after the frame that it was asked in.
        bool answered = !m_window.transcript().isVisible();
        m_window.transcript().readText([&answered](const QString&) { answered = true; });
        const bool read = QTest::qWaitFor([&answered] { return answered; }, kPaintMs);
        QElapsedTimer frame;
        frame.start();
        return QTest::qWaitFor([&frame] { return frame.elapsed() > kFrameMs; }, kPaintMs) && read;
    }

private:
    MainWindow& m_window;
    bool m_drawn = false;
    bool m_ready = false;
};

QList<Scene> scenes()
{
    const QSize large(1440, 900);
    const QSize compact(1024, 700);
    const QString light = QStringLiteral("light");
    const QString dark = QStringLiteral("dark");
    const QString en = QStringLiteral("en");
    const QString zh = QStringLiteral("zh-CN");
    const auto picture = [](MainWindow& window, SampleChats&) { showPicture(window); };
    return {
        {QStringLiteral("main-light"), large, light, en, picture},
        {QStringLiteral("main-dark"), large, dark, en, picture},
        {QStringLiteral("streaming"), large, light, en, showStreaming},
        {QStringLiteral("chinese-ui"), large, light, zh, picture},
        {QStringLiteral("compact-1024"), compact, light, en, picture},
        {QStringLiteral("compact-dark-1024"), compact, dark, en, picture},
        {QStringLiteral("errors"), large, light, en, showErrors},
        {QStringLiteral("empty"),
            large,
            light,
            en,
            [](MainWindow& window, SampleChats&) {
                window.setEmptyChat(true);
                window.setModelStatus(loadingModel());
                window.showToast(
                    QStringLiteral("Chat deleted"), QStringLiteral("undo"), QStringLiteral("Undo"));
            }},
        {QStringLiteral("empty-dark-zh"),
            large,
            dark,
            zh,
            [](MainWindow& window, SampleChats&) {
                window.setEmptyChat(true);
                window.composer().setText(QStringLiteral("把远山再淡一些，让桥更靠近画面中央"));
            }},
        {QStringLiteral("inspector"),
            large,
            light,
            en,
            [](MainWindow& window, SampleChats&) {
                showTranscript(window);
                GenerationSettings defaults;
                GenerationSettings settings;
                settings.temperature = 0.85;
                settings.systemPrompt = QStringLiteral("Answer briefly.");
                window.setSettings(settings, defaults);
                QTest::keyClick(&window, Qt::Key_I, Qt::ControlModifier);
            }},
        {QStringLiteral("inspector-floating"),
            compact,
            dark,
            zh,
            [](MainWindow& window, SampleChats&) {
                showPicture(window);
                QTest::keyClick(&window, Qt::Key_I, Qt::ControlModifier);
            }},
        {QStringLiteral("tabs-800"), QSize(800, 600), light, en, picture},
        {QStringLiteral("drawer-720"),
            QSize(720, 480),
            light,
            en,
            [](MainWindow& window, SampleChats&) {
                showPicture(window);
                QTest::keyClick(&window, Qt::Key_B, Qt::ControlModifier);
            }},
        // What opens beside the window is saved as a picture of its own.
        {QStringLiteral("settings"),
            large,
            light,
            en,
            [](MainWindow& window, SampleChats&) {
                QTest::keyClick(&window, Qt::Key_Comma, Qt::ControlModifier);
            }},
        {QStringLiteral("file-dialog"),
            large,
            dark,
            en,
            [](MainWindow& window, SampleChats&) {
                QTest::keyClick(&window, Qt::Key_O, Qt::ControlModifier);
            }},
        {QStringLiteral("context-figures"),
            large,
            light,
            en,
            [](MainWindow& window, SampleChats&) { window.findChild<ContextGauge*>()->click(); }},
        {QStringLiteral("large-text"),
            large,
            light,
            en,
            [](MainWindow& window, SampleChats&) {
                showPicture(window);
                for (int i = 0; i < 3; ++i)
                    QTest::keyClick(&window, Qt::Key_Plus, Qt::ControlModifier);
            }},
    };
}

} // namespace

int main(int argc, char** argv)
{
    prepareWebEngine(true);
    QApplication application(argc, argv);
    QCommandLineParser parser;
    parser.addOption({QStringLiteral("out"),
        QStringLiteral("Folder"),
        QStringLiteral("folder"),
        QStringLiteral(".")});
    parser.addOption({QStringLiteral("only"), QStringLiteral("Name"), QStringLiteral("name")});
    parser.addHelpOption();
    parser.process(application);
    QTextStream out(stdout);
    const QDir folder(parser.value(QStringLiteral("out")));
    for (const Scene& scene : scenes()) {
        if (parser.isSet(QStringLiteral("only")) &&
            parser.value(QStringLiteral("only")) != scene.name)
            continue;
        LanguageInstaller languages;
        ThemeController theme(application);
        theme.setLanguage(languages.install(scene.language));
        theme.setTheme(scene.theme);
        SampleChats chats(scene.language == QLatin1String("zh-CN"));
        MainWindow window(theme);
        window.resize(scene.size);
        window.show();
        fillWindow(window, chats);
        if (!QTest::qWaitForWindowActive(&window))
            out << "not active: ";
        PagesPainted pages(window);
        scene.prepare(window, chats);
        if (!pages.wait())
            out << "not painted: ";
        QCoreApplication::processEvents(); // what is laid out later
        const QString path = folder.filePath(scene.name + QStringLiteral(".png"));
        int popups = 0;
        for (QWidget* popup : QApplication::topLevelWidgets()) {
            if (popup == &window || !popup->isVisible())
                continue;
            popup->grab().save(
                folder.filePath(QStringLiteral("%1-popup-%2.png").arg(scene.name).arg(++popups)));
        }
        out << path << (window.grab().save(path) ? "\n" : ": not saved\n");
        out.flush();
    }
    return 0;
}
