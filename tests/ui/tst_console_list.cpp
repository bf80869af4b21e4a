// SPDX-License-Identifier: MIT
#include "ui/artifacts/console_list.h"
#include "ui/artifacts/console_model.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QListView>
#include <QSignalSpy>
#include <QTest>

using namespace atelier;

class TestConsoleList : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void repeatedEntriesAreCounted();
    void aLoopingPageIsBounded();
    void longEntriesAreShortenedOnScreenOnly();
    void problemsAreErrorsAndBlockedRequests();
    void anEntryLeadsToItsLine();
};

void TestConsoleList::repeatedEntriesAreCounted()
{
    ConsoleModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    using Level = ConsoleEntry::Level;
    model.add({Level::Log, QStringLiteral("tick"), {}, 3, 1});
    model.add({Level::Log, QStringLiteral("tick"), {}, 3, 1});
    model.add({Level::Log, QStringLiteral("tick"), {}, 3, 5});
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.index(0).data(ConsoleModel::EntryRole).value<ConsoleEntry>().count, 7);
    model.add({Level::Error, QStringLiteral("tick"), {}, 3, 1});
    model.add({Level::Log, QStringLiteral("tick"), {}, 4, 1});
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(2).data(ConsoleModel::PlaceRole).toString(), QStringLiteral("line 4"));
    QCOMPARE(model.total(Level::Log), 8);
    QCOMPARE(model.problems(), 1);
    model.clear();
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.problems(), 0);
}

void TestConsoleList::aLoopingPageIsBounded()
{
    ConsoleModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (int i = 0; i < ConsoleList::kMaxEntries + 50; ++i)
        model.add({ConsoleEntry::Level::Log, QString::number(i), {}, 0, 1});
    QCOMPARE(model.rowCount(), ConsoleList::kMaxEntries);
    QCOMPARE(model.index(0).data().toString(), QStringLiteral("50")); // the oldest are gone
    QCOMPARE(model.total(ConsoleEntry::Level::Log), ConsoleList::kMaxEntries + 50);
}

void TestConsoleList::longEntriesAreShortenedOnScreenOnly()
{
    ConsoleModel model;
    const QString text = QString(100000, u'x');
    model.add({ConsoleEntry::Level::Log, text, {}, 0, 1});
    QVERIFY(model.index(0).data().toString().size() <= 2000);
    QCOMPARE(model.index(0).data(ConsoleModel::EntryRole).value<ConsoleEntry>().text, text);
}

void TestConsoleList::problemsAreErrorsAndBlockedRequests()
{
    ConsoleList list;
    QSignalSpy problems(&list, &ConsoleList::problemsChanged);
    using Level = ConsoleEntry::Level;
    list.add({Level::Log, QStringLiteral("a"), {}, 0, 1});
    list.add({Level::Warning, QStringLiteral("b"), {}, 0, 1});
    QCOMPARE(list.problems(), 0);
    list.add({Level::Error, QStringLiteral("c"), {}, 0, 1});
    list.add({Level::Blocked, QStringLiteral("d"), {}, 0, 2});
    QCOMPARE(list.problems(), 3);
    QCOMPARE(problems.last()[0].toInt(), 3);
    list.clear();
    QCOMPARE(problems.last()[0].toInt(), 0);
    QCOMPARE(list.entries(), 0);
}

void TestConsoleList::anEntryLeadsToItsLine()
{
    ThemeController theme(*qApp);
    ConsoleList list;
    applyTheme(list, theme);
    list.add({ConsoleEntry::Level::Error, QStringLiteral("<b>no markup</b>"), {}, 63, 1});
    list.resize(400, 300);
    list.show();
    QSignalSpy line(&list, &ConsoleList::lineActivated);
    auto* view = list.findChild<QListView*>();
    QVERIFY(view->isVisible());
    view->setCurrentIndex(view->model()->index(0, 0));
    view->setFocus();
    QTest::keyClick(view, Qt::Key_Return);
    QCOMPARE(line.size(), 1);
    QCOMPARE(line[0][0].toInt(), 63);
    QCOMPARE(view->model()->index(0, 0).data(Qt::AccessibleTextRole).toString(),
        QStringLiteral("Error: <b>no markup</b>"));
}

QTEST_MAIN(TestConsoleList)
#include "tst_console_list.moc"
