// SPDX-License-Identifier: MIT
// One living document: it grows while it is written, its scripts run once, at the end.
#include "renderers/artifact_view.h"

#include "tests/renderers/page_test.h"

#include <QElapsedTimer>
#include <QSignalSpy>

using namespace atelier;
using test::becomes;
using test::evaluate;
using test::kPageTimeout;

namespace {

const QString kElements = QStringLiteral("document.querySelectorAll('*').length");

QString html(const char* body)
{
    return QStringLiteral(
        "<!doctype html><html><head><title>T</title></head><body>%1</body></html>")
        .arg(QLatin1String(body));
}

void open(ArtifactView& view)
{
    view.resize(320, 240);
    view.setVisible(true);
}

// The color in the middle once the page rests.
QColor middle(ArtifactView& view)
{
    auto image = std::make_shared<QImage>();
    view.grabImage([image](const QImage& taken) { *image = taken; });
    if (!QTest::qWaitFor([image] { return !image->isNull(); }, kPageTimeout))
        return {};
    return image->pixelColor(image->width() / 2, image->height() / 2);
}

} // namespace

class TestArtifactView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void growsElementByElement_data();
    void growsElementByElement();
    void runsScriptsOnceAtTheEnd();
    void leavesScriptsAsleepWhenCutOff();
    void firesTheEventsThatScriptsWaitFor_data();
    void firesTheEventsThatScriptsWaitFor();
    void handlersWakeAtTheEnd();
    void keepsNodesWhileItGrows();
    void drawsAnUnfinishedPath();
    void drawsAnSvg();
    void fitsAnSvgToTheStage();
    void showsNoWhiteBeforeThePageDoes();
    void closesWhatTheSourceLeftOpen_data();
    void closesWhatTheSourceLeftOpen();
    void reportsTheConsole_data();
    void reportsTheConsole();
    void countsAFlood();
    void reportsABlankPage();
    void digestsAreThere();
    void reloadIsANewRun();
    void clearsTheStage();
    void scalesToAFixedWidth();
};

void TestArtifactView::growsElementByElement_data()
{
    QTest::addColumn<ArtifactKind>("kind");
    QTest::addColumn<QString>("start");
    QTest::addColumn<QString>("piece");
    QTest::addColumn<QString>("end");
    QTest::newRow("svg") << ArtifactKind::Svg
                         << "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 10 10'>\n"
                         << "<rect width='1' height='1'/>\n"
                         << "</svg>\n";
    QTest::newRow("html") << ArtifactKind::Html << "<!doctype html><html><body>\n"
                          << "<p>more\n"
                          << "</body></html>\n";
}

void TestArtifactView::growsElementByElement()
{
    QFETCH(ArtifactKind, kind);
    QFETCH(QString, start);
    QFETCH(QString, piece);
    QFETCH(QString, end);
    ArtifactView view;
    open(view);
    QSignalSpy painted(&view, &ArtifactView::firstPaint);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    const QString count = kind == ArtifactKind::Svg
                              ? QStringLiteral("document.querySelectorAll('rect').length")
                              : QStringLiteral("document.querySelectorAll('p').length");

    view.begin(kind);
    QCOMPARE(view.runState(), ArtifactView::RunState::Streaming);
    view.append(start);
    for (int i = 1; i <= 4; ++i) {
        view.append(piece);
        QVERIFY2(becomes(view, count, i), qPrintable(QString::number(i)));
    }
    QTRY_COMPARE_WITH_TIMEOUT(painted.count(), 1, kPageTimeout);
    QVERIFY(drawn.isEmpty());

    view.append(end);
    view.finish();
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    QCOMPARE(view.runState(), ArtifactView::RunState::Running);
    QCOMPARE(evaluate(view, count).toInt(), 4);
    QCOMPARE(view.navigations(), 1);
    QCOMPARE(view.source(), start + piece.repeated(4) + end);
    QCOMPARE(evaluate(view, QStringLiteral("document.readyState")).toString(), "complete");
}

