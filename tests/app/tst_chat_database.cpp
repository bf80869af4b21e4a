// SPDX-License-Identifier: MIT
#include "app/storage/chat_database.h"
#include "app/storage/chat_repair.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace atelier;

namespace {

StoredChat chatNamed(const QString& id, const QString& title = QStringLiteral("A chat"))
{
    StoredChat chat;
    chat.id = id;
    chat.title = title;
    chat.created = 1000;
    chat.updated = 2000;
    return chat;
}

StoredMessage message(const QString& id, const QString& parent, const QString& text)
{
    StoredMessage made;
    made.id = id;
    made.chat = QStringLiteral("c");
    made.parent = parent;
    made.role = parent.isEmpty() ? StoredRole::User : StoredRole::Assistant;
    made.text = text;
    made.created = 1000;
    made.tokens = 7;
    made.seconds = 0.5;
    made.model = QStringLiteral("Atelier Demo 10M");
    return made;
}

QByteArray bytesOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void overwrite(const QString& path, qint64 at, const QByteArray& bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(at));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

class ChatDatabaseTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>();
        QVERIFY(m_temporary->isValid());
        m_folder = m_temporary->filePath(QStringLiteral("chats"));
    }

    void cleanup() { m_chats.reset(); }

    void keepsEveryField()
    {
        open();
        StoredChat chat = chatNamed(QStringLiteral("c"), QStringLiteral("红色的圆"));
        chat.settings = QStringLiteral("{\"temperature\":0.2}");
        chat.draft = QStringLiteral("half a sent");
        StoredMessage first = message(QStringLiteral("u1"), {}, QStringLiteral("draw a circle"));
        StoredMessage reply =
            message(QStringLiteral("a1"), QStringLiteral("u1"), QStringLiteral("字 🎨"));
        reply.state = StoredState::Failed;
        reply.error = QStringLiteral("The device was lost.");
        reply.promptTokens = 12;
        QVERIFY(m_chats->saveChat(chat));
        QVERIFY(m_chats->addMessage(first));
        QVERIFY(m_chats->addMessage(reply));
        open(); // again, from the disk
        const auto read = m_chats->conversation(QStringLiteral("c"));
        QVERIFY(read);
        QCOMPARE(read.value().chat, chat);
        QCOMPARE(read.value().messages, (QList<StoredMessage>{first, reply}));
    }

    void selectsOneBranchAmongSiblings()
    {
        open();
        addTree();
        QCOMPARE(selected(), (QStringList{"u1", "a2"}));
        QVERIFY(m_chats->selectBranch(QStringLiteral("a1")));
        QCOMPARE(selected(), (QStringList{"u1", "a1"}));
        QVERIFY(m_chats->addMessage(message(QStringLiteral("u1b"), {}, QStringLiteral("edited"))));
        QCOMPARE(selected(), (QStringList{"a1", "u1b"}));
        const auto read = m_chats->conversation(QStringLiteral("c"));
        for (const StoredMessage& each : read.value().messages) {
            QVERIFY2(!each.damaged, "a branch switch must not touch checksums");
        }
    }

    void savingAChatAgainKeepsItsMessages()
    {
        open();
        addTree();
        QVERIFY(m_chats->saveChat(chatNamed(QStringLiteral("c"), QStringLiteral("Renamed"))));
        QCOMPARE(m_chats->conversation(QStringLiteral("c")).value().messages.size(), 3);
        QCOMPARE(m_chats->chats().value()[0].title, QStringLiteral("Renamed"));
    }

    void removesAMessageWithEverythingBelow()
    {
        open();
        addTree();
        QVERIFY(m_chats->removeMessage(QStringLiteral("u1")));
        QCOMPARE(m_chats->conversation(QStringLiteral("c")).value().messages.size(), 0);
        QCOMPARE(m_chats->search(QStringLiteral("circle"), 10).value().size(), 0);
    }

    void deletedChatsComeBackUntilTheNextStart()
    {
        open();
        addTree();
        StoredChat chat = chatNamed(QStringLiteral("c"));
        chat.deleted = 5000;
        QVERIFY(m_chats->saveChat(chat));
        QCOMPARE(m_chats->chats().value().size(), 0);
        QCOMPARE(m_chats->search(QStringLiteral("circle"), 10).value().size(), 0);
        chat.deleted = 0;
        QVERIFY(m_chats->saveChat(chat)); // undo
        QCOMPARE(m_chats->chats().value().size(), 1);
        chat.deleted = 5000;
        QVERIFY(m_chats->saveChat(chat));
        open();
        QVERIFY(!m_chats->conversation(QStringLiteral("c")));
    }

    void finds_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("found");
        QTest::newRow("a word") << "circle" << QStringList{"u1"};
        QTest::newRow("part of a word, any case") << "IRCL" << QStringList{"u1"};
        QTest::newRow("two Chinese characters") << "圆形" << QStringList{"a1"};
        QTest::newRow("four Chinese characters") << "红色圆形" << QStringList{"a1"};
        QTest::newRow("a quotation mark is only text") << "say \"hi\"" << QStringList{"a2"};
        QTest::newRow("operators are only text") << "circle OR hi" << QStringList{};
        QTest::newRow("a wildcard is only text") << "%" << QStringList{};
        QTest::newRow("one letter") << "z" << QStringList{"a2"};
        QTest::newRow("nothing") << "  " << QStringList{};
    }

    void finds()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, found);
        open();
        addTree();
        const auto hits = m_chats->search(text, 10);
        QVERIFY(hits);
        QStringList ids;
        for (const SearchHit& hit : hits.value()) {
            ids << hit.message;
            QVERIFY2(hit.snippet.contains(text.simplified(), Qt::CaseInsensitive),
                qPrintable(hit.snippet));
        }
        QCOMPARE(ids, found);
    }

    void findsTheNewTextOfAFinishedReplyOnly()
    {
        open();
        addTree();
        StoredMessage reply =
            message(QStringLiteral("a2"), QStringLiteral("u1"), QStringLiteral("a square"));
        QVERIFY(m_chats->finishMessage(reply));
        QCOMPARE(m_chats->search(QStringLiteral("square"), 10).value().size(), 1);
        QCOMPARE(m_chats->search(QStringLiteral("say"), 10).value().size(), 0);
    }

    void joinsTheJournalOfAReplyThatWasInterrupted()
    {
        open();
        QVERIFY(m_chats->saveChat(chatNamed(QStringLiteral("c"))));
        QVERIFY(m_chats->addMessage(message(QStringLiteral("u1"), {}, QStringLiteral("hi"))));
        StoredMessage reply = message(QStringLiteral("a1"), QStringLiteral("u1"), {});
        reply.state = StoredState::Writing;
        QVERIFY(m_chats->addMessage(reply));
        QVERIFY(m_chats->appendJournal(reply.id, 0, QStringLiteral("one ")));
        QVERIFY(m_chats->appendJournal(reply.id, 1, QStringLiteral("two")));
        open();
        QCOMPARE(m_report.interruptedReplies, 1);
        const StoredMessage read = m_chats->conversation(QStringLiteral("c")).value().messages[1];
        QCOMPARE(read.text, QStringLiteral("one two"));
        QCOMPARE(read.state, StoredState::Stopped);
        QVERIFY(!read.damaged);
        const auto parts =
            m_chats->database().scalar(QStringLiteral("SELECT count(*) FROM journal"));
        QCOMPARE(parts.value().toInt(), 0);
    }

    void noticesAChangedRow()
    {
        open();
        addTree();
        QVERIFY(m_chats->database().execute(
            QStringLiteral("UPDATE messages SET text='draw a cirkle' WHERE id='u1'")));
        const auto read = m_chats->conversation(QStringLiteral("c"));
        QVERIFY(read.value().messages[0].damaged);
        QVERIFY(!read.value().messages[1].damaged);
    }

    void opensAFileOfVersionOne()
    {
        const QString golden = QStringLiteral(ATELIER_TEST_DATA "/chats-v1.sqlite");
        if (qEnvironmentVariableIsSet("ATELIER_REWRITE_GOLDENS")) {
            open();
            addTree();
            m_chats.reset();
            QFile::remove(golden);
            QVERIFY(QFile::copy(chatFile(m_folder), golden));
            QVERIFY(QDir(m_folder).removeRecursively());
        }
        copyGolden();
        open();
        QVERIFY2(m_report.problem.isEmpty(), qPrintable(m_report.problem));
        const auto read = m_chats->conversation(QStringLiteral("c"));
        QVERIFY(read);
        QCOMPARE(read.value().messages.size(), 3);
        for (const StoredMessage& each : read.value().messages) {
            QVERIFY(!each.damaged);
        }
        QCOMPARE(read.value().messages[0].text, QStringLiteral("draw a circle"));
        QCOMPARE(m_chats->search(QStringLiteral("circle"), 10).value().size(), 1);
        QCOMPARE(schemaVersion(m_chats->database()).value(), int(chatMigrations().size()));
    }

    void aFileOfVersionOneTakesVersionsOfArtifacts()
    {
        copyGolden();
        open();
        QCOMPARE(m_chats->conversation(QStringLiteral("c")).value().versions.size(), 0);
        const StoredVersion version = editOf(QStringLiteral("a1"));
        QVERIFY(m_chats->saveVersion(version));
        open();
        QCOMPARE(m_chats->conversation(QStringLiteral("c")).value().versions,
            QList<StoredVersion>{version});
    }

    void keepsWhatBelongsToArtifacts()
    {
        open();
        addTree();
        const StoredVersion version = editOf(QStringLiteral("a1"));
        StoredArtifact artifact{QStringLiteral("a1#0"),
            QStringLiteral("a1"),
            QStringLiteral("v"),
            QStringLiteral("{\"best\":\"7\"}"),
            QStringLiteral("example.org 127.0.0.1:8080"),
            2,
            QStringLiteral("a1#0")};
        const StoredThumbnail thumbnail{
            QStringLiteral("v"), QStringLiteral("a1"), QByteArray("\x89PNG\0x", 6)};
        QVERIFY(m_chats->saveVersion(version));
        QVERIFY(m_chats->saveArtifact(artifact));
        QVERIFY(m_chats->saveThumbnail(thumbnail));
        artifact.storage = QStringLiteral("{}");
        QVERIFY(m_chats->saveArtifact(artifact)); // replaces
        open();
        auto read = m_chats->conversation(QStringLiteral("c"));
        QCOMPARE(read.value().versions, QList<StoredVersion>{version});
        QCOMPARE(read.value().artifacts, QList<StoredArtifact>{artifact});
        QCOMPARE(read.value().thumbnails, QList<StoredThumbnail>{thumbnail});

        QVERIFY(m_chats->database().execute(QStringLiteral("UPDATE versions SET text='other'")));
        QVERIFY(m_chats->database().execute(QStringLiteral("UPDATE artifacts SET hosts='evil'")));
        read = m_chats->conversation(QStringLiteral("c"));
        QCOMPARE(read.value().versions.size(), 0); // what its checksum does not vouch for
        QCOMPARE(read.value().artifacts.size(), 0);
        artifact.tries = 3;
        QVERIFY(m_chats->saveArtifact(artifact));
        QVERIFY(m_chats->database().execute(QStringLiteral("UPDATE artifacts SET tries=0")));
        QCOMPARE(m_chats->conversation(QStringLiteral("c")).value().artifacts.size(), 0);
    }

    // A file as schema 2 left it, with a digest that schema 2 wrote.
    void aFileOfVersionTwoKeepsItsArtifacts_data()
    {
        QTest::addColumn<bool>("damaged");
        QTest::newRow("migrated") << false;
        QTest::newRow("salvaged") << true;
    }

    void aFileOfVersionTwoKeepsItsArtifacts()
    {
        QFETCH(bool, damaged);
        Migrations two = chatMigrations();
        two.resize(2);
        StoreReport report;
        auto older = ChatDatabase::open(m_folder, report, two);
        QVERIFY(older);
        m_chats = std::move(older.value());
        addTree();
        QVERIFY(m_chats->database().execute(
            QStringLiteral("INSERT INTO artifacts(id, message, current, storage, hosts, digest)"
                           " VALUES('a1#0','a1','v','{\"best\":\"7\"}','example.org',"
                           "x'4602c0ff76b605db')")));
        m_chats.reset();
        if (damaged) {
            QVERIFY(repairChats(m_folder, chatMigrations(), report));
        }
        open();
        const StoredArtifact artifact{QStringLiteral("a1#0"),
            QStringLiteral("a1"),
            QStringLiteral("v"),
            QStringLiteral("{\"best\":\"7\"}"),
            QStringLiteral("example.org"),
            0,
            {}};
        QCOMPARE(m_chats->conversation(QStringLiteral("c")).value().artifacts,
            QList<StoredArtifact>{artifact});
        QCOMPARE(schemaVersion(m_chats->database()).value(), int(chatMigrations().size()));
    }

    void whatBelongsToArtifactsGoesWithItsMessage()
    {
        open();
        addTree();
        QVERIFY(m_chats->saveVersion(editOf(QStringLiteral("a1"))));
        QVERIFY(
            m_chats->saveThumbnail({QStringLiteral("v"), QStringLiteral("a1"), QByteArray("png")}));
        QVERIFY(m_chats->removeMessage(QStringLiteral("a1")));
        const auto count = [this](const char* table) {
            return m_chats->database()
                .scalar(QStringLiteral("SELECT count(*) FROM %1").arg(QLatin1String(table)))
                .value()
                .toInt();
        };
        QCOMPARE(count("versions"), 0);
        QCOMPARE(count("thumbnails"), 0);
        // A picture that is ready after its chat was deleted is no error.
        QVERIFY(
            m_chats->saveThumbnail({QStringLiteral("v"), QStringLiteral("a1"), QByteArray("png")}));
        QVERIFY(m_chats->saveVersion(editOf(QStringLiteral("a1"))));
        QCOMPARE(count("versions"), 0);
        QCOMPARE(count("thumbnails"), 0);
    }

    void backsUpBeforeAMigrationAndKeepsTheFileWhenItFails()
    {
        copyGolden();
        Migrations next = chatMigrations();
        next.push_back({QStringLiteral("ALTER TABLE chats ADD COLUMN pinned INTEGER DEFAULT 0"),
            QStringLiteral("this is no SQL")});
        StoreReport report;
        const auto refused = ChatDatabase::open(m_folder, report, next);
        QVERIFY(!refused);
        QVERIFY(report.setAside.isEmpty());
        QCOMPARE(backupFiles(m_folder).size(), 1);
        open(); // the step was rolled back: this version still reads the file
        QCOMPARE(m_chats->conversation(QStringLiteral("c")).value().messages.size(), 3);
        m_chats.reset();

        next.back().removeLast();
        auto opened = ChatDatabase::open(m_folder, report, next);
        QVERIFY(opened);
        QCOMPARE(schemaVersion(opened.value()->database()).value(), int(next.size()));
    }

    void leavesAFileOfANewerVersionAlone()
    {
        open();
        addTree();
        QVERIFY(m_chats->database().execute(QStringLiteral("PRAGMA user_version=99")));
        m_chats.reset();
        const QByteArray before = bytesOf(chatFile(m_folder));
        StoreReport report;
        const auto refused = ChatDatabase::open(m_folder, report);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Unsupported);
        QCOMPARE(bytesOf(chatFile(m_folder)), before);
    }

    void survivesDamage_data()
    {
        QTest::addColumn<bool>("backup");
        QTest::addColumn<qint64>("at");
        QTest::addColumn<int>("length");
        QTest::addColumn<int>("messages"); // at least
        QTest::newRow("no database at all, with a backup") << true << qint64(0) << 4096 << 301;
        QTest::newRow("no database at all") << false << qint64(0) << 4096 << 0;
        QTest::newRow("a page in the middle, with a backup") << true << qint64(-1) << 8192 << 301;
        QTest::newRow("a page in the middle") << false << qint64(-1) << 8192 << 100;
    }

    void survivesDamage()
    {
        QFETCH(bool, backup);
        QFETCH(qint64, at);
        QFETCH(int, length);
        QFETCH(int, messages);
        open();
        QVERIFY(m_chats->saveChat(chatNamed(QStringLiteral("c"))));
        QVERIFY(m_chats->addMessage(message(QStringLiteral("u"), {}, QStringLiteral("question"))));
        for (int i = 0; i < 300; ++i) {
            QVERIFY(m_chats->addMessage(message(QStringLiteral("a%1").arg(i),
                QStringLiteral("u"),
                QStringLiteral("answer %1 ").arg(i).repeated(40))));
        }
        if (backup) {
            QVERIFY(m_chats->backUp());
        }
        m_chats.reset();
        const qint64 size = QFileInfo(chatFile(m_folder)).size();
        overwrite(
            chatFile(m_folder), at < 0 ? size / 4096 / 2 * 4096 : at, QByteArray(length, '\x5a'));
        const QByteArray damaged = bytesOf(chatFile(m_folder));
        // As after a crash, when all pages are checked. The file may be too damaged to say so.
        if (auto raw = Database::open(chatFile(m_folder), Database::Mode::ReadWrite)) {
            (void)raw.value()->execute(QStringLiteral("UPDATE facts SET value='1'"));
        }

        open();
        QVERIFY(m_report.problem.contains(m_report.setAside));
        QVERIFY(QFile::exists(m_report.setAside));
        QCOMPARE(bytesOf(m_report.setAside).size(), damaged.size());
        QCOMPARE(m_report.restoredMessages, countMessages());
        QVERIFY2(countMessages() >= messages, qPrintable(QString::number(countMessages())));
        const auto check = m_chats->database().scalar(QStringLiteral("PRAGMA integrity_check"));
        QCOMPARE(check.value().toString(), QStringLiteral("ok"));
        const auto read = m_chats->conversation(QStringLiteral("c"));
        if (read) {
            for (const StoredMessage& each : read.value().messages) {
                QVERIFY(!each.damaged);
            }
        }
        // And it works on.
        QVERIFY(m_chats->saveChat(chatNamed(QStringLiteral("c"))));
        QVERIFY(
            m_chats->addMessage(message(QStringLiteral("new"), {}, QStringLiteral("afterwards"))));
    }

    void keepsThreeVerifiedBackups()
    {
        open();
        addTree();
        for (int i = 0; i < 5; ++i) {
            QVERIFY(m_chats->backUp());
        }
        const QStringList backups = backupFiles(m_folder);
        QCOMPARE(backups.size(), 3);
        auto copy = Database::open(backups.first(), Database::Mode::ReadOnly);
        QVERIFY(copy);
        QCOMPARE(
            copy.value()->scalar(QStringLiteral("SELECT count(*) FROM messages")).value().toInt(),
            3);
        QVERIFY(QDir(m_folder + QStringLiteral("/backups"))
                    .entryList({QStringLiteral("*.unfinished")})
                    .isEmpty());
    }

    void isSetUpForDurableWrites()
    {
        open();
        Database& database = m_chats->database();
        QCOMPARE(database.scalar(QStringLiteral("PRAGMA journal_mode")).value().toString(),
            QStringLiteral("wal"));
        QCOMPARE(database.scalar(QStringLiteral("PRAGMA synchronous")).value().toInt(), 2);
        QCOMPARE(database.scalar(QStringLiteral("PRAGMA foreign_keys")).value().toInt(), 1);
        QVERIFY(!m_chats->addMessage(message(QStringLiteral("x"), {}, QStringLiteral("no chat"))));
    }

