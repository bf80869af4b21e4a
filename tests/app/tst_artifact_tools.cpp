// SPDX-License-Identifier: MIT
// What can be done with what is on the stage: point at an element and change it, take a picture.
#include "renderers/offline_library.h"
#include "renderers/transcript_view.h"
#include "tests/app/studio_parts.h"
#include "tests/renderers/reply_files.h"
#include "ui/artifacts/inspect_card.h"
#include "ui/conversation/composer.h"
#include "ui/conversation/picture_chip.h"

#include <QImage>
#include <QLineEdit>
#include <QTimer>

using namespace atelier;
using namespace atelier::test;

class ArtifactToolsTest final : public QObject, private StudioParts
{
    Q_OBJECT

public:
    explicit ArtifactToolsTest(QApplication& application) : StudioParts(application) {}

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { close(); }

    void anElementIsPointedAtAndChanged()
    {
        const std::string page =
            "<!doctype html>\n<title>Shop</title>\n<style>body{margin:0}p{height:60px;margin:0}"
            "</style>\n<main>\n<p>tea</p>\n<p class=\"price\">\n  12 yuan\n</p>\n</main>\n"
            "</html>\n";
        ask(QStringLiteral("a shop"), page);
        auto* inspect = findIcon(QStringLiteral("Inspect element"));
        QVERIFY(inspect && inspect->isEnabled());
        inspect->click();
        QVERIFY(pane().preview().isInspecting());
        QSignalSpy picked(&pane().preview().picker(), &ElementPicker::picked);
        QTest::mouseClick(&pane().preview().picker(), Qt::LeftButton, {}, {100, 90});
        QTRY_COMPARE_WITH_TIMEOUT(picked.size(), 1, kLong);
        QVERIFY(hasLabel(QStringLiteral("p.price")));
        QVERIFY(hasLabel(QStringLiteral("Lines 6 to 8")));
        QCOMPARE(pane().tab(), ArtifactPane::Tab::Split); // its lines are beside it
        QTRY_COMPARE_WITH_TIMEOUT(
            selectedInCode(), QStringLiteral("<p class=\"price\">\n  12 yuan\n</p>"), kLong);
        findButton(QStringLiteral("Change this…"))->click();
        auto* wish = pane().findChild<InspectCard*>()->findChild<QLineEdit*>();
        QVERIFY(wish->isVisible());
        m_program->window().composer().setText(QStringLiteral("half a thought"));
        wish->setText(QStringLiteral("in red"));
        m_script->addReply({reply("<!doctype html>\n<title>Shop</title>\n<p>tea\n</html>\n")});
        QSignalSpy drawn(&pane().preview(), &ArtifactView::drawn);
        QTest::keyClick(wish, Qt::Key_Return);
        QVERIFY(!pane().preview().isInspecting());
        QTRY_COMPARE_WITH_TIMEOUT(drawn.size(), 1, kLong);
        QCOMPARE(strip().versions().size(), 2); // the same artifact's next one
        const auto& chat = m_program->studio().conversation().conversation();
        const QString sent = chat.message(chat.path()[2]).text;
        QVERIFY2(sent.startsWith(QStringLiteral("in red\n")), qPrintable(sent));
        QVERIFY(sent.contains(QStringLiteral("`p.price` in “Shop”, version 1, lines 6 to 8:")));
        QVERIFY(
            sent.contains(QStringLiteral("```html\n<p class=\"price\">\n  12 yuan\n</p>\n```")));
        QVERIFY(sent.contains(QStringLiteral("Change only this element.")));
        QVERIFY(!sent.contains(QStringLiteral("<title>"))); // the model has the rest
        QCOMPARE(m_program->window().composer().text(), QStringLiteral("half a thought"));
    }