void TestArtifactView::runsScriptsOnceAtTheEnd()
{
    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.begin(ArtifactKind::Html);
    view.append(QStringLiteral("<!doctype html><body><script>window.order = ['a'];</script>"
                               "<p id=p>x</p><script type='text/plain' id=t>kept</script>"
                               "<script>order.push('b', document.querySelectorAll('i').length);"
                               "</script>"));
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('script').length"), 3));
    QCOMPARE(evaluate(view, QStringLiteral("typeof window.order")).toString(), "undefined");

    view.append(QStringLiteral("<i></i><script type=module>order.push('m')</script>"
                               "<script>order.push('c')</script></body>"));
    view.finish();
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    // The page was complete when the first one ran, and a module runs last, as in every browser.
    QCOMPARE(evaluate(view, QStringLiteral("order.join()")).toString(), "a,b,1,c,m");
    QCOMPARE(evaluate(view, QStringLiteral("t.type + t.textContent")).toString(), "text/plainkept");
    QCOMPARE(view.navigations(), 1);
}

void TestArtifactView::leavesScriptsAsleepWhenCutOff()
{
    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.begin(ArtifactKind::Html);
    view.append(
        QStringLiteral("<body><p>as far as it goes<script>window.ran = 1</script><script>win"));
    view.cutOff();
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('p').length"), 1));
    QVERIFY(becomes(view, QStringLiteral("document.readyState"), QStringLiteral("complete")));
    QCOMPARE(evaluate(view, QStringLiteral("typeof window.ran")).toString(), "undefined");
    QCOMPARE(
        evaluate(view, QStringLiteral("document.querySelector('p').firstChild.data")).toString(),
        "as far as it goes");
    QVERIFY(drawn.isEmpty());
}

void TestArtifactView::firesTheEventsThatScriptsWaitFor_data()
{
    QTest::addColumn<QString>("script");
    const QString add = QStringLiteral("<script>log = []; %1</script>");
    QTest::newRow("DOMContentLoaded on document")
        << add.arg("document.addEventListener('DOMContentLoaded', () => log.push('x'))");
    QTest::newRow("DOMContentLoaded on window")
        << add.arg("addEventListener('DOMContentLoaded', () => log.push('x'))");
    QTest::newRow("load") << add.arg("addEventListener('load', () => log.push('x'))");
    QTest::newRow("onload") << add.arg("onload = () => log.push('x')");
    QTest::newRow("body onload") << QStringLiteral(
        "<script>log = []</script><body onload=\"log.push('x')\">");
    QTest::newRow("readyState") << add.arg(
        "if (document.readyState === 'loading') document.addEventListener("
        "'DOMContentLoaded', () => log.push('x')); else log.push('x')");
    // The external script is blocked, so what follows it runs after the browser's own events.
    QTest::newRow("after an external script") << QStringLiteral(
        "<script>log = []</script><script src='https://example.org/x.js'></script>"
        "<script>document.addEventListener('DOMContentLoaded', () => log.push('x'))"
        "</script>");
    QTest::newRow("document.write")
        << QStringLiteral("<script>log = []; document.write('<b>w</b>')</script><script>"
                          "if (document.querySelector('b')) log.push('x')</script>");
}

void TestArtifactView::firesTheEventsThatScriptsWaitFor()
{
    QFETCH(QString, script);
    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.show(
        ArtifactKind::Html, QStringLiteral("<!doctype html>") + script + QStringLiteral("<p>p"));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    QVERIFY(becomes(view, QStringLiteral("log.join()"), QStringLiteral("x")));
    QCOMPARE(
        evaluate(view, QStringLiteral("document.querySelector('p').textContent")).toString(), "p");
}

