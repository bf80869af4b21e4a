// SPDX-License-Identifier: MIT
#include "tests/ui/window_fixture.h"
#include "ui/artifacts/artifact_pane.h"
#include "ui/conversation/composer.h"
#include "ui/conversation/context_gauge.h"
#include "ui/inspector/inspector.h"
#include "ui/main_window/column_area.h"
#include "ui/main_window/divider.h"
#include "ui/sidebar/chat_list_view.h"
#include "ui/sidebar/sidebar.h"

#include <QSignalSpy>
#include <QTest>

using namespace atelier;

class TestWindowColumns : public WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void columnsFollowTheWindow_data();
    void columnsFollowTheWindow();
    void sidebarReturnsByItselfUnlessClosed();
    void aHiddenSidebarOpensAsADrawer();
    void inspectorFloatsWhereItDoesNotFitAndEscClosesIt();
    void tabsBelow820();
    void dividerMovesByKeyAndGoesBackOnDoubleClick();
    void largeTextGetsTheNarrowLayout();
    void panesAreRemembered();
    void artifactPaneSlidesInWithoutMovingTheRest();
    void artifactPaneStaysClosedForTheChat();
    void fillingTheWindowAndBack();
    void gaugeDropsItsBarAndChangesTone();
};

void TestWindowColumns::columnsFollowTheWindow_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("sidebar");
    QTest::addColumn<int>("transcript");
    QTest::addColumn<int>("artifact");
    QTest::newRow("1440") << QSize(1440, 900) << true << 620 << 572;
    QTest::newRow("1024") << QSize(1024, 700) << false << 532 << 492;
    QTest::newRow("800: the artifact's tab") << QSize(800, 600) << false << 0 << 800;
    QTest::newRow("720") << QSize(720, 480) << false << 0 << 720;
}

void TestWindowColumns::columnsFollowTheWindow()
{
    QFETCH(QSize, size);
    m_window->showArtifactPane();
    m_window->resize(size);
    QTRY_COMPARE(m_window->size(), size);
    QTEST(part<Sidebar>().isVisible(), "sidebar");
    QTEST(m_window->artifactPane().width(), "artifact");
    const QWidget* column = m_window->findChild<QWidget*>(QStringLiteral("transcriptColumn"));
    const int transcript = column->isVisible() ? column->width() : 0;
    QTEST(transcript, "transcript");
}

void TestWindowColumns::sidebarReturnsByItselfUnlessClosed()
{
    m_window->showArtifactPane();
    m_window->resize(1024, 700);
    QTRY_VERIFY(!part<Sidebar>().isVisible());
    QVERIFY(button(QStringLiteral("Show sidebar")));
    m_window->resize(1440, 900);
    QTRY_VERIFY(part<Sidebar>().isVisible());
    QVERIFY(!button(QStringLiteral("Show sidebar")));
    QTest::keyClick(m_window.get(), Qt::Key_B, Qt::ControlModifier);
    QVERIFY(!part<Sidebar>().isVisible());
    m_window->resize(1600, 900);
    QTRY_COMPARE(m_window->width(), 1600);
    QVERIFY(!part<Sidebar>().isVisible());
}

void TestWindowColumns::aHiddenSidebarOpensAsADrawer()
{
    m_window->showArtifactPane();
    m_window->resize(1024, 700);
    QTRY_VERIFY(!part<Sidebar>().isVisible());
    const int transcript = m_window->composer().parentWidget()->width();
    QTest::mouseClick(button(QStringLiteral("Show sidebar")), Qt::LeftButton);
    QVERIFY(part<Sidebar>().isVisible());
    QCOMPARE(m_window->composer().parentWidget()->width(), transcript); // nothing moves
    QSignalSpy chosen(m_window.get(), &MainWindow::chatChosen);
    ChatListView& chats = part<ChatListView>();
    QTest::mouseClick(
        chats.viewport(), Qt::LeftButton, {}, chats.rowRect(m_chats->index(2)).center());
    QCOMPARE(chosen.size(), 1);
    QVERIFY(!part<Sidebar>().isVisible());
    QTest::keyClick(m_window.get(), Qt::Key_B, Qt::ControlModifier);
    QVERIFY(part<Sidebar>().isVisible());
    QTest::keyClick(m_window.get(), Qt::Key_Escape);
    QVERIFY(!part<Sidebar>().isVisible());
}

