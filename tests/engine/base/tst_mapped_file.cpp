// SPDX-License-Identifier: MIT
#include "engine/base/mapped_file.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <utility>
#ifdef Q_OS_UNIX
#include <sys/stat.h>
#include <unistd.h>
#endif

using namespace atelier;

class TestMappedFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsTheBytesOfTheFile();
    void movingHandsTheBytesOver();
    void adviceAcceptsAnyRange();
    void refusals_data();
    void refusals();
    void refusesWithoutPermission();

private:
    std::filesystem::path write(const QString& name, const QByteArray& bytes) const
    {
        QFile file(m_folder.filePath(name));
        const bool written = file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
        return written ? file.fileName().toStdString() : std::string();
    }

    QTemporaryDir m_folder;
};

void TestMappedFile::showsTheBytesOfTheFile()
{
    const QByteArray bytes = QByteArray("\0first", 6) + QByteArray(100'000, 'x') + "last";
    const auto file = MappedFile::open(write(QStringLiteral("模型 1.bin"), bytes));
    QVERIFY(file);
    QCOMPARE(file.value().bytes().size(), size_t(bytes.size()));
    QCOMPARE(std::memcmp(file.value().bytes().data(), bytes.data(), size_t(bytes.size())), 0);
}

void TestMappedFile::movingHandsTheBytesOver()
{
    auto opened = MappedFile::open(write("a.bin", "first"));
    auto other = MappedFile::open(write("b.bin", "second"));
    QVERIFY(opened && other);
    MappedFile first = opened.take();
    const std::byte* data = first.bytes().data();
    MappedFile second = other.take();
    second = std::move(first);
    QCOMPARE(second.bytes().data(), data);
    QCOMPARE(second.bytes().size(), size_t(5));
    QVERIFY(MappedFile().bytes().empty());
}

void TestMappedFile::adviceAcceptsAnyRange()
{
    const auto file = MappedFile::open(write("advice.bin", QByteArray(20'000, 'x')));
    QVERIFY(file);
    file.value().expectSequentialRead();
    file.value().expectRandomRead();
    file.value().prefetch(0, 1);
    file.value().prefetch(4097, std::numeric_limits<size_t>::max()); // clipped
    file.value().prefetch(20'000, 1);                                // nothing there
    QCOMPARE(char(file.value().bytes()[19'999]), 'x');
}

void TestMappedFile::refusals_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("reason");
    QTest::newRow("missing") << m_folder.filePath("missing.gguf") << "does not exist";
    QTest::newRow("folder") << m_folder.path() << "is a folder";
    QTest::newRow("inside a file")
        << QString::fromStdString(write("file.bin", "x").string()) + "/model.gguf" << QString();
    QTest::newRow("empty") << QString::fromStdString(write("empty.gguf", "").string())
                           << "is empty (0 bytes)";
#ifdef Q_OS_UNIX
    QTest::newRow("device") << QStringLiteral("/dev/null") << "is a device or a pipe";
    const QString pipe = m_folder.filePath("pipe");
    QCOMPARE(::mkfifo(qPrintable(pipe), 0600), 0);
    QTest::newRow("pipe") << pipe << "is a device or a pipe";
#endif
}

void TestMappedFile::refusals()
{
    QFETCH(QString, path);
    QFETCH(QString, reason);
    const auto file = MappedFile::open(path.toStdString());
    QVERIFY(!file);
    QCOMPARE(file.error().code, ErrorCode::Io);
    const QString message = QString::fromStdString(file.error().message);
    QVERIFY2(message.contains(path.left(60)), qPrintable(message));
    QVERIFY2(message.contains(reason), qPrintable(message));
    QVERIFY2(message.endsWith('.'), qPrintable(message));
}

void TestMappedFile::refusesWithoutPermission()
{
#ifdef Q_OS_UNIX
    if (::geteuid() == 0) {
        QSKIP("The administrator may read every file.");
    }
#endif
    const std::filesystem::path path = write("private.gguf", "secret");
    std::filesystem::permissions(path, std::filesystem::perms::none);
    const auto file = MappedFile::open(path);
    QVERIFY(!file);
    QVERIFY(file.error().message.find("no permission") != std::string::npos);
}

QTEST_APPLESS_MAIN(TestMappedFile)
#include "tst_mapped_file.moc"
