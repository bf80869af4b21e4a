// SPDX-License-Identifier: MIT
// What an artifact keeps from run to run, and what it may fetch when the user has allowed it.
#include "renderers/artifact_view.h"
#include "renderers/network_gate.h"
#include "renderers/offline_library.h"

#include "tests/renderers/library_test.h"
#include "tests/renderers/trap.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace atelier;
using test::becomes;
using test::evaluate;
using test::kPageTimeout;
using test::ofLevel;
using test::openForLibraries;
using test::said;
using test::Trap;

namespace {

// Answers every request with one text, and remembers what was asked.
struct Server
{
    QTcpServer tcp;
    QByteArrayList requests;
    QByteArray answer;

    bool listen()
    {
        QObject::connect(&tcp, &QTcpServer::newConnection, &tcp, [this] {
            QTcpSocket* socket = tcp.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                requests.append(socket->readAll());
                socket->write(answer);
                socket->disconnectFromHost();
            });
        });
        return tcp.listen(QHostAddress::LocalHost);
    }
    QString host() const { return QStringLiteral("127.0.0.1:%1").arg(tcp.serverPort()); }
};

QByteArray http(const QByteArray& type, const QByteArray& body)
{
    return "HTTP/1.1 200 OK\r\nContent-Type: " + type +
           "\r\nSet-Cookie: a=b\r\nContent-Length: " + QByteArray::number(body.size()) +
           "\r\nConnection: close\r\n\r\n" + body;
}

} // namespace

class TestArtifactKeeps : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void localStorageOutlivesTheRun();
    void databasesOutliveTheRun();
    void blobsAreKeptAndTheRestIsNamed();
    void anotherArtifactBeginsWithNothing();
    void anyTextSurvives();
    void aFullStorageSaysSo();
    void fetchesFromAllowedHostsAlone();
    void loadsElementsFromAllowedHosts();
    void gateRefuses_data();
    void gateRefuses();
    void followsNoRedirectElsewhere();
};

void TestArtifactKeeps::localStorageOutlivesTheRun()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy changed(&view, &ArtifactView::storageChanged);
    view.show(ArtifactKind::Html,
        QStringLiteral("<p>x</p><script>seen = String(localStorage.score); localStorage.score = 7;"
                       "sessionStorage.s = 1; localStorage.setItem('gone', 1);"
                       "localStorage.removeItem('gone')</script>"));
    QTRY_VERIFY_WITH_TIMEOUT(!changed.isEmpty(), kPageTimeout);
    QVERIFY(becomes(view, QStringLiteral("seen"), QStringLiteral("undefined")));
    const QJsonObject kept = view.storage();
    QCOMPARE(kept.value(QStringLiteral("local")).toObject(),
        (QJsonObject{{QStringLiteral("score"), QStringLiteral("7")}}));
    view.reload();
    QVERIFY(becomes(view, QStringLiteral("seen"), 7));
    // And the next day, in another window.
    ArtifactView later;
    openForLibraries(later);
    later.setStorage(kept);
    later.show(ArtifactKind::Html,
        QStringLiteral("<p>x</p><script>seen = localStorage.score + localStorage.length + "
                       "String(sessionStorage.s)</script>"));
    QVERIFY(becomes(later, QStringLiteral("seen"), QStringLiteral("71undefined")));
}

void TestArtifactKeeps::databasesOutliveTheRun()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html,
        QStringLiteral(
            "<p>x</p><script>out = '?'; const r = indexedDB.open('notes', 3);"
            "r.onupgradeneeded = e => { out = 'new'; const s = r.result.createObjectStore('n', "
            "{keyPath: 'id', autoIncrement: true}); s.createIndex('by', 'title', {unique: true}) };"
            "r.onerror = () => out = r.error.name;"
            "r.onsuccess = () => { const t = r.result.transaction('n', 'readwrite');"
            "const s = t.objectStore('n'); const c = s.count(); c.onsuccess = () => {"
            "s.add({title: 't' + c.result, day: new Date(5), bytes: new Uint8Array([1, 2]), "
            "map: new Map([[1, {a: NaN}]])}) };"
            "t.oncomplete = () => { const q = r.result.transaction('n').objectStore('n');"
            "const a = q.getAll(); a.onsuccess = () => { const l = a.result[0];"
            "const i = q.index('by').get('t' + (a.result.length - 1)); i.onsuccess = () => out = "
            "[a.result.length, l.day.getTime(), l.bytes[1], l.map.get(1).a, i.result.id].join() } "
            "} }</script>"));
    QVERIFY2(becomes(view, QStringLiteral("out"), QStringLiteral("1,5,2,NaN,1")),
        said(entries).constData());
    QTRY_COMPARE_WITH_TIMEOUT(
        view.storage().value(QStringLiteral("databases")).toArray().size(), 1, kPageTimeout);
    QTRY_VERIFY_WITH_TIMEOUT(
        QJsonDocument(view.storage()).toJson().contains("\"t0\""), kPageTimeout);
    view.reload();
    QVERIFY2(becomes(view, QStringLiteral("out"), QStringLiteral("2,5,2,NaN,2")),
        said(entries).constData());
}