private:
    void open()
    {
        m_chats.reset();
        m_report = {};
        auto opened = ChatDatabase::open(m_folder, m_report);
        QVERIFY2(bool(opened), opened ? "" : opened.error().message.c_str());
        m_chats = opened.take();
    }

    void addTree()
    {
        QVERIFY(m_chats->saveChat(chatNamed(QStringLiteral("c"))));
        QVERIFY(m_chats->addMessage(
            message(QStringLiteral("u1"), {}, QStringLiteral("draw a circle"))));
        QVERIFY(m_chats->addMessage(
            message(QStringLiteral("a1"), QStringLiteral("u1"), QStringLiteral("一个红色圆形。"))));
        QVERIFY(m_chats->addMessage(message(
            QStringLiteral("a2"), QStringLiteral("u1"), QStringLiteral("I say \"hi\" to Zoe"))));
    }

    static StoredVersion editOf(const QString& message)
    {
        StoredVersion version;
        version.id = QStringLiteral("v");
        version.message = message;
        version.artifact = 0;
        version.origin = StoredOrigin::Restore;
        version.from = message + QStringLiteral("#0");
        version.title = QStringLiteral("圆");
        version.text = QStringLiteral("<svg/>");
        version.created = 3000;
        return version;
    }

    void copyGolden()
    {
        const QString golden = QStringLiteral(ATELIER_TEST_DATA "/chats-v1.sqlite");
        QVERIFY(QDir().mkpath(m_folder));
        QVERIFY(QFile::copy(golden, chatFile(m_folder)));
        QVERIFY(QFile::setPermissions(
            chatFile(m_folder), QFileDevice::ReadOwner | QFileDevice::WriteOwner));
    }

    QStringList selected()
    {
        QStringList ids;
        const auto read = m_chats->conversation(QStringLiteral("c"));
        for (const StoredMessage& each : read.value().messages) {
            if (each.selected) {
                ids << each.id;
            }
        }
        return ids;
    }

    int countMessages()
    {
        return m_chats->database()
            .scalar(QStringLiteral("SELECT count(*) FROM messages"))
            .value()
            .toInt();
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    QString m_folder;
    StoreReport m_report;
    std::unique_ptr<ChatDatabase> m_chats;
};

QTEST_GUILESS_MAIN(ChatDatabaseTest)
#include "tst_chat_database.moc"
