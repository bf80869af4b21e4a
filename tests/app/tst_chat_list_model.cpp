// SPDX-License-Identifier: MIT
#include "app/core/chat_list_model.h"
#include "ui/roles.h"

#include <QAbstractItemModelTester>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace atelier;

namespace {

const QDateTime kNow(QDate(2026, 3, 10), QTime(9, 30)); // a Tuesday

StoredChat chat(const QString& id, const QDateTime& updated)
{
    StoredChat made;
    made.id = id;
    made.title = QStringLiteral("Chat ") + id;
    made.updated = updated.toMSecsSinceEpoch();
    return made;
}

} // namespace

class ChatListModelTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_model = std::make_unique<ChatListModel>([] { return kNow; });
        m_tester = std::make_unique<QAbstractItemModelTester>(
            m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    }

    void cleanup()
    {
        m_tester.reset();
        m_model.reset();
    }

    void groups_data()
    {
        QTest::addColumn<QDateTime>("updated");
        QTest::addColumn<QString>("group");
        QTest::newRow("now") << kNow << "Today";
        QTest::newRow("midnight") << QDateTime(kNow.date(), QTime(0, 0)) << "Today";
        QTest::newRow("one minute before midnight")
            << QDateTime(kNow.date().addDays(-1), QTime(23, 59)) << "Yesterday";
        QTest::newRow("yesterday's beginning")
            << QDateTime(kNow.date().addDays(-1), QTime(0, 0)) << "Yesterday";
        QTest::newRow("two days ago") << kNow.addDays(-2) << "Previous 7 days";
        QTest::newRow("seven days ago") << kNow.addDays(-7) << "Previous 7 days";
        QTest::newRow("eight days ago") << kNow.addDays(-8) << "Older";
        QTest::newRow("a clock that was wrong") << kNow.addDays(3) << "Today";
    }

    void groups()
    {
        QFETCH(QDateTime, updated);
        QFETCH(QString, group);
        m_model->setChats({chat(QStringLiteral("a"), updated)});
        QCOMPARE(m_model->index(0).data(ChatGroupRole).toString(), group);
    }

    void newestFirst()
    {
        m_model->setChats(
            {chat("old", kNow.addDays(-3)), chat("new", kNow), chat("mid", kNow.addDays(-1))});
        QCOMPARE(ids(), (QStringList{"new", "mid", "old"}));
    }

    void movesTheRowOfAChatThatChanged()
    {
        m_model->setChats({chat("a", kNow.addDays(-1)),
            chat("b", kNow.addDays(-2)),
            chat("c", kNow.addDays(-3))});
        QSignalSpy moved(m_model.get(), &QAbstractItemModel::rowsMoved);
        QSignalSpy inserted(m_model.get(), &QAbstractItemModel::rowsInserted);
        m_model->update(chat("c", kNow));
        QCOMPARE(ids(), (QStringList{"c", "a", "b"}));
        m_model->update(chat("c", kNow.addDays(-9)));
        QCOMPARE(ids(), (QStringList{"a", "b", "c"}));
        QCOMPARE(moved.size(), 2);
        QCOMPARE(inserted.size(), 0);
        m_model->update(chat("d", kNow.addSecs(-60)));
        QCOMPARE(ids(), (QStringList{"d", "a", "b", "c"}));
        QCOMPARE(inserted.size(), 1);
    }

    void chatsWithoutATitleHaveNoRowYet()
    {
        StoredChat fresh = chat("a", kNow);
        fresh.title.clear();
        m_model->update(fresh);
        QCOMPARE(m_model->rowCount(), 0);
        QVERIFY(m_model->find("a"));
        m_model->update(chat("a", kNow));
        QCOMPARE(ids(), QStringList{"a"});
    }

    void aDeletedChatLosesItsRowAndComesBack()
    {
        m_model->setChats({chat("a", kNow), chat("b", kNow.addDays(-1))});
        StoredChat deleted = chat("a", kNow);
        deleted.deleted = 1;
        m_model->update(deleted);
        QCOMPARE(ids(), QStringList{"b"});
        m_model->update(chat("a", kNow));
        QCOMPARE(ids(), (QStringList{"a", "b"}));
    }

    void onlyOneChatIsBusy()
    {
        m_model->setChats({chat("a", kNow), chat("b", kNow.addDays(-1))});
        QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
        m_model->setBusy("a");
        m_model->setBusy("b");
        QCOMPARE(m_model->index(0).data(ChatBusyRole).toBool(), false);
        QCOMPARE(m_model->index(1).data(ChatBusyRole).toBool(), true);
        m_model->setBusy({});
        QCOMPARE(m_model->index(1).data(ChatBusyRole).toBool(), false);
        QVERIFY(changed.size() >= 4);
    }

    void filters()
    {
        m_model->setChats({chat("a", kNow), chat("b", kNow.addDays(-1))});
        m_model->setFilter(QSet<QString>{"b"});
        QCOMPARE(ids(), QStringList{"b"});
        m_model->update(chat("a", kNow));
        QCOMPARE(ids(), QStringList{"b"});
        m_model->setFilter(QSet<QString>{});
        QCOMPARE(m_model->rowCount(), 0);
        m_model->setFilter(std::nullopt);
        QCOMPARE(ids(), (QStringList{"a", "b"}));
    }

    void staysConsistentUnderAnyChanges()
    {
        QRandomGenerator random(1);
        for (int step = 0; step < 2000; ++step) {
            const QString id = QString::number(random.bounded(12));
            StoredChat changed = chat(id, kNow.addSecs(-random.bounded(2000000)));
            if (random.bounded(5) == 0) {
                changed.deleted = 1;
            }
            if (random.bounded(20) == 0) {
                m_model->remove(id);
            } else {
                m_model->update(changed);
            }
            for (int row = 1; row < m_model->rowCount(); ++row) {
                const StoredChat* above = m_model->find(ids()[row - 1]);
                const StoredChat* here = m_model->find(ids()[row]);
                QVERIFY(above->updated >= here->updated);
            }
        }
    }

private:
    QStringList ids() const
    {
        QStringList ids;
        for (int row = 0; row < m_model->rowCount(); ++row) {
            ids << m_model->index(row).data(ChatIdRole).toString();
        }
        return ids;
    }

    std::unique_ptr<ChatListModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

QTEST_GUILESS_MAIN(ChatListModelTest)
#include "tst_chat_list_model.moc"
