// SPDX-License-Identifier: MIT
// The real executable without a display: what it prints, how it ends, and the picture it writes.
#include "app/demo_model.h"
#include "tests/support/web_test_main.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QImage>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#ifndef Q_OS_WIN
#include <csignal>
#endif

namespace {

constexpr int kLong = 90000;

struct Ran
{
    int exitCode = -1;
    QString output;
    QString errors;
};

} // namespace

class HeadlessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void drawsAPicture()
    {
        const QString picture = m_folder->filePath(QStringLiteral("sub/picture.png"));
        const Ran ran = run({"--headless",
            "--prompt",
            "draw a red circle inside a blue square",
            "--screenshot",
            picture});
        QVERIFY2(ran.exitCode == 0, qPrintable(ran.errors));
        const QStringList lines = ran.output.trimmed().split('\n');
        QCOMPARE(lines.last(), picture);
        QVERIFY2(
            ran.output.contains("<svg") && ran.output.contains("</svg>"), qPrintable(ran.output));
        QVERIFY2(ran.output.contains(" tok/s"), qPrintable(ran.output));
        const QImage image(picture);
        QVERIFY(!image.isNull());
        int reds = 0;
        int blues = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const QColor color = image.pixelColor(x, y);
                reds += color.red() > 150 && color.green() < 110 && color.blue() < 110;
                blues += color.blue() > 150 && color.red() < 110;
            }
        }
        const int all = image.width() * image.height();
        QVERIFY2(reds > all / 100, qPrintable(QString::number(reds)));
        QVERIFY2(blues > all / 100, qPrintable(QString::number(blues)));
        // It left nothing behind but the picture.
        QCOMPARE(QDir(m_folder->filePath("home")).entryList(QDir::Files).size(), 0);
    }

    void streamsAsItGoes()
    {
        QProcess program;
        start(program,
            {"--headless",
                "--prompt",
                "draw a red circle inside a blue square",
                "--screenshot",
                m_folder->filePath("a.png")});
        int pieces = 0;
        while (program.state() != QProcess::NotRunning && program.waitForReadyRead(kLong)) {
            pieces += !program.readAllStandardOutput().isEmpty();
        }
        QTRY_COMPARE_WITH_TIMEOUT(program.state(), QProcess::NotRunning, kLong);
        QCOMPARE(program.exitCode(), 0);
        QVERIFY2(pieces >= 3, qPrintable(QString::number(pieces)));
    }

    void fails_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("says");
        const QStringList good = {"--headless", "--prompt", "draw a red circle"};
        QTest::newRow("no artifact")
            << QStringList{"--headless", "--prompt", "who are you?", "--screenshot", "a.png"} << 1
            << "no artifact";
        QTest::newRow("missing model")
            << good + QStringList{"--screenshot", "a.png", "--model", "missing.gguf"} << 1
            << "missing.gguf";
        QTest::newRow("not a model")
            << good + QStringList{"--screenshot", "a.png", "--model", "notes.bin"} << 1
            << "not a GGUF";
        QTest::newRow("cannot write")
            << good + QStringList{"--screenshot", "notes.bin/a.png"} << 1 << "notes.bin";
        QTest::newRow("wrong use") << good << 2 << "--screenshot FILE";
    }

    void fails()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        QFETCH(QString, says);
        QFile notes(m_folder->filePath("notes.bin"));
        QVERIFY(notes.open(QIODevice::WriteOnly));
        notes.write("notes");
        notes.close();
        const Ran ran = run(arguments);
        QVERIFY2(ran.exitCode == exitCode, qPrintable(ran.errors));
        const QString line = ran.errors.section('\n', 0, 0);
        QVERIFY2(line.startsWith("atelier: ") && line.contains(says), qPrintable(ran.errors));
        QVERIFY(!QFile::exists(m_folder->filePath("a.png")));
    }

    void endsOnInterrupt()
    {
#ifdef Q_OS_WIN
        QSKIP("needs signals");
#else
        QProcess program;
        start(program,
            {"--headless",
                "--prompt",
                "draw a red circle inside a blue square",
                "--screenshot",
                m_folder->filePath("a.png")});
        QVERIFY(program.waitForReadyRead(kLong));
        QElapsedTimer time;
        time.start();
        ::kill(pid_t(program.processId()), SIGINT);
        QVERIFY(program.waitForFinished(kLong));
        QCOMPARE(program.exitStatus(), QProcess::NormalExit);
        QVERIFY2(time.elapsed() < 10000, qPrintable(QString::number(time.elapsed())));
#endif
    }

    void picturesTheWholeWindow()
    {
        const QString picture = m_folder->filePath("window.png");
        const Ran ran = run({"--screenshot-window",
            picture,
            "--size",
            "1200x800",
            "--theme",
            "light",
            "--data-dir",
            m_folder->filePath("data"),
            "--prompt",
            "draw a red circle inside a blue square"});
        QVERIFY2(ran.exitCode == 0, qPrintable(ran.errors));
        const QImage image(picture);
        QCOMPARE(image.size(), QSize(1200, 800));
        int reds = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 600; x < image.width(); ++x) { // where the artifact pane is
                const QColor color = image.pixelColor(x, y);
                reds += color.red() > 150 && color.green() < 110 && color.blue() < 110;
            }
        }
        QVERIFY2(reds > 1000, qPrintable(QString::number(reds)));
    }

private:
    void start(QProcess& program, QStringList arguments)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        const QString home = m_folder->filePath("home");
        QDir().mkpath(home);
        for (const char* name :
            {"HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"}) {
            environment.insert(name, home);
        }
        environment.remove("DISPLAY");
        environment.remove("WAYLAND_DISPLAY");
        environment.remove("QT_QPA_PLATFORM"); // it finds out by itself
        environment.insert("LANG", "C.UTF-8");
        program.setProcessEnvironment(environment);
        program.setWorkingDirectory(m_folder->path());
        if (atelier::test::runsAsRoot()) {
            arguments << "--no-web-sandbox";
        }
        program.start(QStringLiteral(ATELIER_PROGRAM), arguments);
    }

    Ran run(const QStringList& arguments)
    {
        QProcess program;
        start(program, arguments);
        Ran ran;
        if (!program.waitForFinished(kLong)) {
            ran.errors = "did not end: " + program.errorString();
            program.kill();
            program.waitForFinished();
            return ran;
        }
        ran.exitCode = program.exitStatus() == QProcess::NormalExit ? program.exitCode() : -2;
        ran.output = QString::fromUtf8(program.readAllStandardOutput());
        ran.errors = QString::fromUtf8(program.readAllStandardError());
        return ran;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(HeadlessTest)
#include "tst_headless.moc"
