// SPDX-License-Identifier: MIT
#include "tests/ui/sample_window.h"
#include "ui/roles.h"
#include "ui/sidebar/chat_list_view.h"
#include "ui/sidebar/sidebar.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace atelier;

class TestSidebar : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void groupsHaveOneCaptionEach();
    void clickChoosesTheChatAndACaptionDoesNot();
    void currentChatIsSelectedAlsoWhenItsRowComesLater();
    void keysChooseRenameAndDelete();
    void escapeKeepsTheOldTitle();
    void deleteNeedsFocusOnARow();
    void searchIsToldAndEmptied();
    void emptyListsSaySo();
    void memoryIsInGibibytes();

private:
    void click(int row);

    std::unique_ptr<ThemeController> m_theme;
    std::unique_ptr<SampleChats> m_chats;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
    std::unique_ptr<Sidebar> m_sidebar;
    ChatListView* m_list = nullptr;
};

void TestSidebar::init()
{
    m_theme = std::make_unique<ThemeController>(*qApp);
    m_chats = std::make_unique<SampleChats>();
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_chats.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    m_sidebar = std::make_unique<Sidebar>();
    applyTheme(*m_sidebar, *m_theme);
    m_sidebar->setModel(m_chats.get());
    m_sidebar->resize(248, 700);
    m_sidebar->show();
    QVERIFY(QTest::qWaitForWindowActive(m_sidebar.get()));
    m_list = &m_sidebar->chats();
}

void TestSidebar::cleanup()
{
    m_sidebar.reset();
    m_tester.reset();
    m_chats.reset();
    m_theme.reset();
}

void TestSidebar::click(int row)
{
    QTest::mouseClick(
        m_list->viewport(), Qt::LeftButton, {}, m_list->rowRect(m_chats->index(row)).center());
}

void TestSidebar::groupsHaveOneCaptionEach()
{
    QList<int> starts;
    for (int row = 0; row < m_chats->rowCount(); ++row) {
        if (m_list->startsGroup(m_chats->index(row)))
            starts.append(row);
    }
    QCOMPARE(starts, QList<int>({0, 3, 6}));
    const int plain = m_list->visualRect(m_chats->index(1)).height();
    QCOMPARE(plain, 30);
    QVERIFY(m_list->visualRect(m_chats->index(3)).height() > plain);

    // The first chat of a group goes: its caption moves to the next one, rows stay 30 high.
    m_chats->remove(3);
    QTRY_VERIFY(m_list->visualRect(m_chats->index(3)).height() > plain);
    m_chats->insert(0, {QStringLiteral("new"), QStringLiteral("Newest"), QStringLiteral("Today")});
    QTRY_COMPARE(m_list->visualRect(m_chats->index(1)).height(), plain);
}

void TestSidebar::clickChoosesTheChatAndACaptionDoesNot()
{
    QSignalSpy chosen(m_sidebar.get(), &Sidebar::chatChosen);
    click(4);
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(chosen[0][0].toString(), QStringLiteral("chat-4"));
    QRect caption = m_list->visualRect(m_chats->index(3));
    caption.setBottom(m_list->rowRect(m_chats->index(3)).top() - 1);
    QVERIFY(caption.height() > 10);
    QTest::mouseClick(m_list->viewport(), Qt::LeftButton, {}, caption.center());
    QCOMPARE(chosen.size(), 1);
}

void TestSidebar::currentChatIsSelectedAlsoWhenItsRowComesLater()
{
    QSignalSpy chosen(m_sidebar.get(), &Sidebar::chatChosen);
    m_sidebar->setCurrentChat(QStringLiteral("chat-2"));
    QCOMPARE(m_list->selectionModel()->selectedIndexes().size(), 1);
    QCOMPARE(m_list->currentIndex().row(), 2);
    m_sidebar->setCurrentChat(QStringLiteral("new"));
    QVERIFY(m_list->selectionModel()->selectedIndexes().isEmpty());
    m_chats->insert(0, {QStringLiteral("new"), QStringLiteral("New"), QStringLiteral("Today")});
    QCOMPARE(m_list->currentIndex().data(ChatIdRole).toString(), QStringLiteral("new"));
    QVERIFY(chosen.isEmpty()); // selecting is the program's word, not the person's
}

