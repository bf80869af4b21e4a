// SPDX-License-Identifier: MIT
#include "renderers/artifact_view.h"
#include "renderers/transcript_view.h"
#include "tests/ui/window_fixture.h"
#include "ui/artifacts/artifact_pane.h"
#include "ui/conversation/composer.h"
#include "ui/conversation/context_gauge.h"
#include "ui/conversation/empty_chat.h"
#include "ui/conversation/error_card_view.h"
#include "ui/conversation/model_button.h"
#include "ui/conversation/transcript_header.h"
#include "ui/inspector/inspector.h"
#include "ui/sidebar/chat_list_view.h"
#include "ui/sidebar/sidebar.h"
#include "ui/widgets/focus_ring.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/language.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace atelier;

class TestMainWindow : public WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void shortcuts_data();
    void shortcuts();
    void escStopsOnlyWhatRuns();
    void f6GoesThroughTheRegions();
    void tabGoesThroughTheColumnsInOrder();
    void focusRingFollowsTheKeyboardOnly();
    void everyButtonHasAName();

    void errorCardSpeaksAndActs();
    void toastOffersUndo();
    void suggestionsFillTheComposer();
    void modelStatusIsShownAndLoadingCanBeCancelled();
    void titleIsTheChats();
    void headerAndStripOfTheArtifact();
    void droppedFiles_data();
    void droppedFiles();
    void themeReachesTheWindowOnce();
    void languageSwitchesLive();

private:
    void drop(QMimeData& data);
};

void TestMainWindow::shortcuts_data()
{
    QTest::addColumn<QKeySequence>("keys");
    QTest::addColumn<QByteArray>("signal");
    const auto add = [](const char* keys, const char* signal) {
        QTest::newRow(keys) << QKeySequence(QLatin1String(keys)) << QByteArray(signal);
    };
    add("Ctrl+N", SIGNAL(newChatRequested()));
    add("Ctrl+Shift+C", SIGNAL(copyLastAnswerRequested()));
    add("Up", SIGNAL(editLastMessageRequested()));
    add("Ctrl+O", SIGNAL(openModelRequested()));
    add("Ctrl+B", SIGNAL(panesChanged()));
    add("Ctrl+I", SIGNAL(panesChanged()));
    add("Ctrl++", SIGNAL(textScaleChosen(double)));
}

void TestMainWindow::shortcuts()
{
    QFETCH(QKeySequence, keys);
    QFETCH(QByteArray, signal);
    QSignalSpy spy(m_window.get(), signal.constData());
    QVERIFY(spy.isValid());
    QTest::keySequence(qApp->focusWidget(), keys);
    QCOMPARE(spy.size(), 1);
    m_theme->setTextScale(1);
}

void TestMainWindow::escStopsOnlyWhatRuns()
{
    QSignalSpy stopped(m_window.get(), &MainWindow::stopRequested);
    QTest::keyClick(m_window.get(), Qt::Key_Escape);
    QTest::keyClick(m_window.get(), Qt::Key_Period, Qt::ControlModifier);
    QVERIFY(stopped.isEmpty());
    m_window->setWritingStatus({WritingStatus::State::Writing, 30});
    QTest::keyClick(m_window.get(), Qt::Key_Escape);
    QTest::keyClick(m_window.get(), Qt::Key_Period, Qt::ControlModifier);
    QCOMPARE(stopped.size(), 2);
    // What floats is closed first.
    m_window->showArtifactPane();
    m_window->resize(1024, 700);
    QTRY_COMPARE(m_window->width(), 1024);
    QTest::keyClick(m_window.get(), Qt::Key_I, Qt::ControlModifier);
    QTest::keyClick(m_window.get(), Qt::Key_Escape);
    QCOMPARE(stopped.size(), 2);
    QTest::keyClick(m_window.get(), Qt::Key_Escape);
    QCOMPARE(stopped.size(), 3);
}