void TestWindowColumns::inspectorFloatsWhereItDoesNotFitAndEscClosesIt()
{
    m_window->showArtifactPane();
    m_window->resize(1024, 700);
    QTRY_COMPARE(m_window->artifactPane().width(), 492);
    QTest::keyClick(m_window.get(), Qt::Key_I, Qt::ControlModifier);
    QVERIFY(part<Inspector>().isVisible());
    QCOMPARE(part<Inspector>().geometry().right(), m_window->centralWidget()->rect().right());
    QCOMPARE(m_window->artifactPane().width(), 492); // covered, not squeezed
    QTest::keyClick(m_window.get(), Qt::Key_Escape);
    QVERIFY(!part<Inspector>().isVisible());
}

void TestWindowColumns::tabsBelow820()
{
    m_window->resize(800, 600);
    QTRY_COMPARE(m_window->width(), 800);
    QVERIFY(m_window->composer().isVisible());
    m_window->showArtifactPane();
    QVERIFY(m_window->artifactPane().isVisible());
    QVERIFY(!m_window->composer().isVisible());
    ErrorCard card;
    card.title = QStringLiteral("The reply failed.");
    m_window->showError(card); // it must be seen
    QVERIFY(m_window->composer().isVisible());
    QVERIFY(shows(card.title));
    m_window->resize(1440, 900);
    QTRY_VERIFY(m_window->artifactPane().isVisible() && m_window->composer().isVisible());
}

void TestWindowColumns::dividerMovesByKeyAndGoesBackOnDoubleClick()
{
    QSignalSpy remember(m_window.get(), &MainWindow::panesChanged);
    Divider* line = nullptr;
    const auto dividers = m_window->findChildren<Divider*>();
    for (Divider* divider : dividers) {
        if (divider->accessibleName() == QLatin1String("Width of the sidebar"))
            line = divider;
    }
    QVERIFY(line && line->isVisible());
    QCOMPARE(line->width(), 7);
    QCOMPARE(part<Sidebar>().width(), 248);
    QTest::keyClick(line, Qt::Key_Right);
    QCOMPARE(part<Sidebar>().width(), 264);
    QTest::keyClick(line, Qt::Key_Left);
    QTest::keyClick(line, Qt::Key_Left);
    QCOMPARE(part<Sidebar>().width(), 232);
    for (int i = 0; i < 30; ++i)
        QTest::keyClick(line, Qt::Key_Right);
    QCOMPARE(part<Sidebar>().width(), 360);
    QTest::mouseDClick(line, Qt::LeftButton);
    QCOMPARE(part<Sidebar>().width(), 248);
    QVERIFY(!remember.isEmpty());
}

void TestWindowColumns::largeTextGetsTheNarrowLayout()
{
    m_window->showArtifactPane();
    QVERIFY(part<Sidebar>().isVisible() && m_window->composer().isVisible());
    m_theme->setTextScale(2); // 1440 wide, as if it were 720
    QVERIFY(!part<Sidebar>().isVisible());
    QVERIFY(m_window->artifactPane().isVisible() && !m_window->composer().isVisible());
    QCOMPARE(m_window->artifactPane().width(), 1440);
    // Everything in the toolbar has its room, and no button is taller than its bar.
    const auto buttons = m_window->artifactPane().findChildren<IconButton*>();
    for (const IconButton* one : buttons) {
        if (one->isVisible())
            QVERIFY2(
                one->height() <= one->parentWidget()->height(), qPrintable(one->accessibleName()));
    }
    m_theme->setTextScale(1);
    QVERIFY(part<Sidebar>().isVisible() && m_window->composer().isVisible());
    QCOMPARE(m_window->artifactPane().width(), 572);
}

void TestWindowColumns::panesAreRemembered()
{
    QTest::keyClick(m_window.get(), Qt::Key_B, Qt::ControlModifier);
    QTest::keyClick(m_window.get(), Qt::Key_I, Qt::ControlModifier);
    const QByteArray panes = m_window->savePanes();
    MainWindow other(*m_theme);
    other.resize(1440, 900);
    other.show();
    QVERIFY(other.findChild<Sidebar*>()->isVisible());
    other.restorePanes(panes);
    QVERIFY(!other.findChild<Sidebar*>()->isVisible());
    QVERIFY(other.findChild<Inspector*>()->isVisible());
    other.restorePanes(QByteArrayLiteral("noise"));
    QVERIFY(other.findChild<Sidebar*>()->isVisible());
}

