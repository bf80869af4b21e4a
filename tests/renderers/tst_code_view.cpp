// SPDX-License-Identifier: MIT
#include "renderers/code_view.h"

#include "tests/renderers/page_test.h"

#include <QSignalSpy>

using namespace atelier;
using test::becomes;
using test::evaluate;
using test::kPageTimeout;

namespace {

void open(CodeView& view)
{
    view.resize(400, 300);
    view.show();
}

const QString kText = QStringLiteral("atelier.text()");

} // namespace

class TestCodeView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsTextAsText();
    void colorsAnySplitAlike();
    void marksTheLineBeingWritten();
    void showsALine();
    void isQuickWithManyLines();
    void beginsAnew();
    void followsTheEnd();
    void becomesAnEditor();
    void anEditOfAnOlderSourceIsNotTold();
    void findsInTheEditor();
};

void TestCodeView::showsTextAsText()
{
    CodeView view;
    open(view);
    const QString source =
        QStringLiteral("<p onclick=\"x\">\r\n\t<b>&amp;\n\n<script>let a</script>");
    view.begin(QStringLiteral("html"));
    view.append(source);
    view.finish();
    QCOMPARE(evaluate(view, kText).toString(), QString(source).remove(u'\r'));
    QCOMPARE(
        evaluate(view, QStringLiteral("document.querySelectorAll('main p, main script').length"))
            .toInt(),
        0);
    QCOMPARE(evaluate(view, QStringLiteral("document.querySelectorAll('.l').length")).toInt(), 4);
    QCOMPARE(
        evaluate(view,
            QStringLiteral("[...document.querySelectorAll('.l > b')].map(b => b.dataset.n).join()"))
            .toString(),
        "1,2,3,4");
}

void TestCodeView::colorsAnySplitAlike()
{
    const QString source = QStringLiteral(
        "<!-- a\nb --><svg viewBox=\"0 0\n1 1\"><style>/* x\n*/ p { color: red }</style>\n"
        "<script>const f = `a\nb` // c\n/* d\ne */ g(1.5, 'x')</script>\n</svg>\n");
    CodeView whole;
    CodeView split;
    open(whole);
    open(split);
    whole.begin(QStringLiteral("svg"));
    whole.append(source);
    whole.finish();
    split.begin(QStringLiteral("svg"));
    for (const QChar c : source)
        split.append(QString(c));
    split.finish();
    evaluate(whole, kText);
    evaluate(split, kText);
    const QString html = QStringLiteral("document.querySelector('main').textContent + "
                                        "[...document.querySelectorAll('main span span')].map(s => "
                                        "s.className + ':' + s.textContent).join('|')");
    const QString expected = evaluate(whole, html).toString();
    QCOMPARE(evaluate(split, html).toString(), expected);
    for (const char* part : {"c:<!-- a",
             "c:b -->",
             "k:svg",
             "ty:viewBox",
             "s:\"0 0",
             "s:1 1\"",
             "c:/* x",
             "ty:color",
             "k:const",
             "s:`a",
             "s:b`",
             "c:// c",
             "c:/* d",
             "c:e */",
             "f:g",
             "n:1.5",
             "s:'x'"})
        QVERIFY2(expected.contains(QLatin1String(part)), part);
}

void TestCodeView::marksTheLineBeingWritten()
{
    CodeView view;
    open(view);
    view.begin(QStringLiteral("svg"));
    view.append(QStringLiteral("<svg>\n  <rect"));
    evaluate(view, kText);
    QCOMPARE(evaluate(view, QStringLiteral("document.querySelector('.cur').innerText.trim()"))
                 .toString(),
        "<rect");
    QCOMPARE(
        evaluate(view, QStringLiteral("document.querySelectorAll('.cur, .caret').length")).toInt(),
        2);
    view.append(QStringLiteral("/>\n</svg>"));
    view.finish();
    evaluate(view, kText);
    QCOMPARE(
        evaluate(view, QStringLiteral("document.querySelectorAll('.cur, .caret').length")).toInt(),
        0);
}

void TestCodeView::showsALine()
{
    CodeView view;
    open(view);
    view.begin(QStringLiteral("js"));
    view.showLine(250); // before it is there
    for (int i = 1; i <= 400; ++i)
        view.append(QStringLiteral("line%1();\n").arg(i));
    view.finish();
    QVERIFY(becomes(view,
        QStringLiteral("document.querySelector('.mark')?.innerText.trim()"),
        QStringLiteral("line250();")));
    QVERIFY(becomes(view,
        QStringLiteral("(() => { const b = document.querySelector('.mark').getBoundingClientRect();"
                       "return b.top > 0 && b.bottom < innerHeight })()"),
        true));
    view.showLine(3);
    QVERIFY(becomes(view,
        QStringLiteral("document.querySelector('.mark').innerText.trim()"),
        QStringLiteral("line3();")));
}

void TestCodeView::isQuickWithManyLines()
{
    CodeView view;
    open(view);
    QString source;
    for (int i = 0; i < 5000; ++i)
        source += QStringLiteral("  <circle cx=\"%1\" cy='7' r=\"2\" fill=\"#fff\"/>\n").arg(i);
    view.begin(QStringLiteral("svg"));
    QVERIFY(evaluate(view, QStringLiteral("1")).isValid());
    evaluate(view,
        QStringLiteral(
            "(() => { window.longest = 0; new PerformanceObserver(l => { for (const e of "
            "l.getEntries()) longest = Math.max(longest, e.duration) }).observe("
            "{type: 'longtask'}) })()"));
    view.append(source);
    view.finish();
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('.l').length"), 5000));
    const double longest = evaluate(view, QStringLiteral("window.longest")).toDouble();
    QVERIFY2(longest < 300, qPrintable(QString::number(longest)));
    QVERIFY(becomes(view,
        QStringLiteral("Math.abs(document.documentElement.scrollHeight - 5000 * 20) < 200"),
        true));
}

