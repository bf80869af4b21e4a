// SPDX-License-Identifier: MIT
// Pointing at an element of a page leads to its own tag in the source, whatever the page does.
#include "renderers/artifact_view.h"
#include "renderers/source_map.h"

#include "tests/renderers/page_test.h"

#include <QElapsedTimer>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QWheelEvent>

using namespace atelier;
using test::becomes;
using test::evaluate;
using test::kPageTimeout;

class TestElementPicker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_view.reset(); }
    void everyElementLeadsToItsTag_data();
    void everyElementLeadsToItsTag();
    void aClickChoosesWhatIsThere();
    void theMarksAreGoneBeforeScriptsRun();
    void whatAScriptMadeIsSaidToBe();
    void aDrawingEndsAtItsRoot();
    void thePageNoticesNothing();
    void theWheelScrollsThePage();
    void theBoxFollowsThePage();
    void isOffered_data();
    void isOffered();
    void endsWithTheRun();
    void aForgingPageLeadsToItsOwnLines_data();
    void aForgingPageLeadsToItsOwnLines();

private:
    void run(ArtifactKind kind, const QString& source);
    PickedElement click(const QPoint& at);
    PickedElement key(Qt::Key key);
    QString textOf(const PickedElement& element);

    std::unique_ptr<ArtifactView> m_view;
};

void TestElementPicker::init()
{
    m_view = std::make_unique<ArtifactView>();
    m_view->resize(400, 300);
    m_view->setVisible(true);
}

void TestElementPicker::run(ArtifactKind kind, const QString& source)
{
    QSignalSpy drawn(m_view.get(), &ArtifactView::drawn);
    m_view->show(kind, source);
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    m_view->setInspecting(true);
    QVERIFY(m_view->isInspecting());
}

// What was chosen; its mark is -1 when nothing was.
PickedElement TestElementPicker::click(const QPoint& at)
{
    QSignalSpy picked(&m_view->picker(), &ElementPicker::picked);
    QTest::mouseClick(&m_view->picker(), Qt::LeftButton, {}, at);
    if (!QTest::qWaitFor([&] { return picked.count() > 0; }, 3000))
        return {};
    return picked[0][0].value<PickedElement>();
}

PickedElement TestElementPicker::key(Qt::Key key)
{
    QSignalSpy picked(&m_view->picker(), &ElementPicker::picked);
    QTest::keyClick(&m_view->picker(), key);
    if (!QTest::qWaitFor([&] { return picked.count() > 0; }, 3000))
        return {};
    return picked[0][0].value<PickedElement>();
}

QString TestElementPicker::textOf(const PickedElement& picked)
{
    const SourceMap map(m_view->source());
    const SourceElement* element = map.element(picked.mark);
    return element ? m_view->source().mid(element->begin, element->end - element->begin)
                   : QString();
}

// Each tag has an id of its own, so that a wrong one is seen.
void TestElementPicker::everyElementLeadsToItsTag_data()
{
    QTest::addColumn<ArtifactKind>("kind");
    QTest::addColumn<QString>("source");
    QTest::addColumn<int>("fewest"); // elements that have to be walked
    QTest::newRow("plain") << ArtifactKind::Html
                           << "<div id=a><b id=b>x</b><i id=c>y</i></div><p id=d>z" << 4;
    QTest::newRow("a whole page")
        << ArtifactKind::Html
        << "<!doctype html>\n<html><head><title id=t>T</title>\n<style>p{}</style></head>\n"
           "<body id=a>\n<main id=b><p id=c>x<p id=d>y</main>\n<footer "
           "id=e>z</footer></body></html>"
        << 4;
    QTest::newRow("parts that the parser adds")
        << ArtifactKind::Html
        << "<table id=a><tr id=b><td id=c>1<td id=d>2<tr id=e><td id=f>3</table><p id=g>x" << 7;
    QTest::newRow("what the parser moves out of a table")
        << ArtifactKind::Html
        << "<table id=a><div id=b>out</div><tr id=c><td id=d>in</td><p id=e>out</table>" << 5;
    QTest::newRow("crossed formatting")
        << ArtifactKind::Html << "<p id=a><b id=b>x<i id=c>y</b>z</i></p><p id=d>w" << 4;
    QTest::newRow("tags that the parser drops")
        << ArtifactKind::Html
        << "<body id=a><p id=b>x</p><html><body class=z><caption id=no><p id=c>y</p>" << 2;
    QTest::newRow("comments, scripts and templates")
        << ArtifactKind::Html
        << "<!-- <p> --><p id=a>x</p><script>'<p>'</script><template><p></template><p id=b>y</p>"
        << 2;
    QTest::newRow("a drawing in a page") << ArtifactKind::Html
                                         << "<svg id=a viewBox='0 0 9 9'><g id=b><rect id=c "
                                            "width=4 height=4 /><circle id=d r=2 /></g>"
                                            "</svg><p id=e>x"
                                         << 5;
    QTest::newRow("a drawing")
        << ArtifactKind::Svg
        << "<?xml version='1.0'?>\n<!-- <g> -->\n<svg id=a viewBox='0 0 9 9'>\n<g id=b>"
           "<rect id=c width=4 height=4 /><path id=d d='M0 0h9v9z'/></g>\n<text id=e "
           "y=5>x</text></svg>"
        << 5;
}

