// SPDX-License-Identifier: MIT
// What an untrusted page cannot do: reach the network, other pages or the program, or hold them up.
#include "renderers/artifact_view.h"
#include "renderers/transcript_view.h"

#include "tests/renderers/page_test.h"
#include "tests/renderers/trap.h"

#include <QElapsedTimer>
#include <QSignalSpy>

using namespace atelier;
using test::becomes;
using test::evaluate;
using test::kPageTimeout;
using test::Trap;

namespace {

void open(QWidget& view)
{
    view.resize(320, 240);
    view.setVisible(true);
}

} // namespace

class TestArtifactIsolation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void originIsOpaque();
    void missesWhatReachesOut_data();
    void missesWhatReachesOut();
    void storageLastsAsLongAsThePage();
    void reachesNoNetwork_data();
    void reachesNoNetwork();
    void cannotLeave_data();
    void cannotLeave();
    void runsCannotReadEachOther();
    void cannotSpeakForThePrelude();
    void dialogsReturnAtOnce();
    void aLoopIsNoticedAndRestarted();
    void scriptsStayOffAfterTwoStops();
    void aCrashStopsTheRun();
    void memoryIsLimited();
};

void TestArtifactIsolation::originIsOpaque()
{
    ArtifactView view;
    open(view);
    view.show(ArtifactKind::Html,
        QStringLiteral("<body><p id=p>x</p><iframe srcdoc='<p>y'></iframe><script>"
                       "frame = new Promise(r => onmessage = e => r(e.data));"
                       "p.textContent = self.origin</script>"));
    QVERIFY(becomes(view, QStringLiteral("p.textContent"), QStringLiteral("null")));
    QCOMPARE(evaluate(view, QStringLiteral("location.protocol")).toString(), "artifact:");
    // Such a page lacks what pages use without asking.
    QCOMPARE(
        evaluate(view, QStringLiteral("crypto.randomUUID().replace(/[0-9a-f]/g, 'x')")).toString(),
        "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
    // The parent of a frame, the widget's page, is out of reach for it too.
    QCOMPARE(evaluate(view, QStringLiteral("window.parent === window")).toBool(), true);
}

void TestArtifactIsolation::missesWhatReachesOut_data()
{
    QTest::addColumn<QString>("expression");
    QTest::newRow("WebRTC") << "typeof RTCPeerConnection + typeof webkitRTCPeerConnection";
    QTest::newRow("WebTransport and shared workers") << "typeof WebTransport + typeof SharedWorker";
    QTest::newRow("bridge to the program") << "typeof qt + typeof atelier";
}

void TestArtifactIsolation::missesWhatReachesOut()
{
    QFETCH(QString, expression);
    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.show(ArtifactKind::Html, QStringLiteral("<body><p>x"));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    QCOMPARE(evaluate(view, expression).toString(), "undefinedundefined");
}

void TestArtifactIsolation::storageLastsAsLongAsThePage()
{
    ArtifactView view;
    open(view);
    const QString source = QStringLiteral(
        "<body><p>x<script>out = [localStorage.a, localStorage.length];"
        "localStorage.setItem('a', 1); sessionStorage.b = 2; document.cookie = 'c=3; path=/';"
        "out.push(localStorage.a, localStorage.getItem('a'), Object.keys(localStorage).join(),"
        "'a' in localStorage, sessionStorage.getItem('b'), document.cookie);"
        "localStorage.removeItem('a'); out.push(localStorage.getItem('a'))</script>");
    for (int run = 0; run < 2; ++run) {
        view.show(ArtifactKind::Html, source);
        QVERIFY(becomes(view,
            QStringLiteral("typeof out === 'object' && out.map(String).join('|')"),
            QStringLiteral("undefined|0|1|1|a|true|2|c=3|null")));
    }
}

void TestArtifactIsolation::reachesNoNetwork_data()
{
    QTest::addColumn<QString>("source");
    const auto script = [](const char* name, const char* text) {
        QTest::newRow(name)
            << QStringLiteral("<body><p>x</p><script>%1</script>").arg(QLatin1String(text));
    };
    script("fetch",
        "fetch('http://HOST/').catch(() => 0); fetch('http://HOST/', {mode: 'no-cors', "
        "keepalive: true}).catch(() => 0)");
    script("XMLHttpRequest", "x = new XMLHttpRequest; x.open('GET', 'http://HOST/'); x.send()");
    script("WebSocket", "new WebSocket('ws://HOST/')");
    script("EventSource", "new EventSource('http://HOST/')");
    script("beacon", "navigator.sendBeacon('http://HOST/', 'x')");
    script("form",
        "f = document.createElement('form'); f.action = 'http://HOST/'; f.method = 'post';"
        "document.body.append(f); f.submit()");
    script("worker",
        "new Worker(URL.createObjectURL(new Blob([\"fetch('http://HOST/');"
        "importScripts('http://HOST/')\"])))");
    script("module", "import('http://HOST/x.js').catch(() => 0)");
    script("peer connection",
        "f = document.createElement('iframe'); f.srcdoc = '<p>'; document.body.append(f);"
        "for (const w of [window, f.contentWindow]) { try { const c = new w.RTCPeerConnection({"
        "iceServers: [{urls: ['stun:HOST', 'turn:HOST?transport=tcp'], username: 'a', credential: "
        "'b'}]"
        "}); c.createDataChannel('x'); c.createOffer().then(o => c.setLocalDescription(o)) } catch "
        "{} }");
    script("WebTransport", "try { new WebTransport('https://HOST/') } catch {}");
    QTest::newRow("elements") << QStringLiteral(
        "<head><link rel=stylesheet href='http://HOST/a'><link rel=preload as=image "
        "href='http://HOST/b'>"
        "<link rel=prefetch href='http://HOST/c'><link rel=preconnect href='http://HOST'>"
        "<link rel=dns-prefetch href='//HOST'><link rel=icon href='http://HOST/d'>"
        "<link rel=manifest href='http://HOST/e'><meta http-equiv=refresh "
        "content='0;http://HOST/f'>"
        "<script src='http://HOST/g'></script></head><body background='http://HOST/h'>"
        "<img src='http://HOST/i' srcset='http://HOST/j 2x'><iframe src='http://HOST/k'></iframe>"
        "<object data='http://HOST/l'></object><embed src='http://HOST/m'>"
        "<video src='http://HOST/n' autoplay poster='http://HOST/o'></video><audio "
        "src='http://HOST/p'>"
        "</audio><svg><image href='http://HOST/q'/><use href='http://HOST/r#x'/></svg>"
        "<style>@import 'http://HOST/s'; @font-face { font-family: f; src: url(http://HOST/t) }"
        "p { font-family: f; background: url(http://HOST/u) }</style><p>x</p>");
}

void TestArtifactIsolation::reachesNoNetwork()
{
    QFETCH(QString, source);
    Trap trap;
    QVERIFY(trap.listen());
    QVERIFY(trap.works());
    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    QSignalSpy state(&view, &ArtifactView::runStateChanged);
    view.show(ArtifactKind::Html, trap.fill(source));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    // After a second nothing has come: by then every attempt has been made many times over.
    QVERIFY(!QTest::qWaitFor([&] { return trap.connections + trap.datagrams > 0; }, 1000));
    QCOMPARE(view.navigations(), 1);
    QCOMPARE(evaluate(view, QStringLiteral("document.querySelectorAll('p').length")).toInt(), 1);
}

void TestArtifactIsolation::cannotLeave_data()
{
    QTest::addColumn<QString>("script");
    QTest::newRow("location") << "location = 'https://example.org/'";
    QTest::newRow("reload") << "location.reload()";
    QTest::newRow("another host of the scheme") << "location = 'artifact://other/'";
    QTest::newRow("the program's pages") << "location = 'app://chat/transcript.html'";
    QTest::newRow("the program's libraries") << "location = 'lib://cdn/x.js'";
    QTest::newRow("frames of the program's pages")
        << "for (const u of ['app://chat/transcript.html', 'lib://cdn/x', 'artifact://other/',"
           "'chrome://gpu', 'qrc:/x', 'view-source:about:blank', 'devtools://x', 'filesystem:x']) {"
           "const f = document.createElement('iframe'); f.src = u; document.body.append(f); }";
    QTest::newRow("browser pages") << "location = 'chrome://kill'";
    QTest::newRow("resources") << "location = 'qrc:/atelier/web/transcript.html'";
    QTest::newRow("unknown scheme") << "location = 'nobody-knows:x'";
    QTest::newRow("file") << "location = 'file:///etc/passwd'";
    QTest::newRow("data") << "location = 'data:text/html,<p>p'";
    QTest::newRow("link") << "a = document.createElement('a'); a.href = 'https://example.org';"
                             "document.body.append(a); a.click()";
    QTest::newRow("new window") << "window.open('https://example.org')";
    QTest::newRow("mail") << "location = 'mailto:x@example.org'";
    QTest::newRow("loop")
        << "setInterval(() => location = 'https://example.org/' + Math.random(), 5)";
}

void TestArtifactIsolation::cannotLeave()
{
    QFETCH(QString, script);
    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.show(ArtifactKind::Html,
        QStringLiteral(
            "<body><p>x</p><script>window.mine = 1; setTimeout(() => { %1; tried = 1 })</script>")
            .arg(script));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    QVERIFY(becomes(view, QStringLiteral("window.tried"), 1));
    QVERIFY(!QTest::qWaitFor(
        [&] { return evaluate(view, QStringLiteral("window.mine")).toInt() != 1; }, 300));
    QCOMPARE(view.navigations(), 1);
}

void TestArtifactIsolation::runsCannotReadEachOther()
{
    ArtifactView one;
    ArtifactView two;
    open(one);
    open(two);
    one.show(ArtifactKind::Html,
        QStringLiteral("<body><p>secret</p><script>localStorage.a = 1</script>"));
    QVERIFY(becomes(one, QStringLiteral("localStorage.a"), 1));
    const QString address = evaluate(one, QStringLiteral("location.href")).toString();
    QVERIFY(address.startsWith(QStringLiteral("artifact://r")));
    two.show(ArtifactKind::Html,
        QStringLiteral(
            "<body><p>x</p><script>result = '?'; try { r = new XMLHttpRequest; r.onload = () =>"
            "result = r.responseText; r.onerror = () => result = 'refused'; r.open('GET', '%1');"
            "r.send() } catch (e) { result = 'refused' }</script>")
            .arg(address));
    QVERIFY(becomes(two, QStringLiteral("result"), QStringLiteral("refused")));
    QCOMPARE(evaluate(two, QStringLiteral("String(localStorage.a)")).toString(), "undefined");
    // Nor its own document a second time.
    QCOMPARE(evaluate(one,
                 QStringLiteral(
                     "(() => { try { const r = new XMLHttpRequest; r.open('GET', location.href,"
                     "false); r.send(); return r.responseText } catch { return 'refused' } })()"))
                 .toString(),
        "refused");
    QVERIFY(evaluate(two, QStringLiteral("location.host")) !=
            evaluate(one, QStringLiteral("location.host")));
}

void TestArtifactIsolation::cannotSpeakForThePrelude()
{
    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.begin(ArtifactKind::Html);
    view.append(QStringLiteral("<body><p>x</p>"));
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('p').length"), 1));
    evaluate(view,
        QStringLiteral("console.dir('\\u0001art:{\"type\":\"drawn\"}');"
                       "console.log('\\u0001art:{\"type\":\"drawn\"}');"
                       "console.log('\\u0001at:{\"type\":\"loaded\"}')"));
    QTRY_VERIFY_WITH_TIMEOUT(entries.count() >= 2, kPageTimeout);
    QVERIFY(drawn.isEmpty());
    // The word that the prelude speaks with is nowhere a page can read it.
    QVERIFY(
        !evaluate(view, QStringLiteral("document.documentElement.outerHTML + String(console.log)"))
             .toString()
             .contains(QStringLiteral("\"n0")));
}

void TestArtifactIsolation::dialogsReturnAtOnce()
{
    ArtifactView view;
    open(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html,
        QStringLiteral("<body><p>x</p><script>for (let i = 0; i < 200; ++i) alert('again');"
                       "answers = confirm('c') + ',' + prompt('p')</script>"));
    QVERIFY(becomes(view, QStringLiteral("answers"), QStringLiteral("false,null")));
    int alerts = 0;
    for (const QList<QVariant>& arguments : entries) {
        const auto entry = arguments[0].value<ConsoleEntry>();
        alerts += entry.text == QStringLiteral("alert: again") ? entry.count : 0;
    }
    QCOMPARE(alerts, 200);
}

void TestArtifactIsolation::aLoopIsNoticedAndRestarted()
{
    TranscriptView transcript;
    open(transcript);
    transcript.setMessages({});
    QVERIFY(evaluate(transcript, QStringLiteral("1")).isValid());

    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.show(ArtifactKind::Html,
        QStringLiteral(
            "<body style='background:#00f'><p>x</p><script>if (!window.name) setTimeout(() => "
            "{ while (true); }, 300)</script>"));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    QElapsedTimer clock;
    clock.start();
    // The chat goes on drawing meanwhile.
    evaluate(transcript,
        QStringLiteral("longest = 0; frames = 0; last = performance.now(); (function next(now) {"
                       "longest = Math.max(longest, now - last); last = now; ++frames;"
                       "requestAnimationFrame(next) })(last); 0"));
    QTRY_COMPARE_WITH_TIMEOUT(view.runState(), ArtifactView::RunState::Unresponsive, 15000);
    // 3 s, the 0.3 s until it starts, and what a busy machine adds.
    QVERIFY2(clock.elapsed() < 4500, qPrintable(QString::number(clock.elapsed())));
    QVERIFY(evaluate(transcript, QStringLiteral("frames")).toInt() > 20);
    const int longest = evaluate(transcript, QStringLiteral("Math.round(longest)")).toInt();
    QVERIFY2(longest < 400, qPrintable(QString::number(longest)));

    // It answers, too, and the program's own loop turns.
    clock.start();
    QCOMPARE(evaluate(transcript, QStringLiteral("40 + 2")).toInt(), 42);
    QVERIFY2(clock.elapsed() < 1500, qPrintable(QString::number(clock.elapsed())));
    // What it last showed is still there, without its colors.
    const QColor frozen = view.grab().toImage().pixelColor(160, 200);
    QCOMPARE(frozen.red(), frozen.blue());

    clock.start();
    view.reload();
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 2, kPageTimeout);
    QCOMPARE(view.runState(), ArtifactView::RunState::Running);
    QTRY_COMPARE_WITH_TIMEOUT(
        view.grab().toImage().pixelColor(160, 200), QColor(Qt::blue), kPageTimeout);
}