    void escapeEndsInspecting()
    {
        ask(QStringLiteral("red"), "<!doctype html><title>Red</title><p>x</p></html>\n");
        auto* inspect = findIcon(QStringLiteral("Inspect element"));
        inspect->click();
        QVERIFY(inspect->isChecked());
        QTest::keyClick(&m_program->window(), Qt::Key_Escape);
        QVERIFY(!pane().preview().isInspecting());
        QVERIFY(!inspect->isChecked());
        pane().setTab(ArtifactPane::Tab::Code);
        QVERIFY(!inspect->isEnabled()); // there is nothing to point at
    }

    void aPictureGoesToTheMessage()
    {
        ask(QStringLiteral("red"),
            "<!doctype html><title>Red</title><body style=\"background:#f00\"></html>\n");
        findIcon(QStringLiteral("Add a picture of it to the message"))->click();
        QTRY_VERIFY_WITH_TIMEOUT(hasLabel(QStringLiteral("Picture of “Red”")), kLong);
        const QImage& image = m_program->window().findChild<PictureChip*>()->picture();
        QCOMPARE(image.pixelColor(image.width() / 2, image.height() / 2), QColor(Qt::red));
    }

    void aDraftHasAPictureInItsCard()
    {
        ScriptedReply paced{reply("<!doctype html>\n<title>Tea</title>\n<body "
                                  "style=\"background:#f00\"><p>tea\n")};
        paced.paced = true;
        m_script->addReply(paced);
        QSignalSpy drawn(&pane().preview(), &ArtifactView::drawn);
        m_program->studio().conversation().send(QStringLiteral("tea"));
        m_script->release(2);
        QTRY_COMPARE_WITH_TIMEOUT(
            evaluate(m_program->window().transcript(),
                QStringLiteral("document.querySelectorAll('.ac .th img').length"))
                .toInt(),
            1,
            kLong);
        QCOMPARE(drawn.size(), 0);
        QVERIFY(strip().versions().first().draft);
        const QString key = strip().shown();
        const auto& history = m_program->studio().conversation().artifactHistory();
        QVERIFY(history.thumbnail(key).isEmpty()); // a draft's is not kept
        m_script->release(10);
        QTRY_COMPARE_WITH_TIMEOUT(drawn.size(), 1, kLong);
        QTRY_VERIFY_WITH_TIMEOUT(!history.thumbnail(key).isEmpty(), kLong);
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
        QFETCH(QString, language);
        QFETCH(QString, theme);
        QFETCH(QSize, size);
        if (!wantsPictures()) {
            QSKIP("ATELIER_PICTURES is not set");
        }
        close();
        open(language, theme);
        m_program->window().resize(size);
        const QString prompt = language == QStringLiteral("en")
                                   ? QStringLiteral("Draw a Jiangnan water town in the mist")
                                   : QStringLiteral("画一幅烟雨江南");
        showDemo(QStringLiteral("misty_jiangnan"), prompt);
        pane().preview().setInspecting(true);
        QTest::mouseMove(&pane().preview().picker(), {120, 150});
        QSignalSpy picked(&pane().preview().picker(), &ElementPicker::picked);
        const QPoint middle = pane().preview().picker().rect().center();
        QTest::mouseClick(&pane().preview().picker(), Qt::LeftButton, {}, middle);
        QTRY_COMPARE_WITH_TIMEOUT(picked.size(), 1, kLong);
        save("inspect");
        auto* card = pane().findChild<InspectCard*>();
        for (auto* button : card->findChildren<QPushButton*>()) {
            if (button->isVisible()) {
                button->click();
                break;
            }
        }
        save("change");
        pane().preview().setInspecting(false);
        pane().setTab(ArtifactPane::Tab::Preview);
        Q_EMIT pane().screenshotRequested();
        auto* chip = m_program->window().findChild<PictureChip*>();
        QTRY_VERIFY_WITH_TIMEOUT(chip->isVisible(), kLong);
        m_program->window().composer().setText(prompt);
        chip->refuse();
        save("picture");
    }

    void stoppedPictures_data() { pictures_data(); }

