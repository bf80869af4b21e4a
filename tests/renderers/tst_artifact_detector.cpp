// SPDX-License-Identifier: MIT
#include "renderers/artifact_detector.h"

#include <QTest>

using namespace atelier;

namespace {

// Events as one readable line: P(text) B(svg) S(text) T(title) E.
QString readable(const QList<ArtifactEvent>& events)
{
    QString text;
    ArtifactEvent::Type last = ArtifactEvent::Type::End;
    const auto add = [&](const ArtifactEvent& event, const char* letter) {
        const bool continues = event.type == last && text.endsWith(u')');
        if (continues)
            text.chop(1);
        else
            text += QLatin1String(letter) + QLatin1Char('(');
        text += event.text;
        text += QLatin1Char(')');
    };
    for (const ArtifactEvent& event : events) {
        switch (event.type) {
        case ArtifactEvent::Type::Prose:
            add(event, "P");
            break;
        case ArtifactEvent::Type::Source:
            add(event, "S");
            break;
        case ArtifactEvent::Type::Begin:
            text += QStringLiteral("B(%1 %2)").arg(artifactKindName(event.kind), event.language);
            break;
        case ArtifactEvent::Type::Title:
            text += QStringLiteral("T(%1)").arg(event.text);
            break;
        case ArtifactEvent::Type::End:
            text += QLatin1Char('E');
            break;
        }
        last = event.type;
    }
    return text.replace(u'\n', u'|').replace(u'\r', u'^');
}

QString detected(const QStringList& pieces)
{
    ArtifactDetector detector;
    QList<ArtifactEvent> events;
    for (const QString& piece : pieces)
        events += detector.push(piece);
    events += detector.finish();
    return readable(events);
}

} // namespace

class TestArtifactDetector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsArtifacts_data();
    void findsArtifacts();
    void anySplitGivesTheSame_data() { findsArtifacts_data(); }
    void anySplitGivesTheSame();
    void streamsWithoutWaitingForLines();
    void startsBeforeTheFenceEnds();
    void says_whereItIs();
    void isLinear_data();
    void isLinear();
};