void TestCodeView::beginsAnew()
{
    CodeView view;
    open(view);
    view.begin(QStringLiteral("svg"));
    view.append(QStringLiteral("old\nold"));
    evaluate(view, kText);
    view.begin(QStringLiteral("html"));
    view.append(QStringLiteral("new"));
    QCOMPARE(evaluate(view, kText).toString(), "new");
}

void TestCodeView::followsTheEnd()
{
    CodeView view;
    open(view);
    view.begin(QStringLiteral("js"));
    view.append(QStringLiteral("x\n").repeated(100));
    evaluate(view, kText);
    QVERIFY(becomes(view,
        QStringLiteral("scrollY + innerHeight >= document.documentElement.scrollHeight - 2"),
        true));
    evaluate(view,
        QStringLiteral("dispatchEvent(new WheelEvent('wheel', {deltaY: -9})); scrollTo(0, 40)"));
    view.append(QStringLiteral("y\n").repeated(100));
    evaluate(view, kText);
    QCOMPARE(evaluate(view, QStringLiteral("scrollY")).toInt(), 40);
    QVERIFY(becomes(view,
        QStringLiteral("document.querySelector('.pill').innerText"),
        QStringLiteral("100 new lines")));
}

namespace {

// Types at the end of the editor's text.
const QString kType = QStringLiteral(
    "(() => { const e = document.querySelector('.editor').shadowRoot.querySelector('.cm-content');"
    "const v = e.cmTile.root.view;"
    "v.dispatch({changes: {from: v.state.doc.length, insert: '%1'}}); return 'typed'; })()");

} // namespace

void TestCodeView::becomesAnEditor()
{
    CodeView view;
    open(view);
    QSignalSpy edited(&view, &CodeView::edited);
    view.setEditable(true);
    view.begin(QStringLiteral("html"));
    view.append(QStringLiteral("<p>one</p>\r\n<script>let a</script>\n"));
    const QString kEditors =
        QStringLiteral("document.querySelectorAll('.editor:not([hidden])').length");
    QCOMPARE(evaluate(view, kText).toString(),
        QStringLiteral("<p>one</p>\n<script>let a</script>\n").chopped(1));
    QCOMPARE(evaluate(view, kEditors).toInt(), 0); // while it is written there is nothing to edit
    view.finish();
    QVERIFY(becomes(view, kEditors, 1));
    QCOMPARE(
        evaluate(view, kText).toString(), QStringLiteral("<p>one</p>\n<script>let a</script>\n"));
    QCOMPARE(evaluate(view,
                 QStringLiteral("[...document.querySelector('.editor').shadowRoot"
                                ".querySelectorAll('.cm-lineNumbers .cm-gutterElement')]"
                                ".map(e => e.textContent).filter(t => t < '4').join()"))
                 .toString(),
        QStringLiteral("1,2,3"));
    // Its style sheets apply, in spite of the policy of the page.
    QVERIFY(becomes(view,
        QStringLiteral("getComputedStyle(document.querySelector('.editor').shadowRoot"
                       ".querySelector('.cm-scroller')).display"),
        QStringLiteral("flex")));
    QCOMPARE(evaluate(view, kType.arg(QStringLiteral("<b>"))).toString(), QStringLiteral("typed"));
    QTRY_COMPARE_WITH_TIMEOUT(edited.size(), 1, kPageTimeout);
    QCOMPARE(edited[0][0].toString(), QStringLiteral("<p>one</p>\n<script>let a</script>\n<b>"));
    QCOMPARE(view.text(), edited[0][0].toString());
}

void TestCodeView::anEditOfAnOlderSourceIsNotTold()
{
    CodeView view;
    open(view);
    QSignalSpy edited(&view, &CodeView::edited);
    view.setEditable(true);
    view.begin(QStringLiteral("svg"));
    view.append(QStringLiteral("<svg/>"));
    view.finish();
    QCOMPARE(evaluate(view, kText).toString(), QStringLiteral("<svg/>"));
    QVERIFY(becomes(view, kType.arg(QStringLiteral("x")), QStringLiteral("typed")));
    // Before the pause is over another source is shown.
    view.begin(QStringLiteral("svg"));
    view.append(QStringLiteral("<svg>2</svg>"));
    view.finish();
    QVERIFY(becomes(view, kText, QStringLiteral("<svg>2</svg>")));
    QCOMPARE(view.text(), QStringLiteral("<svg>2</svg>"));
    for (const auto& arguments : edited)
        QCOMPARE(arguments[0].toString(), QStringLiteral("<svg/>x"));
}

void TestCodeView::findsInTheEditor()
{
    CodeView view;
    open(view);
    view.setEditable(true);
    view.begin(QStringLiteral("html"));
    view.append(QStringLiteral("<p>needle</p>"));
    view.finish();
    QCOMPARE(evaluate(view, kText).toString(), QStringLiteral("<p>needle</p>"));
    view.find(true);
    QTRY_VERIFY_WITH_TIMEOUT(view.isSearching(), kPageTimeout);
    QVERIFY(becomes(view,
        QStringLiteral("document.querySelector('.editor').shadowRoot"
                       ".querySelector('.cm-search input')?.getAttribute('placeholder') ?? ''"),
        QStringLiteral("Find")));
    view.find(false);
    QTRY_VERIFY_WITH_TIMEOUT(!view.isSearching(), kPageTimeout);
}

ATELIER_PAGE_TEST_MAIN(TestCodeView)

#include "tst_code_view.moc"