void TestElementPicker::everyElementLeadsToItsTag()
{
    QFETCH(ArtifactKind, kind);
    QFETCH(QString, source);
    QFETCH(int, fewest);
    run(kind, source);
    static const QRegularExpression kId(QStringLiteral("#(\\w+)"));
    QSet<QString> seen;
    const auto check = [&](const PickedElement& element) {
        const QString id = kId.match(element.name).captured(1);
        if (id.isEmpty() || element.scripted)
            return; // what the parser adds has no tag, and none of ours is without an id
        seen.insert(id);
        const QString tag = textOf(element).section(QLatin1Char('>'), 0, 0);
        QVERIFY2(tag.contains(QStringLiteral(" id=") + id), qPrintable(element.name + tag));
    };
    // Through the whole tree with the arrow keys.
    PickedElement at = key(Qt::Key_Down);
    for (int steps = 0; steps < 60 && at.mark >= 0; ++steps) {
        check(at);
        PickedElement next = key(Qt::Key_Down);
        while (next == at) {
            next = key(Qt::Key_Right);
            if (next != at)
                break;
            const PickedElement out = key(Qt::Key_Up);
            if (out == at || out.mark < 0) {
                steps = 1000;
                break;
            }
            at = out;
            next = out;
            const PickedElement beside = key(Qt::Key_Right);
            if (beside != out) {
                next = beside;
                break;
            }
        }
        at = next;
    }
    QVERIFY2(seen.size() >= fewest, qPrintable(QStringList(seen.values()).join(QLatin1Char(' '))));
}

void TestElementPicker::aClickChoosesWhatIsThere()
{
    const QString source = QStringLiteral(
        "<style>body{margin:0}div{height:50px}</style>\n<div id=one>1</div>\n<div class='b c'>"
        "<button style='width:200px;height:40px;margin:5px'>2</button></div>\n");
    run(ArtifactKind::Html, source);
    PickedElement element = click({100, 20});
    QCOMPARE(element.name, "div#one");
    QCOMPARE(element.box, QRectF(0, 0, 400, 50));
    QVERIFY(!element.scripted);
    QCOMPARE(textOf(element), "<div id=one>1</div>");
    element = click({100, 75});
    QCOMPARE(element.name, "button");
    QCOMPARE(element.box, QRectF(5, 55, 200, 40));
    element = key(Qt::Key_Up);
    QCOMPARE(element.name, "div.b.c");
    m_view->setZoom(2);
    element = click({100, 40}); // twice as large
    QCOMPARE(element.name, "div#one");
    QTRY_COMPARE_WITH_TIMEOUT(
        m_view->picker().chosen().value_or(PickedElement()).box, QRectF(0, 0, 400, 100), 3000);
}

void TestElementPicker::theMarksAreGoneBeforeScriptsRun()
{
    run(ArtifactKind::Html,
        QStringLiteral("<p>x</p><template id=t><b>y</b></template><script>"
                       "seen = document.documentElement.outerHTML + t.innerHTML</script>"));
    const QString seen = evaluate(*m_view, QStringLiteral("seen")).toString();
    QVERIFY(seen.contains(QStringLiteral("<p>x</p>")));
    QVERIFY(seen.contains(QStringLiteral("<b>y</b>")));
    QVERIFY2(!seen.contains(QStringLiteral("data-atelier")), qPrintable(seen));
}

