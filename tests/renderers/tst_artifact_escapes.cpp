// SPDX-License-Identifier: MIT
// A hostile artifact tries everything; nothing reaches the network, the machine or another page.
#include "renderers/artifact_view.h"

#include "tests/renderers/escapes.h"
#include "tests/renderers/library_test.h"
#include "tests/renderers/trap.h"

#include <QSignalSpy>

using namespace atelier;
using test::becomes;
using test::Escape;
using test::evaluate;
using test::kPageTimeout;
using test::Trap;

namespace {

constexpr int kQuiet = 300; // ms in which anything that got out would have arrived on this machine

int blockedCount(const QSignalSpy& entries)
{
    int count = 0;
    for (const QList<QVariant>& arguments : entries)
        count += arguments[0].value<ConsoleEntry>().level == ConsoleEntry::Level::Blocked ? 1 : 0;
    return count;
}

} // namespace

class TestArtifactEscapes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void scriptsStayInside_data();
    void scriptsStayInside();
    void elementsStayInside_data();
    void elementsStayInside();
    void channelsDoNotCrossArtifacts();
    void aPageOfAScriptIsNoBetterOff();
    void aBlankPageEndsTheRun_data();
    void aBlankPageEndsTheRun();

private:
    void run(const QString& source, const QString& saw, bool listed);
};

template <size_t n>
static void addRows(const Escape (&escapes)[n])
{
    for (const Escape& escape : escapes) {
        QTest::newRow(escape.name) << QString::fromLatin1(escape.attack)
                                   << QString::fromLatin1(escape.saw) << escape.listed;
    }
}

static void addColumns()
{
    QTest::addColumn<QString>("attack");
    QTest::addColumn<QString>("saw");
    QTest::addColumn<bool>("listed");
}

void TestArtifactEscapes::run(const QString& source, const QString& saw, bool listed)
{
    Trap trap;
    QVERIFY(trap.listen());
    QVERIFY(trap.works());
    ArtifactView view;
    view.resize(320, 240);
    view.setVisible(true);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    QSignalSpy entries(&view, &ArtifactView::consoleEntry);
    view.show(ArtifactKind::Html, trap.fill(source));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    if (!saw.isNull()) {
        QVERIFY2(
            becomes(view, QStringLiteral("/^(%1)$/.test(saw)").arg(saw), QStringLiteral("true")),
            evaluate(view, QStringLiteral("saw")).toByteArray().constData());
    }
    if (listed)
        QTRY_VERIFY_WITH_TIMEOUT(blockedCount(entries) > 0, 3000);
    QVERIFY(!QTest::qWaitFor([&] { return trap.connections + trap.datagrams > 0; }, kQuiet));
    // The page is where it was, and alive.
    QCOMPARE(view.navigations(), 1);
    QCOMPARE(view.runState(), ArtifactView::RunState::Running);
    QCOMPARE(evaluate(view, QStringLiteral("mine")).toInt(), 1);
    QCOMPARE(evaluate(view, QStringLiteral("origin")).toString(), "null");
}

void TestArtifactEscapes::scriptsStayInside_data()
{
    addColumns();
    addRows(test::kNetworkEscapes);
    addRows(test::kOtherEscapes);
}

void TestArtifactEscapes::scriptsStayInside()
{
    QFETCH(QString, attack);
    QFETCH(QString, saw);
    QFETCH(bool, listed);
    run(QStringLiteral("<body><p>x</p><script>mine = 1; saw = '?'; (async () => { %1 })().then("
                       "value => saw = String(value), error => saw = error.name)</script>")
            .arg(attack),
        saw.isNull() ? QStringLiteral("") : saw,
        listed);
}

void TestArtifactEscapes::elementsStayInside_data()
{
    addColumns();
    addRows(test::kElementEscapes);
}

void TestArtifactEscapes::elementsStayInside()
{
    QFETCH(QString, attack);
    QFETCH(bool, listed);
    run(QStringLiteral("%1<p>x</p><script>mine = 1</script>").arg(attack), QString(), listed);
}

// Two opaque origins are two origins, whatever they agree on.
void TestArtifactEscapes::channelsDoNotCrossArtifacts()
{
    ArtifactView listener;
    ArtifactView speaker;
    listener.setVisible(true);
    speaker.setVisible(true);
    listener.show(ArtifactKind::Html,
        QStringLiteral("<p>x</p><script>heard = 0; c = new BroadcastChannel('a'); c.onmessage = () "
                       "=> ++heard; ready = 1</script>"));
    QVERIFY(becomes(listener, QStringLiteral("ready"), 1));
    speaker.show(ArtifactKind::Html,
        QStringLiteral(
            "<p>x</p><script>const c = new BroadcastChannel('a'); for (let i = 0; i < 50;"
            "++i) c.postMessage(i); sent = 1</script>"));
    QVERIFY(becomes(speaker, QStringLiteral("sent"), 1));
    QVERIFY(!QTest::qWaitFor(
        [&] { return evaluate(listener, QStringLiteral("heard")).toInt() > 0; }, kQuiet));
}

// The one address that a page may go to: what its own script has written. Its locks stay closed.
void TestArtifactEscapes::aPageOfAScriptIsNoBetterOff()
{
    ArtifactView view;
    view.setVisible(true);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.show(ArtifactKind::Html, QStringLiteral("<p id=old>x</p>"));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    evaluate(view, QStringLiteral("location = 'javascript:\"<p id=new>y\"'"));
    QVERIFY(becomes(view, QStringLiteral("document.querySelectorAll('#new').length"), 1));
    QCOMPARE(evaluate(view, QStringLiteral("origin + typeof RTCPeerConnection")).toString(),
        "nullundefined");
    QVERIFY(evaluate(view, QStringLiteral("location.href"))
                .toString()
                .startsWith(QStringLiteral("artifact://")));
}

void TestArtifactEscapes::aBlankPageEndsTheRun_data()
{
    QTest::addColumn<QString>("script");
    QTest::newRow("location") << "location = 'about:blank'";
    QTest::newRow("window") << "open('about:blank', '_self')";
    QTest::newRow("link") << "a = document.createElement('a'); a.href = 'about:blank#x';"
                             "document.body.append(a); a.click()";
}

// With a policy that makes the origin opaque, each of these ends the whole program.
void TestArtifactEscapes::aBlankPageEndsTheRun()
{
    QFETCH(QString, script);
    ArtifactView view;
    view.setVisible(true);
    QSignalSpy drawn(&view, &ArtifactView::drawn);
    view.show(ArtifactKind::Html, QStringLiteral("<p>x</p>"));
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 1, kPageTimeout);
    evaluate(view, script, 1000);
    QTRY_COMPARE_WITH_TIMEOUT(view.runState(), ArtifactView::RunState::Stopped, kPageTimeout);
    view.reload();
    QTRY_COMPARE_WITH_TIMEOUT(drawn.count(), 2, kPageTimeout);
}

ATELIER_LIBRARY_TEST_MAIN(TestArtifactEscapes)

#include "tst_artifact_escapes.moc"
