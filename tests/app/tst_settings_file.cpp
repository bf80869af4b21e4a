// SPDX-License-Identifier: MIT
#include "app/storage/atomic_file.h"
#include "app/storage/settings_file.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#ifdef Q_OS_LINUX
#include <csignal>
#include <sys/resource.h>
#endif

using namespace atelier;

class SettingsFileTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        m_path = m_folder->filePath(QStringLiteral("sub/settings.json"));
    }

    void keepsValues()
    {
        {
            SettingsFile settings(m_path);
            QVERIFY(settings.problem().isEmpty());
            QVERIFY(settings.set(QStringLiteral("theme"), QStringLiteral("dark")));
            QVERIFY(settings.set(QStringLiteral("language"), QStringLiteral("中文")));
        }
        const SettingsFile again(m_path);
        QCOMPARE(again.text(QStringLiteral("theme")), QStringLiteral("dark"));
        QCOMPARE(again.text(QStringLiteral("language")), QStringLiteral("中文"));
        QCOMPARE(again.value(QStringLiteral("version")).toInt(), 1);
    }

    void keepsKeysItDoesNotKnow()
    {
        QVERIFY(writeFileAtomically(m_path, "{\"fromTheFuture\": [1, 2], \"version\": 1}"));
        {
            SettingsFile settings(m_path);
            QVERIFY(settings.set(QStringLiteral("theme"), QStringLiteral("dark")));
        }
        QCOMPARE(SettingsFile(m_path).value(QStringLiteral("fromTheFuture")).toArray().size(), 2);
    }

    void setsADamagedFileAsideAndReadsTheLastGoodOne_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("cut off") << QByteArray("{\"theme\": \"da");
        QTest::newRow("zeros") << QByteArray(512, '\0');
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("an array") << QByteArray("[1]");
    }

    void setsADamagedFileAsideAndReadsTheLastGoodOne()
    {
        QFETCH(QByteArray, bytes);
        {
            SettingsFile settings(m_path);
            QVERIFY(settings.set(QStringLiteral("theme"), QStringLiteral("light")));
            QVERIFY(settings.set(QStringLiteral("theme"), QStringLiteral("dark")));
        }
        overwrite(bytes);
        const SettingsFile again(m_path);
        QVERIFY(!again.problem().isEmpty());
        QCOMPARE(again.text(QStringLiteral("theme")), QStringLiteral("light"));
        const auto aside = readSmallFile(m_path + QStringLiteral(".damaged"));
        QVERIFY(aside);
        QCOMPARE(aside.value(), bytes);
    }

    void aFailedWriteKeepsTheOldFile()
    {
        SettingsFile settings(m_path);
        QVERIFY(settings.set(QStringLiteral("theme"), QStringLiteral("light")));
        // A folder in the way of the new file fails for root too, unlike missing permissions.
        const QString blocked = m_folder->filePath(QStringLiteral("blocked"));
        QVERIFY(QDir().mkpath(blocked + QStringLiteral("/inside")));
        const Status refused = writeFileAtomically(blocked, "new");
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Io);
        QVERIFY(QDir(blocked + QStringLiteral("/inside")).exists());
        QCOMPARE(QDir(m_folder->path()).entryList({QStringLiteral("*.writing-*")}).size(), 0);

        // Nothing can be created below a file.
        const QString file = m_folder->filePath(QStringLiteral("file"));
        QVERIFY(writeFileAtomically(file, "kept"));
        QVERIFY(!writeFileAtomically(file + QStringLiteral("/settings.json"), "new"));
        QCOMPARE(readSmallFile(file).value(), QByteArray("kept"));
    }

    void aFullDiskKeepsTheOldFile()
    {
#ifdef Q_OS_LINUX
        // A limit on the size of files is what a full disk looks like to the write loop.
        QVERIFY(writeFileAtomically(m_path, "old"));
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        const rlimit small{4096, before.rlim_max};
        signal(SIGXFSZ, SIG_IGN);
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
        const Status refused = writeFileAtomically(m_path, QByteArray(1 << 20, 'x'));
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &before), 0);
        QVERIFY(!refused);
        QVERIFY2(refused.error().message.find("settings.json") != std::string::npos,
            refused.error().message.c_str());
        QCOMPARE(readSmallFile(m_path).value(), QByteArray("old"));
        QCOMPARE(QDir(QFileInfo(m_path).path()).entryList(QDir::Files).size(), 1);
#else
        QSKIP("needs a limit on the size of files");
#endif
    }

    void sweepsWhatAKilledProgramLeft()
    {
        QVERIFY(writeFileAtomically(m_path, "{}"));
        QVERIFY(writeFileAtomically(m_path + QStringLiteral(".writing-1234abcd"), "half"));
        const SettingsFile settings(m_path);
        QCOMPARE(
            QDir(QFileInfo(m_path).path()).entryList(QDir::Files), QStringList{"settings.json"});
    }

    void refusesALargeFile()
    {
        QVERIFY(writeFileAtomically(m_path, QByteArray(100, 'x')));
        QVERIFY(!readSmallFile(m_path, 99));
        QVERIFY(readSmallFile(m_path, 100));
    }

private:
    void overwrite(const QByteArray& bytes)
    {
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

QTEST_GUILESS_MAIN(SettingsFileTest)
#include "tst_settings_file.moc"
