// SPDX-License-Identifier: MIT
// A hostile artifact tries everything; nothing reaches the network, the machine or another page.
#include "renderers/artifact_view.h"

#include "tests/renderers/escapes.h"
#include "tests/renderers/library_test.h"
#include "tests/renderers/trap.h"

#include <QSignalSpy>
#include <algorithm>
#include <initializer_list>
#include <memory>
#include <span>
#include <vector>

using namespace atelier;
using test::becomes;
using test::Escape;
using test::evaluate;
using test::kPageTimeout;
using test::Trap;

namespace {

constexpr int kQuiet = 300; // ms in which anything that got out would have arrived on this machine
constexpr int kTogether =
    6; // attacks at a time, each with a server, a run and a process of its own

int blockedCount(const QSignalSpy& entries)
{
    int count = 0;
    for (const QList<QVariant>& arguments : entries)
        count += arguments[0].value<ConsoleEntry>().level == ConsoleEntry::Level::Blocked ? 1 : 0;
    return count;
}

using PageOf = QString (*)(const Escape& escape);

QString pageOfScript(const Escape& escape)
{
    return QStringLiteral("<body><p>x</p><script>mine = 1; saw = '?'; (async () => { %1 })().then("
                          "value => saw = String(value), error => saw = error.name)</script>")
        .arg(QString::fromLatin1(escape.attack));
}

QString pageOfElements(const Escape& escape)
{
    return QStringLiteral("%1<p>x</p><script>mine = 1</script>")
        .arg(QString::fromLatin1(escape.attack));
}

// An attack under way.
struct Attempt
{
    Attempt(const Escape& escape, PageOf page)
        : listed(escape.listed),
          listens(trap.listen() && trap.works())
    {
        if (page == pageOfScript)
            sawAsWanted = QStringLiteral("/^(%1)$/.test(saw)").arg(QString::fromLatin1(escape.saw));
        view.setLibrary(test::library());
        view.resize(320, 240);
        view.setVisible(true);
        view.show(ArtifactKind::Html, trap.fill(page(escape)));
    }

    bool isDrawn()
    {
        return QTest::qWaitFor([this] { return !drawn.isEmpty(); }, kPageTimeout);
    }
    bool hasFailedAsWanted()
    {
        return sawAsWanted.isEmpty() || becomes(view, sawAsWanted, QStringLiteral("true"));
    }
    bool isListed()
    {
        return !listed || QTest::qWaitFor([this] { return blockedCount(entries) > 0; }, 3000);
    }
    int arrivals() const { return trap.connections + trap.datagrams; }

    const bool listed;
    QString sawAsWanted; // true in the page when the attack has failed as it should
    Trap trap;
    const bool listens;
    ArtifactView view;
    QSignalSpy drawn{&view, &ArtifactView::drawn};
    QSignalSpy entries{&view, &ArtifactView::consoleEntry};
};

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
    void init();
    void cleanupTestCase() { m_attempts.clear(); }

private:
    void addRows(std::initializer_list<std::span<const Escape>> escapes);
    void run(PageOf page);

    std::vector<Escape> m_escapes; // of the test that runs
    QByteArray m_test;
    std::vector<std::unique_ptr<Attempt>> m_attempts; // kTogether of them
    size_t m_first = 0;
};

void TestArtifactEscapes::init()
{
    if (m_test != QTest::currentTestFunction())
        m_attempts.clear();
    m_test = QTest::currentTestFunction();
}

void TestArtifactEscapes::addRows(std::initializer_list<std::span<const Escape>> escapes)
{
    m_escapes.clear();
    QTest::addColumn<int>("index");
    for (const std::span<const Escape> group : escapes) {
        for (const Escape& escape : group) {
            QTest::newRow(escape.name) << int(m_escapes.size());
            m_escapes.push_back(escape);
        }
    }
}

// Several attacks at a time, which do not see each other: a test of them all is mostly waiting.
void TestArtifactEscapes::run(PageOf page)
{
    QFETCH(int, index);
    const size_t first = size_t(index) - size_t(index) % kTogether;
    if (m_attempts.empty() || m_first != first) {
        m_attempts.clear();
        m_first = first;
        for (size_t i = first; i < std::min(m_escapes.size(), first + kTogether); ++i)
            m_attempts.push_back(std::make_unique<Attempt>(m_escapes[i], page));
        for (const auto& attempt : m_attempts) {
            if (attempt->isDrawn() && attempt->hasFailedAsWanted())
                attempt->isListed();
        }
        // Each row says for itself whether anything came.
        [[maybe_unused]] const bool came = QTest::qWaitFor(
            [this] {
                return std::ranges::any_of(
                    m_attempts, [](const auto& attempt) { return attempt->arrivals() > 0; });
            },
            kQuiet);
    }
    Attempt& attempt = *m_attempts[size_t(index) - first];
    QVERIFY(attempt.listens);
    QVERIFY(attempt.isDrawn());
    QVERIFY2(attempt.hasFailedAsWanted(),
        evaluate(attempt.view, QStringLiteral("saw")).toByteArray().constData());
    QVERIFY(attempt.isListed());
    QCOMPARE(attempt.arrivals(), 0);
    // The page is where it was, and alive.
    QCOMPARE(attempt.view.navigations(), 1);
    QCOMPARE(attempt.view.runState(), ArtifactView::RunState::Running);
    QCOMPARE(evaluate(attempt.view, QStringLiteral("mine")).toInt(), 1);
    QCOMPARE(evaluate(attempt.view, QStringLiteral("origin")).toString(), "null");
}

void TestArtifactEscapes::scriptsStayInside_data()
{
    addRows({test::kNetworkEscapes, test::kOtherEscapes});
}

void TestArtifactEscapes::scriptsStayInside()
{
    run(pageOfScript);
}

void TestArtifactEscapes::elementsStayInside_data()
{
    addRows({test::kElementEscapes});
}

void TestArtifactEscapes::elementsStayInside()
{
    run(pageOfElements);
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
    view.setLibrary(test::library());
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
    view.setLibrary(test::library());
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
