// SPDX-License-Identifier: MIT
// Python programs without an end: they run in a thread that cannot hold up its page, so it is the
// page that notices. The chat goes on drawing meanwhile.
#include "renderers/transcript_view.h"
#include "tests/renderers/library_test.h"

#include <QElapsedTimer>

using namespace atelier;
using test::becomes;
using test::evaluate;
using test::kPageTimeout;
using test::ofLevel;
using test::openForLibraries;
using test::said;

namespace {

constexpr int kPythonTimeout = 60000; // ms: it starts in 2 s, on a busy machine in 20
constexpr int kLongestFrame = 400;    // ms: what a busy machine of two cores adds to 17
constexpr int kMostShown = 110000;    // characters of what was printed

const QString kState = QStringLiteral("document.querySelector('.state')?.textContent ?? ''");
const QString kButtons = QStringLiteral("document.querySelectorAll('.state button').length");
const QString kAsked = QStringLiteral("document.querySelectorAll('.state.asks').length");

} // namespace

class TestPythonLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_transcript = std::make_unique<TranscriptView>();
        m_transcript->resize(320, 240);
        m_transcript->setVisible(true);
        m_transcript->setMessages({});
        QVERIFY(evaluate(*m_transcript, QStringLiteral("1")).isValid());
        m_view = std::make_unique<ArtifactView>();
        openForLibraries(*m_view);
        m_entries = std::make_unique<QSignalSpy>(m_view.get(), &ArtifactView::consoleEntry);
    }

    void cleanup()
    {
        m_entries.reset();
        m_view.reset();
        m_transcript.reset();
    }

    void aLoopIsNoticedAndStopped()
    {
        run("print('begins', flush=True)\nwhile True:\n    pass\n");
        QVERIFY2(shows(QStringLiteral("begins\n")), said(*m_entries).constData());
        watchFrames();
        // At once a program that runs can be stopped; then its silence is spoken of.
        QVERIFY(becomes(*m_view, kState, QStringLiteral("RunningStop")));
        QVERIFY(becomes(*m_view, kAsked, 1));
        QCOMPARE(evaluate(*m_view, kButtons).toInt(), 2);
        QVERIFY(evaluate(*m_view, kState)
                    .toString()
                    .startsWith(QStringLiteral("Still running: nothing printed or drawn for 1")));
        QCOMPARE(m_view->runState(), ArtifactView::RunState::Running);
        press(0);
        QVERIFY(becomes(*m_view, kState, QStringLiteral("Stopped")));
        framesWereSmooth();
        QVERIFY2(m_entries->isEmpty(), said(*m_entries).constData());
    }

    void aLongComputationGoesOn()
    {
        run("import time\nprint('begins', flush=True)\nend = time.monotonic() + 14\n"
            "while time.monotonic() < end:\n    pass\nprint('ends')\n");
        QVERIFY2(shows(QStringLiteral("begins\n")), said(*m_entries).constData());
        QVERIFY(becomes(*m_view, kAsked, 1));
        press(1);
        QCOMPARE(evaluate(*m_view, kAsked).toInt(), 0);
        QVERIFY(shows(QStringLiteral("begins\nends\n")));
        QVERIFY(becomes(*m_view, kState, QString()));
    }

    // It waits, and says so by waiting: a game's menu, a clock, a question.
    void aProgramThatRestsIsLeftAlone()
    {
        run("import time\nprint('begins', flush=True)\ntime.sleep(12)\n"
            "for i in range(100):\n    time.sleep(0.01)\nprint('ends')\n");
        QVERIFY2(shows(QStringLiteral("begins\n")), said(*m_entries).constData());
        evaluate(*m_view,
            QStringLiteral("asked = 0; new MutationObserver(() => asked += document."
                           "querySelectorAll('.state.asks').length).observe(document.body, "
                           "{ subtree: true, attributes: true }); 0"));
        QVERIFY(shows(QStringLiteral("begins\nends\n")));
        QCOMPARE(evaluate(*m_view, QStringLiteral("asked")).toInt(), 0);
    }

    void whatIsPrintedIsBounded()
    {
        run("i = 0\nwhile True:\n    i += 1\n    print('line', i, 'x' * 200)\n");
        const QString size =
            QStringLiteral("document.querySelector('.output')?.textContent.length ?? 0");
        const QString lines = QStringLiteral(
            "Number(/^line (\\d+) /m.exec(document.querySelector('.output').textContent)[1])");
        QVERIFY2(QTest::qWaitFor(
                     [&] { return evaluate(*m_view, size, 2000).toInt() > 90000; }, kPythonTimeout),
            said(*m_entries).constData());
        watchFrames();
        const int before = evaluate(*m_view, lines).toInt();
        // The oldest go, the newest are shown, and the page answers.
        QVERIFY(QTest::qWaitFor(
            [&] { return evaluate(*m_view, lines).toInt() > before + 20000; }, kPageTimeout));
        QVERIFY(evaluate(*m_view, size).toInt() <= kMostShown);
        QVERIFY(evaluate(*m_view, QStringLiteral("document.querySelectorAll('.output *').length"))
                    .toInt() < 200);
        QCOMPARE(m_view->runState(), ArtifactView::RunState::Running);
        QCOMPARE(evaluate(*m_view, kAsked).toInt(), 0);
        QVERIFY(becomes(*m_view, kState, QStringLiteral("RunningStop")));
        press(0);
        QVERIFY(becomes(*m_view, kState, QStringLiteral("Stopped")));
        framesWereSmooth();
    }

    void memoryIsLimited()
    {
        run("print('begins', flush=True)\nkept = []\nwhile True:\n"
            "    kept.append(b'x' * 20_000_000)\n");
        QVERIFY2(shows(QStringLiteral("begins\n")), said(*m_entries).constData());
        watchFrames();
        QTRY_COMPARE_WITH_TIMEOUT(
            m_view->runState(), ArtifactView::RunState::Stopped, kPageTimeout);
        QTRY_VERIFY_WITH_TIMEOUT(
            !ofLevel(*m_entries, ConsoleEntry::Level::Error).isEmpty(), kPageTimeout);
        const QString text = ofLevel(*m_entries, ConsoleEntry::Level::Error).last().text;
        QVERIFY2(
            text.contains(QStringLiteral("GiB of memory; 1.5 GiB are allowed")), qPrintable(text));
        // It had no time to take much more.
        const double used = text.section(QStringLiteral("used "), 1).section(u' ', 0, 0).toDouble();
        QVERIFY2(used < 3.0, qPrintable(text));
        framesWereSmooth();
    }