void TestMainWindow::f6GoesThroughTheRegions()
{
    m_window->showArtifactPane();
    QTest::keyClick(m_window.get(), Qt::Key_I, Qt::ControlModifier);
    m_window->resize(1800, 900);
    QTRY_COMPARE(m_window->width(), 1800);
    m_window->composer().focusText();
    const auto inside = [](const QWidget& area) {
        return area.isAncestorOf(QApplication::focusWidget());
    };
    const auto press = [this](Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_F6, modifiers);
    };
    QVERIFY(inside(m_window->composer()));
    press();
    QVERIFY(inside(m_window->artifactPane()));
    press(Qt::ShiftModifier);
    QVERIFY(inside(m_window->composer()));
    press(Qt::ShiftModifier); // messages
    QVERIFY(!inside(m_window->composer()));
    press(Qt::ShiftModifier);
    QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(&part<ModelButton>()));
    press(Qt::ShiftModifier);
    QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(&part<ChatListView>()));
    press(Qt::ShiftModifier);
    QVERIFY(inside(part<Inspector>()));
    press();
    QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(&part<ChatListView>()));
}

void TestMainWindow::tabGoesThroughTheColumnsInOrder()
{
    m_window->showArtifactPane();
    QTest::keyClick(m_window.get(), Qt::Key_I, Qt::ControlModifier);
    m_window->resize(1800, 900);
    QTRY_COMPARE(m_window->width(), 1800);
    const QList<std::pair<QWidget*, QString>> regions = {
        {&part<Sidebar>(), QStringLiteral("sidebar")},
        {&part<TranscriptHeader>(), QStringLiteral("header")},
        {&m_window->composer(), QStringLiteral("composer")},
        {&m_window->artifactPane(), QStringLiteral("artifact")},
        {&part<Inspector>(), QStringLiteral("inspector")},
    };
    QStringList seen;
    part<ChatListView>().setFocus();
    for (int i = 0; i < 60; ++i) {
        for (const auto& [area, name] : regions) {
            if (area->isAncestorOf(QApplication::focusWidget()) &&
                (seen.isEmpty() || seen.last() != name))
                seen.append(name);
        }
        if (seen.size() > 5)
            break;
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    }
    QCOMPARE(seen.mid(0, 5),
        QStringList({QStringLiteral("sidebar"),
            QStringLiteral("header"),
            QStringLiteral("composer"),
            QStringLiteral("artifact"),
            QStringLiteral("inspector")}));
}

void TestMainWindow::focusRingFollowsTheKeyboardOnly()
{
    FocusRing& ring = part<FocusRing>();
    QTest::mouseClick(button(QStringLiteral("Artifact pane")), Qt::LeftButton);
    QVERIFY(!ring.isVisible());
    m_window->composer().focusText();
    for (int i = 0; i < 30 && QApplication::focusWidget() != &part<ModelButton>(); ++i)
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Backtab, Qt::ShiftModifier);
    QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(&part<ModelButton>()));
    QVERIFY(ring.isVisible());
    QCOMPARE(ring.target(), static_cast<QWidget*>(&part<ModelButton>()));
    const QRect target(
        part<ModelButton>().mapTo(m_window.get(), QPoint()), part<ModelButton>().size());
    QCOMPARE(ring.geometry(), target.adjusted(-4, -4, 4, 4)); // gap 2, line 2
    m_window->composer().focusText();
    QVERIFY(!ring.isVisible());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_F6, Qt::ShiftModifier);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_F6, Qt::ShiftModifier);
    QVERIFY(ring.isVisible()); // on the header
    m_window->composer().focusText();
    QVERIFY(!ring.isVisible());

    // A column that goes away hands its focus on, which is not a person's doing.
    m_window->resize(800, 600);
    m_window->resetArtifactPane();
    QTRY_VERIFY(m_window->composer().isVisible());
    m_window->composer().focusText();
    QCoreApplication::processEvents();
    m_window->showArtifactPane();
    QVERIFY(!m_window->composer().isVisible());
    QVERIFY(!ring.isVisible());
}

