// SPDX-License-Identifier: MIT
#include "app/command_line.h"
#include "app/demo_model.h"
#include "app/single_instance.h"

#include <QDir>
#include <QFile>
#include <QLocalSocket>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace atelier;

namespace {

QStringList words(const QString& line)
{
    return QProcess::splitCommand(line);
}

} // namespace

class CommandLineTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void understandsAWindow()
    {
        const auto line = parseCommandLine(
            words("model.gguf --data-dir=/tmp/d --lang zh-CN --theme dark --no-web-sandbox"));
        QVERIFY(line);
        QCOMPARE(line.value().mode, CommandLine::Mode::Window);
        QCOMPARE(line.value().file, QString("model.gguf"));
        QCOMPARE(line.value().dataFolder, QString("/tmp/d"));
        QCOMPARE(line.value().language, QString("zh-CN"));
        QCOMPARE(line.value().theme, QString("dark"));
        QVERIFY(line.value().noWebSandbox);
        QVERIFY(!parseCommandLine({}).value().noWebSandbox);
    }

    void understandsADevice_data()
    {
        QTest::addColumn<QString>("device");
        QTest::addColumn<bool>("fine");
        QTest::newRow("the processor") << "cpu" << true;
        QTest::newRow("automatic") << "auto" << true;
        QTest::newRow("a graphics device") << "vulkan" << true;
        QTest::newRow("the third one") << "cuda:2" << true;
        QTest::newRow("unknown") << "abacus" << false;
        QTest::newRow("no number") << "vulkan:" << false;
    }

    void understandsADevice()
    {
        QFETCH(QString, device);
        QFETCH(bool, fine);
        const auto line = parseCommandLine({"--backend", device});
        QCOMPARE(bool(line), fine);
        if (fine) {
            QCOMPARE(line.value().device, device);
        } else {
            QVERIFY(QString::fromStdString(line.error().message).contains(device));
        }
    }

    void understandsHeadless()
    {
        const auto line = parseCommandLine(
            words("--headless --prompt \"draw a cat\" --screenshot a.png --model m.gguf"));
        QVERIFY(line);
        QCOMPARE(line.value().mode, CommandLine::Mode::Headless);
        QCOMPARE(line.value().prompts, QStringList{"draw a cat"});
        QCOMPARE(line.value().picture, QString("a.png"));
        QCOMPARE(line.value().file, QString("m.gguf"));
    }

    void understandsAPictureOfTheWindow()
    {
        const auto line =
            parseCommandLine(words("--screenshot-window w.png --size 1024x700 --prompt hi --prompt "
                                   "\"and bye\" --when streaming"));
        QVERIFY(line);
        QCOMPARE(line.value().mode, CommandLine::Mode::WindowPicture);
        QCOMPARE(line.value().size, QSize(1024, 700));
        QCOMPARE(line.value().when, CommandLine::When::Streaming);
        QCOMPARE(line.value().picture, QString("w.png"));
        QCOMPARE(line.value().prompts, (QStringList{"hi", "and bye"}));
    }

    void takesNamesThatLookLikeOptions()
    {
        QCOMPARE(parseCommandLine({"--", "--odd.gguf"}).value().file, QString("--odd.gguf"));
        QCOMPARE(parseCommandLine({"--headless", "--prompt", "--x", "--screenshot=a=b.png"})
                     .value()
                     .picture,
            QString("a=b.png"));
    }

    void helpNeedsNothingElse()
    {
        QCOMPARE(parseCommandLine({"--headless", "--help"}).value().mode, CommandLine::Mode::Help);
        QCOMPARE(parseCommandLine({"--version"}).value().mode, CommandLine::Mode::Version);
        for (const char* option : {"--headless",
                 "--prompt",
                 "--screenshot",
                 "--data-dir",
                 "--lang",
                 "--theme",
                 "--no-web-sandbox",
                 "--screenshot-window",
                 "--size",
                 "--when",
                 "--model"}) {
            QVERIFY2(usageText().contains(QLatin1String(option)), option);
        }
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("says");
        QTest::newRow("unknown option") << "--wat"
                                        << "\"--wat\"";
        QTest::newRow("two models") << "a.gguf b.gguf"
                                    << "Only one model";
        QTest::newRow("value missing") << "--lang"
                                       << "--lang";
        QTest::newRow("empty value") << "--prompt= --headless --screenshot a.png"
                                     << "--prompt";
        QTest::newRow("unknown language") << "--lang tlh"
                                          << "en, zh-CN";
        QTest::newRow("unknown theme") << "--theme pink"
                                       << "light, dark";
        QTest::newRow("headless without a prompt") << "--headless --screenshot a.png"
                                                   << "--prompt TEXT";
        QTest::newRow("headless without a picture") << "--headless --prompt a"
                                                    << "--screenshot FILE";
        QTest::newRow("headless with two prompts")
            << "--headless --screenshot a.png --prompt a --prompt b"
            << "one --prompt";
        QTest::newRow("blank prompt") << "--headless --screenshot a.png --prompt \"  \""
                                      << "--prompt";
        QTest::newRow("prompt for a window") << "--prompt a"
                                             << "--headless";
        QTest::newRow("screenshot for a window") << "--screenshot a.png"
                                                 << "--headless";
        QTest::newRow("both modes")
            << "--headless --prompt a --screenshot a.png --screenshot-window b.png"
            << "exclude";
        QTest::newRow("size of nothing") << "--size 800x600"
                                         << "--screenshot-window";
        QTest::newRow("no size") << "--screenshot-window a.png --size big"
                                 << "\"big\"";
        QTest::newRow("huge size") << "--screenshot-window a.png --size 99999x10"
                                   << "99999x10";
        QTest::newRow("streaming what") << "--screenshot-window a.png --when streaming"
                                        << "--prompt";
    }

    void refuses()
    {
        QFETCH(QString, line);
        QFETCH(QString, says);
        const auto refused = parseCommandLine(words(line));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::InvalidUse);
        const QString message = QString::fromStdString(refused.error().message);
        QVERIFY2(message.contains(says), qPrintable(message));
        QVERIFY(message.endsWith('.'));
    }

    void findsTheDemoModelBesideTheProgram()
    {
        QTemporaryDir folder;
        const QString share = folder.filePath("share/atelier/demo-model");
        QVERIFY(QDir().mkpath(share));
        QFile file(share + "/atelier-demo-q8_0.gguf");
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(demoModelPath(folder.filePath("bin")), QDir::cleanPath(file.fileName()));
    }

    void aSecondStartHandsItsFilesOver()
    {
        QTemporaryDir folder;
        const DataPaths paths = dataPaths(folder.path());
        SingleInstance first(paths);
        QVERIFY(first.acquire());
        QSignalSpy received(&first, &SingleInstance::filesReceived);

        // A second program: this test, started once more.
        QProcess second;
        second.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        second.start(QCoreApplication::applicationFilePath(),
            {"--second", folder.path(), "/models/a b.gguf", "/models/模型.gguf"});
        QTRY_COMPARE_WITH_TIMEOUT(second.state(), QProcess::NotRunning, 10000);
        QCOMPARE(second.exitCode(), 0);
        QCOMPARE(received.size(), 1);
        QCOMPARE(
            received[0][0].toStringList(), (QStringList{"/models/a b.gguf", "/models/模型.gguf"}));
    }

    void aKilledProgramLeavesNoLock()
    {
        QTemporaryDir folder;
        QProcess killed;
        killed.start(QCoreApplication::applicationFilePath(), {"--hold", folder.path()});
        QVERIFY(killed.waitForReadyRead(10000));
        killed.kill();
        QVERIFY(killed.waitForFinished());
        SingleInstance next(dataPaths(folder.path()));
        QVERIFY(next.acquire());
    }

    void ignoresStrangersOnTheSocket()
    {
        QTemporaryDir folder;
        const DataPaths paths = dataPaths(folder.path());
        SingleInstance first(paths);
        QVERIFY(first.acquire());
        QSignalSpy received(&first, &SingleInstance::filesReceived);
        QLocalSocket stranger;
        stranger.connectToServer(paths.socketName());
        stranger.write(QByteArray(64, 'x'));
        QTRY_COMPARE(stranger.state(), QLocalSocket::UnconnectedState);
        QCOMPARE(received.size(), 0);
    }
};

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    if (arguments.value(1) == "--second") {
        SingleInstance instance(dataPaths(arguments.value(2)));
        return instance.acquire() ? 2 : instance.handOver(arguments.mid(3)) ? 0 : 1;
    }
    if (arguments.value(1) == "--hold") {
        SingleInstance instance(dataPaths(arguments.value(2)));
        std::puts(instance.acquire() ? "held" : "refused");
        std::fflush(stdout);
        return application.exec();
    }
    CommandLineTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_command_line.moc"