void TestArtifactDetector::findsArtifacts_data()
{
    QTest::addColumn<QString>("reply");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* reply, const char* expected) {
        QTest::newRow(name) << QString::fromUtf8(reply) << QString::fromUtf8(expected);
    };
    row("nothing", "", "");
    row("prose", "Hello\nthere", "P(Hello|there)");
    row("svg fence", "A:\n```svg\n<svg/>\n```\nB", "P(A:|)B(SVG svg)S(<svg/>|)EP(B)");
    row("html fence", "```html\n<p>x</p>\n```", "B(HTML html)S(<p>x</p>|)E");
    row("upper case and more words", "```HTML title=x\n<p>\n```\n", "B(HTML html)S(<p>|)E");
    row("tildes", "~~~svg\n<svg/>\n```\n~~~\n", "B(SVG svg)S(<svg/>|```|)E");
    row("longer fence", "````svg\n```\n````\n", "B(SVG svg)S(```|)E");
    row("longer closing fence", "```svg\n<g/>\n`````\nx", "B(SVG svg)S(<g/>|)EP(x)");
    row("indented fence", "   ```svg\n<svg/>\n  ```\n", "B(SVG svg)S(<svg/>|)E");
    row("four spaces are code", "    ```svg\nx\n", "P(    ```svg|x|)");
    row("xml fence with svg",
        "```xml\n<?xml version='1.0'?>\n<!-- c -->\n<svg></svg>\n```\n",
        "B(SVG xml)S(<?xml version='1.0'?>|<!-- c -->|<svg></svg>|)E");
    row("xml fence with something else", "```xml\n<a/>\n```\nx", "P(```xml|<a/>|```|x)");
    row("unmarked fence with html",
        "```\n<!DOCTYPE html>\n<p>\n```\n",
        "B(HTML )S(<!DOCTYPE html>|<p>|)E");
    row("unmarked fence with svg after an empty line",
        "```\n\n<svg >\n```\n",
        "B(SVG )S(|<svg >|)E");
    row("unmarked fence with text", "```\nplain <svg>\n```\nx", "P(```|plain <svg>|```|x)");
    row("empty unmarked fence", "```\n```\n<svg></svg>", "P(```|```|)B(SVG svg)S(<svg></svg>)E");
    row("svgfoo is no svg", "```\n<svgfoo>\n```\n", "P(```|<svgfoo>|```|)");
    row("other fence", "```python\n<svg>\n```\nx", "P(```python|<svg>|```|x)");
    row("markdown fence around html stays prose", "```md\n<html>\n```\n", "P(```md|<html>|```|)");
    row("mermaid", "```mermaid\ngraph LR\n```\nx", "B(Mermaid mermaid)S(graph LR|)EP(x)");
    row("mermaid title",
        "```mermaid\npie title Pets\n\"a\": 1\n```\n",
        "B(Mermaid mermaid)S(pie title Pets|)T(Pets)S(\"a\": 1|)E");
    row("csv", "```csv\na,b\n```\n", "B(CSV csv)S(a,b|)E");
    row("json records", "```json\n[\n  {\"a\": 1}\n]\n```\n", "B(JSON json)S([|  {\"a\": 1}|]|)E");
    row("json settings stay prose", "```json\n{\"a\": 1}\n```\n", "P(```json|{\"a\": 1}|```|)");
    row("json list of numbers stays prose", "```json\n[1]\n```\n", "P(```json|[1]|```|)");
    row("markdown document",
        "```markdown\n# Plan #\ntext\n```py\nx\n```\nend\n```\nafter",
        "B(Markdown markdown)S(# Plan #|)T(Plan)S(text|```py|x|```|end|)EP(after)");
    row("markdown that is no document", "```md\n- a\n- b\n```\n", "P(```md|- a|- b|```|)");
    row("pygame",
        "```python\n\"\"\"A ball.\n\nBounces.\"\"\"\nimport math\nimport pygame\n"
        "pygame.display.set_caption(\"Ball\")\n```\n",
        "B(Python python)S(\"\"\"A ball.||Bounces.\"\"\"|import math|import pygame|"
        "pygame.display.set_caption(\"Ball\")|)T(Ball)E");
    row("python from pygame",
        "```py\n# c\nfrom pygame.locals import *\n```",
        "B(Python py)S(# c|from pygame.locals import *|)E");
    row("python script",
        "```python\n#!/usr/bin/env python3\nprint(1)\n```",
        "B(Python python)S(#!/usr/bin/env python3|print(1)|)E");
    row("a snippet of python stays prose",
        "```python\nimport os\nprint(os.name)\n```\nx",
        "P(```python|import os|print(os.name)|```|x)");
    row("a mention of pygame is no import",
        "```python\nprint('import pygame')\nimport pygame\n```\n",
        "P(```python|print('import pygame')|import pygame|```|)");
    row("python file", "```python game.py\nx = 1\n```\n", "B(Python python)T(game.py)S(x = 1|)E");
    row("file in the first comment",
        "```cpp\n// src/main.cpp\nint main() {}\n```\n",
        "B(Code cpp)T(src/main.cpp)S(// src/main.cpp|int main() {}|)E");
    row("file behind a colon",
        "```rust:src/lib.rs\nfn f() {}\n```\n",
        "B(Code rust)T(src/lib.rs)S(fn f() {}|)E");
    row("a comment is no file",
        "```cpp\n// Adds two numbers.\nint a;\n```\n",
        "P(```cpp|// Adds two numbers.|int a;|```|)");
    row("settings that name a file stay prose",
        "```toml\n# pyproject.toml\na = 1\n```\n",
        "P(```toml|# pyproject.toml|a = 1|```|)");
    row("component",
        "```jsx\n// A board\nimport React from 'react';\nexport default function Board() {}\n```\n",
        "B(React jsx)S(// A board|import React from 'react';|export default function Board() {}|)"
        "T(Board)E");
    row("hooks",
        "```tsx\nconst { useState } = React;\n```",
        "B(React tsx)S(const { useState } = React;|)E");
    row("an element is no component", "```jsx\n<Button/>\n```\n", "P(```jsx|<Button/>|```|)");
    row("script that draws",
        "```js\n/* a\n b */\nconst c = document.createElement('canvas');\n```\n",
        "B(JavaScript js)S(/* a| b */|const c = document.createElement('canvas');|)E");
    row("p5",
        "```javascript\nfunction setup() {\n}\n```\n",
        "B(JavaScript javascript)S(function setup() {|}|)E");
    row("script that imports what draws",
        "```js\nimport {\n  a,\n  b\n} from 'three';\n```\n",
        "B(JavaScript js)S(import {|  a,|  b|} from 'three';|)E");
    row("a snippet of script stays prose",
        "```js\nconst c = document.getElementById('c');\nnew p5()\n```\n",
        "P(```js|const c = document.getElementById('c');|new p5()|```|)");
    row("undecided to the end", "```python\nimport os\n", "P(```python|import os|)");
    row("undecided fence is closed",
        "```python\nimport os\n```\n```mermaid\na\n```",
        "P(```python|import os|```|)B(Mermaid mermaid)S(a|)E");
    row("code in a line", "```a``` b\n```svg\n<g/>\n```", "P(```a``` b|)B(SVG svg)S(<g/>|)E");
    row("raw svg",
        "Here:\n<svg viewBox='0 0 1 1'><g/></svg>\nDone",
        "P(Here:|)B(SVG svg)S(<svg viewBox='0 0 1 1'><g/></svg>)EP(Done)");
    row("raw svg with svg inside",
        "<svg><svg></svg></svg> after",
        "B(SVG svg)S(<svg><svg></svg></svg>)EP( after)");
    row("raw svg, end in an attribute",
        "<svg a='</svg>'></svg>!",
        "B(SVG svg)S(<svg a='</svg>'></svg>)EP(!)");
    row("raw svg, end in a comment",
        "<svg><!-- </svg> --></svg>",
        "B(SVG svg)S(<svg><!-- </svg> --></svg>)E");
    row("raw self-closing svg", "<svg/>x", "B(SVG svg)S(<svg/>)EP(x)");
    row("raw html",
        "<!doctype html>\n<html><b>x</b>\n</html>\nbye",
        "B(HTML html)S(<!doctype html>|<html><b>x</b>|</html>)EP(bye)");
    row("raw html without doctype", "<HTML>\n</HTML >", "B(HTML html)S(<HTML>|</HTML >)E");
    row("raw html, end in a script",
        "<html><script>'</html>'</script></html>",
        "B(HTML html)S(<html><script>'</html>'</script></html>)E");
    row("tag inside a line is prose", "see <svg> and\n", "P(see <svg> and|)");
    row("other tags are prose", "<b>x</b>\n<section>\n", "P(<b>x</b>|<section>|)");
    row("lone <sv at the end", "<sv", "P(<sv)");
    row("title",
        "```html\n<title>A &amp; <b></title>\n<h1>C</h1>\n```\n",
        "B(HTML html)S(<title>A &amp; <b></title>)T(A & <b>)S(|<h1>C</h1>|)E");
    row("heading",
        "```html\n<h1 class=x>Big <i>news</i>\n day</h1>\n```\n",
        "B(HTML html)S(<h1 class=x>Big <i>news</i>| day</h1>)T(Big news day)S(|)E");
    row("svg label",
        "```svg\n<svg aria-label=\"Misty &#x6c5f;\"><title>No</title></svg>\n```\n",
        "B(SVG svg)S(<svg aria-label=\"Misty &#x6c5f;\">)T(Misty 江)S(<title>No</title></svg>|)E");
    row("svg title",
        "```svg\n<svg><title>Boat</title><g><title>no</title></g></svg>\n```\n",
        "B(SVG svg)S(<svg><title>Boat</title>)T(Boat)S(<g><title>no</title></g></svg>|)E");
    row("an icon's title is not the page's",
        "```html\n<svg><title>x</title></svg><h1>P</h1>\n```\n",
        "B(HTML html)S(<svg><title>x</title></svg><h1>P</h1>)T(P)S(|)E");
    row("title in a comment",
        "```html\n<!-- <title>x</title> --><title>y</title>\n```",
        "B(HTML html)S(<!-- <title>x</title> --><title>y</title>)T(y)S(|)E");
    row("fences in a script come in pairs",
        "```html\n<script>\nm = `\n```js\nlet x\n```\n`\n</script>\n```\nafter",
        "B(HTML html)S(<script>|m = `|```js|let x|```|`|</script>|)EP(after)");
    row("a fence after the end of the document closes it",
        "```html\n<html></html>\n```\n```js\nx\n```\n",
        "B(HTML html)S(<html></html>|)EP(```js|x|```|)");
    row("CRLF",
        "A\r\n```svg\r\n<svg>\r\n</svg>\r\n```\r\nB\r\n",
        "P(A^|)B(SVG svg)S(<svg>^|</svg>^|)EP(B^|)");
    row("two artifacts",
        "```svg\n<svg/>\n```\nand\n```html\n<p>\n```\n",
        "B(SVG svg)S(<svg/>|)EP(and|)B(HTML html)S(<p>|)E");
    row("cut off", "```svg\n<svg><rect", "B(SVG svg)S(<svg><rect)");
    row("cut off in the closing fence", "```svg\n<svg>\n``", "B(SVG svg)S(<svg>|``)");
    row("no closing fence, but the root is closed",
        "```svg\n<svg></svg>\n",
        "B(SVG svg)S(<svg></svg>|)E");
    row("closing fence without line feed", "```svg\n<g>\n```", "B(SVG svg)S(<g>|)E");
    row("cut off in the opening fence", "x\n```sv", "P(x|```sv)");
    row("opening fence is the last line", "x\n```svg", "P(x|)B(SVG svg)");
    row("code that only begins like a fence", "```svg\n`a`\n``b\n```\n", "B(SVG svg)S(`a`|``b|)E");
    row("spaces at the start of lines",
        "```svg\n  <g>\n   \n    ```\n```\n",
        "B(SVG svg)S(  <g>|   |    ```|)E");
    row("outside the basic plane",
        "\U0001F98A\n```svg\n<t>\U0001F98A</t>\n```",
        "P(\U0001F98A|)B(SVG svg)S(<t>\U0001F98A</t>|)E");
}

