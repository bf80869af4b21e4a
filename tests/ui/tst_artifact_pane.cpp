// SPDX-License-Identifier: MIT
// The workbench around an artifact: views, sizes, console, questions. Pages stay closed here.
#include "ui/artifacts/artifact_pane.h"

#include "renderers/artifact_view.h"
#include "renderers/code_view.h"
#include "tests/ui/window_fixture.h"
#include "ui/artifacts/console_list.h"
#include "ui/artifacts/fix_dialog.h"
#include "ui/artifacts/stopped_card.h"
#include "ui/widgets/language.h"

#include <QMenu>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QSplitter>

using namespace atelier;

class TestArtifactPane final : public WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_language.install(QStringLiteral("en")); }

    void viewsShowWhatTheySay_data()
    {
        QTest::addColumn<int>("key");
        QTest::addColumn<QList<bool>>("shown"); // code, preview, console
        QTest::newRow("Preview") << int(Qt::Key_1) << QList<bool>{false, true, false};
        QTest::newRow("Code") << int(Qt::Key_2) << QList<bool>{true, false, false};
        QTest::newRow("Split") << int(Qt::Key_3) << QList<bool>{true, true, false};
        QTest::newRow("Console") << int(Qt::Key_4) << QList<bool>{false, false, true};
    }

    void viewsShowWhatTheySay()
    {
        QFETCH(int, key);
        QFETCH(QList<bool>, shown);
        m_window->showArtifactPane();
        QTest::keyClick(m_window.get(), Qt::Key(key), Qt::ControlModifier);
        QCOMPARE((QList<bool>{pane().code().isVisible(),
                     pane().preview().isVisible(),
                     part<ConsoleList>().isVisible()}),
            shown);
    }

    void splitStacksWhereItIsNarrow()
    {
        m_window->showArtifactPane();
        pane().setTab(ArtifactPane::Tab::Split);
        QCOMPARE(pane().width() < 640, true);
        QTRY_VERIFY(pane().code().mapTo(&pane(), QPoint()).y() <
                    pane().preview().mapTo(&pane(), QPoint()).y());
        QVERIFY(qAbs(pane().code().height() - pane().preview().height()) <= 1); // half each
        QTest::keyClick(
            m_window.get(), Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier); // fill
        QVERIFY(pane().width() > 640);
        QTRY_COMPARE(pane().code().mapTo(&pane(), QPoint()).y(),
            pane().preview().mapTo(&pane(), QPoint()).y());
    }

    void theConsoleOpensBelowTheStage()
    {
        m_window->showArtifactPane();
        auto& console = part<ConsoleList>();
        menuAction(QStringLiteral("Console below the stage"))->trigger();
        QVERIFY(console.isVisible());
        QVERIFY(pane().preview().isVisible());
        QVERIFY(pane().preview().height() > console.height());
        button(QStringLiteral("Close the console"))->click();
        QVERIFY(!console.isVisible());
    }

    void sizesTurnAndZoom()
    {
        m_window->showArtifactPane();
        QVERIFY(!menuAction(QStringLiteral("Turn the screen on its side"))->isEnabled());
        pane().setViewportWidth(390);
        QVERIFY(shows(QStringLiteral("390")));
        menuAction(QStringLiteral("Turn the screen on its side"))->trigger();
        QVERIFY(shows(QStringLiteral("844")));
        menuAction(QStringLiteral("150 %"))->trigger();
        QVERIFY(shows(QStringLiteral("844 · 150 %")));
        pane().setViewportWidth(0); // nothing to turn
        QVERIFY(shows(QStringLiteral("150 %")));
        pane().setTab(ArtifactPane::Tab::Code);
        QVERIFY(!button(QStringLiteral("390 pixels wide"))->isEnabled());
    }

    void theConsoleFilters_data()
    {
        QTest::addColumn<ConsoleList::Filter>("filter");
        QTest::addColumn<int>("rows");
        using Filter = ConsoleList::Filter;
        QTest::newRow("all") << Filter::All << 5;
        QTest::newRow("errors") << Filter::Errors << 1;
        QTest::newRow("warnings") << Filter::Warnings << 1;
        QTest::newRow("blocked") << Filter::Blocked << 1;
        QTest::newRow("messages") << Filter::Messages << 2;
    }

    void theConsoleFilters()
    {
        QFETCH(ConsoleList::Filter, filter);
        QFETCH(int, rows);
        using Level = ConsoleEntry::Level;
        m_window->showArtifactPane();
        pane().setTab(ArtifactPane::Tab::Console);
        auto& console = part<ConsoleList>();
        for (const Level level :
            {Level::Log, Level::Warning, Level::Error, Level::Blocked, Level::Log})
            pane().addConsoleEntry({level, QString::number(console.entries()), {}, 7, 1});
        console.setFilter(filter);
        QCOMPARE(console.shownEntries(), rows);
        QCOMPARE(console.problems(), 2); // counted whatever is listed
        QVERIFY(shows(QStringLiteral("1 error, 1 blocked, 3 messages")));
    }

    void aPageThatStoppedSaysWhere()
    {
        m_window->showArtifactPane();
        auto& card = part<StoppedCard>();
        card.setLine(63);
        card.show();
        QSignalSpy fix(&pane(), &ArtifactPane::fixRequested);
        QSignalSpy restart(&pane(), &ArtifactPane::reloadRequested);
        findButton(QStringLiteral("Ask GLM-4 to fix it"))->click();
        findButton(QStringLiteral("Restart"))->click();
        QCOMPARE(fix.size(), 1);
        QCOMPARE(restart.size(), 1);
        findButton(QStringLiteral("Show line 63"))->click();
        QCOMPARE(pane().tab(), ArtifactPane::Tab::Code);
        card.setLine(0); // it said nothing
        pane().setTab(ArtifactPane::Tab::Preview);
        QVERIFY(findButton(QStringLiteral("Show the code")));
    }

    void asksForANetworkOnce()
    {
        m_window->showArtifactPane();
        pane().begin(ArtifactKind::Html, QStringLiteral("html"));
        QSignalSpy allowed(&pane(), &ArtifactPane::networkAllowed);
        pane().askForNetwork(QStringLiteral("a.org"));
        pane().askForNetwork(QStringLiteral("b.org")); // one question at a time
        QVERIFY(shows(QStringLiteral("Allow requests to a.org for this artifact?")));
        findButton(QStringLiteral("Not now"))->click();
        QVERIFY(!findButton(QStringLiteral("Allow")));
        pane().askForNetwork(QStringLiteral("a.org")); // it was answered
        QVERIFY(!findButton(QStringLiteral("Allow")));
        pane().askForNetwork(QStringLiteral("b.org"));
        findButton(QStringLiteral("Allow"))->click();
        QCOMPARE(allowed.size(), 1);
        QCOMPARE(allowed[0][0].toString(), QStringLiteral("b.org"));
        pane().begin(ArtifactKind::Html, QStringLiteral("html")); // another artifact
        pane().askForNetwork(QStringLiteral("a.org"));
        QVERIFY(findButton(QStringLiteral("Allow")));
    }

    void savesInThreeWays()
    {
        m_window->showArtifactPane();
        pane().begin(ArtifactKind::Html, QStringLiteral("html"));
        QSignalSpy save(&pane(), &ArtifactPane::saveRequested);
        button(QStringLiteral("Save as…"))->click();
        for (const char* name : {"Save the source…",
                 "Save a picture (PNG)…",
                 "Save as one page that needs no network…"}) {
            QAction* action = openMenuAction(QString::fromUtf8(name));
            QVERIFY2(action, name);
            action->trigger();
        }
        QCOMPARE(save.size(), 3);
        QCOMPARE(save[0][0].value<ArtifactPane::SaveAs>(), ArtifactPane::SaveAs::Source);
        QCOMPARE(save[2][0].value<ArtifactPane::SaveAs>(), ArtifactPane::SaveAs::Page);
    }

    void whatIsSentCanBeChanged()
    {
        auto* dialog = new FixDialog(QStringLiteral("Fix it"), m_window.get());
        dialog->open();
        auto* text = dialog->findChild<QPlainTextEdit*>();
        QPushButton* send = nullptr;
        for (auto* each : dialog->findChildren<QPushButton*>())
            send = each->text() == QStringLiteral("Send") ? each : send;
        QCOMPARE(text->toPlainText(), QStringLiteral("Fix it"));
        text->setPlainText(QStringLiteral("  "));
        QVERIFY(!send->isEnabled());
        text->setPlainText(QStringLiteral("Fix it, please"));
        QSignalSpy sent(dialog, &FixDialog::sendRequested);
        send->click();
        QCOMPARE(sent.size(), 1);
        QCOMPARE(sent[0][0].toString(), QStringLiteral("Fix it, please"));
    }

    void popsOutAndBack()
    {
        m_window->showArtifactPane();
        menuAction(QStringLiteral("Into a window of its own"))->trigger();
        QVERIFY(m_window->isArtifactPoppedOut());
        QVERIFY(pane().window() != m_window.get());
        QTRY_VERIFY(pane().isVisible());
        m_window->resize(1200, 800); // arranges the columns without it
        QVERIFY(pane().isVisible());
        m_window->resetArtifactPane(); // another chat
        QVERIFY(pane().isVisible());
        QTest::keyClick(pane().window(), Qt::Key_2, Qt::ControlModifier);
        QCOMPARE(pane().tab(), ArtifactPane::Tab::Code);
        menuAction(QStringLiteral("Back into the main window"))->trigger();
        QCOMPARE(pane().window(), m_window.get());
        QTRY_VERIFY(pane().isVisible());
    }