void TestMainWindow::everyButtonHasAName()
{
    m_window->showArtifactPane();
    QTest::keyClick(m_window.get(), Qt::Key_I, Qt::ControlModifier);
    const auto buttons = m_window->findChildren<QAbstractButton*>();
    int seen = 0;
    for (const QAbstractButton* one : buttons) {
        if (one->objectName().startsWith(QLatin1String("qt_")))
            continue;
        // Scroll buttons of a tab bar belong to Qt.
        if (qobject_cast<const QTabBar*>(one->parent()))
            continue;
        // A toast or card that is not shown has no words yet.
        if (qobject_cast<const QPushButton*>(one) && !one->isVisible())
            continue;
        ++seen;
        QVERIFY2(!one->accessibleName().isEmpty() || !one->text().isEmpty(),
            qPrintable(QString::fromLatin1(one->metaObject()->className()) + u' ' +
                       one->parent()->objectName()));
        if (one->isVisible()) {
            QVERIFY2(one->width() >= 22 && one->height() >= 22,
                qPrintable(one->accessibleName() + one->text()));
        }
    }
    QVERIFY(seen > 20);
}

void TestMainWindow::errorCardSpeaksAndActs()
{
    QSignalSpy action(m_window.get(), &MainWindow::errorActionTriggered);
    ErrorCard card;
    card.title = QStringLiteral("This file is not a GGUF model.");
    card.text = QStringLiteral("The first bytes of <b>\"notes.bin\"</b> are not \"GGUF\".");
    card.details = QStringLiteral("offset 0: 3c 21");
    card.actions = {{QStringLiteral("choose"), QStringLiteral("Choose another file")},
        {QStringLiteral("folder"), QStringLiteral("Show in folder")}};
    m_window->showError(card);
    ErrorCardView& view = part<ErrorCardView>();
    QVERIFY(view.isVisible());
    QVERIFY(shows(card.title));
    QVERIFY(shows(card.text));
    // Above the composer, and the messages gave way.
    QVERIFY(view.mapTo(m_window.get(), QPoint(0, view.height())).y() <=
            m_window->composer().mapTo(m_window.get(), QPoint()).y() + 8);
    const auto press = [&view](const QString& label) {
        const auto buttons = view.findChildren<QPushButton*>();
        for (QPushButton* one : buttons) {
            if (one->isVisible() && one->text() == label) {
                QTest::mouseClick(one, Qt::LeftButton);
                return true;
            }
        }
        return false;
    };
    QVERIFY(!press(QStringLiteral("Copy"))); // only with the details
    QVERIFY(press(QStringLiteral("Details")));
    QVERIFY(press(QStringLiteral("Copy")));
    QVERIFY(press(QStringLiteral("Show in folder")));
    QCOMPARE(action.size(), 1);
    QCOMPARE(action[0][0].toString(), QStringLiteral("folder"));

    ErrorCard second;
    second.title = QStringLiteral("The reply failed.");
    m_window->showError(second); // replaces the first
    QVERIFY(!shows(card.title));
    QVERIFY(!press(QStringLiteral("Show in folder")));
    m_window->clearError();
    QVERIFY(!view.isVisible());
}

void TestMainWindow::toastOffersUndo()
{
    QSignalSpy action(m_window.get(), &MainWindow::toastActionTriggered);
    m_window->showToast(
        QStringLiteral("Chat deleted"), QStringLiteral("undo"), QStringLiteral("Undo"));
    QVERIFY(shows(QStringLiteral("Chat deleted")));
    const auto buttons = m_window->findChildren<QPushButton*>();
    for (QPushButton* one : buttons) {
        if (one->isVisible() && one->text() == QLatin1String("Undo"))
            QTest::mouseClick(one, Qt::LeftButton);
    }
    QCOMPARE(action.size(), 1);
    QCOMPARE(action[0][0].toString(), QStringLiteral("undo"));
    QVERIFY(!shows(QStringLiteral("Chat deleted")));
}

void TestMainWindow::suggestionsFillTheComposer()
{
    QVERIFY(!part<EmptyChat>().isVisible());
    m_window->setEmptyChat(true);
    QVERIFY(part<EmptyChat>().isVisible());
    QVERIFY(!m_window->transcript().isVisible());
    const auto suggestions = part<EmptyChat>().findChildren<QAbstractButton*>();
    QCOMPARE(suggestions.size(), 3);
    QSignalSpy sent(m_window.get(), &MainWindow::sendRequested);
    for (QAbstractButton* suggestion : suggestions) {
        suggestion->click();
        QCOMPARE(m_window->composer().text(), suggestion->text());
    }
    QVERIFY(sent.isEmpty()); // filled, not sent
    m_window->setEmptyChat(false);
    QVERIFY(m_window->transcript().isVisible());
}

