// SPDX-License-Identifier: MIT
// How libraries behave in artifacts: one instance of each, import maps, JSX, Tailwind, and misses.
#include "tests/renderers/library_test.h"

using namespace atelier;
using test::becomes;
using test::evaluate;
using test::kPageTimeout;
using test::ofLevel;
using test::openForLibraries;
using test::said;

class TestArtifactLibraries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void addressesThatMeanOneModuleGiveOneInstance();
    void importMapsWork();
    void importsAtRunTime();
    void workersImportScripts();
    void drawsReactFromJsx();
    void styledByTailwind_data();
    void styledByTailwind();
    void tailwindFollowsTheDocument();
    void tailwindStylesWhatIsBeingWritten_data();
    void tailwindStylesWhatIsBeingWritten();
    void saysWhenAnotherVersionStandsIn();
    void listsAMissWithAHint();
    void librariesAreNoPages();
};

void TestArtifactLibraries::initTestCase()
{
    QVERIFY2(!test::library()->isEmpty(), "atelier-library.rcc was not found");
}

void TestArtifactLibraries::addressesThatMeanOneModuleGiveOneInstance()
{
    ArtifactView view;
    openForLibraries(view);
    view.show(ArtifactKind::Html,
        QStringLiteral(
            "<body><p>x</p><script>result = '?'</script><script type=module>"
            "import a from 'https://esm.sh/react@18';"
            "import b from 'https://esm.sh/react@18.2.0';"
            "import { Scene } from 'https://unpkg.com/three@0.160.0/build/three.module.js';"
            "import * as controls from "
            "'https://esm.sh/three/examples/jsm/controls/OrbitControls.js';"
            "import * as three from 'https://esm.sh/three';"
            "result = [a === b, Scene === three.Scene, controls.OrbitControls.prototype "
            "instanceof three.EventDispatcher].join()</script>"));
    QVERIFY(becomes(view, QStringLiteral("result"), QStringLiteral("true,true,true")));
}

void TestArtifactLibraries::importMapsWork()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html,
        QStringLiteral(
            "<head><script type=importmap>{\"imports\": {"
            "\"three\": \"https://unpkg.com/three@0.160.0/build/three.module.js\","
            "\"three/addons/\": \"https://unpkg.com/three@0.160.0/examples/jsm/\","
            "\"react\": \"https://esm.sh/react@18.2.0\","
            "\"react-dom/client\": \"https://esm.sh/react-dom@18.2.0/client\"}}</script></head>"
            "<body><div id=root></div><script type=module>"
            "import * as THREE from 'three';"
            "import { OrbitControls } from 'three/addons/controls/OrbitControls.js';"
            "import React from 'react'; import { createRoot } from 'react-dom/client';"
            "const text = String(OrbitControls.prototype instanceof THREE.EventDispatcher);"
            "function App() { const [n] = React.useState(7);"
            "return React.createElement('b', null, text + n) }"
            "createRoot(document.getElementById('root')).render(React.createElement(App))</"
            "script>"));
    QVERIFY2(becomes(view, QStringLiteral("root.textContent"), QStringLiteral("true7")),
        said(entries).constData());
}

void TestArtifactLibraries::importsAtRunTime()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html,
        QStringLiteral(
            "<body><p>x</p><script>result = []; import('https://esm.sh/d3').then(m => result.push("
            "typeof m.select)).then(() => fetch('https://unpkg.com/lodash/lodash.min.js'))"
            ".then(r => r.text()).then(t => { (0, eval)(t); result.push(_.VERSION.length > 2) })"
            ".then(() => { const s = document.createElement('script'); s.onload = () =>"
            "result.push(typeof Chart); s.src = 'https://cdn.jsdelivr.net/npm/chart.js';"
            "document.head.append(s); const x = new XMLHttpRequest; x.open('GET',"
            "'https://cdnjs.cloudflare.com/ajax/libs/d3/7.0.0/d3.min.js', false); x.send();"
            "result.push(x.status) })</script>"));
    QVERIFY2(
        becomes(
            view, QStringLiteral("result.join()"), QStringLiteral("function,true,200,function")),
        said(entries).constData());
}

void TestArtifactLibraries::workersImportScripts()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html,
        QStringLiteral(
            "<body><p>x</p><script>result = '?'; const w = new Worker(URL.createObjectURL("
            "new Blob([`importScripts('https://unpkg.com/mathjs@14/lib/browser/math.js');"
            "postMessage(math.evaluate('3 ^ 2'))`]))); w.onmessage = e => result = e.data;"
            "</script>"));
    QVERIFY2(becomes(view, QStringLiteral("result"), 9), said(entries).constData());
}