private:
    ArtifactPane& pane() { return m_window->artifactPane(); }

    QPushButton* findButton(const QString& text)
    {
        for (auto* each : pane().findChildren<QPushButton*>()) {
            if (each->isVisible() && each->text() == text)
                return each;
        }
        return nullptr;
    }

    // Of the toolbar's menu, as it is now.
    QAction* menuAction(const QString& text)
    {
        delete m_menu;
        m_menu = part<StageToolbar>().makeMenu();
        return find(*m_menu, text);
    }

    template <typename Widget>
    Widget& part() // also while the pane is in a window of its own
    {
        return *pane().findChild<Widget*>();
    }

    static QAction* find(QMenu& menu, const QString& text)
    {
        for (QAction* action : menu.actions()) {
            if (action->text() == text)
                return action;
            if (QAction* inner = action->menu() ? find(*action->menu(), text) : nullptr)
                return inner;
        }
        return nullptr;
    }

    QAction* openMenuAction(const QString& text)
    {
        for (QMenu* menu : pane().findChildren<QMenu*>()) {
            if (QAction* action = find(*menu, text))
                return action;
        }
        return nullptr;
    }

    LanguageInstaller m_language;
    QPointer<QMenu> m_menu; // of the toolbar
};

QTEST_MAIN(TestArtifactPane)
#include "tst_artifact_pane.moc"
