// SPDX-License-Identifier: MIT
// Artifacts that are no pages: they grow while they are written, run once when they are complete,
// and their errors name the lines of their own source.
#include "tests/renderers/library_test.h"

using namespace atelier;
using test::becomes;
using test::evaluate;
using test::kPageTimeout;
using test::ofLevel;
using test::openForLibraries;
using test::said;

namespace {

constexpr int kPythonTimeout = 60000; // ms: it starts in 2 s, on a busy machine in 20

} // namespace

class TestArtifactRunners : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDocumentGrows();
    void aTableGrowsAndSorts();
    void recordsBecomeATable();
    void aDiagramKeepsItsLastGoodPicture();
    void aBrokenDiagramNamesItsLine();
    void aComponentWaitsAndRuns();
    void whatIsNotBundledIsNamed();
    void errorsNameTheLineOfTheSource_data();
    void errorsNameTheLineOfTheSource();
    void aScriptDrawsIntoTheBody();
    void cutOffIsNoError_data();
    void cutOffIsNoError();
    void sourceIsData_data();
    void sourceIsData();
    void pythonPrintsAsksAndFails();
    void pythonDrawsAndHears();
    void pythonShowsFigures();
};

void TestArtifactRunners::aDocumentGrows()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.begin(ArtifactKind::Markdown);
    view.append(QStringLiteral("# Plan <b>\n\nFirst & "));
    QVERIFY(becomes(view, QStringLiteral("document.querySelector('h1')?.textContent"), "Plan <b>"));
    evaluate(view, QStringLiteral("document.querySelector('h1').dataset.same = 1"));
    view.append(QStringLiteral("only.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nx\n"));
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('td').length"), 2));
    QVERIFY(drawn.isEmpty());
    view.finish();
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    // The heading is the one that was there: nothing was drawn again.
    QCOMPARE(evaluate(view, QStringLiteral("document.querySelector('h1').dataset.same")), "1");
    QCOMPARE(view.navigations(), 1);
    QVERIFY2(entries.isEmpty(), said(entries).constData());
}

void TestArtifactRunners::aTableGrowsAndSorts()
{
    ArtifactView view;
    openForLibraries(view);
    const QString cells = QStringLiteral(
        "[...document.querySelectorAll('tbody tr')].map(r => r.cells[0].textContent).join()");
    view.begin(ArtifactKind::Csv);
    view.append(QStringLiteral("City,Rain\nWuzhen,12\nSuzh"));
    QVERIFY(becomes(view, cells, "Wuzhen"));
    view.append(QStringLiteral("ou,9\nTongli,101\n"));
    view.finish();
    QVERIFY(becomes(view, cells, "Wuzhen,Suzhou,Tongli"));
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('.chart rect').length"), 3));
    evaluate(view, QStringLiteral("document.querySelectorAll('th button')[1].click()"));
    QVERIFY(becomes(view, cells, "Suzhou,Wuzhen,Tongli"));
    evaluate(view, QStringLiteral("document.querySelectorAll('th button')[1].click()"));
    QVERIFY(becomes(view, cells, "Tongli,Wuzhen,Suzhou"));
}

void TestArtifactRunners::recordsBecomeATable()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(
        ArtifactKind::Json, QStringLiteral("[{\"a\": 1},\n{\"a\": 2, \"b\": \"x\"},\n{\"a\": }]"));
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('tbody tr').length"), 2));
    QTRY_VERIFY_WITH_TIMEOUT(!entries.isEmpty(), kPageTimeout);
    const auto entry = entries[0][0].value<ConsoleEntry>();
    QCOMPARE(entry.level, ConsoleEntry::Level::Error);
    QCOMPARE(entry.line, 3);
}

void TestArtifactRunners::aDiagramKeepsItsLastGoodPicture()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    const QString nodes = QStringLiteral("document.querySelectorAll('.paper svg .node').length");
    view.begin(ArtifactKind::Mermaid);
    view.append(QStringLiteral("flowchart LR\n  A[One] --> B[Two]\n"));
    QVERIFY2(becomes(view, nodes, 2), said(entries).constData());
    view.append(QStringLiteral("  B --> C[Thr")); // half a line, which could not be read
    QCOMPARE(evaluate(view, nodes).toInt(), 2);
    view.append(QStringLiteral("ee]\n"));
    QVERIFY(becomes(view, nodes, 3));
    view.finish();
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    QCOMPARE(evaluate(view, nodes).toInt(), 3);
    QVERIFY2(entries.isEmpty(), said(entries).constData());
}

void TestArtifactRunners::aBrokenDiagramNamesItsLine()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Mermaid, QStringLiteral("flowchart LR\n  A --> B\n  B --> [[[\n"));
    QTRY_VERIFY_WITH_TIMEOUT(!entries.isEmpty(), kPageTimeout);
    const auto entry = entries[0][0].value<ConsoleEntry>();
    QCOMPARE(entry.level, ConsoleEntry::Level::Error);
    QCOMPARE(entry.line, 3);
}