void TestArtifactView::handlersWakeAtTheEnd()
{
    ArtifactView view;
    open(view);
    view.begin(ArtifactKind::Html);
    view.append(QStringLiteral("<body><button onclick='window.clicked = 1'>b</button>"
                               "<img src='data:,' onerror='window.broken = 1'>"));
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('button').length"), 1));
    evaluate(view, QStringLiteral("document.querySelector('button').click()"));
    QCOMPARE(evaluate(view, QStringLiteral("typeof clicked + typeof broken")).toString(),
        "undefinedundefined");
    view.finish();
    QVERIFY(becomes(view, QStringLiteral("typeof broken"), QStringLiteral("number")));
    evaluate(view, QStringLiteral("document.querySelector('button').click()"));
    QCOMPARE(evaluate(view, QStringLiteral("window.clicked")).toInt(), 1);
}

void TestArtifactView::keepsNodesWhileItGrows()
{
    ArtifactView view;
    open(view);
    view.begin(ArtifactKind::Html);
    view.append(QStringLiteral("<body><div id=first style='height:2000px'></div>"));
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('#first').length"), 1));
    evaluate(view, QStringLiteral("document.getElementById('first').mine = 7; scrollTo(0, 300)"));
    view.append(QStringLiteral("<p>more<p>more"));
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('p').length"), 2));
    view.finish();
    QVERIFY(becomes(view, QStringLiteral("document.readyState"), QStringLiteral("complete")));
    QCOMPARE(evaluate(view, QStringLiteral("document.getElementById('first').mine")).toInt(), 7);
    QCOMPARE(evaluate(view, QStringLiteral("scrollY")).toInt(), 300);
}

void TestArtifactView::drawsAnUnfinishedPath()
{
    ArtifactView view;
    open(view);
    view.begin(ArtifactKind::Svg);
    view.append(QStringLiteral("<svg viewBox='0 0 10 10'><g><rect width='1' height='1'/>"
                               "<path fill='red' d='M0 0H10V10"));
    const QString paths = QStringLiteral("[...document.querySelectorAll('svg g > path')].map(p => "
                                         "p.getAttribute('d')).join('|')");
    QVERIFY(becomes(view, paths, QStringLiteral("M0 0H10")));
    view.append(QStringLiteral("H0"));
    QVERIFY(becomes(view, paths, QStringLiteral("M0 0H10V10")));
    // Complete: it stands there once, and is the document's own.
    view.append(QStringLiteral("Z'/></g>"));
    QVERIFY(becomes(view, paths, QStringLiteral("M0 0H10V10H0Z")));
    view.append(QStringLiteral("<path d='M1 1H2V2"));
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('svg > path').length"), 1));
    view.cutOff(); // what was not complete goes
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('svg > path').length"), 0));
    QCOMPARE(evaluate(view, paths).toString(), "M0 0H10V10H0Z");
}

void TestArtifactView::drawsAnSvg()
{
    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.show(ArtifactKind::Svg,
        QStringLiteral(
            "<?xml version='1.0'?>\n<svg viewBox='0 0 20 20'><rect width='20' height='20' "
            "fill='blue'/><circle cx='10' cy='10' r='5' fill='red'/></svg>"));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    QTRY_COMPARE_WITH_TIMEOUT(middle(view), QColor(Qt::red), kPageTimeout);
}

void TestArtifactView::fitsAnSvgToTheStage()
{
    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    // No viewBox: the size stands for it, and the picture is scaled all the same.
    view.show(ArtifactKind::Svg,
        QStringLiteral(
            "<svg width='600' height='300'><rect id='r' width='600' height='300'/></svg>"));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    const QString box =
        QStringLiteral("(() => { const b = document.getElementById('r')"
                       ".getBoundingClientRect(); return [b.left, b.width, b.height]"
                       ".map(Math.round).join() })()");
    QCOMPARE(evaluate(view, box).toString(), "16,288,144");
}