void TestSidebar::keysChooseRenameAndDelete()
{
    QSignalSpy chosen(m_sidebar.get(), &Sidebar::chatChosen);
    QSignalSpy renamed(m_sidebar.get(), &Sidebar::chatRenamed);
    QSignalSpy deleted(m_sidebar.get(), &Sidebar::chatDeleteRequested);
    m_sidebar->setCurrentChat(QStringLiteral("chat-0"));
    m_list->setFocus();
    QTest::keyClick(m_list, Qt::Key_Down);
    QTest::keyClick(m_list, Qt::Key_Return);
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(chosen[0][0].toString(), QStringLiteral("chat-1"));

    QTest::keyClick(m_list, Qt::Key_F2);
    auto* editor = m_list->viewport()->findChild<QLineEdit*>();
    QVERIFY(editor);
    QCOMPARE(editor->text(), QStringLiteral("Moon phases for November"));
    editor->selectAll();
    QTest::keyClicks(editor, QStringLiteral("Moon"));
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(renamed.size(), 1);
    QCOMPARE(renamed[0][0].toString(), QStringLiteral("chat-1"));
    QCOMPARE(renamed[0][1].toString(), QStringLiteral("Moon"));
    QTRY_VERIFY(!m_list->viewport()->findChild<QLineEdit*>());

    QTest::keyClick(m_list, Qt::Key_Delete);
    QCOMPARE(deleted.size(), 1);
    QCOMPARE(deleted[0][0].toString(), QStringLiteral("chat-1"));
}

void TestSidebar::escapeKeepsTheOldTitle()
{
    QSignalSpy renamed(m_sidebar.get(), &Sidebar::chatRenamed);
    m_list->beginRename(m_chats->index(0));
    auto* editor = m_list->viewport()->findChild<QLineEdit*>();
    QVERIFY(editor);
    editor->setText(QStringLiteral("Other"));
    QTest::keyClick(editor, Qt::Key_Escape);
    QTRY_VERIFY(!m_list->viewport()->findChild<QLineEdit*>());
    QVERIFY(renamed.isEmpty());
}

void TestSidebar::deleteNeedsFocusOnARow()
{
    QSignalSpy deleted(m_sidebar.get(), &Sidebar::chatDeleteRequested);
    m_sidebar->setCurrentChat(QStringLiteral("chat-0"));
    m_sidebar->focusSearch();
    QTest::keyClick(qApp->focusWidget(), Qt::Key_Delete);
    QVERIFY(deleted.isEmpty());
}

void TestSidebar::searchIsToldAndEmptied()
{
    QSignalSpy search(m_sidebar.get(), &Sidebar::searchChanged);
    m_sidebar->focusSearch();
    QWidget* field = qApp->focusWidget();
    QVERIFY(qobject_cast<QLineEdit*>(field));
    QTest::keyClicks(field, QStringLiteral("tea"));
    QCOMPARE(search.size(), 3);
    QCOMPARE(search.last()[0].toString(), QStringLiteral("tea"));
    QTest::keyClick(field, Qt::Key_Escape);
    QCOMPARE(search.last()[0].toString(), QString());
    QTest::keyClick(field, Qt::Key_Down);
    QCOMPARE(qApp->focusWidget(), static_cast<QWidget*>(m_list));
}

void TestSidebar::emptyListsSaySo()
{
    const auto shows = [this](const QString& words) {
        const auto labels = m_sidebar->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->isVisible() && label->text() == words;
        });
    };
    QVERIFY(!shows(QStringLiteral("Chats appear here once you write.")));
    while (m_chats->rowCount() > 0)
        m_chats->remove(0);
    QVERIFY(shows(QStringLiteral("Chats appear here once you write.")));
    QVERIFY(!m_list->isVisible());
    m_sidebar->focusSearch();
    QTest::keyClicks(qApp->focusWidget(), QStringLiteral("x"));
    QVERIFY(shows(QStringLiteral("No chat contains these words.")));
}

void TestSidebar::memoryIsInGibibytes()
{
    constexpr qint64 kGiB = 1024LL * 1024 * 1024;
    m_sidebar->setDeviceStatus({QStringLiteral("A CPU"), 12 * kGiB + kGiB / 2, kGiB, 24 * kGiB});
    const auto labels = m_sidebar->findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->text() == QStringLiteral("12.5 of 24.0 GiB");
    }));
}

QTEST_MAIN(TestSidebar)
#include "tst_sidebar.moc"
