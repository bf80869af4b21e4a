// SPDX-License-Identifier: MIT
// Draws the artifacts of replies into PNG files, to be looked at, and prints what their consoles
// said: artifact_gallery FOLDER WIDTHxHEIGHT MILLISECONDS REPLY.md...
#include "renderers/artifact_detector.h"
#include "renderers/artifact_view.h"
#include "renderers/offline_library.h"
#include "tests/support/web_test_main.h"

#include <QEventLoop>
#include <QFile>
#include <QFileInfo>
#include <QTextStream>
#include <QTimer>

using namespace atelier;

namespace {

struct Artifact
{
    ArtifactKind kind;
    QString source;
};

QList<Artifact> artifactsOf(const QString& reply)
{
    ArtifactDetector detector;
    QList<ArtifactEvent> events = detector.push(reply);
    events += detector.finish();
    QList<Artifact> artifacts;
    for (const ArtifactEvent& event : events) {
        if (event.type == ArtifactEvent::Type::Begin)
            artifacts.append({event.kind, {}});
        else if (event.type == ArtifactEvent::Type::Source)
            artifacts.last().source += event.text;
    }
    return artifacts;
}

void wait(int ms)
{
    QEventLoop loop;
    QTimer::singleShot(ms, &loop, &QEventLoop::quit);
    loop.exec();
}

void draw(const Artifact& artifact, QSize size, int ms, const QString& file)
{
    QTextStream out(stdout);
    ArtifactView view;
    view.setLibrary(OfflineLibrary::open(QStringLiteral(ATELIER_LIBRARY)));
    view.resize(size);
    view.setVisible(true);
    QObject::connect(&view, &ArtifactView::consoleEntry, [&](const ConsoleEntry& entry) {
        out << int(entry.level) << " line " << entry.line << ": " << entry.text << " "
            << entry.source << " " << entry.hint.left(90) << Qt::endl;
    });
    QEventLoop drawn;
    QObject::connect(&view, &ArtifactView::drawn, &drawn, &QEventLoop::quit);
    QTimer::singleShot(20000, &drawn, &QEventLoop::quit);
    view.show(artifact.kind, artifact.source);
    drawn.exec();
    wait(ms);
    QEventLoop taken;
    view.grabImage([&](const QImage& image) {
        image.save(file);
        taken.quit();
    });
    QTimer::singleShot(5000, &taken, &QEventLoop::quit);
    taken.exec();
    out << artifactKindName(artifact.kind) << " -> " << file << Qt::endl;
}

int run(const QStringList& arguments)
{
    const QStringList size = arguments.value(2).split(u'x');
    if (arguments.size() < 5 || size.size() != 2)
        return 2;
    for (const QString& path : arguments.mid(4)) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return 1;
        int number = 0;
        for (const Artifact& artifact : artifactsOf(QString::fromUtf8(file.readAll()))) {
            const QString name = QStringLiteral("%1/%2-%3.png")
                                     .arg(arguments[1], QFileInfo(path).completeBaseName())
                                     .arg(++number);
            draw(artifact, QSize(size[0].toInt(), size[1].toInt()), arguments[3].toInt(), name);
        }
    }
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    return atelier::test::runWithWebPages(
        argc, argv, [](QApplication& application) { return run(application.arguments()); });
}