void TestArtifactKeeps::blobsAreKeptAndTheRestIsNamed()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html,
        QStringLiteral("<p>x</p><script>out = '?'; const r = indexedDB.open('files', 1);"
                       "r.onupgradeneeded = () => r.result.createObjectStore('f');"
                       "r.onsuccess = () => { const t = r.result.transaction('f', 'readwrite');"
                       "const f = t.objectStore('f'); f.get('b').onsuccess = async e => {"
                       "const b = e.target.result; if (!b) { f.put(new Blob(['h', 'i'], {type: "
                       "'text/x'}), 'b'); f.put(new ImageData(1, 1), 'i'); f.put(/a+/g, 'r'); "
                       "out = 'new' } else { f.get('r').onsuccess = async e => out = [b.type, "
                       "await b.text(), e.target.result].join() } } }</script>"));
    QVERIFY2(
        becomes(view, QStringLiteral("out"), QStringLiteral("new")), said(entries).constData());
    QTRY_VERIFY_WITH_TIMEOUT(
        QJsonDocument(view.storage()).toJson().contains("\"aGk=\""), kPageTimeout);
    QTRY_COMPARE_WITH_TIMEOUT(
        ofLevel(entries, ConsoleEntry::Level::Warning).size(), 1, kPageTimeout);
    const QString warning = ofLevel(entries, ConsoleEntry::Level::Warning).first().text;
    QVERIFY2(warning.startsWith(QStringLiteral("Not kept with the artifact: ImageData × 1.")),
        qPrintable(warning));
    view.reload();
    QVERIFY2(becomes(view, QStringLiteral("out"), QStringLiteral("text/x,hi,/a+/g")),
        said(entries).constData());
    // Wiped with everything else that the artifact has stored.
    view.setStorage({});
    view.show(ArtifactKind::Html, view.source());
    QVERIFY2(
        becomes(view, QStringLiteral("out"), QStringLiteral("new")), said(entries).constData());
}

void TestArtifactKeeps::anotherArtifactBeginsWithNothing()
{
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy changed(&view, &ArtifactView::storageChanged);
    view.show(ArtifactKind::Html, QStringLiteral("<p>x</p><script>localStorage.a = 1</script>"));
    QTRY_VERIFY_WITH_TIMEOUT(!changed.isEmpty(), kPageTimeout);
    view.show(ArtifactKind::Html,
        QStringLiteral("<p>x</p><script>seen = String(localStorage.a)</script>"));
    QVERIFY(becomes(view, QStringLiteral("seen"), QStringLiteral("undefined")));
    QVERIFY(view.storage().isEmpty());
}

// What was stored is put into a script: it must not become one.
void TestArtifactKeeps::anyTextSurvives()
{
    const QString odd = QStringLiteral("\"'`${alert(1)}\\u0041\\\n</script>\u2028\u4f60\U0001F600");
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.setStorage({{QStringLiteral("local"), QJsonObject{{QStringLiteral("t"), odd}}}});
    view.show(ArtifactKind::Html, QStringLiteral("<p>x</p><script>seen = localStorage.t</script>"));
    QVERIFY2(becomes(view, QStringLiteral("window.seen"), odd), said(entries).constData());
    QVERIFY(entries.isEmpty());
}

void TestArtifactKeeps::aFullStorageSaysSo()
{
    ArtifactView view;
    openForLibraries(view);
    view.show(ArtifactKind::Html,
        QStringLiteral("<p>x</p><script>localStorage.a = 1; try { for (let i = 0; i < 20; ++i)"
                       "localStorage.setItem('k' + i, 'x'.repeat(1e6)) } catch (e) { seen = e.name "
                       "+ localStorage.length }</script>"));
    QVERIFY(becomes(view, QStringLiteral("seen"), QStringLiteral("QuotaExceededError5")));
}

