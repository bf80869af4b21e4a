// SPDX-License-Identifier: MIT
#include "engine/base/file_replacement.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace atelier;

namespace {

std::span<const std::byte> bytesOf(std::string_view text)
{
    return std::as_bytes(std::span(text));
}

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
}

} // namespace

class TestFileReplacement : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void commitReplaces();
    void withoutCommitNothingChanges();
    void leftoversDoNotMatter();
    void failuresGiveMessages_data();
    void failuresGiveMessages();
};

void TestFileReplacement::commitReplaces()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath("état.bin");
    for (const char* text : {"first", "second"}) {
        auto file = FileReplacement::create(path.toStdString());
        QVERIFY(bool(file));
        QVERIFY(bool(file.value().write(bytesOf(text))));
        QVERIFY(bool(file.value().write(bytesOf(" half"))));
        QVERIFY(contents(path) != QByteArray(text) + " half"); // not before commit()
        QVERIFY(bool(file.value().commit()));
        QCOMPARE(contents(path), QByteArray(text) + " half");
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    }
}

void TestFileReplacement::withoutCommitNothingChanges()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath("state.bin");
    QFile old(path);
    QVERIFY(old.open(QIODevice::WriteOnly));
    old.write("old");
    old.close();
    {
        auto file = FileReplacement::create(path.toStdString());
        QVERIFY(bool(file.value().write(bytesOf("new"))));
    }
    QCOMPARE(contents(path), QByteArray("old"));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
}

void TestFileReplacement::leftoversDoNotMatter()
{
    const QTemporaryDir folder;
    QFile leftover(folder.filePath("state.bin.0.part")); // of a crash
    QVERIFY(leftover.open(QIODevice::WriteOnly));
    leftover.write("half");
    leftover.close();
    const QString path = folder.filePath("state.bin");
    auto file = FileReplacement::create(path.toStdString());
    QVERIFY(bool(file));
    QVERIFY(bool(file.value().write(bytesOf("whole"))));
    QVERIFY(bool(file.value().commit()));
    QCOMPARE(contents(path), QByteArray("whole"));
}

void TestFileReplacement::failuresGiveMessages_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("no folder") << "absent/state.bin";
    QTest::newRow("a folder in the way") << "taken";
}

void TestFileReplacement::failuresGiveMessages()
{
    QFETCH(QString, path);
    const QTemporaryDir folder;
    QVERIFY(QDir(folder.path()).mkpath("taken/inside"));
    const std::string full = folder.filePath(path).toStdString();
    auto file = FileReplacement::create(full);
    Status done = file ? Status(Done{}) : Status(file.error());
    if (file) {
        QVERIFY(bool(file.value().write(bytesOf("x"))));
        done = file.value().commit();
    }
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::Io);
    QVERIFY(done.error().message.find(full) != std::string::npos);
    QVERIFY(QDir(folder.path()).entryList(QDir::Files).isEmpty());
}

QTEST_APPLESS_MAIN(TestFileReplacement)
#include "tst_file_replacement.moc"
