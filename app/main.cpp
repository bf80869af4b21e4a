// SPDX-License-Identifier: MIT
// Creates everything, in order, and owns it.
#include "app/command_line.h"
#include "app/demo_model.h"
#include "app/headless/headless_run.h"
#include "app/inference/thread_reaper.h"
#include "app/platform/interrupt.h"
#include "app/single_instance.h"
#include "app/storage/data_paths.h"
#include "app/window/window_picture.h"
#include "app/window/window_program.h"
#include "renderers/web_engine_bootstrap.h"

#include <QApplication>
#include <QFileInfo>
#include <QIcon>
#include <QTemporaryDir>

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace atelier;

namespace {

constexpr auto kShutDownLimit = std::chrono::seconds(2);

int complain(const QString& line, int exitCode)
{
    std::fprintf(stderr, "atelier: %s\n", qPrintable(line));
    return exitCode;
}

QStringList argumentsOf(int argc, char** argv)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i) {
        arguments << QString::fromLocal8Bit(argv[i]);
    }
    return arguments;
}

bool hasDisplay()
{
#if defined(Q_OS_LINUX)
    return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
#else
    return true;
#endif
}

StudioOptions studioOptions(const DataPaths& paths, const CommandLine& line)
{
    return {paths.settings(),
        paths.chats(),
        demoModelPath(QCoreApplication::applicationDirPath()),
        line.device,
        paths.cache};
}

// What a browser engine says about graphics it does without is no news on a terminal.
// QT_LOGGING_RULES brings it back.
void keepQuiet()
{
    if (qEnvironmentVariableIsSet("QT_LOGGING_RULES")) {
        return;
    }
    qInstallMessageHandler([](QtMsgType type, const QMessageLogContext&, const QString& text) {
        if (type == QtCriticalMsg || type == QtFatalMsg) {
            std::fprintf(stderr, "%s\n", qPrintable(text));
        }
    });
}

int runHeadless(const CommandLine& line, ThreadReaper& reaper)
{
    if (webSandboxState() == SandboxState::Unavailable) {
        return complain(sandboxExplanation(), 1);
    }
    LanguageInstaller language;
    language.install(line.language);
    // Without a folder of its own it leaves no trace: the chats of the window are not touched.
    QTemporaryDir scratch;
    const DataPaths paths = dataPaths(line.dataFolder.isEmpty() ? scratch.path() : line.dataFolder);
    if (paths.folder.isEmpty()) {
        return complain(QStringLiteral("The data folder cannot be created."), 1);
    }
    SingleInstance instance(paths);
    if (!instance.acquire()) {
        return complain(QStringLiteral("Another Atelier uses \"%1\".").arg(paths.folder), 1);
    }
    HeadlessRun run({studioOptions(paths, line), line.file, line.prompts.first(), line.picture},
        std::make_shared<NativeEngineFactory>(),
        reaper);
    QObject::connect(
        &run, &HeadlessRun::ended, qApp, &QCoreApplication::exit, Qt::QueuedConnection);
    watchInterrupts(&run, [&run] { run.interrupt(); });
    run.start();
    return QCoreApplication::exec();
}

int runWindow(QApplication& application, const CommandLine& line, ThreadReaper& reaper)
{
    const DataPaths paths = dataPaths(line.dataFolder);
    if (paths.folder.isEmpty()) {
        return complain(QStringLiteral("The data folder cannot be created. Choose another one with "
                                       "--data-dir."),
            1);
    }
    const QString file = line.file.isEmpty() ? QString() : QFileInfo(line.file).absoluteFilePath();
    SingleInstance instance(paths);
    if (!instance.acquire()) {
        const bool taken = instance.handOver(file.isEmpty() ? QStringList() : QStringList(file));
        return taken
                   ? 0
                   : complain(QStringLiteral("Atelier is already running with \"%1\" but does not "
                                             "answer.")
                                  .arg(paths.folder),
                         1);
    }
    WindowProgram program(application,
        {studioOptions(paths, line), line.language, line.theme},
        std::make_shared<NativeEngineFactory>(),
        reaper);
    QObject::connect(
        &instance, &SingleInstance::filesReceived, &program, &WindowProgram::openFiles);
    watchInterrupts(&program, [&program] { program.quit(); });
    if (line.mode != CommandLine::Mode::WindowPicture) {
        program.start(file);
        return QApplication::exec();
    }
    WindowPicture picture(program, line);
    QObject::connect(
        &picture, &WindowPicture::ended, qApp, &QCoreApplication::exit, Qt::QueuedConnection);
    picture.start();
    return QApplication::exec();
}

} // namespace

int main(int argc, char** argv)
{
    const auto parsed = parseCommandLine(argumentsOf(argc, argv));
    if (!parsed) {
        complain(QString::fromStdString(parsed.error().message), 2);
        std::fputs(qPrintable(usageText()), stderr);
        return 2;
    }
    const CommandLine& line = parsed.value();
    if (line.mode == CommandLine::Mode::Help) {
        std::fputs(qPrintable(usageText()), stdout);
        return 0;
    }
    if (line.mode == CommandLine::Mode::Version) {
        std::printf("Atelier %s\n", ATELIER_VERSION);
        return 0;
    }
    const bool headless = line.mode == CommandLine::Mode::Headless;
    if (headless || (!hasDisplay() && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM") &&
                        line.mode == CommandLine::Mode::WindowPicture)) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    } else if (!hasDisplay() && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) {
        return complain(
            QStringLiteral("There is no display. Use --headless --prompt TEXT --screenshot "
                           "FILE."),
            1);
    }

    QCoreApplication::setApplicationName(QStringLiteral("Atelier"));
    QCoreApplication::setApplicationVersion(QStringLiteral(ATELIER_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("atelier"));
    QCoreApplication::setAttribute(Qt::AA_ShareOpenGLContexts);
    if (line.mode != CommandLine::Mode::Window) {
        keepQuiet();
    }
    prepareWebEngine(line.noWebSandbox);
    int exitCode = 0;
    ThreadReaper reaper;
    {
        QApplication application(argc, argv);
        QGuiApplication::setWindowIcon(QIcon::fromTheme(QStringLiteral("atelier")));
        exitCode = headless ? runHeadless(line, reaper) : runWindow(application, line, reaper);
    }
    if (!reaper.finish(kShutDownLimit)) {
        std::_Exit(exitCode); // a thread is stuck in a driver or a file system; all is written
    }
    return exitCode;
}