private:
    void run(const char* source) { m_view->show(ArtifactKind::Python, QString::fromUtf8(source)); }

    bool shows(const QString& text)
    {
        const QString script =
            QStringLiteral("document.querySelector('.output')?.textContent ?? ''");
        return QTest::qWaitFor(
            [&] { return evaluate(*m_view, script, 2000).toString() == text; }, kPythonTimeout);
    }

    void press(int button)
    {
        evaluate(*m_view,
            QStringLiteral("document.querySelectorAll('.state button')[%1].click()").arg(button));
    }

    void watchFrames()
    {
        evaluate(*m_transcript,
            QStringLiteral("longest = 0; frames = 0; last = performance.now(); (function next(now)"
                           "{ longest = Math.max(longest, now - last); last = now; ++frames;"
                           "requestAnimationFrame(next) })(last); 0"));
    }

    void framesWereSmooth()
    {
        QVERIFY(evaluate(*m_transcript, QStringLiteral("frames")).toInt() > 10);
        const int longest = evaluate(*m_transcript, QStringLiteral("Math.round(longest)")).toInt();
        QVERIFY2(longest < kLongestFrame, qPrintable(QString::number(longest)));
    }

    std::unique_ptr<TranscriptView> m_transcript;
    std::unique_ptr<ArtifactView> m_view;
    std::unique_ptr<QSignalSpy> m_entries;
};

ATELIER_LIBRARY_TEST_MAIN(TestPythonLimits)

#include "tst_python_limits.moc"
