// SPDX-License-Identifier: MIT
#include "app/storage/conversation_store.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace atelier;

class ConversationStoreTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void readsSeeTheWritesBeforeThem()
    {
        ConversationStore store(m_folder->path());
        store.saveChat(chat());
        store.addMessage(message(QStringLiteral("hello")));
        QList<StoredMessage> read;
        QThread* calledOn = nullptr;
        store.loadChat(QStringLiteral("c"), [&](const Result<StoredConversation>& loaded) {
            calledOn = QThread::currentThread();
            read = loaded ? loaded.value().messages : QList<StoredMessage>();
        });
        QVERIFY2(read.isEmpty(), "a callback must not come before the call returns");
        QTRY_COMPARE(read.size(), 1);
        QCOMPARE(read[0].text, QStringLiteral("hello"));
        QCOMPARE(calledOn, QThread::currentThread());
    }

    void destructionWaitsForWrites()
    {
        {
            ConversationStore store(m_folder->path());
            store.saveChat(chat());
            for (int i = 0; i < 50; ++i) {
                StoredMessage each = message(QStringLiteral("text"));
                each.id = QString::number(i);
                store.addMessage(each);
            }
        }
        ConversationStore again(m_folder->path());
        qsizetype count = -1;
        again.loadChat(QStringLiteral("c"), [&](const Result<StoredConversation>& loaded) {
            count = loaded ? loaded.value().messages.size() : -2;
        });
        QTRY_COMPARE(count, 50);
    }

    void tellsWhatItFoundWhenOpening()
    {
        QFile damaged(m_folder->filePath(QStringLiteral("chats.sqlite")));
        QVERIFY(damaged.open(QIODevice::WriteOnly));
        damaged.write(QByteArray(5000, 'x'));
        damaged.close();
        ConversationStore store(m_folder->path());
        QString problem;
        connect(&store, &ConversationStore::opened, this, [&](const StoreReport& report) {
            problem = report.problem;
        });
        QTRY_VERIFY(problem.contains(QStringLiteral("damaged")));
        QVERIFY(
            QDir(m_folder->path()).entryList({QStringLiteral("chats.sqlite.damaged-*")}).size() ==
            1);
    }

    void goesOnWithoutADisk()
    {
        // A file where the folder should be.
        const QString folder = m_folder->filePath(QStringLiteral("file"));
        QFile file(folder);
        QVERIFY(file.open(QIODevice::WriteOnly));
        ConversationStore store(folder);
        bool failed = false;
        int refused = 0;
        connect(&store, &ConversationStore::openFailed, this, [&] { failed = true; });
        connect(&store, &ConversationStore::writeFailed, this, [&] { ++refused; });
        store.saveChat(chat());
        bool listed = false;
        store.listChats([&](const Result<QList<StoredChat>>& chats) { listed = !chats; });
        QTRY_VERIFY(failed);
        QTRY_COMPARE(refused, 1);
        QTRY_VERIFY(listed);
    }

    void saysWhenEverythingIsWritten()
    {
        ConversationStore store(m_folder->path());
        bool written = false;
        store.saveChat(chat());
        store.whenWritten([&] { written = true; });
        QTRY_VERIFY(written);
    }

private:
    static StoredChat chat()
    {
        StoredChat made;
        made.id = QStringLiteral("c");
        made.title = QStringLiteral("Title");
        return made;
    }

    static StoredMessage message(const QString& text)
    {
        StoredMessage made;
        made.id = QStringLiteral("m");
        made.chat = QStringLiteral("c");
        made.text = text;
        return made;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(ConversationStoreTest)
#include "tst_conversation_store.moc"
