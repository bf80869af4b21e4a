// SPDX-License-Identifier: MIT
// The real window with real pages and a scripted engine: an artifact is edited, kept, saved, and
// asked to be fixed.
#include "tests/app/studio_parts.h"
#include "ui/artifacts/compare_window.h"
#include "ui/artifacts/fix_dialog.h"
#include "ui/artifacts/replay_window.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QFile>
#include <QImage>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPointer>
#include <QSlider>
#include <QTimer>

using namespace atelier;
using namespace atelier::test;

namespace {

const std::string kCounter = "<!doctype html>\n<title>Counter</title>\n<p id=n></p>\n<script>\n"
                             "localStorage.n = Number(localStorage.n || 0) + 1;\n"
                             "document.querySelector('#n').textContent = localStorage.n;\n"
                             "</script>\n</html>\n";
const std::string kBroken = "<!doctype html>\n<title>Rain</title>\n<p>rain\n<script>\n"
                            "missing.call();\n</script>\n</html>\n";

} // namespace

/// Takes what would be opened in a browser.
class Browser final : public QObject
{
    Q_OBJECT

public:
    Browser() { QDesktopServices::setUrlHandler(QStringLiteral("file"), this, "open"); }
    ~Browser() override { QDesktopServices::unsetUrlHandler(QStringLiteral("file")); }

    QList<QUrl> opened;

public Q_SLOTS:
    void open(const QUrl& url) { opened.append(url); }
};

class ArtifactStudioTest final : public QObject, private StudioParts
{
    Q_OBJECT

public:
    explicit ArtifactStudioTest(QApplication& application) : StudioParts(application) {}

private Q_SLOTS:
    void init() { begin(); }

    void cleanup() { close(); }

    void anEditIsShownAndBecomesAVersion()
    {
        ask(QStringLiteral("count"), kCounter);
        pane().setTab(ArtifactPane::Tab::Split);
        QTRY_VERIFY_WITH_TIMEOUT(pane().code().isVisible() && pane().preview().isVisible(), kLong);
        QSignalSpy drawn(&pane().preview(), &ArtifactView::drawn);
        type(QStringLiteral("<b id=more>more</b>"));
        QTRY_VERIFY_WITH_TIMEOUT(pane().isEdited(), kLong);
        QVERIFY(findButton(QStringLiteral("Keep as version")));
        QTRY_COMPARE_WITH_TIMEOUT(drawn.size(), 1, kLong);
        QCOMPARE(inPage(QStringLiteral("document.querySelector('#more').textContent")).toString(),
            QStringLiteral("more"));
        // The same artifact: it finds what it has stored.
        QCOMPARE(inPage(QStringLiteral("document.querySelector('#n').textContent")).toString(),
            QStringLiteral("2"));
        QCOMPARE(strip().versions().size(), 1);
        findButton(QStringLiteral("Keep as version"))->click();
        QTRY_COMPARE(strip().versions().size(), 2);
        QVERIFY(!pane().isEdited());
        QVERIFY(!findButton(QStringLiteral("Keep as version")));
        QCOMPARE(drawn.size(), 1); // it ran already
        QTRY_VERIFY_WITH_TIMEOUT(!strip().versions()[1].png.isEmpty(), kLong);
    }

    void storageAndVersionsSurviveARestart()
    {
        ask(QStringLiteral("count"), kCounter);
        QTRY_COMPARE_WITH_TIMEOUT(pane()
                                      .preview()
                                      .storage()
                                      .value(QStringLiteral("local"))
                                      .toObject()
                                      .value(QStringLiteral("n"))
                                      .toString(),
            QStringLiteral("1"),
            kLong);
        type(QStringLiteral("<i>x</i>"));
        QTRY_VERIFY_WITH_TIMEOUT(pane().isEdited(), kLong);
        QTRY_COMPARE_WITH_TIMEOUT(
            inPage(QStringLiteral("document.querySelector('#n')?.textContent ?? ''")).toString(),
            QStringLiteral("2"),
            kLong);
        QTRY_VERIFY_WITH_TIMEOUT(!strip().versions()[0].png.isEmpty(), kLong);
        const QString chat = m_program->studio().conversation().currentChat();
        const auto& history = m_program->studio().conversation().artifactHistory();
        QTRY_VERIFY_WITH_TIMEOUT(
            history.facts(strip().shown()).storage.contains(QStringLiteral("\"2\"")), kLong);
        close();
        open();
        QSignalSpy drawn(&pane().preview(), &ArtifactView::drawn);
        Q_EMIT m_program->window().chatChosen(chat);
        QTRY_COMPARE_WITH_TIMEOUT(drawn.size(), 1, kLong);
        QCOMPARE(strip().versions().size(), 2); // nothing that was typed is lost
        QVERIFY(!strip().versions()[0].png.isEmpty());
        QVERIFY(pane().preview().source().endsWith(QStringLiteral("<i>x</i>")));
        QCOMPARE(inPage(QStringLiteral("document.querySelector('#n').textContent")).toString(),
            QStringLiteral("3"));
    }