void TestMainWindow::modelStatusIsShownAndLoadingCanBeCancelled()
{
    QSignalSpy cancelled(m_window.get(), &MainWindow::cancelLoadRequested);
    QVERIFY(!button(QStringLiteral("Cancel loading")));
    m_window->setModelStatus(loadingModel());
    QCOMPARE(part<ModelButton>().accessibleName(),
        QStringLiteral("Model: GLM-4-32B-0414, Loading layer 31 of 61"));
    QTest::mouseClick(button(QStringLiteral("Cancel loading")), Qt::LeftButton);
    QCOMPARE(cancelled.size(), 1);
    ModelStatus failed = loadingModel();
    failed.state = ModelStatus::State::Failed;
    m_window->setModelStatus(failed);
    QCOMPARE(
        part<ModelButton>().accessibleName(), QStringLiteral("Model: GLM-4-32B-0414, not loaded"));
    QVERIFY(!button(QStringLiteral("Cancel loading")));
}

void TestMainWindow::titleIsTheChats()
{
    QCOMPARE(m_window->windowTitle(), QStringLiteral("Misty Jiangnan in the rain"));
    m_window->setCurrentChat(QStringLiteral("chat-1"));
    QCOMPARE(m_window->windowTitle(), QStringLiteral("Moon phases for November"));
    m_window->setCurrentChat(QString());
    QCOMPARE(m_window->windowTitle(), QStringLiteral("Atelier"));
}