void TestArtifactRunners::aComponentWaitsAndRuns()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.begin(ArtifactKind::React);
    view.append(QStringLiteral(
        "import React, { useState } from 'react';\nimport { LineChart, Line } from 'recharts';\n"
        "import { Bell } from 'lucide-react';\nimport { Card } from '@/components/ui/card';\n"
        "import { cn } from '@/lib/utils';\nimport './App.css';\n\ninterface Props { start?: "
        "number }"
        "\n"));
    QVERIFY(becomes(view, QStringLiteral("!!document.querySelector('.writing')"), true));
    view.append(QStringLiteral(
        "export default function Board({ start = 1 }: Props) {\n"
        "  const [n, set] = useState<number>(start);\n"
        "  return <Card className={cn('bg-red-500', { hidden: false })}><Bell/>\n"
        "    <LineChart width={200} height={80} data={[{v: 1}, {v: 2}]}><Line dataKey=\"v\"/>"
        "</LineChart>\n    <button id=\"b\" onClick={() => set(n + "
        "1)}>n={n}</button></Card>;\n}\n"));
    QVERIFY(entries.isEmpty());
    view.finish();
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    QVERIFY2(becomes(view, QStringLiteral("document.getElementById('b')?.textContent"), "n=1"),
        said(entries).constData());
    evaluate(view, QStringLiteral("b.click()"));
    QVERIFY(becomes(view, QStringLiteral("b.textContent"), "n=2"));
    QVERIFY(becomes(view, QStringLiteral("!!document.querySelector('.recharts-line path')"), true));
    QVERIFY(becomes(view,
        QStringLiteral("getComputedStyle(b.parentElement).backgroundColor"),
        "rgb(239, 68, 68)"));
    QVERIFY2(ofLevel(entries, ConsoleEntry::Level::Error).isEmpty(), said(entries).constData());
    QCOMPARE(view.navigations(), 1);
}

void TestArtifactRunners::whatIsNotBundledIsNamed()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::React,
        QStringLiteral("import x from 'no-such-package';\nimport y from './other';\n"
                       "export default () => <p id=\"p\">{String(x) + y}</p>\n"));
    QTRY_VERIFY_WITH_TIMEOUT(
        said(entries).contains("no-such-package is not bundled"), kPageTimeout);
    QTRY_VERIFY_WITH_TIMEOUT(said(entries).contains("./other"), kPageTimeout);
}

void TestArtifactRunners::errorsNameTheLineOfTheSource_data()
{
    QTest::addColumn<ArtifactKind>("kind");
    QTest::addColumn<QString>("source");
    QTest::addColumn<int>("line");
    QTest::addColumn<QString>("words");
    QTest::newRow("a component that does not compile")
        << ArtifactKind::React
        << "import React from 'react';\nexport default function A() {\n  return <p>\n    <b>x\n"
           "  </p>;\n}\n"
        << 5 << "SyntaxError";
    QTest::newRow("a component that throws at once")
        << ArtifactKind::React
        << "import React from 'react';\n\nconst a = null;\nconst b = a.length;\n"
           "export default () => <p/>;\n"
        << 4 << "TypeError";
    QTest::newRow("a script") << ArtifactKind::JavaScript
                              << "const c = document.createElement('canvas');\n\nnull.x;\n"
                              << 3 << "TypeError";
    QTest::newRow("a module") << ArtifactKind::JavaScript
                              << "import * as d3 from 'd3';\nd3.select('body');\n\nd3.no();\n"
                              << 4 << "TypeError";
}

void TestArtifactRunners::errorsNameTheLineOfTheSource()
{
    QFETCH(ArtifactKind, kind);
    QFETCH(QString, source);
    QFETCH(int, line);
    QFETCH(QString, words);
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(kind, source);
    QTRY_VERIFY_WITH_TIMEOUT(!ofLevel(entries, ConsoleEntry::Level::Error).isEmpty(), kPageTimeout);
    const ConsoleEntry entry = ofLevel(entries, ConsoleEntry::Level::Error).first();
    QVERIFY2(entry.text.contains(words), qPrintable(entry.text));
    QCOMPARE(entry.line, line);
    QCOMPARE(entry.source, QString()); // its own
}

void TestArtifactRunners::aScriptDrawsIntoTheBody()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.begin(ArtifactKind::JavaScript);
    view.append(QStringLiteral("function setup() {\n  createCanvas(40, 40);\n  background(0);\n"
                               "  window.made = (window.made || 0) + 1;\n  noLoop();\n}\n"));
    QVERIFY(becomes(view, QStringLiteral("!!document.querySelector('.writing')"), true));
    QCOMPARE(evaluate(view, QStringLiteral("typeof window.made")).toString(), "undefined");
    view.finish();
    QVERIFY2(becomes(view, QStringLiteral("window.made"), 1), said(entries).constData());
    QVERIFY(becomes(view, QStringLiteral("!!document.querySelector('body canvas')"), true));
}