void TestArtifactKeeps::fetchesFromAllowedHostsAlone()
{
    Server server;
    server.answer = http("application/json; charset=utf-8\t", "{\"n\": 42}");
    QVERIFY(server.listen());
    Trap trap;
    QVERIFY(trap.listen());
    QVERIFY(trap.works());
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    const QString page = trap.fill(
        QStringLiteral("<p>x</p><script>seen = '?'; fetch('http://%1/data?q=%C3%A9')"
                       ".then(r => r.json()).then(j => seen = j.n, e => seen = e.name).then(() =>"
                       "fetch('http://HOST/')).catch(e => seen += e.name)</script>")
            .replace(QStringLiteral("%1"), server.host()));
    view.show(ArtifactKind::Html, page);
    QVERIFY2(becomes(view, QStringLiteral("seen"), QStringLiteral("TypeErrorTypeError")),
        said(entries).constData());
    QVERIFY(server.requests.isEmpty());

    view.setNetworkAllowed({server.host()});
    view.reload();
    QVERIFY2(becomes(view, QStringLiteral("seen"), QStringLiteral("42TypeError")),
        said(entries).constData());
    QCOMPARE(server.requests.size(), 1);
    const QByteArray request = server.requests.first().toLower();
    QVERIFY2(request.startsWith("get /data?q=%c3%a9 http/1.1\r\n"), request.constData());
    QVERIFY(
        !request.contains("cookie") && !request.contains("referer") && !request.contains("origin"));
    QCOMPARE(trap.connections, 0);
    // Nothing of another kind gets through, nor does the gate's own address for another host.
    evaluate(view,
        trap.fill(QStringLiteral("seen = '?'; fetch('http://%1/', {method: 'POST', body: 'x'})"
                                 ".catch(e => seen = e.name); x = new XMLHttpRequest;"
                                 "x.open('GET', 'lib://net/?http%3A%2F%2FHOST%2F'); x.onerror = () "
                                 "=> other = 'refused'; x.send()")
                      .replace(QStringLiteral("%1"), server.host())));
    QVERIFY(becomes(view, QStringLiteral("seen"), QStringLiteral("TypeError")));
    QVERIFY(becomes(view, QStringLiteral("other"), QStringLiteral("refused")));
    QCOMPARE(server.requests.size(), 1);
    QCOMPARE(trap.connections, 0);
}

void TestArtifactKeeps::loadsElementsFromAllowedHosts()
{
    Server server;
    server.answer = http("text/javascript", "window.loaded = 1");
    QVERIFY(server.listen());
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.setNetworkAllowed({server.host()});
    view.show(ArtifactKind::Html,
        QStringLiteral("<p>x</p><script src='http://%1/x.js'></script>").arg(server.host()));
    QVERIFY2(becomes(view, QStringLiteral("window.loaded"), 1), said(entries).constData());
}

void TestArtifactKeeps::gateRefuses_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<bool>("allowed");
    QTest::newRow("host") << "https://example.org/x" << true;
    QTest::newRow("host in capitals") << "http://EXAMPLE.org/" << true;
    QTest::newRow("its port") << "http://127.0.0.1:8080/" << true;
    QTest::newRow("another port") << "https://example.org:8443/" << false;
    QTest::newRow("port that is not its own") << "http://127.0.0.1/" << false;
    QTest::newRow("below it") << "https://a.example.org/" << false;
    QTest::newRow("longer") << "https://example.org.evil.net/" << false;
    QTest::newRow("with a user") << "https://user:word@example.org/" << false;
    QTest::newRow("another scheme") << "ftp://example.org/" << false;
    QTest::newRow("file") << "file:///etc/passwd" << false;
    QTest::newRow("everything") << "https://example.net/" << false;
    QTest::newRow("nothing") << "" << false;
}

void TestArtifactKeeps::gateRefuses()
{
    QFETCH(QString, url);
    QFETCH(bool, allowed);
    const NetworkGate gate({QStringLiteral(" Example.org"),
        QStringLiteral("127.0.0.1:8080"),
        QStringLiteral("*"),
        QStringLiteral("x; script-src *")});
    QCOMPARE(gate.allows(QUrl(url)), allowed);
    QCOMPARE(gate.sources().size(), 4); // what is no host does not get into the policy
}

void TestArtifactKeeps::followsNoRedirectElsewhere()
{
    Trap trap;
    QVERIFY(trap.listen());
    QVERIFY(trap.works());
    Server server;
    server.answer = trap.fill(QStringLiteral("HTTP/1.1 302 Found\r\nLocation: http://HOST/\r\n"
                                             "Content-Length: 0\r\nConnection: close\r\n\r\n"))
                        .toLatin1();
    QVERIFY(server.listen());
    ArtifactView view;
    openForLibraries(view);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.setNetworkAllowed({server.host()});
    view.show(ArtifactKind::Html,
        QStringLiteral("<p>x</p><script>fetch('http://%1/').then(r => seen = r.ok, () => seen = "
                       "false)</script>")
            .arg(server.host()));
    QVERIFY2(becomes(view, QStringLiteral("window.seen"), QStringLiteral("false")),
        said(entries).constData());
    QCOMPARE(server.requests.size(), 1);
    QCOMPARE(trap.connections, 0);
    QTRY_VERIFY_WITH_TIMEOUT(
        !ofLevel(entries, ConsoleEntry::Level::Blocked).isEmpty(), kPageTimeout);
    QCOMPARE(ofLevel(entries, ConsoleEntry::Level::Blocked).first().hint,
        "This artifact may not use 127.0.0.1.");
}

ATELIER_LIBRARY_TEST_MAIN(TestArtifactKeeps)

#include "tst_artifact_keeps.moc"