void TestArtifactLibraries::drawsReactFromJsx()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html,
        QStringLiteral(
            "<!doctype html><html><head>"
            "<script src='https://unpkg.com/react@18/umd/react.development.js'></script>"
            "<script src='https://unpkg.com/react-dom@18/umd/react-dom.development.js'></script>"
            "<script src='https://unpkg.com/@babel/standalone/babel.min.js'></script>"
            "<script src='https://cdn.tailwindcss.com'></script></head><body><div id='root'></div>"
            "<script type='text/babel'>const { useState } = React;"
            "const App = () => { const [n, set] = useState(1); return (<button id='b' "
            "className='bg-red-500' onClick={() => set(n + 1)}>n={n}</button>) };"
            "ReactDOM.createRoot(document.getElementById('root')).render(<App />);</script>"
            "</body></html>"));
    QVERIFY2(becomes(view,
                 QStringLiteral("document.getElementById('b').textContent"),
                 QStringLiteral("n=1")),
        said(entries).constData());
    evaluate(view, QStringLiteral("b.click()"));
    QVERIFY(becomes(view, QStringLiteral("b.textContent"), QStringLiteral("n=2")));
    QVERIFY(becomes(view,
        QStringLiteral("getComputedStyle(b).backgroundColor"),
        QStringLiteral("rgb(239, 68, 68)")));
}

void TestArtifactLibraries::styledByTailwind_data()
{
    QTest::addColumn<QString>("head");
    QTest::addColumn<QString>("classes");
    QTest::addColumn<QString>("property");
    QTest::addColumn<QString>("value");
    const QString cdn = QStringLiteral("<script src='https://cdn.tailwindcss.com'></script>");
    const QString four =
        QStringLiteral("<script src='https://unpkg.com/@tailwindcss/browser@4'></script>");
    QTest::newRow("utility") << cdn << "p-4"
                             << "paddingTop"
                             << "16px";
    QTest::newRow("base") << cdn << ""
                          << "marginTop"
                          << "0px";
    QTest::newRow("arbitrary") << cdn << "w-[123px]"
                               << "width"
                               << "123px";
    QTest::newRow("breakpoint that applies") << cdn << "p-1 min-[200px]:p-2"
                                             << "paddingTop"
                                             << "8px";
    QTest::newRow("breakpoint that does not") << cdn << "p-1 xl:p-2"
                                              << "paddingTop"
                                              << "4px";
    QTest::newRow("opacity of a color") << cdn << "bg-blue-500/50"
                                        << "backgroundColor"
                                        << "rgba(59, 130, 246, 0.5)";
    QTest::newRow("gradient") << cdn << "bg-gradient-to-r from-black to-white"
                              << "backgroundImage"
                              << "linear-gradient(to right, rgb(0, 0, 0), rgb(255, 255, 255))";
    QTest::newRow("configuration")
        << cdn + QStringLiteral("<script>tailwind.config = { theme: { extend: { colors: { brand: "
                                "'#123456' } } } }</script>")
        << "bg-brand"
        << "backgroundColor"
        << "rgb(18, 52, 86)";
    QTest::newRow("configuration with a plugin")
        << cdn + QStringLiteral("<script>tailwind.config = { plugins: [tailwind.plugin(({ "
                                "addUtilities }) => addUtilities({ '.mine': { top: '7px' } }))] "
                                "}</script>")
        << "mine"
        << "top"
        << "7px";
    QTest::newRow("style sheet of its own")
        << cdn + QStringLiteral("<style type='text/tailwindcss'>@layer components { .card { @apply "
                                "p-6; margin-left: theme('spacing.2') } }</style>")
        << "card"
        << "paddingTop"
        << "24px";
    QTest::newRow("typography")
        << QStringLiteral("<script src='https://cdn.tailwindcss.com?plugins=typography'></script>")
        << "prose"
        << "lineHeight"
        << "28px";
    QTest::newRow("version 4: gradient")
        << four << "bg-linear-to-r from-black to-white"
        << "backgroundImage"
        << "linear-gradient(to right, rgb(0, 0, 0), rgb(255, 255, 255))";
    QTest::newRow("version 4: theme")
        << four + QStringLiteral("<style type='text/tailwindcss'>@import \"tailwindcss\"; @theme { "
                                 "--color-mint: #00ff80; }</style>")
        << "bg-mint"
        << "backgroundColor"
        << "rgb(0, 255, 128)";
    QTest::newRow("version 4: any spacing") << four << "pt-13"
                                            << "paddingTop"
                                            << "52px";
}

void TestArtifactLibraries::styledByTailwind()
{
    QFETCH(QString, head);
    QFETCH(QString, classes);
    QFETCH(QString, property);
    QFETCH(QString, value);
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html,
        QStringLiteral("<!doctype html><html><head>%1</head><body><p id=e class='%2'>x</p></body>"
                       "</html>")
            .arg(head, classes));
    const QString expression =
        QStringLiteral("getComputedStyle(document.getElementById('e')).%1").arg(property);
    QVERIFY2(becomes(view, expression, value),
        (said(entries) + evaluate(view, expression).toByteArray()).constData());
}

