// SPDX-License-Identifier: MIT
#include "renderers/page_strings.h"

#include <QCoreApplication>

namespace atelier {
namespace {

// Numbers are filled in by the page, in the way of the interface's language.
struct TranscriptWords
{
    Q_DECLARE_TR_FUNCTIONS(Transcript)

public:
    static QJsonObject all();
};

QJsonObject TranscriptWords::all()
{
    return {
        {QStringLiteral("conversation"), tr("Conversation")},
        {QStringLiteral("you"), tr("You")},
        //: %1: a number of tokens. Read aloud before a reply.
        {QStringLiteral("reply"), tr("Reply, %1 tokens")},
        {QStringLiteral("copy"), tr("Copy")},
        {QStringLiteral("tryAgain"), tr("Try again")},
        {QStringLiteral("edit"), tr("Edit")},
        {QStringLiteral("more"), tr("More")},
        {QStringLiteral("wrap"), tr("Wrap lines")},
        {QStringLiteral("previousBranch"), tr("Previous version of this message")},
        {QStringLiteral("nextBranch"), tr("Next version of this message")},
        {QStringLiteral("continue"), tr("Continue")},
        {QStringLiteral("tokens"), tr("%1 tokens")},
        {QStringLiteral("speed"), tr("%1 tok/s")},
        {QStringLiteral("seconds"), tr("%1 s")},
        {QStringLiteral("queued"), tr("Waiting")},
        {QStringLiteral("readingStarts"), tr("Reading")},
        {QStringLiteral("reading"), tr("Reading %1 of %2 tokens")},
        {QStringLiteral("readingLeft"), tr("Reading %1 of %2 tokens, %3 s left")},
        {QStringLiteral("writing"), tr("Writing")},
        {QStringLiteral("writingPage"), tr("Writing the page")},
        {QStringLiteral("writingDrawing"), tr("Writing the drawing")},
        //: %1: a line number.
        {QStringLiteral("writingLine"), tr("writing line %1")},
        {QStringLiteral("started"), tr("Reply started")},
        {QStringLiteral("finished"), tr("Reply finished, %1 tokens")},
        {QStringLiteral("stopped"), tr("Stopped by you after %1 tokens.")},
        {QStringLiteral("limit"), tr("Reached the reply limit after %1 tokens.")},
        {QStringLiteral("reachedLimit"), tr("reached the reply limit")},
        {QStringLiteral("draft"), tr("Draft")},
        {QStringLiteral("showing"), tr("Showing")},
        {QStringLiteral("cutOff"), tr("Cut off")},
        {QStringLiteral("artifactStopped"), tr("Stopped")},
        //: %1: the number of the line that was being written.
        {QStringLiteral("stoppedAtLine"), tr("stopped at line %1")},
        {QStringLiteral("version"), tr("version %1")},
        //: %1: an artifact's title.
        {QStringLiteral("showArtifact"), tr("Show %1")},
        {QStringLiteral("page"), tr("Page")},
        {QStringLiteral("drawing"), tr("Drawing")},
        {QStringLiteral("code"), tr("Code")},
        {QStringLiteral("diagram"), tr("Diagram")},
        {QStringLiteral("document"), tr("Document")},
        {QStringLiteral("program"), tr("Program")},
        {QStringLiteral("component"), tr("Component")},
        {QStringLiteral("table"), tr("Table")},
        //: %1: what a picture from the network shows; it is not loaded.
        {QStringLiteral("image"), tr("Image: %1")},
        {QStringLiteral("newLine"), tr("1 new line")},
        {QStringLiteral("newLines"), tr("%1 new lines")},
        {QStringLiteral("source"), tr("Source")},
        {QStringLiteral("find"), tr("Find")},
        {QStringLiteral("replaceWith"), tr("Replace with")},
        {QStringLiteral("nextMatch"), tr("next")},
        {QStringLiteral("previousMatch"), tr("previous")},
        {QStringLiteral("allMatches"), tr("all")},
        {QStringLiteral("matchCase"), tr("match case")},
        {QStringLiteral("wholeWords"), tr("whole words")},
        {QStringLiteral("regularExpression"), tr("regular expression")},
        {QStringLiteral("replace"), tr("replace")},
        {QStringLiteral("replaceAll"), tr("replace all")},
        {QStringLiteral("close"), tr("Close")},
    };
}

} // namespace

QJsonObject transcriptStrings()
{
    return TranscriptWords::all();
}

QJsonObject codeStrings()
{
    const QJsonObject all = TranscriptWords::all();
    QJsonObject used;
    for (const QString& name : {QStringLiteral("newLine"),
             QStringLiteral("newLines"),
             QStringLiteral("source"),
             QStringLiteral("find"),
             QStringLiteral("replaceWith"),
             QStringLiteral("nextMatch"),
             QStringLiteral("previousMatch"),
             QStringLiteral("allMatches"),
             QStringLiteral("matchCase"),
             QStringLiteral("wholeWords"),
             QStringLiteral("regularExpression"),
             QStringLiteral("replace"),
             QStringLiteral("replaceAll"),
             QStringLiteral("close")})
        used.insert(name, all.value(name));
    return used;
}

} // namespace atelier