void TestMainWindow::headerAndStripOfTheArtifact()
{
    LanguageInstaller language;
    language.install(QStringLiteral("en"));
    m_window->showArtifactPane();
    ArtifactPane& pane = m_window->artifactPane();
    ArtifactHeader header;
    header.title = QStringLiteral("Moon <i>phases</i>");
    header.type = QStringLiteral("HTML");
    header.badge = ArtifactHeader::Badge::Draft;
    header.lines = 148;
    header.bytes = 5018;
    pane.setHeader(header);
    QVERIFY(shows(header.title));
    QVERIFY(shows(QStringLiteral("HTML")));
    QVERIFY(shows(QStringLiteral("Draft")));
    QVERIFY(shows(QStringLiteral("Version 1, drafting. Scripts run when the page is complete.")));
    QVERIFY(shows(QStringLiteral("148 lines · 4.9 KB")));
    header.badge = ArtifactHeader::Badge::None;
    header.lines = 1;
    pane.setHeader(header);
    QVERIFY(!shows(QStringLiteral("Draft")));
    QVERIFY(shows(QStringLiteral("1 line · 4.9 KB")));

    QSignalSpy reload(&pane, &ArtifactPane::reloadRequested);
    QTest::keyClick(m_window.get(), Qt::Key_R, Qt::ControlModifier);
    QCOMPARE(reload.size(), 1);
    QTest::keyClick(m_window.get(), Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(pane.tab(), ArtifactPane::Tab::Code);
    QTest::keyClick(m_window.get(), Qt::Key_4, Qt::ControlModifier);
    QCOMPARE(pane.tab(), ArtifactPane::Tab::Console);
    QTest::keyClick(m_window.get(), Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(pane.tab(), ArtifactPane::Tab::Preview);
    QTest::mouseClick(button(QStringLiteral("390 pixels wide")), Qt::LeftButton);
    QCOMPARE(pane.viewportWidth(), 390);
    QVERIFY(shows(QStringLiteral("390")));
    QTest::mouseClick(button(QStringLiteral("Fit the pane")), Qt::LeftButton);
    QCOMPARE(pane.viewportWidth(), 0);
}

void TestMainWindow::drop(QMimeData& data)
{
    const QPoint middle = m_window->rect().center();
    QDragEnterEvent enter(middle, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(m_window.get(), &enter);
    if (!enter.isAccepted())
        return;
    QDropEvent event(middle, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(m_window.get(), &event);
}

void TestMainWindow::droppedFiles_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<bool>("isModel");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("error");
    QTest::newRow("model") << QStringLiteral("m.gguf") << QByteArrayLiteral("GGUF") << true
                           << QString() << QString();
    QTest::newRow("unknown kind: the program says what is wrong")
        << QStringLiteral("notes.bin") << QByteArrayLiteral("<!doctype") << true << QString()
        << QString();
    QTest::newRow("text") << QStringLiteral("a.md") << QByteArrayLiteral("# hi") << false
                          << QStringLiteral("a.md:\n```md\n# hi\n```\n") << QString();
    QTest::newRow("text with a fence")
        << QStringLiteral("b.md") << QByteArrayLiteral("```\nx\n```\n") << false
        << QStringLiteral("b.md:\n````md\n```\nx\n```\n````\n") << QString();
    QTest::newRow("not UTF-8") << QStringLiteral("c.txt") << QByteArray("\xff\xfe\x00x", 4) << false
                               << QString() << QStringLiteral("This is not a text file");
    QTest::newRow("too long") << QStringLiteral("d.txt") << QByteArray(300 * 1024, 'x') << false
                              << QString() << QStringLiteral("This file is too long for a message");
}

void TestMainWindow::droppedFiles()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    QFETCH(bool, isModel);
    QFETCH(QString, error);
    QTemporaryDir folder;
    const QString path = folder.filePath(name);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
    file.close();
    QSignalSpy model(m_window.get(), &MainWindow::modelFileChosen);
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    drop(data);
    QCOMPARE(model.size(), isModel ? 1 : 0);
    if (isModel)
        QCOMPARE(model[0][0].toString(), path);
    QTEST(m_window->composer().text(), "text");
    QCOMPARE(part<ErrorCardView>().isVisible(), !error.isEmpty());
    if (!error.isEmpty())
        QVERIFY(shows(error));
    // Web addresses are not taken.
    QMimeData link;
    link.setUrls({QUrl(QStringLiteral("https://example.org/m.gguf"))});
    drop(link);
    QCOMPARE(model.size(), isModel ? 1 : 0);
}

void TestMainWindow::themeReachesTheWindowOnce()
{
    QSignalSpy changed(m_window.get(), &MainWindow::appearanceChanged);
    const QImage light = m_window->grab().toImage();
    m_theme->setTheme(QStringLiteral("dark"));
    QCOMPARE(changed.size(), 1);
    QVERIFY(changed[0][0].value<PageAppearance>().dark);
    const QImage dark = m_window->grab().toImage();
    const QPoint sidebar(120, 600); // below the chats
    QCOMPARE(light.pixelColor(sidebar * light.devicePixelRatio()), QColor(0xF2, 0xF2, 0xEF));
    QCOMPARE(dark.pixelColor(sidebar * dark.devicePixelRatio()), QColor(0x13, 0x16, 0x15));
}

void TestMainWindow::languageSwitchesLive()
{
    LanguageInstaller language;
    QCOMPARE(language.install(QStringLiteral("en")), QStringLiteral("en"));
    m_window->setEmptyChat(true);
    QVERIFY(shows(QStringLiteral("What shall we make?")));
    const QString draft = QStringLiteral("my draft");
    m_window->composer().setText(draft);
    QCOMPARE(language.install(QStringLiteral("zh-CN")), QStringLiteral("zh-CN"));
    QTRY_VERIFY(shows(QStringLiteral("想做点什么？")));
    QVERIFY(button(QStringLiteral("隐藏侧栏")));
    QVERIFY(button(QStringLiteral("发送")));
    QCOMPARE(part<ContextGauge>().accessibleName(), QStringLiteral("上下文，6,349 / 32,768 词元"));
    QCOMPARE(m_window->composer().text(), draft);
    // No label of the shell stays English.
    const auto labels = m_window->findChildren<QLabel*>();
    for (const QLabel* label : labels)
        QVERIFY2(!label->text().contains(QLatin1String("Enter to send")), "left in English");
    language.install(QStringLiteral("en"));
    QTRY_VERIFY(shows(QStringLiteral("What shall we make?")));
    QCOMPARE(resolveLanguage(QStringLiteral("zh-TW")), QStringLiteral("zh-CN"));
    QCOMPARE(resolveLanguage(QStringLiteral("fr")), QStringLiteral("en"));
}

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