void TestArtifactDetector::findsArtifacts()
{
    QFETCH(QString, reply);
    QTEST(detected({reply}), "expected");
}

void TestArtifactDetector::anySplitGivesTheSame()
{
    QFETCH(QString, reply);
    QFETCH(QString, expected);
    for (qsizetype at = 0; at <= reply.size(); ++at)
        QCOMPARE(detected({reply.left(at), reply.mid(at)}), expected);
    QStringList characters;
    for (const QChar c : reply)
        characters.append(QString(c));
    QCOMPARE(detected(characters), expected);
}

void TestArtifactDetector::streamsWithoutWaitingForLines()
{
    ArtifactDetector detector;
    detector.push(u"```svg\n");
    QCOMPARE(readable(detector.push(u"<svg><rect/>")), "S(<svg><rect/>)");
    QCOMPARE(readable(detector.push(u"<circle")), "S(<circle)");
    QCOMPARE(readable(detector.push(u"/>\n")), "S(/>|)");
}

void TestArtifactDetector::startsBeforeTheFenceEnds()
{
    ArtifactDetector detector;
    QVERIFY(detector.push(u"```svg").isEmpty());
    QCOMPARE(readable(detector.push(u"\n")), "B(SVG svg)");
    ArtifactDetector raw;
    QCOMPARE(readable(raw.push(u"<svg ")), "B(SVG svg)S(<svg )");
}