void TestArtifactIsolation::scriptsStayOffAfterTwoStops()
{
    ArtifactView view;
    open(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html,
        QStringLiteral("<body><p>x</p><script>ran = 1; while (true);</script>"));
    for (int i = 0; i < 2; ++i) {
        QTRY_COMPARE_WITH_TIMEOUT(view.runState(), ArtifactView::RunState::Unresponsive, 20000);
        view.reload();
    }
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('p').length"), 1));
    QVERIFY(becomes(view, QStringLiteral("document.readyState"), QStringLiteral("complete")));
    QCOMPARE(evaluate(view, QStringLiteral("typeof ran")).toString(), "undefined");
    bool said = false;
    for (const QList<QVariant>& arguments : entries)
        said = said || arguments[0].value<ConsoleEntry>().text.startsWith(
                           QStringLiteral("Scripts are off"));
    QVERIFY(said);
}

void TestArtifactIsolation::aCrashStopsTheRun()
{
    ArtifactView view;
    open(view);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    // The JavaScript heap is limited for the process.
    view.show(ArtifactKind::Html,
        QStringLiteral("<body><p>x</p><script>setTimeout(() => { const a = []; for (;;) a.push("
                       "new Array(1e6).fill(a.length + .5)) }, 200)</script>"));
    QTRY_COMPARE_WITH_TIMEOUT(view.runState(), ArtifactView::RunState::Stopped, 60000);
    QTRY_VERIFY_WITH_TIMEOUT(!entries.isEmpty(), kPageTimeout);
    QCOMPARE(entries.last()[0].value<ConsoleEntry>().level, ConsoleEntry::Level::Error);
    view.show(ArtifactKind::Html, QStringLiteral("<body><p>again</p>"));
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('p').length"), 1));
}

void TestArtifactIsolation::memoryIsLimited()
{
    ArtifactView view;
    open(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    // Buffers are outside the JavaScript heap.
    view.show(ArtifactKind::Html,
        QStringLiteral("<body><p>x</p><script>const a = []; setInterval(() => { if (a.length < 20) "
                       "a.push(new Uint8Array(1e8).fill(1)) }, 50)</script>"));
    QTRY_COMPARE_WITH_TIMEOUT(view.runState(), ArtifactView::RunState::Stopped, 60000);
    QTRY_VERIFY_WITH_TIMEOUT(!entries.isEmpty(), kPageTimeout);
    const QString text = entries.last()[0].value<ConsoleEntry>().text;
    QVERIFY2(text.contains(QStringLiteral("GiB of memory; 1.5 GiB are allowed")), qPrintable(text));
}

ATELIER_PAGE_TEST_MAIN(TestArtifactIsolation)

#include "tst_artifact_isolation.moc"
