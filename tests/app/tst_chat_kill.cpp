// SPDX-License-Identifier: MIT
// Kills a program that streams replies into the chat store, at random moments, and checks that
// nothing it had called safe is lost. Run with --stream FOLDER it is that program.
#include "app/storage/chat_database.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

using namespace atelier;

namespace {

constexpr int kPartsOfAReply = 12;

QString partText(int reply, int part)
{
    return QStringLiteral("[%1.%2 红]").arg(reply).arg(part);
}

QString wholeText(int reply, int parts)
{
    QString text;
    for (int part = 0; part < parts; ++part) {
        text += partText(reply, part);
    }
    return text;
}

StoredMessage replyNumber(int reply)
{
    StoredMessage message;
    message.id = QStringLiteral("m%1").arg(reply);
    message.chat = QStringLiteral("c");
    message.role = StoredRole::Assistant;
    message.state = StoredState::Writing;
    return message;
}

// Prints "R P" once part P of reply R is on the disk; P is kPartsOfAReply when the reply is whole.
int streamUntilKilled(const QString& folder, int firstReply)
{
    StoreReport report;
    auto opened = ChatDatabase::open(folder, report);
    if (!opened) {
        std::fprintf(stderr, "%s\n", opened.error().message.c_str());
        return 1;
    }
    ChatDatabase& chats = *opened.value();
    StoredChat chat;
    chat.id = QStringLiteral("c");
    if (!chats.saveChat(chat)) {
        return 1;
    }
    for (int reply = firstReply;; ++reply) {
        StoredMessage message = replyNumber(reply);
        if (!chats.addMessage(message)) {
            return 1;
        }
        for (int part = 0; part < kPartsOfAReply; ++part) {
            if (!chats.appendJournal(message.id, part, partText(reply, part))) {
                return 1;
            }
            std::printf("%d %d\n", reply, part + 1);
            std::fflush(stdout);
        }
        message.text = wholeText(reply, kPartsOfAReply);
        message.state = StoredState::Done;
        if (!chats.finishMessage(message)) {
            return 1;
        }
    }
}

} // namespace

class ChatKillTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void losesNothingThatWasAcknowledged()
    {
        QTemporaryDir folder;
        QVERIFY(folder.isValid());
        constexpr int kKills = 25;
        int nextReply = 0;
        int acknowledged = 0;
        QList<int> partsOf; // acknowledged parts of each reply so far
        for (int kill = 0; kill < kKills; ++kill) {
            QProcess program;
            program.setProcessChannelMode(QProcess::ForwardedErrorChannel);
            program.start(QCoreApplication::applicationFilePath(),
                {QStringLiteral("--stream"), folder.path(), QString::number(nextReply)});
            QByteArray output;
            const int wanted = QRandomGenerator::global()->bounded(1, 60);
            while (output.count('\n') < wanted) {
                QVERIFY2(program.waitForReadyRead(20000), qPrintable(program.errorString()));
                output += program.readAllStandardOutput();
            }
            program.kill();
            QVERIFY(program.waitForFinished());
            output += program.readAllStandardOutput();
            // A last line that was cut in two acknowledges nothing.
            for (const QByteArray& line : output.left(output.lastIndexOf('\n')).split('\n')) {
                const QList<QByteArray> numbers = line.split(' ');
                QCOMPARE(numbers.size(), 2);
                const int reply = numbers[0].toInt();
                partsOf.resize(std::max(int(partsOf.size()), reply + 1));
                partsOf[reply] = numbers[1].toInt();
                ++acknowledged;
            }

            StoreReport report;
            auto opened = ChatDatabase::open(folder.path(), report);
            QVERIFY2(bool(opened), opened ? "" : opened.error().message.c_str());
            QVERIFY2(report.problem.isEmpty(), qPrintable(report.problem));
            const auto read = opened.value()->conversation(QStringLiteral("c"));
            QVERIFY(read);
            const QList<StoredMessage>& messages = read.value().messages;
            QVERIFY(messages.size() >= partsOf.size());
            for (int reply = 0; reply < partsOf.size(); ++reply) {
                const StoredMessage& message = messages[reply];
                QCOMPARE(message.id, QStringLiteral("m%1").arg(reply));
                QVERIFY(!message.damaged);
                const QString whole = wholeText(reply, kPartsOfAReply);
                QVERIFY2(whole.startsWith(message.text), qPrintable(message.text));
                QVERIFY2(message.text.startsWith(wholeText(reply, partsOf[reply])),
                    qPrintable(QStringLiteral("reply %1: %2 parts were acknowledged, it has \"%3\"")
                                   .arg(reply)
                                   .arg(partsOf[reply])
                                   .arg(message.text)));
            }
            nextReply = int(messages.size());
            partsOf.resize(nextReply);
        }
        QVERIFY(acknowledged >= kKills);
    }
};

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    if (argc == 4 && qstrcmp(argv[1], "--stream") == 0) {
        return streamUntilKilled(QString::fromLocal8Bit(argv[2]), std::atoi(argv[3]));
    }
    ChatKillTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_chat_kill.moc"
