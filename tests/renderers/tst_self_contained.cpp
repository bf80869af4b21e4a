// SPDX-License-Identifier: MIT
// Exported pages run in a plain browser engine that counts what they ask the network for.
#include "renderers/self_contained.h"

#include "tests/renderers/library_test.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QWebEnginePage>
#include <QWebEngineProfile>
#include <QWebEngineUrlRequestInterceptor>

using namespace atelier;
using test::kPageTimeout;

namespace {

/// Lets nothing but the file itself through, and keeps account.
class Counter final : public QWebEngineUrlRequestInterceptor
{
public:
    void interceptRequest(QWebEngineUrlRequestInfo& info) override
    {
        const QString scheme = info.requestUrl().scheme();
        if (scheme == QStringLiteral("file") || scheme == QStringLiteral("data") ||
            scheme == QStringLiteral("blob"))
            return;
        asked.append(info.requestUrl().toDisplayString());
        info.block(true);
    }

    QStringList asked;
};

QString html(const char* body)
{
    return QStringLiteral("<!doctype html>\n<html><head><title>T</title>") +
           QString::fromUtf8(body) + QStringLiteral("</html>\n");
}

} // namespace

class TestSelfContained : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(!test::library()->isEmpty(), "atelier-library.rcc was not found");
    }

    void runsWithoutANetwork_data()
    {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("expected");
        const auto row =
            [](const char* name, const char* body, const char* script, const char* is) {
                QTest::newRow(name)
                    << html(body) << QString::fromUtf8(script) << QString::fromUtf8(is);
            };
        row("a page of its own",
            "<body><p id=a>x</p><script>a.textContent = 'ran'</script>",
            "a.textContent",
            "ran");
        row("a script of a CDN",
            "<script src=\"https://cdn.jsdelivr.net/npm/chart.js\" integrity=sha384-x "
            "crossorigin></script></head><body><script>r = typeof Chart</script>",
            "r",
            "function");
        row("in order, when deferred",
            "<script defer src=\"//unpkg.com/jquery@3\"></script></head><body><p id=a>x</p>"
            "<script>addEventListener('load', () => { r = $('#a').text() })</script>",
            "r",
            "x");
        row("Tailwind",
            "<script src=https://cdn.tailwindcss.com></script></head>"
            "<body><p id=a class='p-4'>x",
            "getComputedStyle(a).paddingLeft",
            "16px");
        row("a style sheet with its fonts",
            "<link rel=stylesheet "
            "href=https://cdn.jsdelivr.net/npm/katex@0.16.9/dist/katex.min.css>"
            "</head><body><p class=katex id=a>x<script>document.fonts.ready.then(async () => {"
            "await document.fonts.load('16px KaTeX_Main'); "
            "r = [...document.fonts].some(f => f.family == 'KaTeX_Main' && f.status == 'loaded') })"
            "</script>",
            "String(r)",
            "true");
        row("a font of Google's",
            "<link href='https://fonts.googleapis.com/css2?family=Inter' rel=stylesheet>"
            "</head><body><p>x<script>document.fonts.load('16px Inter').then(f => r = f.length > 0)"
            "</script>",
            "String(r)",
            "true");
        row("a module by its address",
            "<body><p>x<script type=module>import { Scene } from "
            "'https://unpkg.com/three@0.160.0/build/three.module.js'; window.r = typeof "
            "Scene</script>",
            "r",
            "function");
        row("an import map",
            "<script type=importmap>{\"imports\":{\"react\":\"https://esm.sh/react@18\"}}</script>"
            "</head><body><p>x<script type=module>import React from 'react';"
            "import other from 'https://esm.sh/react@18.2.0'; window.r = typeof "
            "React.createElement + "
            "(React === other)</script>",
            "r",
            "functiontrue");
        row("a library that is not there does not hold up the rest",
            "<script src=https://cdn.jsdelivr.net/npm/no-such-thing></script></head>"
            "<body><script>r = 'ran'</script>",
            "r",
            "ran");
        row("what asks for the network when it runs gets none",
            "<body><p>x<script>r = 'waits'; fetch('https://example.org/').catch(() => r = 'no');"
            "new Image().src = 'https://example.org/i.png'</script>",
            "r",
            "no");
    }

    void runsWithoutANetwork()
    {
        QFETCH(QString, source);
        QFETCH(QString, script);
        QFETCH(QString, expected);
        const SelfContainedPage page =
            selfContainedPage(ArtifactKind::Html, source, {}, {}, *test::library());
        QVERIFY(open(page.html));
        QVERIFY2(becomes(script, expected), qPrintable(m_said.join(u'\n')));
        QCOMPARE(m_counter.asked, QStringList());
    }

    void drawsAnSvg()
    {
        const SelfContainedPage page = selfContainedPage(ArtifactKind::Svg,
            QStringLiteral("<svg viewBox=\"0 0 9 9\"><circle id=\"c\" r=\"3\"/></svg>"),
            QStringLiteral("<Misty> Jiangnan"),
            {},
            *test::library());
        QVERIFY(open(page.html));
        QVERIFY(becomes(QStringLiteral("document.title"), QStringLiteral("<Misty> Jiangnan")));
        QVERIFY(becomes(QStringLiteral("c instanceof SVGCircleElement"), QStringLiteral("true")));
    }

    void runsProgramsOfOtherKinds_data()
    {
        QTest::addColumn<ArtifactKind>("kind");
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("expected");
        QTest::newRow("a component with libraries")
            << ArtifactKind::React
            << "import React, { useState } from 'react';\nimport { Bell } from 'lucide-react';\n"
               "export default function App() { const [n, set] = useState(1); return <button "
               "id='b' "
               "className='p-4' onClick={() => set(n + 1)}><Bell />{'</pre>&' + n}</button> }"
            << "(b.clicked || (b.clicked = 1, b.click()), b.textContent + "
               "getComputedStyle(b).paddingLeft + "
               "b.querySelectorAll('svg').length)"
            << "</pre>&216px1";
        QTest::newRow("a script")
            << ArtifactKind::JavaScript
            << "document.body.innerHTML = '<p id=a></p>'; a.textContent = typeof d3.scaleLinear"
            << "a.textContent"
            << "function";
        QTest::newRow("a module")
            << ArtifactKind::JavaScript
            << "import * as THREE from 'three';\nwindow.r = typeof THREE.Scene"
            << "r"
            << "function";
    }

    void runsProgramsOfOtherKinds()
    {
        QFETCH(ArtifactKind, kind);
        QFETCH(QString, source);
        QFETCH(QString, script);
        QFETCH(QString, expected);
        QCOMPARE(pageSourceOf(kind), PageSource::Source);
        const SelfContainedPage page =
            selfContainedPage(kind, source, QStringLiteral("<T>\\1"), {}, *test::library());
        QCOMPARE(page.missing, QStringList());
        QVERIFY(open(page.html));
        QVERIFY2(becomes(script, expected), qPrintable(m_said.join(u'\n')));
        QCOMPARE(m_counter.asked, QStringList());
    }

    void showsWhatWasRendered_data()
    {
        QTest::addColumn<ArtifactKind>("kind");
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("expected");
        QTest::newRow("a document with a formula")
            << ArtifactKind::Markdown << "# Rain\n\n$x^2$ and `code`\n"
            << "document.querySelector('h1').textContent + document.querySelectorAll('.katex')"
               ".length + document.fonts.size"
            << "Rain120";
        QTest::newRow("a diagram") << ArtifactKind::Mermaid << "flowchart LR\n  A[One] --> B[Two]\n"
                                   << "document.querySelectorAll('svg .node').length"
                                   << "2";
        QTest::newRow("a table") << ArtifactKind::Csv << "City,Rain\nWuzhen,12\nSuzhou,9\n"
                                 << "document.querySelectorAll('tbody tr').length + ' ' + "
                                    "document.querySelectorAll('.chart rect').length"
                                 << "2 2";
        QTest::newRow("records") << ArtifactKind::Json << "[{\"a\": 1}, {\"a\": 2}]"
                                 << "document.querySelectorAll('tbody tr').length"
                                 << "2";
    }

    void showsWhatWasRendered()
    {
        QFETCH(ArtifactKind, kind);
        QFETCH(QString, source);
        QFETCH(QString, script);
        QFETCH(QString, expected);
        ArtifactView view;
        test::openForLibraries(view);
        QSignalSpy drawn(&view, &ArtifactView::drawn);
        view.show(kind, source);
        QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
        QString rendered;
        view.takeRendered([&](const QString& markup) { rendered = markup; });
        QTRY_VERIFY_WITH_TIMEOUT(!rendered.isEmpty(), kPageTimeout);
        const SelfContainedPage page = selfContainedPage(kind,
            source,
            QStringLiteral("T"),
            {},
            *test::library(),
            rendered + QStringLiteral("<script>document.body.textContent = 'ran'</script>"
                                      "<meta http-equiv=refresh content='0;url=about:blank'>"
                                      "<p onclick='x()'>end</p>"));
        QVERIFY(!page.html.contains(QStringLiteral("<script")));
        QVERIFY(!page.html.contains(QStringLiteral("refresh")));
        QVERIFY(open(page.html));
        QVERIFY2(becomes(script, expected), qPrintable(m_said.join(u'\n')));
        QCOMPARE(m_counter.asked, QStringList());
    }

    void refusesWhatRunsHereAlone()
    {
        for (const ArtifactKind kind : {ArtifactKind::Python, ArtifactKind::Code}) {
            QCOMPARE(pageSourceOf(kind), PageSource::None);
            QVERIFY(selfContainedPage(kind, QStringLiteral("x"), {}, {}, *test::library())
                        .html.isEmpty());
        }
    }

    void bringsItsStorage()
    {
        const QJsonObject storage{{QStringLiteral("local"),
            QJsonObject{{QStringLiteral("best"), QStringLiteral("</script>7")}}}};
        const SelfContainedPage page = selfContainedPage(ArtifactKind::Html,
            html("<body><p>x<script>r = localStorage.best</script>"),
            {},
            storage,
            *test::library());
        QVERIFY(open(page.html));
        QVERIFY(becomes(QStringLiteral("r"), QStringLiteral("</script>7")));
    }

    // Values of each kind, in a browser's own database; what it has stored since stays.
    void bringsItsDatabases()
    {
        const QJsonObject storage =
            QJsonDocument::fromJson(R"({"databases": [{"name": "notes", "version": 3, "stores": [
            {"name": "n", "keyPath": "id", "autoIncrement": true, "next": 7,
             "indexes": [{"name": "by", "keyPath": "t", "multiEntry": false, "unique": true}],
             "records": [[2, {"id": 2, "t": "</script>", "day": {"$": "date", "v": 5},
                "bytes": {"$": "bytes", "as": "Uint8Array", "v": "AQI="},
                "blob": {"$": "blob", "type": "text/x", "v": "aGk="},
                "map": {"$": "map", "v": [[1, {"$": "number", "v": "NaN"}]]}}]]},
            {"name": "out", "keyPath": null, "autoIncrement": false, "next": 0, "indexes": [],
             "records": [["key", [1, 2]]]}]}], "left": {"ImageData": 2, "<b>": 1}})")
                .object();
        const QString script = QStringLiteral(
            "<body><p>x<script>r = '?'; const q = indexedDB.open('notes', 3);"
            "q.onupgradeneeded = () => r = 'new'; q.onerror = () => r = String(q.error);"
            "q.onsuccess = () => { const s = q.result.transaction(['n', 'out'], 'readwrite');"
            "const n = s.objectStore('n'), out = []; n.index('by').get('</' + 'script>').onsuccess "
            "= async e => { const v = e.target.result; out.push(v.id, v.day.getTime(), v.bytes[1], "
            "v.blob.type, v.map.get(1)); s.objectStore('out').get('key').onsuccess = e => {"
            "out.push(e.target.result.join('+')); n.add({t: Math.random()}).onsuccess = e => {"
            "out.push(e.target.result); v.blob.text().then(t => r = [...out, t].join()) } } } }"
            "</script>");
        const SelfContainedPage page =
            selfContainedPage(ArtifactKind::Html, html("") + script, {}, storage, *test::library());
        QCOMPARE(page.leftOut, QStringLiteral("ImageData × 2"));
        QVERIFY(open(page.html));
        QVERIFY2(becomes(QStringLiteral("r"), QStringLiteral("2,5,2,text/x,NaN,1+2,8,hi")),
            qPrintable(m_said.join(u'\n')));
        m_page->triggerAction(QWebEnginePage::Reload);
        QVERIFY2(becomes(QStringLiteral("r"), QStringLiteral("2,5,2,text/x,NaN,1+2,9,hi")),
            qPrintable(m_said.join(u'\n')));
    }

    void saysWhatIsMissing()
    {
        const SelfContainedPage page = selfContainedPage(ArtifactKind::Html,
            html("<script src=https://cdn.jsdelivr.net/npm/no-such-thing></script>"
                 "<link rel=preconnect href=https://fonts.gstatic.com>"
                 "<img src='https://example.org/a.png'>"),
            {},
            {},
            *test::library());
        QStringList missing = page.missing;
        missing.sort();
        QCOMPARE(missing,
            (QStringList{
                "https://cdn.jsdelivr.net/npm/no-such-thing", "https://example.org/a.png"}));
    }

    void anyPrefixIsAPage()
    {
        const QString source = html(
            "<style>a{background:url(x)}</style><script src=https://unpkg.com/jquery@3></script>"
            "<body onclick='a()'><!-- c --><script type=module>import 'https://esm.sh/react'"
            "</script>");
        for (qsizetype length = 0; length <= source.size(); length += 3) {
            const SelfContainedPage page = selfContainedPage(
                ArtifactKind::Html, source.left(length), {}, {}, *test::library());
            QVERIFY(page.html.contains(QStringLiteral("Content-Security-Policy")));
        }
    }