void TestElementPicker::whatAScriptMadeIsSaidToBe()
{
    run(ArtifactKind::Html,
        QStringLiteral("<style>*{margin:0}p,b{display:block;height:40px}</style>\n<main id=app>\n"
                       "<p>x</p></main>\n<script>app.append(document.createElement('b'));"
                       "document.body.append(app.firstElementChild.cloneNode())</script>"));
    PickedElement element = click({100, 60});
    QCOMPARE(element.name, "b");
    QVERIFY(element.scripted);
    QCOMPARE(textOf(element), "<main id=app>\n<p>x</p></main>"); // the nearest that is written
    QVERIFY(!click({100, 20}).scripted);
    // A copy stands in a body that is not written either: nothing leads to the source.
    QCOMPARE(click({100, 100}).mark, -1);
}

void TestElementPicker::aDrawingEndsAtItsRoot()
{
    run(ArtifactKind::Svg,
        QStringLiteral("<svg viewBox='0 0 40 30'><rect id=r width='40' height='30'/></svg>"));
    QCOMPARE(click({200, 150}).name, "rect#r");
    QCOMPARE(key(Qt::Key_Up).name, "svg");
    const PickedElement root = *m_view->picker().chosen();
    QCOMPARE(key(Qt::Key_Up), root);  // the page around it is ours
    QCOMPARE(click({2, 2}).mark, -1); // beside it
}

void TestElementPicker::thePageNoticesNothing()
{
    run(ArtifactKind::Html,
        QStringLiteral(
            "<style>body{margin:0}div{height:99px}div:hover{color:red}</style><div>x</div><script>"
            "heard = 0; for (const type of ['pointermove', 'pointerdown', 'mousemove', 'mousedown',"
            "'click', 'keydown', 'focus']) addEventListener(type, () => ++heard, true);"
            "changes = 0; new MutationObserver(r => changes += r.length).observe(document,"
            "{subtree: true, childList: true, attributes: true})</script>"));
    QTest::mouseMove(&m_view->picker(), {50, 50});
    QCOMPARE(click({60, 60}).name, "div");
    QCOMPARE(key(Qt::Key_Up).name, "div"); // the body is not written
    QCOMPARE(evaluate(*m_view, QStringLiteral("[heard, changes].join()")).toString(), "0,0");
    QCOMPARE(evaluate(*m_view, QStringLiteral("typeof atelierPicker")).toString(), "undefined");
}

void TestElementPicker::theWheelScrollsThePage()
{
    run(ArtifactKind::Html, QStringLiteral("<div style='height:3000px'>x</div>"));
    QWheelEvent wheel({50, 50},
        m_view->picker().mapToGlobal(QPointF(50, 50)),
        {0, -120},
        {0, -120},
        {},
        {},
        Qt::NoScrollPhase,
        false);
    QCoreApplication::sendEvent(&m_view->picker(), &wheel);
    QVERIFY(becomes(*m_view, QStringLiteral("scrollY > 0"), true));
}

void TestElementPicker::theBoxFollowsThePage()
{
    run(ArtifactKind::Html,
        QStringLiteral("<style>body{margin:0}</style><div id=d style='height:80px'>x</div>"));
    QCOMPARE(click({50, 40}).box.top(), 0.0);
    QSignalSpy moved(&m_view->picker(), &ElementPicker::moved);
    evaluate(*m_view, QStringLiteral("d.style.marginTop = '70px'"));
    QTRY_COMPARE_WITH_TIMEOUT(m_view->picker().chosen()->box.top(), 70.0, 3000);
    QVERIFY(moved.count() > 0);
    evaluate(*m_view, QStringLiteral("d.remove()"));
    QTRY_VERIFY_WITH_TIMEOUT(!m_view->picker().chosen(), 3000);
}

void TestElementPicker::isOffered_data()
{
    QTest::addColumn<ArtifactKind>("kind");
    QTest::addColumn<bool>("offered");
    QTest::newRow("HTML") << ArtifactKind::Html << true;
    QTest::newRow("SVG") << ArtifactKind::Svg << true;
    QTest::newRow("Markdown") << ArtifactKind::Markdown << false;
    QTest::newRow("code") << ArtifactKind::Code << false;
}