void TestArtifactDetector::says_whereItIs()
{
    ArtifactDetector detector;
    QVERIFY(!detector.insideArtifact());
    detector.push(u"a\n```svg\n<g>");
    QVERIFY(detector.insideArtifact());
    detector.push(u"\n```\n");
    QVERIFY(!detector.insideArtifact());
}

void TestArtifactDetector::isLinear_data()
{
    QTest::addColumn<QString>("start");
    QTest::addColumn<QString>("piece");
    QTest::newRow("open attribute") << "```svg\n<svg a='"
                                    << "x'y\" > ";
    QTest::newRow("fence line") << "```"
                                << "a";
    QTest::newRow("backticks") << ""
                               << "`";
    QTest::newRow("spaces") << "```\n"
                            << " ";
    QTest::newRow("open declaration") << "```xml\n<?"
                                      << "x";
    QTest::newRow("angle brackets") << "```html\n"
                                    << "<";
    QTest::newRow("open heading") << "```html\n<h1>"
                                  << "<b>x";
    QTest::newRow("svg in svg") << ""
                                << "<svg>";
    QTest::newRow("one endless line of another fence") << "```c\n"
                                                       << "x";
    QTest::newRow("comment dashes") << "```html\n<!--"
                                    << "-";
}

void TestArtifactDetector::isLinear()
{
    QFETCH(QString, start);
    QFETCH(QString, piece);
    // A megabyte in small pieces: seconds if anything looked back over what it has seen.
    ArtifactDetector detector;
    QElapsedTimer clock;
    clock.start();
    detector.push(start);
    const QString pieces = piece.repeated(16);
    for (qsizetype size = 0; size < 1'000'000; size += pieces.size())
        detector.push(pieces);
    detector.finish();
    QVERIFY2(clock.elapsed() < 5000, qPrintable(QString::number(clock.elapsed())));
}

QTEST_APPLESS_MAIN(TestArtifactDetector)

#include "tst_artifact_detector.moc"