    void stoppedPictures()
    {
        QFETCH(QString, language);
        QFETCH(QString, theme);
        QFETCH(QSize, size);
        if (!wantsPictures()) {
            QSKIP("ATELIER_PICTURES is not set");
        }
        close();
        open(language, theme);
        m_program->window().resize(size);
        const QString reply = replyFile(QStringLiteral("misty_jiangnan"));
        ScriptedReply paced;
        for (qsizetype at = 0; at < reply.size(); at += 400) {
            paced.chunks.push_back(reply.mid(at, 400).toStdString());
        }
        paced.paced = true;
        m_script->addReply(paced);
        QSignalSpy painted(&pane().preview(), &ArtifactView::firstPaint);
        m_program->studio().conversation().send(QStringLiteral("江南"));
        m_script->release(40);
        QTRY_COMPARE_WITH_TIMEOUT(painted.size(), 1, kLong);
        save("draft");
        m_program->studio().conversation().stop();
        QTRY_VERIFY_WITH_TIMEOUT(!m_program->studio().conversation().isWaitingForReply(), kLong);
        save("stopped-writing");
    }

    // The six of the README.
    void demoPictures_data()
    {
        QTest::addColumn<QString>("prompt");
        QTest::addColumn<QString>("theme");
        const auto row = [](const char* name, const char* prompt, const char* theme) {
            QTest::newRow(name) << QString::fromUtf8(prompt) << QString::fromLatin1(theme);
        };
        row("rotating_hexagon",
            "A ball released in a rotating hexagon: gravity, perfectly elastic walls. One HTML "
            "page.",
            "dark");
        row("pygame_hexagon",
            "Write a Python program that shows a ball bouncing inside a spinning hexagon, with "
            "gravity and friction.",
            "dark");
        row("function_board",
            "Make a drawing board that plots functions I type in: add, delete, choose the color.",
            "light");
        row("phone_screens",
            "Design a mobile machine learning platform: training tasks, storage, my statistics. "
            "Three phone screens on one page.",
            "light");
        row("llm_training", "Draw how a large language model is trained, as one SVG.", "dark");
        row("misty_jiangnan", "Draw a Jiangnan water town in the mist, as one SVG.", "light");
    }

    void demoPictures()
    {
        QFETCH(QString, prompt);
        QFETCH(QString, theme);
        if (!wantsPictures()) {
            QSKIP("ATELIER_PICTURES is not set");
        }
        close();
        open(QStringLiteral("en"), theme);
        showDemo(QString::fromLatin1(QTest::currentDataTag()), prompt);
        save("demo");
    }

private:
    static bool wantsPictures() { return !qEnvironmentVariableIsEmpty("ATELIER_PICTURES"); }

    void showDemo(const QString& name, const QString& prompt)
    {
        pane().preview().setLibrary(OfflineLibrary::open(QStringLiteral(ATELIER_LIBRARY)));
        m_script->addReply({{replyFile(name).toStdString()}});
        QSignalSpy drawn(&pane().preview(), &ArtifactView::drawn);
        m_program->studio().conversation().send(prompt);
        QTRY_COMPARE_WITH_TIMEOUT(drawn.size(), 1, kLong);
        QTRY_VERIFY_WITH_TIMEOUT(!strip().versions().first().png.isEmpty(), kLong);
    }

    void save(const char* name)
    {
        QTimer rest; // pages and pictures of pages come to rest
        rest.setSingleShot(true);
        QSignalSpy rested(&rest, &QTimer::timeout);
        rest.start(2500);
        QTRY_COMPARE_WITH_TIMEOUT(rested.size(), 1, kLong);
        m_program->window().grab().save(QStringLiteral("%1/%2-%3.png")
                                            .arg(qEnvironmentVariable("ATELIER_PICTURES"),
                                                QLatin1String(name),
                                                QLatin1String(QTest::currentDataTag())));
    }
};

int main(int argc, char** argv)
{
    return runWithWebPages(argc, argv, [&](QApplication& application) {
        ArtifactToolsTest test(application);
        return QTest::qExec(&test, argc, argv);
    });
}

#include "tst_artifact_tools.moc"