void TestElementPicker::isOffered()
{
    QFETCH(ArtifactKind, kind);
    QFETCH(bool, offered);
    QSignalSpy changed(m_view.get(), &ArtifactView::canInspectChanged);
    m_view->begin(kind);
    m_view->append(QStringLiteral("<svg><g></g></svg>"));
    QVERIFY(!m_view->canInspect()); // not before it is complete
    m_view->setInspecting(true);
    QVERIFY(!m_view->isInspecting());
    changed.clear();
    m_view->finish();
    QCOMPARE(m_view->canInspect(), offered);
    QVERIFY(changed.count() > 0);
}

void TestElementPicker::endsWithTheRun()
{
    run(ArtifactKind::Html, QStringLiteral("<p>x</p>"));
    QSignalSpy ended(m_view.get(), &ArtifactView::inspectingChanged);
    m_view->reload();
    QVERIFY(!m_view->isInspecting());
    QCOMPARE(ended.count(), 1);
}

// The page can lie about what it shows, but only in its own shape, and only about its own lines.
void TestElementPicker::aForgingPageLeadsToItsOwnLines_data()
{
    QTest::addColumn<QString>("script");
    QTest::newRow("marks of its own")
        << "for (const e of document.querySelectorAll('*')) e.setAttribute('data-atelier-at', 2e9)";
    QTest::newRow("other functions")
        << "Document.prototype.elementFromPoint = document.elementFromPoint = () => evil;"
           "Element.prototype.getBoundingClientRect = () => ({left: NaN, top: 1e99, width: -1});"
           "Object.defineProperty(Node.prototype, 'parentElement', {get: () => evil});"
           "WeakMap.prototype.get = () => 99; JSON.stringify = () => 'x'";
    QTest::newRow("an answer nobody asked for")
        << "console.debug('\\u0001art:{\"type\":\"picked\",\"mark\":99}');"
           "atelierPicker = {look: () => "
           "'{\"chosen\":{\"mark\":99,\"name\":\"evil\",\"box\":[0,0,1,"
           "1]}}', point() { return this.look() }, choose() { return this.look() }}";
    QTest::newRow("names of fields and pictures")
        << "document.body.insertAdjacentHTML('beforeend', '<form name=body><input "
           "name=parentElement>"
           "<input name=getAttribute><input name=id></form><img name=elementFromPoint>"
           "<img name=querySelectorAll><img name=readyState>')";
    QTest::newRow("a name without an end")
        << "good.id = '<b>' + 'x'.repeat(1e6); good.className = 'y '.repeat(1e5)";
    QTest::newRow("clicks of its own")
        << "for (let i = 0; i < 9; ++i) for (const t of ['click', 'pointerdown', 'keydown'])"
           "evil.dispatchEvent(new MouseEvent(t, {bubbles: true, clientX: 50, clientY: 250}))";
}

void TestElementPicker::aForgingPageLeadsToItsOwnLines()
{
    QFETCH(QString, script);
    run(ArtifactKind::Html,
        QStringLiteral(
            "<style>body{margin:0}div{height:100px}</style>"
            "<div id=good data-atelier-at=7>g</div><div id=evil>e</div><script>%1</script>")
            .arg(script));
    QSignalSpy picked(&m_view->picker(), &ElementPicker::picked);
    QCOMPARE(picked.count(), 0); // nothing is chosen by itself
    const PickedElement element = click({50, 50});
    QVERIFY2(element.name.startsWith(QStringLiteral("div#")), qPrintable(element.name));
    QVERIFY(element.name.size() <= 80);
    QVERIFY(!element.scripted);
    QCOMPARE(element.box, QRectF(0, 0, 400, 100));
    QVERIFY(textOf(element).startsWith(QStringLiteral("<div id=good ")));
    QCOMPARE(m_view->navigations(), 1);
    QCOMPARE(m_view->runState(), ArtifactView::RunState::Running);
}

ATELIER_PAGE_TEST_MAIN(TestElementPicker)

#include "tst_element_picker.moc"