void TestArtifactRunners::cutOffIsNoError_data()
{
    QTest::addColumn<ArtifactKind>("kind");
    QTest::addColumn<QString>("source");
    QTest::newRow("Mermaid") << ArtifactKind::Mermaid << "flowchart LR\n  A --> B\n  B -->";
    QTest::newRow("Markdown") << ArtifactKind::Markdown << "# a\n\n```js\nlet";
    QTest::newRow("JavaScript") << ArtifactKind::JavaScript << "document.body.append(";
    QTest::newRow("React") << ArtifactKind::React << "import React from 'react';\nexport default (";
    QTest::newRow("Python") << ArtifactKind::Python << "import pygame\nwhile (";
    QTest::newRow("CSV") << ArtifactKind::Csv << "a,b\n1,\"";
    QTest::newRow("JSON") << ArtifactKind::Json << "[{\"a\": 1}, {\"a\"";
}

void TestArtifactRunners::cutOffIsNoError()
{
    QFETCH(ArtifactKind, kind);
    QFETCH(QString, source);
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.begin(kind);
    view.append(source);
    view.cutOff();
    QVERIFY(becomes(view, QStringLiteral("!!document.querySelector('#root')?.firstChild"), true));
    QVERIFY(becomes(
        view, QStringLiteral("location.protocol + document.readyState"), "artifact:complete"));
    QVERIFY(becomes(
        view, QStringLiteral("document.documentElement.hasAttribute('data-atelier-busy')"), false));
    QVERIFY2(entries.isEmpty(), said(entries).constData());
}

void TestArtifactRunners::sourceIsData_data()
{
    QTest::addColumn<ArtifactKind>("kind");
    for (const ArtifactKind kind : {ArtifactKind::Mermaid,
             ArtifactKind::Markdown,
             ArtifactKind::React,
             ArtifactKind::Csv,
             ArtifactKind::Json})
        QTest::newRow(qPrintable(artifactKindName(kind))) << kind;
}

// Markup in a source that is not markup must not become part of the page.
void TestArtifactRunners::sourceIsData()
{
    QFETCH(ArtifactKind, kind);
    ArtifactView view;
    openForLibraries(view);
    view.begin(kind);
    view.append(
        QStringLiteral("</pre><script>window.escaped = 1</script><img src=x onerror='escaped=2'>"
                       "<!--x--><plaintext>\n\n[{\"a\": \"<img src=x onerror=escaped=3>\"}]\n"));
    view.cutOff();
    QVERIFY(becomes(
        view, QStringLiteral("location.protocol + document.readyState"), "artifact:complete"));
    QVERIFY(becomes(
        view, QStringLiteral("document.documentElement.hasAttribute('data-atelier-busy')"), false));
    QCOMPARE(evaluate(view, QStringLiteral("typeof window.escaped")).toString(), "undefined");
    QCOMPARE(evaluate(view, QStringLiteral("document.querySelectorAll('img').length")).toInt(), 0);
}

void TestArtifactRunners::pythonPrintsAsksAndFails()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Python,
        QStringLiteral("import time, sys\nprint('a', 1, sep='-')\ntime.sleep(0.05)\n"
                       "name = input('Name? ')\nprint('Hello, ' + name)\n"
                       "try:\n    import numpy\nexcept ImportError as e:\n    print(e)\n"
                       "def f(x):\n    return 1 / x\nf(0)\n"));
    QVERIFY2(QTest::qWaitFor(
                 [&] {
                     return evaluate(
                         view, QStringLiteral("!!document.querySelector('input')"), 2000)
                         .toBool();
                 },
                 kPythonTimeout),
        said(entries).constData());
    QCOMPARE(evaluate(view, QStringLiteral("document.querySelector('.output').textContent")),
        "a-1\nName? ");
    evaluate(view,
        QStringLiteral("document.querySelector('input').value = '雨 <b>';"
                       "document.querySelector('input').dispatchEvent("
                       "new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))"));
    QTRY_VERIFY_WITH_TIMEOUT(!ofLevel(entries, ConsoleEntry::Level::Error).isEmpty(), kPageTimeout);
    const ConsoleEntry error = ofLevel(entries, ConsoleEntry::Level::Error).first();
    QCOMPARE(error.text, "ZeroDivisionError: division by zero");
    QCOMPARE(error.line, 11);
    const QString output =
        evaluate(view, QStringLiteral("document.querySelector('.output').textContent")).toString();
    QVERIFY2(output.startsWith(QStringLiteral("a-1\nName? 雨 <b>\nHello, 雨 <b>\n"
                                              "No module named 'numpy'\nTraceback")),
        qPrintable(output));
}

