// SPDX-License-Identifier: MIT
// A reply can end anywhere: a thousand places in each of the demos, and mutated markup in the
// transcript. Nothing of it is an error message, a script that runs or a broken page.
#include "renderers/source_transformer.h"
#include "tests/renderers/library_test.h"
#include "tests/renderers/reply_files.h"
#include "tests/renderers/transcript_test.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>

using namespace atelier;
using test::artifactOf;
using test::becomes;
using test::evaluate;
using test::kPageTimeout;
using test::ReplyArtifact;
using test::replyFile;
using test::replyNames;
using test::said;

namespace {

constexpr int kTruncations = 1000; // of each reply
constexpr int kRuns = 3;           // of each that are real ones
constexpr int kBatch = 100;        // documents in one script
constexpr int kFragments = 240;
constexpr quint32 kSeed = 20250414;

QString json(const QJsonValue& value)
{
    return QString::fromUtf8(QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact));
}

// What the stage's page gets when the source ends early: how much of the whole page's text, and
// what closes it; and the outline that is drawn meanwhile.
QJsonArray truncated(ArtifactKind kind, const QString& source, const QString& page)
{
    SourceTransformer transformer(kind, QStringLiteral("N"));
    const QString before = transformer.push(source);
    QJsonArray outline;
    if (const auto growing = transformer.growing()) {
        for (const auto& [name, value] : growing->shape.attributes)
            outline.append(QJsonArray{name, value});
    }
    const QString rest = transformer.finish(SourceTransformer::End::CutOff);
    return page.startsWith(before) ? QJsonArray{before.size(), rest, outline} : QJsonArray();
}

// Looks at documents as a browser reads them. What is wrong with each; empty: nothing.
const char kLook[] = R"((cuts => {
    const wrong = [];
    const runs = /^(|module|importmap|(text|application)\/(x-)?javascript)$/;
    for (const [size, rest, outline] of cuts[0]) {
        const text = window.page.slice(0, size) + rest;
        const parsed = new DOMParser().parseFromString(text, 'text/html');
        const bad = what => wrong.push(`${what} at ${size}`);
        if (parsed.querySelector('parsererror')) bad('error message');
        for (const script of parsed.querySelectorAll('script')) {
            const own = script.getAttribute('src') ?? '';
            if (runs.test(script.getAttribute('type') ?? '') && !own.startsWith('lib://run/')) bad('script');
        }
        if (parsed.querySelector('[onclick],[onload],[oninput],[onsubmit]')) bad('handler');
        const comments = text => (text.match(/<!--Ncut-->/g) ?? []).length;
        if (comments(parsed.documentElement.outerHTML + [...parsed.childNodes].map(n =>
            n.nodeType === 8 ? `<!--${n.data}-->` : '').join('')) !== 1) bad('end mark');
        const data = parsed.querySelector('pre[data-atelier-source]');
        if (data && !window.source.startsWith(data.textContent)) bad('data');
        // A path that cannot be read makes the browser complain, which the test hears.
        const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
        for (const [name, value] of outline) shape.setAttribute(name, value);
        for (const path of parsed.querySelectorAll('svg [d]')) shape.setAttribute('d', path.getAttribute('d'));
    }
    return `${cuts[0].length} seen; ` + wrong.slice(0, 5).join('; ');
})(%1))";

} // namespace

class TestArtifactTruncations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aThousandEndsAreNoErrors_data();
    void aThousandEndsAreNoErrors();
    void runsEndAnywhere_data() { aThousandEndsAreNoErrors_data(); }
    void runsEndAnywhere();
    void fragmentsNeverBreakTheTranscript();
};

void TestArtifactTruncations::aThousandEndsAreNoErrors_data()
{
    QTest::addColumn<QString>("name");
    for (const QString& name : replyNames())
        QTest::newRow(qPrintable(name)) << name;
}

void TestArtifactTruncations::aThousandEndsAreNoErrors()
{
    QFETCH(QString, name);
    const ReplyArtifact artifact = artifactOf(replyFile(name));
    QVERIFY(artifact.source.size() > 3000);
    SourceTransformer whole(artifact.kind, QStringLiteral("N"));
    const QString page = whole.push(artifact.source);

    ArtifactView view;
    test::openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.show(ArtifactKind::Html, QStringLiteral("<!doctype html><body><p>x"));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    evaluate(view,
        QStringLiteral("[window.page, window.source] = [%1[0], %2[0]]")
            .arg(json(page), json(artifact.source)));
    QCOMPARE(evaluate(view, QStringLiteral("window.page.length")).toInt(), int(page.size()));

    QRandomGenerator random(kSeed);
    for (int done = 0; done < kTruncations; done += kBatch) {
        QJsonArray cuts;
        for (int i = 0; i < kBatch; ++i) {
            const int size = int(random.bounded(quint32(artifact.source.size())));
            cuts.append(truncated(artifact.kind, artifact.source.left(size), page));
            QVERIFY2(!cuts.last().toArray().isEmpty(), qPrintable(QString::number(size)));
        }
        const QVariant wrong = evaluate(view, QString::fromLatin1(kLook).arg(json(cuts)));
        QVERIFY2(wrong.isValid(), said(entries).constData());
        QCOMPARE(wrong.toString(), QStringLiteral("%1 seen; ").arg(kBatch));
    }
    QVERIFY2(entries.isEmpty(), said(entries).constData());
}

