// SPDX-License-Identifier: MIT
// Where elements stand in a source, by the rules of a browser.
#include "renderers/source_map.h"

#include <QTest>
#include <ctime>

using namespace atelier;

class TestSourceMap : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsElements_data();
    void findsElements();
    void countsLinesAndColumns();
    void knowsWhatIsAround();
    void quotesWholeLines();
    void isLinear_data();
    void isLinear();
};

// `texts`: of each element, in order.
void TestSourceMap::findsElements_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QStringList>("texts");
    const auto row = [](const char* name, const char* source, const QStringList& texts) {
        QTest::newRow(name) << QString::fromUtf8(source) << texts;
    };
    row("nothing", "", {});
    row("text", "a < b", {});
    row("one", "x<p>a</p>y", {"<p>a</p>"});
    row("nested", "<div><b>a</b></div>", {"<div><b>a</b></div>", "<b>a</b>"});
    row("void", "<p>a<br>b<img src=x>c</p>", {"<p>a<br>b<img src=x>c</p>", "<br>", "<img src=x>"});
    row("a slash closes nothing in HTML", "<div/>a</div>", {"<div/>a</div>"});
    row("a slash closes in SVG",
        "<svg><circle r=1 /><g/>x</svg>",
        {"<svg><circle r=1 /><g/>x</svg>", "<circle r=1 />", "<g/>"});
    row("HTML in SVG",
        "<svg><foreignObject><p>a<p>b</foreignObject></svg>",
        {"<svg><foreignObject><p>a<p>b</foreignObject></svg>",
            "<foreignObject><p>a<p>b</foreignObject>",
            "<p>a",
            "<p>b"});
    row("list items without an end",
        "<ul>\n <li>a\n <li>b<ul><li>c</ul>\n</ul>",
        {"<ul>\n <li>a\n <li>b<ul><li>c</ul>\n</ul>",
            "<li>a",
            "<li>b<ul><li>c</ul>",
            "<ul><li>c</ul>",
            "<li>c"});
    row("terms",
        "<dl><dt>a<dd>b<dt>c</dl>",
        {"<dl><dt>a<dd>b<dt>c</dl>", "<dt>a", "<dd>b", "<dt>c"});
    row("rows and cells",
        "<table><tr><td>a<td>b<tr><th>c</table>",
        {"<table><tr><td>a<td>b<tr><th>c</table>",
            "<tr><td>a<td>b",
            "<td>a",
            "<td>b",
            "<tr><th>c",
            "<th>c"});
    row("a table in a cell",
        "<table><tr><td><table><tr><td>a</table><td>b</table>",
        {"<table><tr><td><table><tr><td>a</table><td>b</table>",
            "<tr><td><table><tr><td>a</table><td>b",
            "<td><table><tr><td>a</table>",
            "<table><tr><td>a</table>",
            "<tr><td>a",
            "<td>a",
            "<td>b"});
    row("paragraphs", "<p>a<p>b<div>c</div>", {"<p>a", "<p>b", "<div>c</div>"});
    row("a paragraph in a button",
        "<p>a<button><p>b</button>c",
        {"<p>a<button><p>b</button>c", "<button><p>b</button>", "<p>b"});
    row("options",
        "<select><option>a<option>b</select>",
        {"<select><option>a<option>b</select>", "<option>a", "<option>b"});
    row("no end at all", "<div>\n<b>a\n\n", {"<div>\n<b>a", "<b>a"});
    row("an end of nothing", "<div>a</i></b>c</div>", {"<div>a</i></b>c</div>"});
    row("an end outside of the cell",
        "<div><table><tr><td>a</div>b</table></div>",
        {"<div><table><tr><td>a</div>b</table></div>",
            "<table><tr><td>a</div>b</table>",
            "<tr><td>a</div>b",
            "<td>a</div>b"});
    row("an end that closes what is open inside", "<div><b>a</div>c", {"<div><b>a</div>", "<b>a"});
    row("text that looks like tags",
        "<!-- <p> --><script>'<p>'</script><style>a>b{}</style><textarea><p></textarea>",
        {"<script>'<p>'</script>", "<style>a>b{}</style>", "<textarea><p></textarea>"});
    row("an angle in a value", "<p title='a>b'>x</p>", {"<p title='a>b'>x</p>"});
    row("capitals", "<DIV><P>x</DIV>", {"<DIV><P>x</DIV>", "<P>x"});
    row("an unfinished tag", "<p>a<div class=", {"<p>a"});
    row("head and body",
        "<html><head><title>t</title><body>a</html>",
        {"<html><head><title>t</title><body>a</html>",
            "<head><title>t</title>",
            "<title>t</title>",
            "<body>a"});
}

void TestSourceMap::findsElements()
{
    QFETCH(QString, source);
    QFETCH(QStringList, texts);
    const SourceMap map(source);
    QStringList found;
    for (int i = 0; i < map.size(); ++i) {
        const SourceElement* element = map.element(i);
        found << source.mid(element->begin, element->end - element->begin);
        QCOMPARE(source.mid(element->begin + 1, element->name.size()).toLower(), element->name);
    }
    QCOMPARE(found, texts);
    QVERIFY(!map.element(-1));
    QVERIFY(!map.element(map.size()));
}

void TestSourceMap::countsLinesAndColumns()
{
    const SourceMap map(QString::fromUtf8("<b>春</b>\r\n  <i\n class=x>\n</i>x"));
    QCOMPARE(map.range(0), (SourceRange{1, 0, 1, 8}));
    QCOMPARE(map.range(1), (SourceRange{2, 2, 4, 4}));
    QCOMPARE(map.range(2), SourceRange());
}

void TestSourceMap::knowsWhatIsAround()
{
    const SourceMap map(QStringLiteral("<ul><li>a<li><b>c</b></ul><p>"));
    QList<int> parents;
    for (int i = 0; i < map.size(); ++i)
        parents << map.element(i)->parent;
    QCOMPARE(parents, (QList<int>{-1, 0, 0, 2, -1}));
}

void TestSourceMap::quotesWholeLines()
{
    const SourceMap map(QStringLiteral("a\n  <b>x\n</b> c\nd"));
    QCOMPARE(map.text(0), "  <b>x\n</b> c\n");
    QCOMPARE(map.text(1), QString());
}

void TestSourceMap::isLinear_data()
{
    QTest::addColumn<QString>("piece");
    QTest::newRow("open") << "<div>";
    QTest::newRow("crossed") << "<b><i></b>";
    QTest::newRow("ends of what is far away") << "<td></div><b>";
    QTest::newRow("items") << "<li><ul>";
    QTest::newRow("paragraphs") << "<p><b>";
    QTest::newRow("drawings") << "<svg><g>";
}

void TestSourceMap::isLinear()
{
    QFETCH(QString, piece);
    const auto took = [&](int times) {
        const QString source = QStringLiteral("<div><p>") + piece.repeated(times);
        const std::clock_t start = std::clock(); // of this process: others may be busy
        const SourceMap map(source);
        return qint64(std::clock() - start) * 1000000 / CLOCKS_PER_SEC + (map.size() == 0 ? 1 : 0);
    };
    (void)took(2000);
    const qint64 small = std::min(took(5000), took(5000));
    const qint64 large = std::min(took(50000), took(50000));
    // Ten times the work; three times more for a machine that does other things.
    QVERIFY2(large < 30 * small + 20000, qPrintable(QStringLiteral("%1 %2").arg(small).arg(large)));
}

QTEST_APPLESS_MAIN(TestSourceMap)

#include "tst_source_map.moc"