void TestArtifactLibraries::tailwindFollowsTheDocument()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.show(ArtifactKind::Html,
        QStringLiteral("<script src='https://cdn.tailwindcss.com'></script><p id=e>x</p>"));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    evaluate(view, QStringLiteral("e.className = 'pt-2'"));
    QVERIFY(becomes(view, QStringLiteral("getComputedStyle(e).paddingTop"), QStringLiteral("8px")));
    evaluate(view,
        QStringLiteral("e.innerHTML = '<b id=b class=\"block ml-3\">y</b>'; tailwind.config = {"
                       "theme: { spacing: { 3: '33px' } } }"));
    QVERIFY(
        becomes(view, QStringLiteral("getComputedStyle(b).marginLeft"), QStringLiteral("33px")));
}

void TestArtifactLibraries::tailwindStylesWhatIsBeingWritten_data()
{
    QTest::addColumn<QString>("head");
    QTest::newRow("script") << "<script src='https://cdn.tailwindcss.com'></script>";
    QTest::newRow("version 4")
        << "<script src='https://unpkg.com/@tailwindcss/browser@4'></script>";
    QTest::newRow("style sheet of version 2")
        << "<link href='https://cdn.jsdelivr.net/npm/tailwindcss@2.2.19/dist/tailwind.min.css' "
           "rel='stylesheet'>";
}

void TestArtifactLibraries::tailwindStylesWhatIsBeingWritten()
{
    QFETCH(QString, head);
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    const QString padding =
        QStringLiteral("getComputedStyle(document.querySelector('p')).paddingTop");
    view.begin(ArtifactKind::Html);
    view.append(QStringLiteral("<!doctype html><html><head>%1<script>ran = (window.ran || 0) + 1"
                               "</script></head><body><p class='pt-4'>x</p>")
                    .arg(head));
    QVERIFY2(becomes(view, padding, QStringLiteral("16px")), said(entries).constData());
    QCOMPARE(evaluate(view, QStringLiteral("typeof ran")).toString(), "undefined");
    view.append(QStringLiteral("<i class='block pt-8'>y</i>"));
    QVERIFY(becomes(view,
        QStringLiteral("getComputedStyle(document.querySelector('i')).paddingTop"),
        QStringLiteral("32px")));
    view.finish();
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    QCOMPARE(evaluate(view, QStringLiteral("ran")).toInt(), 1);
    QCOMPARE(evaluate(view, padding).toString(), "16px");
}

void TestArtifactLibraries::saysWhenAnotherVersionStandsIn()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html,
        QStringLiteral(
            "<p>x</p><script src='https://unpkg.com/react@19/umd/react.production.min.js'>"
            "</script>"));
    QTRY_VERIFY_WITH_TIMEOUT(!entries.isEmpty(), kPageTimeout);
    QCOMPARE(entries[0][0].value<ConsoleEntry>().text, "react 18.3.1 stands in for version 19.");
    QVERIFY(becomes(view, QStringLiteral("typeof React"), QStringLiteral("object")));
}

void TestArtifactLibraries::listsAMissWithAHint()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html,
        QStringLiteral("<p>x</p><script src='https://unpkg.com/nobody-has-this@1'></script>"
                       "<script src='https://unpkg.com/three@0.160.0/build/nothing.js'></script>"
                       "<script src='https://unpkg.com/gsap@3/dist/gsap.min.js'></script>"
                       "<script src='https://example.org/x.js'></script>"));
    QTRY_VERIFY_WITH_TIMEOUT(
        ofLevel(entries, ConsoleEntry::Level::Blocked).size() >= 4, kPageTimeout);
    QHash<QString, QString> hints;
    for (const ConsoleEntry& entry : ofLevel(entries, ConsoleEntry::Level::Blocked))
        hints.insert(entry.text, entry.hint);
    const QString unknown = hints.value(QStringLiteral("https://unpkg.com/nobody-has-this@1"));
    QVERIFY2(unknown.startsWith(QStringLiteral("nobody-has-this is not bundled. Bundled: ")) &&
                 unknown.contains(QStringLiteral("chart.js, ")),
        qPrintable(unknown));
    QCOMPARE(hints.value(QStringLiteral("https://unpkg.com/three@0.160.0/build/nothing.js")),
        "three 0.160.1 is bundled, but without build/nothing.js.");
    QVERIFY(hints.value(QStringLiteral("https://unpkg.com/gsap@3/dist/gsap.min.js"))
                .contains(QStringLiteral("licence")));
    QCOMPARE(hints.value(QStringLiteral("https://example.org/x.js")), "Artifacts have no network.");
}

void TestArtifactLibraries::librariesAreNoPages()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.show(ArtifactKind::Html,
        QStringLiteral("<p>x</p><script>for (const u of ['lib://cdn/index.json', 'lib://cdn/../x',"
                       "'https://unpkg.com/leaflet/dist/images/layers.png', 'lib://other/x']) {"
                       "const f = document.createElement('iframe'); f.src = u;"
                       "document.body.append(f); } mine = 1;"
                       "location = 'https://unpkg.com/jquery'</script>"));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    QCOMPARE(view.navigations(), 1);
    QCOMPARE(evaluate(view, QStringLiteral("mine")).toInt(), 1);
}

ATELIER_LIBRARY_TEST_MAIN(TestArtifactLibraries)

#include "tst_artifact_libraries.moc"