void TestWindowColumns::artifactPaneSlidesInWithoutMovingTheRest()
{
    auto& columns = part<ColumnArea>();
    QWidget* transcript = m_window->findChild<QWidget*>(QStringLiteral("transcriptColumn"));
    struct Sizes final : QObject
    {
        int count = 0;
        bool eventFilter(QObject*, QEvent* event) override
        {
            count += event->type() == QEvent::Resize ? 1 : 0;
            return false;
        }
    } sizes;
    transcript->installEventFilter(&sizes);
    const ArtifactPane& pane = m_window->artifactPane();
    m_window->showArtifactPane();
    QVERIFY(columns.isSliding());
    QCOMPARE(transcript->width(), 620); // at once
    QCOMPARE(pane.width(), 572);
    QCOMPARE(pane.x(), columns.width()); // it comes from the edge
    int last = pane.x();
    QTRY_VERIFY(pane.x() < last);
    QTRY_COMPARE(pane.x(), 248 + 620);
    QTRY_VERIFY(!columns.isSliding());
    QCOMPARE(sizes.count, 1); // one layout, not one in each frame
    m_window->resetArtifactPane();
    QVERIFY(!pane.isVisible());
    m_window->showArtifactPane();
    m_window->resetArtifactPane(); // also in the middle of it
    QVERIFY(!pane.isVisible());
    QVERIFY(!columns.isSliding());
}

void TestWindowColumns::artifactPaneStaysClosedForTheChat()
{
    QVERIFY(!m_window->isArtifactPaneOpen());
    m_window->openArtifactPane();
    QVERIFY(m_window->isArtifactPaneOpen());
    QVERIFY(m_window->artifactPane().isVisible());
    QTest::mouseClick(button(QStringLiteral("Close")), Qt::LeftButton);
    QVERIFY(!m_window->isArtifactPaneOpen());
    m_window->openArtifactPane(); // the next artifact of the chat
    QVERIFY(!m_window->isArtifactPaneOpen());
    m_window->showArtifactPane(); // its card was clicked
    QVERIFY(m_window->isArtifactPaneOpen());
    m_window->resetArtifactPane(); // another chat
    QVERIFY(!m_window->isArtifactPaneOpen());
    m_window->openArtifactPane();
    QVERIFY(m_window->isArtifactPaneOpen());
}

void TestWindowColumns::fillingTheWindowAndBack()
{
    m_window->showArtifactPane();
    QTest::keyClick(m_window.get(), Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(m_window->artifactPane().size(), m_window->centralWidget()->size());
    QVERIFY(!m_window->composer().isVisible());
    QVERIFY(button(QStringLiteral("Back to the chat")));
    QTest::keyClick(m_window.get(), Qt::Key_Escape);
    QVERIFY(m_window->composer().isVisible());
    QCOMPARE(m_window->artifactPane().width(), 572);
    QVERIFY(button(QStringLiteral("Fill the window")));
}

void TestWindowColumns::gaugeDropsItsBarAndChangesTone()
{
    ContextGauge& gauge = part<ContextGauge>();
    QVERIFY(gauge.isBarShown());
    QCOMPARE(gauge.accessibleName(), QStringLiteral("Context, 6,349 of 32,768 tokens"));
    QCOMPARE(QLatin1String(gauge.tone()), QLatin1String("accent"));
    m_window->setContextUsage({27500, 32768, 0});
    QCOMPARE(QLatin1String(gauge.tone()), QLatin1String("caution"));
    m_window->setContextUsage({31900, 32768, 0});
    QCOMPARE(QLatin1String(gauge.tone()), QLatin1String("danger"));
    m_window->showArtifactPane();
    m_window->resize(1024, 700);
    QTRY_VERIFY(!gauge.isBarShown());
    m_window->setContextUsage({0, 0, 0});
    QVERIFY(!gauge.isVisible());
}

QTEST_MAIN(TestWindowColumns)
#include "tst_window_columns.moc"