void TestArtifactTruncations::runsEndAnywhere()
{
    QFETCH(QString, name);
    const ReplyArtifact artifact = artifactOf(replyFile(name));
    QRandomGenerator random(kSeed);
    for (int run = 0; run < kRuns; ++run) {
        const int size = int(random.bounded(quint32(artifact.source.size())));
        ArtifactView view;
        test::openForLibraries(view);
        QSignalSpy entries(&view, &ArtifactView::consoleEntry);
        view.begin(artifact.kind);
        view.append(artifact.source.left(size));
        view.cutOff();
        QVERIFY(becomes(
            view, QStringLiteral("location.protocol + document.readyState"), "artifact:complete"));
        QCOMPARE(view.runState(), ArtifactView::RunState::Running);
        QVERIFY2(entries.isEmpty(), (QByteArray::number(size) + ": " + said(entries)).constData());
    }
}

// Pieces of pages and drawings with parts of others in them, as prose.
void TestArtifactTruncations::fragmentsNeverBreakTheTranscript()
{
    const QStringList hostile = {QStringLiteral("<script>window.escaped=1</script>"),
        QStringLiteral("<img src=x onerror=escaped=1>"),
        QStringLiteral("</div></article></main>"),
        QStringLiteral("<svg onload=escaped=1>"),
        QStringLiteral("<plaintext>"),
        QStringLiteral("<!--"),
        QStringLiteral("<![CDATA["),
        QStringLiteral("<style>*{display:none}</style>"),
        QStringLiteral("<iframe srcdoc='<script>parent.escaped=1</script>'>"),
        QStringLiteral("[x](javascript:escaped=1)"),
        QStringLiteral("\n```\n"),
        QStringLiteral("\n\n| a |\n|---|\n"),
        QStringLiteral("<template><form><table>"),
        QString(QChar(0)),
        QString(QChar(0x202e))};
    QString material;
    for (const QString& name : replyNames())
        material += replyFile(name).section(QStringLiteral("```"), 1, 1);
    QRandomGenerator random(kSeed);
    const auto piece = [&](int longest) {
        const int size = 1 + int(random.bounded(longest));
        return material.mid(int(random.bounded(quint32(material.size() - size))), size);
    };

    TranscriptView view;
    test::open(view);
    QSignalSpy ready(&view, &TranscriptView::ready);
    QTRY_VERIFY_WITH_TIMEOUT(!ready.isEmpty(), kPageTimeout);
    for (int i = 0; i < kFragments; ++i) {
        const QString id = QString::number(i);
        view.appendMessage(test::reply(id, MessageState::Writing));
        for (int part = 1 + int(random.bounded(4)); part > 0; --part) {
            QString text = piece(300);
            text.insert(int(random.bounded(quint32(text.size()))),
                hostile[int(random.bounded(quint32(hostile.size())))]);
            view.appendMarkdown(id, text);
        }
        view.updateMessage(test::reply(id, MessageState::Done));
    }
    view.appendMessage(
        test::reply(QStringLiteral("last"), MessageState::Done, QStringLiteral("Whole *still*.")));
    QVERIFY(test::shownText(view).contains(QStringLiteral("Whole still.")));
    QCOMPARE(evaluate(view, QStringLiteral("document.querySelectorAll('article').length")).toInt(),
        kFragments + 1);
    QCOMPARE(evaluate(view,
                 QStringLiteral("[...document.querySelectorAll('article')].every(a => "
                                "!a.parentElement.closest('article'))"))
                 .toBool(),
        true);
    QCOMPARE(evaluate(view,
                 QStringLiteral("[...document.querySelectorAll('article *')].filter(e => "
                                "['script','iframe','style','plaintext','form','object'].includes("
                                "e.localName) || [...e.attributes].some(a => /^on|srcdoc/.test("
                                "a.name)) || /^javascript:/i.test(e.getAttribute('href') ?? ''))"
                                ".length"))
                 .toInt(),
        0);
    QCOMPARE(evaluate(view, QStringLiteral("typeof window.escaped")).toString(), "undefined");
}

ATELIER_LIBRARY_TEST_MAIN(TestArtifactTruncations)

#include "tst_artifact_truncations.moc"