void TestArtifactView::showsNoWhiteBeforeThePageDoes()
{
    PageAppearance dark;
    dark.dark = true;
    ArtifactView view;
    view.setAppearance(dark);
    open(view);
    bool white = false;
    const auto watched = [&](const std::function<bool()>& arrived) {
        return QTest::qWaitFor(
            [&] {
                white = white || view.grab().toImage().pixelColor(160, 120).lightness() > 80;
                return arrived();
            },
            kPageTimeout);
    };
    view.begin(ArtifactKind::Html);
    view.append(QStringLiteral("<!doctype html><html><head><style>body { background: #102030 }"));
    QVERIFY(watched([&] {
        return evaluate(view, QStringLiteral("document.querySelectorAll('style').length")) == 1;
    }));
    QCOMPARE(middle(view), QColor(0x0f, 0x11, 0x10)); // the stage
    view.append(QStringLiteral("</style></head><body><p>night</p>"));
    QVERIFY(watched(
        [&] { return view.grab().toImage().pixelColor(160, 120) == QColor(0x10, 0x20, 0x30); }));
    view.finish();
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    QVERIFY(watched([&] { return !drawn.isEmpty(); }));
    QVERIFY(!white);
}

void TestArtifactView::closesWhatTheSourceLeftOpen_data()
{
    QTest::addColumn<QString>("source");
    QTest::newRow("tag") << "<body><p>x</p><div class='y";
    QTest::newRow("comment") << "<body><p>x</p><!-- open";
    QTest::newRow("style") << "<body><p>x</p><style>p {";
    QTest::newRow("textarea") << "<body><p>x</p><textarea>t";
    QTest::newRow("title") << "<title>never closed <p>x</p>";
    QTest::newRow("table") << "<body><p>x</p><table><tr><td>1";
    QTest::newRow("template") << "<body><p>x</p><template><b>1";
    QTest::newRow("nothing") << "";
}

void TestArtifactView::closesWhatTheSourceLeftOpen()
{
    QFETCH(QString, source);
    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    QElapsedTimer clock;
    clock.start();
    view.show(ArtifactKind::Html, QStringLiteral("<script>ran = 1</script>") + source);
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    // The scripts ran: the end of the source was recognized for what it is.
    QCOMPARE(evaluate(view, QStringLiteral("window.ran")).toInt(), 1);
    QVERIFY(!evaluate(view, QStringLiteral("document.documentElement.outerHTML"))
                 .toString()
                 .contains(QStringLiteral("run-->")));
}

void TestArtifactView::reportsTheConsole_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<ConsoleEntry::Level>("level");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("line");
    using Level = ConsoleEntry::Level;
    QTest::newRow("error with its line of the source")
        << "<body>\n<script>\nlet a = 1;\nmissing();\n</script>" << Level::Error
        << "Uncaught ReferenceError: missing is not defined" << 4;
    QTest::newRow("error in a handler")
        << "<body>\n<script>\nsetTimeout(() => {\n\nnull.x\n})\n</script>" << Level::Error
        << "Uncaught TypeError: Cannot read properties of null (reading 'x')" << 5;
    QTest::newRow("syntax error") << "<body>\n<script>\nlet = ;\n</script>" << Level::Error
                                  << "Uncaught SyntaxError: Unexpected token ';'" << 3;
    QTest::newRow("log with an object")
        << "<body>\n\n<script>console.log('drops:', {n: 2}, [1])</script>" << Level::Log
        << "drops: {\"n\":2} [1]" << 3;
    QTest::newRow("format") << "<body><script>console.warn('%d of %s', 3, 'x', true)</script>"
                            << Level::Warning << "3 of x true" << 1;
    QTest::newRow("console.error") << "<body><script>console.error(new TypeError('no'))</script>"
                                   << Level::Error << "TypeError: no" << 1;
    QTest::newRow("svg") << "<body><p>\n<svg><script>oops()</script></svg>" << Level::Error
                         << "Uncaught ReferenceError: oops is not defined" << 2;
    QTest::newRow("blocked picture") << "<body>\n<img src='https://example.org/a.png'>"
                                     << Level::Blocked << "https://example.org/a.png" << 0;
    QTest::newRow("alert") << "<body><script>alert('hi')</script>" << Level::Log << "alert: hi"
                           << 0;
}

