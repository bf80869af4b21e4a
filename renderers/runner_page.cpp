// SPDX-License-Identifier: MIT
#include "renderers/runner_page.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

namespace atelier {
namespace {

// Numbers and names are filled in by the page.
struct RunnerWords
{
    Q_DECLARE_TR_FUNCTIONS(Runner)

public:
    static QJsonObject all();
};

QJsonObject RunnerWords::all()
{
    return {
        {QStringLiteral("code"), tr("Code")},
        {QStringLiteral("copy"), tr("Copy")},
        {QStringLiteral("wrap"), tr("Wrap lines")},
        {QStringLiteral("document"), tr("Document")},
        //: %1: what a picture from the network shows; it is not loaded.
        {QStringLiteral("image"), tr("Image: %1")},
        //: %1 and %2: numbers.
        {QStringLiteral("size"), tr("%1 rows, %2 columns")},
        {QStringLiteral("runsWhenComplete"), tr("It runs when the code is complete")},
        {QStringLiteral("cutOff"), tr("Cut off before it was complete")},
        {QStringLiteral("diagramFails"), tr("This diagram cannot be drawn")},
        {QStringLiteral("doesNotCompile"), tr("This code does not compile")},
        //: %1: what is wrong. %2: a line number.
        {QStringLiteral("atLine"), tr("%1, line %2")},
        {QStringLiteral("componentFailed"), tr("The component stopped with an error")},
        {QStringLiteral("noComponent"), tr("The code exports no component")},
        //: %1: the name of a package.
        {QStringLiteral("notBundled"), tr("%1 is not bundled")},
        //: %1: the name of a file.
        {QStringLiteral("noSuchFile"), tr("The file %1 is not part of the artifact")},
        {QStringLiteral("pythonStarts"), tr("Starting Python")},
        {QStringLiteral("pythonFails"), tr("Python could not start")},
        {QStringLiteral("finished"), tr("Finished")},
        {QStringLiteral("answer"), tr("Type an answer and press Enter")},
        {QStringLiteral("stopped"), tr("Stopped")},
        {QStringLiteral("running"), tr("Running")},
        //: %1: a number.
        {QStringLiteral("stillRunning"), tr("Still running: nothing printed or drawn for %1 s")},
        {QStringLiteral("stop"), tr("Stop")},
        {QStringLiteral("keepWaiting"), tr("Keep waiting")},
    };
}

// JSON inside an attribute.
QString wordsAsAttribute()
{
    return QString::fromUtf8(QJsonDocument(RunnerWords::all()).toJson(QJsonDocument::Compact))
        .toHtmlEscaped();
}

// One of resources/web/src/runners, which lib://run/ answers.
QString runnerName(ArtifactKind kind)
{
    switch (kind) {
    case ArtifactKind::Mermaid:
        return QStringLiteral("mermaid");
    case ArtifactKind::Markdown:
        return QStringLiteral("markdown");
    case ArtifactKind::JavaScript:
        return QStringLiteral("script");
    case ArtifactKind::React:
        return QStringLiteral("react");
    case ArtifactKind::Python:
        return QStringLiteral("python");
    case ArtifactKind::Csv:
        return QStringLiteral("csv");
    case ArtifactKind::Json:
        return QStringLiteral("json");
    default:
        return {};
    }
}

} // namespace

QString runnerPage(ArtifactKind kind)
{
    const QString name = runnerName(kind);
    if (name.isEmpty())
        return {};
    // Should the script be missing, the source is still to be read.
    return QStringLiteral(
        "<!doctype html><html lang=\"%2\" data-theme=\"light\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width\">"
        "<link rel=\"stylesheet\" href=\"lib://run/runners.css\" data-atelier-own>"
        "</head><body data-atelier-runner=\"%1\" data-words=\"%3\">"
        "<main id=\"root\" data-atelier-stage></main><script src=\"lib://run/%1.js\" "
        "onerror=\"document.querySelector('pre').hidden=false\"></script>"
        "<pre data-atelier-source hidden>\n")
        .arg(name, QLocale().bcp47Name(), wordsAsAttribute());
}

QString runnerPageEnd(const QString& outcome)
{
    return QStringLiteral("</pre><i data-atelier-end=\"%1\" hidden></i>").arg(outcome);
}

} // namespace atelier