    void anErrorLeadsToItsLineAndToAFix()
    {
        ask(QStringLiteral("rain"), kBroken);
        QTRY_VERIFY_WITH_TIMEOUT(findButton(QStringLiteral("Ask GLM-4 to fix it")) ||
                                     (pane().setTab(ArtifactPane::Tab::Console), false),
            kLong);
        findButton(QStringLiteral("Ask GLM-4 to fix it"))->click();
        auto* dialog = m_program->window().findChild<FixDialog*>();
        QVERIFY(dialog);
        auto* text = dialog->findChild<QPlainTextEdit*>();
        QVERIFY(text->toPlainText().contains(QStringLiteral("- Line 5: ")));
        QVERIFY(text->toPlainText().contains(QStringLiteral("missing is not defined")));
        QVERIFY(text->toPlainText().contains(QString::fromStdString(kBroken)));
        text->appendPlainText(QStringLiteral("Keep it short."));
        m_script->addReply({reply("<!doctype html>\n<title>Rain</title>\n<p>dry\n</html>\n")});
        QSignalSpy drawn(&pane().preview(), &ArtifactView::drawn);
        for (auto* button : dialog->findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Send")) {
                button->click();
            }
        }
        QTRY_COMPARE_WITH_TIMEOUT(drawn.size(), 1, kLong);
        const auto& chat = m_program->studio().conversation().conversation();
        QVERIFY(chat.message(chat.path()[2]).text.endsWith(QStringLiteral("Keep it short.")));
        QCOMPARE(strip().versions().size(), 2);
        QTRY_VERIFY_WITH_TIMEOUT(hasLabel(QStringLiteral("Fixed: version 2")), kLong);
    }

    void aFixThatIsWorseGoesBack()
    {
        ask(QStringLiteral("rain"), kBroken);
        pane().setTab(ArtifactPane::Tab::Console);
        QTRY_VERIFY_WITH_TIMEOUT(findButton(QStringLiteral("Ask GLM-4 to fix it")), kLong);
        findButton(QStringLiteral("Ask GLM-4 to fix it"))->click();
        m_script->addReply({reply("<!doctype html><title>Rain</title><p>x<script>\nmissing.a;\n"
                                  "</script><script>\nmissing.b;\n</script></html>\n")});
        auto* dialog = m_program->window().findChild<FixDialog*>();
        Q_EMIT dialog->sendRequested(dialog->findChild<QPlainTextEdit*>()->toPlainText());
        dialog->reject();
        QTRY_COMPARE_WITH_TIMEOUT(strip().versions().size(), 2, kLong);
        QTRY_VERIFY_WITH_TIMEOUT(
            hasLabel(QStringLiteral("The fix was no better, so version 1 is shown again")), kLong);
        QCOMPARE(strip().shown(), strip().versions()[0].key);
        QVERIFY(pane().preview().source() == QString::fromStdString(kBroken));
    }

    void opensInABrowserAfterAWarning()
    {
        Browser browser;
        ask(QStringLiteral("count"), kCounter);
        QTRY_COMPARE_WITH_TIMEOUT(
            inPage(QStringLiteral("document.querySelector('#n')?.textContent ?? ''")).toString(),
            QStringLiteral("1"),
            kLong);
        Q_EMIT pane().browserRequested();
        auto* box = m_program->window().findChild<QMessageBox*>();
        QVERIFY(box);
        QCOMPARE(browser.opened.size(), 0);
        for (auto* button : box->findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Open")) {
                button->click();
            }
        }
        QTRY_COMPARE_WITH_TIMEOUT(browser.opened.size(), 1, kLong);
        QFile file(browser.opened[0].toLocalFile());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray html = file.readAll();
        QVERIFY(html.contains("Content-Security-Policy"));
        QVERIFY(html.contains("<title>Counter</title>"));
        QTRY_VERIFY(!m_program->window().findChild<QMessageBox*>());
        Q_EMIT pane().browserRequested(); // said once
        QTRY_COMPARE_WITH_TIMEOUT(browser.opened.size(), 2, kLong);
        QVERIFY(!m_program->window().findChild<QMessageBox*>());
        const QString path = file.fileName();
        close();
        QVERIFY2(!QFile::exists(path), "the file goes with the program");
    }

    void copiesAPicture()
    {
        ask(QStringLiteral("red"),
            "<!doctype html><title>Red</title><body style=\"background:#f00\"></html>\n");
        QGuiApplication::clipboard()->clear();
        Q_EMIT pane().pictureRequested();
        QTRY_VERIFY_WITH_TIMEOUT(!QGuiApplication::clipboard()->image().isNull(), kLong);
        const QImage image = QGuiApplication::clipboard()->image();
        QCOMPARE(image.pixelColor(image.width() / 2, image.height() / 2), QColor(Qt::red));
    }

    void asksBeforeAnArtifactReachesAHost()
    {
        ask(QStringLiteral("fetch"),
            "<!doctype html><title>F</title><p>f<script>fetch('https://api.invalid/x')"
            ".catch(() => {})</script></html>\n");
        QTRY_VERIFY_WITH_TIMEOUT(findButton(QStringLiteral("Allow")), kLong);
        QVERIFY(hasLabel(QStringLiteral("Allow requests to api.invalid for this artifact?")));
        QSignalSpy drawn(&pane().preview(), &ArtifactView::drawn);
        findButton(QStringLiteral("Allow"))->click();
        QTRY_COMPARE_WITH_TIMEOUT(drawn.size(), 1, kLong); // it runs again, with leave to ask
        const auto& history = m_program->studio().conversation().artifactHistory();
        QCOMPARE(history.facts(strip().shown()).hosts, QStringLiteral("api.invalid"));
        QVERIFY(!findButton(QStringLiteral("Allow")));
    }

    void comparesTwoVersions()
    {
        const std::string head = "<!doctype html>\n<title>Red</title>\n";
        ask(QStringLiteral("red"), head + "<body style=\"background:#f00\">\n</html>\n");
        ask(QStringLiteral("blue"), head + "<body style=\"background:#00f\">\n</html>\n");
        QCOMPARE(strip().versions().size(), 2);
        Q_EMIT pane().compareRequested(strip().versions()[0].key, strip().versions()[1].key);
        QPointer<CompareWindow> window = m_program->window().findChild<CompareWindow*>();
        QVERIFY(window);
        QCOMPARE(window->changedLines(), 2); // one out, one in
        QTRY_VERIFY_WITH_TIMEOUT(window->changedShare() > 0.9, kLong);
        window->setView(CompareWindow::View::Over);
        const QImage seen = window->grab().toImage();
        QCOMPARE(seen.pixelColor(seen.width() / 2 - 30, seen.height() / 2), QColor(Qt::red));
        QCOMPARE(seen.pixelColor(seen.width() / 2 + 30, seen.height() / 2), QColor(Qt::blue));
        window->close();
        QTRY_VERIFY(!window);
    }

    void replaysTheWriting()
    {
        ask(QStringLiteral("count"), kCounter);
        Q_EMIT pane().replayRequested(strip().shown());
        QPointer<ReplayWindow> window = m_program->window().findChild<ReplayWindow*>();
        QVERIFY(window);
        QCOMPARE(window->position(), qsizetype(kCounter.size()));
        auto* slider = window->findChild<QSlider*>();
        for (const int moment : {100, 250}) { // back, then forward
            slider->setValue(moment);
            const qsizetype wanted = qsizetype(kCounter.size()) * moment / 400;
            QTRY_COMPARE_WITH_TIMEOUT(window->position(), wanted, kLong);
            QCOMPARE(window->page().source(), QString::fromStdString(kCounter).left(wanted));
        }
        QCOMPARE(window->page().runState(), ArtifactView::RunState::Streaming); // scripts wait
        window->close();
        QTRY_VERIFY(!window);
    }

    void popsOutAndComesBack()
    {
        ask(QStringLiteral("count"), kCounter);
        MainWindow& window = m_program->window();
        const QString source = pane().preview().source();
        Q_EMIT pane().popOutRequested(true);
        QVERIFY(window.isArtifactPoppedOut());
        QVERIFY(pane().window() != &window);
        QTRY_VERIFY(pane().isVisible());
        QCOMPARE(pane().preview().navigations(), 1); // the same run goes on
        pane().window()->close();
        QTRY_VERIFY(!window.isArtifactPoppedOut());
        QCOMPARE(pane().window(), &window);
        QTRY_VERIFY(pane().isVisible());
        QCOMPARE(pane().preview().source(), source);
    }

    // For eyes: ATELIER_PICTURES names a folder.
    void pictures_data()
    {
        QTest::addColumn<QString>("language");
        QTest::addColumn<QString>("theme");
        QTest::addColumn<QSize>("size");
        QTest::newRow("en-light-1440") << "en"
                                       << "light" << QSize(1440, 900);
        QTest::newRow("zh-dark-1440") << "zh-CN"
                                      << "dark" << QSize(1440, 900);
        QTest::newRow("en-dark-1024") << "en"
                                      << "dark" << QSize(1024, 700);
        QTest::newRow("zh-light-1024") << "zh-CN"
                                       << "light" << QSize(1024, 700);
    }

    void pictures()
    {
        const QString folder = qEnvironmentVariable("ATELIER_PICTURES");
        if (folder.isEmpty()) {
            QSKIP("ATELIER_PICTURES is not set");
        }
        QFETCH(QString, language);
        QFETCH(QString, theme);
        QFETCH(QSize, size);
        close();
        open(language, theme);
        m_program->window().resize(size);
        const auto save = [&](const char* name) {
            QTimer rest; // a picture for people: pages and pictures of pages come to rest
            rest.setSingleShot(true);
            QSignalSpy rested(&rest, &QTimer::timeout);
            rest.start(700);
            QTRY_COMPARE_WITH_TIMEOUT(rested.size(), 1, kLong);
            m_program->window().grab().save(
                folder + QLatin1Char('/') + QLatin1String(name) + QLatin1Char('-') +
                QLatin1String(QTest::currentDataTag()) + QStringLiteral(".png"));
        };
        const std::string hills = "<path d=\"M0 300 Q120 180 240 290 T480 260 T720 300 V480 H0 Z\" "
                                  "fill=\"#7f9c96\"/>\n";
        const std::string sky =
            "```svg\n<svg viewBox=\"0 0 640 480\" aria-label=\"Misty Jiangnan\">\n"
            "<rect width=\"640\" height=\"480\" fill=\"#efe9dc\"/>\n";
        const std::string sun = "<circle cx=\"200\" cy=\"110\" r=\"34\" fill=\"#e8b48a\"/>\n";
        const std::string boat =
            "<path d=\"M420 400 q60 30 130 0 l-20 24 h-90 z\" fill=\"#3d4a44\"/>\n";
        const char* asked[] = {"First wash", "Bridge and boat", "Willow, rain, title"};
        const std::string bodies[] = {hills, sun + hills, sun + hills + boat};
        for (int i = 0; i < 3; ++i) {
            m_script->addReply(
                {{"A few notes on the picture.\n\n", sky, bodies[i], "</svg>\n```\n"}});
            QSignalSpy drawn(&pane().preview(), &ArtifactView::drawn);
            m_program->studio().conversation().send(QString::fromLatin1(asked[i]));
            QTRY_COMPARE_WITH_TIMEOUT(drawn.size(), 1, kLong);
            QTRY_VERIFY_WITH_TIMEOUT(
                strip().versions().size() == i + 1 && !strip().versions().last().png.isEmpty(),
                kLong);
        }
        save("versions");
        pane().setTab(ArtifactPane::Tab::Split);
        type(QStringLiteral("<!-- changed -->"));
        QTRY_VERIFY_WITH_TIMEOUT(pane().isEdited(), kLong);
        save("split");
        Q_EMIT pane().discardRequested();
        pane().setTab(ArtifactPane::Tab::Preview);
        ask(QStringLiteral("Rain on the canal"), kBroken);
        ask(QStringLiteral("Heavier rain"),
            "<!doctype html>\n<title>Rain on the canal</title>\n<link rel=stylesheet "
            "href=https://example.org/a.css>\n<body "
            "style=\"background:#9fb3ad\"><p>rain\n<script>\n"
            "console.log('canvas 600 x 480, 2x'); console.log('drops: 240');\n"
            "setTimeout(() => { for (;;); }, 400);\n</script>\n</html>\n");
        QTRY_VERIFY_WITH_TIMEOUT(
            pane().preview().runState() == ArtifactView::RunState::Unresponsive ||
                pane().preview().runState() == ArtifactView::RunState::Stopped,
            kLong);
        save("stopped");
    }
};

int main(int argc, char** argv)
{
    return runWithWebPages(argc, argv, [&](QApplication& application) {
        ArtifactStudioTest test(application);
        return QTest::qExec(&test, argc, argv);
    });
}

#include "tst_artifact_studio.moc"