void TestArtifactView::reportsTheConsole()
{
    QFETCH(QString, source);
    QFETCH(ConsoleEntry::Level, level);
    QFETCH(QString, text);
    QFETCH(int, line);
    ArtifactView view;
    open(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html, source);
    QTRY_VERIFY_WITH_TIMEOUT(!entries.isEmpty(), kPageTimeout);
    const auto entry = entries[0][0].value<ConsoleEntry>();
    QCOMPARE(entry.text, text);
    QCOMPARE(entry.level, level);
    if (line > 0)
        QCOMPARE(entry.line, line);
    QCOMPARE(entry.source, QString());
}

void TestArtifactView::countsAFlood()
{
    ArtifactView view;
    open(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html,
        QStringLiteral("<body><p>x<script>for (let i = 0; i < 5000; ++i) console.log('same');"
                       "for (let i = 0; i < 20000; ++i) console.log('n' + i);</script>"));
    int same = 0;
    bool dropped = false;
    QTRY_VERIFY_WITH_TIMEOUT(
        [&] {
            same = 0;
            dropped = false;
            for (const QList<QVariant>& arguments : entries) {
                const auto entry = arguments[0].value<ConsoleEntry>();
                same += entry.text == QStringLiteral("same") ? entry.count : 0;
                dropped = dropped || entry.level == ConsoleEntry::Level::Warning;
            }
            return same == 5000 && dropped;
        }(),
        kPageTimeout);
    QVERIFY2(entries.count() < 5000, qPrintable(QString::number(entries.count())));
}

void TestArtifactView::reportsABlankPage()
{
    ArtifactView view;
    open(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html, QStringLiteral("<!doctype html><html><body>\n</body></html>"));
    QTRY_VERIFY_WITH_TIMEOUT(!entries.isEmpty(), kPageTimeout);
    QCOMPARE(entries[0][0].value<ConsoleEntry>().text, "The page drew nothing.");
}

// An opaque origin has no crypto.subtle of the browser's; pages that make checksums work all the
// same, and those that want keys are told.
void TestArtifactView::digestsAreThere()
{
    ArtifactView view;
    open(view);
    view.show(ArtifactKind::Html,
        html("<p>x</p><script>out = ''; (async () => { const d = await crypto.subtle.digest("
             "'SHA-256', new TextEncoder().encode('abc')); out = [...new Uint8Array(d)].slice(0, 4)"
             ".join() + ' '; try { await crypto.subtle.generateKey() } catch (e) { out += e.name }"
             "})()</script>"));
    QVERIFY(becomes(view, QStringLiteral("out"), "186,120,22,191 NotSupportedError"));
}

void TestArtifactView::reloadIsANewRun()
{
    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.show(ArtifactKind::Html, html("<p>x</p><script>window.mark = window.mark || 1</script>"));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    evaluate(view, QStringLiteral("window.mark = 2"));
    view.reload();
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 2, kPageTimeout);
    QCOMPARE(evaluate(view, QStringLiteral("window.mark")).toInt(), 1);
    QCOMPARE(view.navigations(), 1);
}

void TestArtifactView::clearsTheStage()
{
    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.show(ArtifactKind::Html, html("<body style='background:red'>x"));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    view.clear();
    QCOMPARE(view.runState(), ArtifactView::RunState::Empty);
    QCOMPARE(view.source(), QString());
    QCOMPARE(middle(view), QColor(0xe9, 0xe9, 0xe4));
}

void TestArtifactView::scalesToAFixedWidth()
{
    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.show(ArtifactKind::Html, html("<p>x</p>"));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    QVERIFY(becomes(view, QStringLiteral("innerWidth"), 320));
    view.setViewportWidth(768); // wider than the stage: shown smaller, laid out as if it were wide
    QTRY_VERIFY_WITH_TIMEOUT(
        qAbs(evaluate(view, QStringLiteral("innerWidth")).toInt() - 768) <= 3, kPageTimeout);
    view.setViewportWidth(0);
    view.setZoom(2);
    QVERIFY(becomes(view, QStringLiteral("innerWidth"), 160));
}

ATELIER_PAGE_TEST_MAIN(TestArtifactView)

#include "tst_artifact_view.moc"