void TestArtifactRunners::pythonDrawsAndHears()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    // A loop that never pauses by itself: as pygame programs are.
    view.show(ArtifactKind::Python,
        QStringLiteral(
            "import pygame\nfrom pygame.math import Vector2\npygame.init()\n"
            "screen = pygame.display.set_mode((200, 100))\npygame.display.set_caption('Box')\n"
            "clock = pygame.time.Clock()\ncolor = pygame.Color('red')\nframes = 0\nrunning = True\n"
            "while running:\n    for event in pygame.event.get():\n"
            "        if event.type == pygame.QUIT:\n            running = False\n"
            "        elif event.type == pygame.KEYDOWN and event.key == pygame.K_SPACE:\n"
            "            color = (0, 0, 255)\n"
            "        elif event.type == pygame.MOUSEBUTTONDOWN:\n            print(event.pos)\n"
            "    screen.fill((0, 0, 0))\n"
            "    pygame.draw.rect(screen, color, (50, 20, 100, 60))\n    pygame.display.flip()\n"
            "    clock.tick(60)\n    frames += 1\n"));
    const QString pixel = QStringLiteral(
        "(() => { const c = document.querySelector('.screen canvas'); return c && c.width === 200 ?"
        "[...c.getContext('2d').getImageData(100, 50, 1, 1).data].slice(0, 3).join() : '' })()");
    const auto shows = [&](const QString& wanted) {
        return QTest::qWaitFor(
            [&] { return evaluate(view, pixel, 2000).toString() == wanted; }, kPythonTimeout);
    };
    QVERIFY2(shows(QStringLiteral("255,0,0")), said(entries).constData());
    QCOMPARE(evaluate(view, QStringLiteral("document.title")).toString(), "Box");
    evaluate(view, QStringLiteral("dispatchEvent(new KeyboardEvent('keydown', { key: ' ' }))"));
    QVERIFY(shows(QStringLiteral("0,0,255")));
    evaluate(view,
        QStringLiteral("(() => { const c = document.querySelector('.screen canvas'), b = "
                       "c.getBoundingClientRect(); c.dispatchEvent(new MouseEvent('mousedown', "
                       "{ clientX: b.left + b.width / 2, clientY: b.top + b.height / 2 })) })()"));
    QVERIFY(becomes(
        view, QStringLiteral("document.querySelector('.output').textContent"), "(100, 50)\n"));
    QVERIFY2(ofLevel(entries, ConsoleEntry::Level::Error).isEmpty(), said(entries).constData());
    QCOMPARE(view.runState(), ArtifactView::RunState::Running);
}

void TestArtifactRunners::pythonShowsFigures()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Python,
        QStringLiteral(
            "import matplotlib.pyplot as plt\nprint('above')\n"
            "plt.bar(['a', 'b'], [1, 3], color='#ff0000')\nplt.title('Rain <b>')\nplt.show()\n"
            "print('between')\nfig, ax = plt.subplots()\nax.plot([1, 2], color='#0000ff')\n"
            "plt.show()\nax.imshow([[1]])\n"));
    // A column through the first bar, and through the line.
    const QString pixels = QStringLiteral(
        "(() => { const has = (c, color) => { const { data } = c.getContext('2d').getImageData("
        "Math.round(c.width * 0.3), 0, 1, c.height); for (let i = 0; i < data.length; i += 4) "
        "if (data.slice(i, i + 3).join() === color) return true; return false };"
        "const all = [...document.querySelectorAll('.output canvas')]; return all.length === 2 ? "
        "[has(all[0], '255,0,0'), has(all[1], '0,0,255'), all[0].getAttribute('aria-label'), "
        "all[0].previousSibling.textContent + all[1].previousSibling.textContent].join('|') : '' "
        "})()");
    QVERIFY2(QTest::qWaitFor(
                 [&] {
                     return evaluate(view, pixels, 3000).toString() ==
                            QStringLiteral("true|true|Rain <b>|above\nbetween\n");
                 },
                 kPythonTimeout),
        (evaluate(view, pixels).toByteArray() + said(entries)).constData());
    QTRY_VERIFY_WITH_TIMEOUT(!ofLevel(entries, ConsoleEntry::Level::Error).isEmpty(), kPageTimeout);
    const ConsoleEntry error = ofLevel(entries, ConsoleEntry::Level::Error).first();
    QVERIFY2(error.text.contains(QStringLiteral("Axes.imshow is not in the small matplotlib")),
        qPrintable(error.text));
    QCOMPARE(error.line, 10);
}

ATELIER_LIBRARY_TEST_MAIN(TestArtifactRunners)

#include "tst_artifact_runners.moc"