private:
    bool open(const QString& text)
    {
        m_page.reset();
        m_profile = std::make_unique<QWebEngineProfile>();
        m_counter.asked.clear();
        m_profile->setUrlRequestInterceptor(&m_counter);
        m_page = std::make_unique<QWebEnginePage>(m_profile.get());
        const QString path = m_folder.filePath(QStringLiteral("page%1.html").arg(++m_count));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text.toUtf8()) < 0)
            return false;
        file.close();
        QSignalSpy loaded(m_page.get(), &QWebEnginePage::loadFinished);
        m_page->load(QUrl::fromLocalFile(path));
        return QTest::qWaitFor([&] { return loaded.size() > 0; }, kPageTimeout);
    }

    bool becomes(const QString& script, const QString& wanted)
    {
        QElapsedTimer time;
        time.start();
        while (time.elapsed() < kPageTimeout) {
            auto result = std::make_shared<QVariant>();
            auto done = std::make_shared<bool>(false);
            m_page->runJavaScript(
                QStringLiteral(
                    "(() => { try { return String(%1) } catch (e) { return String(e) }})()")
                    .arg(script),
                [result, done](const QVariant& value) {
                    *result = value;
                    *done = true;
                });
            (void)QTest::qWaitFor([done] { return *done; }, 2000);
            if (result->toString() == wanted)
                return true;
            m_said = {result->toString()};
        }
        return false;
    }

    QTemporaryDir m_folder;
    Counter m_counter;
    QStringList m_said;
    int m_count = 0;
    std::unique_ptr<QWebEngineProfile> m_profile;
    std::unique_ptr<QWebEnginePage> m_page; // goes before its profile
};

ATELIER_LIBRARY_TEST_MAIN(TestSelfContained)
#include "tst_self_contained.moc"
