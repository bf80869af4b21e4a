// SPDX-License-Identifier: MIT
// What goes wrong on the stage, what is asked for, and which version is kept.
#include "app/core/artifact_repair.h"

#include "tests/app/conversation_parts.h"

using namespace atelier;
using namespace atelier::test;

namespace {

using Level = ConsoleEntry::Level;

// "S" stopped, "B" blank, "E" an error, "N" a blocked request, "L" a message.
RunReport reportOf(const QString& problems)
{
    RunReport report;
    int line = 0;
    for (const QChar c : problems) {
        ++line;
        if (c == u'S') {
            report.addStopped();
        } else if (c == u'B') {
            report.addBlank();
        } else if (c == u'E') {
            report.add({Level::Error, QStringLiteral("oops"), {}, line, 1});
        } else if (c == u'N') {
            report.add({Level::Blocked, QStringLiteral("https://x.org/%1").arg(line), {}, line, 1});
        } else {
            report.add({Level::Log, QStringLiteral("hello"), {}, line, 1});
        }
    }
    return report;
}

std::vector<std::string> page(const std::string& text)
{
    return {"Here.\n\n",
        "```html\n",
        "<!doctype html><title>Rain</title><p>" + text + "</html>\n",
        "```\n"};
}

} // namespace

class ArtifactRepairTest final : public QObject, private ConversationParts
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        m_script = std::make_shared<Script>();
        m_script->addModel("/one.gguf", {"One"});
        start();
        loadModel();
        m_repair = std::make_unique<ArtifactRepair>(*m_chat, *m_window);
    }

    void cleanup()
    {
        m_repair.reset();
        quit();
    }

    void countsTheSameProblemOnce()
    {
        RunReport report;
        report.add({Level::Error, QStringLiteral("x is not defined"), {}, 63, 2});
        report.add({Level::Log, QStringLiteral("a message is no problem"), {}, 1, 1});
        report.add({Level::Warning, QStringLiteral("nor is a warning"), {}, 1, 1});
        report.add({Level::Error, QStringLiteral("x is not defined"), {}, 63, 1});
        report.add({Level::Error, QStringLiteral("x is not defined"), {}, 70, 1}); // elsewhere
        report.add({Level::Blocked, QStringLiteral("https://a.org/"), {}, 3, 1});
        report.add(
            {Level::Blocked, QStringLiteral("https://a.org/"), {}, 9, 1}); // the same address
        QCOMPARE(report.problems().size(), 3);
        QCOMPARE(report.problems()[0].count, 3);
        QCOMPARE(report.problems()[2].count, 2);
        QCOMPARE(report.count(RunProblem::Kind::Error), 2);
        for (int i = 0; i < 1000; ++i) {
            report.add({Level::Error, QString::number(i), {}, i, 1});
        }
        QCOMPARE(report.problems().size(), qsizetype(RunReport::kMostProblems));
    }

    void comparesRuns_data()
    {
        QTest::addColumn<QString>("now");
        QTest::addColumn<QString>("before");
        QTest::addColumn<bool>("better");
        const auto row = [](const char* name, const char* now, const char* before, bool better) {
            QTest::newRow(name) << QString::fromLatin1(now) << QString::fromLatin1(before)
                                << better;
        };
        row("clean after an error", "", "E", true);
        row("messages are no problems", "LLL", "E", true);
        row("the same number", "E", "E", false);
        row("clean after clean", "", "", false);
        row("fewer errors", "E", "EE", true);
        row("more errors", "EE", "E", false);
        row("an error for a stop", "EEE", "S", true);
        row("a stop for an error", "S", "EEE", false);
        row("an error for a blank page", "E", "B", true);
        row("a blank page for an error", "B", "E", false);
        row("blank for stopped", "B", "S", true);
        row("fewer refused requests", "N", "NN", true);
        row("errors weigh more than requests", "NNN", "E", true);
        row("and the other way round", "E", "NNN", false);
    }

    void comparesRuns()
    {
        QFETCH(QString, now);
        QFETCH(QString, before);
        QFETCH(bool, better);
        QCOMPARE(isBetterRun(reportOf(now), reportOf(before)), better);
    }

    void saysWhatHappened()
    {
        RunReport report;
        report.add({Level::Error, QStringLiteral("x is not\n defined"), {}, 63, 3});
        report.add({Level::Blocked,
            QStringLiteral("https://a.org/f.css"),
            {},
            0,
            1,
            QStringLiteral("Artifacts have no network.")});
        report.addBlank();
        const QString source = QStringLiteral("<p>```` fences</p>\n");
        const QString text =
            fixRequest(report, QStringLiteral("Rain"), 4, QStringLiteral("html"), source);
        QVERIFY(text.startsWith(QStringLiteral("Fix “Rain”, version 4.\n")));
        QVERIFY(text.contains(QStringLiteral("- Line 63: x is not defined (3 times)\n")));
        QVERIFY(text.contains(QStringLiteral(
            "- A request was blocked: https://a.org/f.css (Artifacts have no network.)\n")));
        QVERIFY(text.contains(QStringLiteral("- The page drew nothing.\n")));
        // A fence longer than any in the source, so that it ends where it should.
        QVERIFY(text.contains(QStringLiteral("\n`````html\n<p>```` fences</p>\n`````\n")));
    }

    void aBetterFixStays()
    {
        ask(QStringLiteral("rain"), {page("one")});
        run(reportOf(QStringLiteral("EE")));
        QVERIFY(m_repair->hasFailed());
        const QString request = m_repair->request();
        QVERIFY(request.contains(QStringLiteral("<p>one")));
        askForFix(request, {page("two")});
        QVERIFY(m_transcript->texts()[2].startsWith(QStringLiteral("Fix “Rain”, version 1.")));
        QCOMPARE(m_artifact->versions.size(), 2);
        run(reportOf(QStringLiteral("E")));
        QVERIFY(m_artifact->source.contains(QStringLiteral("two")));
        QCOMPARE(m_window->toast, QStringLiteral("Version 2 is better, but not free of problems"));
        askForFix(m_repair->request(), {page("three")});
        run(RunReport());
        QCOMPARE(m_window->toast, QStringLiteral("Fixed: version 3 runs without a problem"));
        QVERIFY(!m_repair->hasProblems());
        QCOMPARE(m_repair->lastThatRan(), m_artifact->versions[2].key);
        QVERIFY(m_repair->request().isEmpty());
    }

    void aFixThatIsNoBetterGoesBack()
    {
        ask(QStringLiteral("rain"), {page("one")});
        run(reportOf(QStringLiteral("E")));
        askForFix(m_repair->request(), {page("two")});
        run(reportOf(QStringLiteral("EE")));
        QCOMPARE(m_artifact->versions.size(), 2); // every try is a version
        QVERIFY(m_artifact->source.contains(QStringLiteral("one")));
        QCOMPARE(m_artifact->shown, m_artifact->versions[0].key);
        QCOMPARE(
            m_window->toast, QStringLiteral("The fix was no better, so version 1 is shown again"));
        const QString chat = m_chat->currentChat();
        m_repair.reset();
        restart();
        m_chat->openChat(chat);
        QTRY_COMPARE(m_artifact->versions.size(), 2);
        QVERIFY2(m_artifact->source.contains(QStringLiteral("one")), "also after a restart");
    }

    void threeTriesAreEnough()
    {
        ask(QStringLiteral("rain"), {page("one")});
        run(reportOf(QStringLiteral("E")));
        for (int i = 0; i < ArtifactRepair::kMostTries; ++i) {
            const QString request = m_repair->request();
            QVERIFY2(!request.isEmpty(), qPrintable(QString::number(i)));
            askForFix(request, {page("again")});
            run(reportOf(QStringLiteral("EE")));
            run(reportOf(QStringLiteral("E"))); // version 1 runs again
        }
        QVERIFY(m_repair->request().isEmpty());
        QVERIFY(m_window->toast.startsWith(QStringLiteral("Three tries did not help.")));
        QCOMPARE(m_artifact->versions.size(), 1 + ArtifactRepair::kMostTries);
        restartHere();
        run(reportOf(QStringLiteral("E")));
        QVERIFY2(m_repair->request().isEmpty(), "three tries stay three after a restart");
        run(RunReport()); // it did run after all: there may be other problems later
        run(reportOf(QStringLiteral("E")));
        QVERIFY(!m_repair->request().isEmpty());
    }

    void anAnswerWithoutAVersionIsNotJudged()
    {
        ask(QStringLiteral("rain"), {page("one")});
        run(reportOf(QStringLiteral("E")));
        askForFix(m_repair->request(), {{"I would rather not."}});
        m_window->toast.clear();
        ask(QStringLiteral("make it blue"), {page("blue")}); // no fix: the person's own wish
        run(reportOf(QStringLiteral("EEE")));
        QCOMPARE(m_window->toast, QString());
        QVERIFY(m_artifact->source.contains(QStringLiteral("blue")));
    }

    void aRunOfAnEditBelongsToTheVersionItBecomes()
    {
        ask(QStringLiteral("rain"), {page("one")});
        run(RunReport());
        m_chat->setEdit(QStringLiteral("<p>typed"));
        run(reportOf(QStringLiteral("E")), true);
        QVERIFY(m_repair->hasProblems());
        const QString request = m_repair->request(); // keeps it: what is sent has a number
        QCOMPARE(m_artifact->versions.size(), 2);
        QVERIFY(request.contains(QStringLiteral("version 2")));
        QVERIFY(request.contains(QStringLiteral("<p>typed")));
        QCOMPARE(m_repair->lastThatRan(), m_artifact->versions[0].key);
    }

    void theLastThatRanIsKeptWithTheChat()
    {
        ask(QStringLiteral("rain"), {page("one")});
        run(RunReport());
        const QString ran = m_artifact->shown;
        ask(QStringLiteral("more rain"), {page("two")});
        run(reportOf(QStringLiteral("E")));
        QCOMPARE(m_repair->lastThatRan(), ran);
        restartHere();
        QCOMPARE(m_repair->lastThatRan(), ran);
        run(reportOf(QStringLiteral("E")));
        QCOMPARE(m_repair->lastThatRan(), ran);
        m_chat->chooseVersion(ran);
        run(reportOf(QStringLiteral("E"))); // it no longer does
        QCOMPARE(m_repair->lastThatRan(), QString());
    }

private:
    // The program ends, and the same chat is opened again.
    void restartHere()
    {
        const QString chat = m_chat->currentChat();
        m_repair.reset();
        restart();
        loadModel();
        m_repair = std::make_unique<ArtifactRepair>(*m_chat, *m_window);
        m_artifact->versions.clear();
        m_chat->openChat(chat);
        QTRY_VERIFY(!m_artifact->versions.isEmpty());
    }

    // As the stage tells it.
    void run(const RunReport& report, bool isEdit = false)
    {
        m_repair->runBegan(isEdit);
        for (const RunProblem& problem : report.problems()) {
            if (problem.kind == RunProblem::Kind::Stopped) {
                m_repair->addStopped();
            } else if (problem.kind == RunProblem::Kind::Blank) {
                m_repair->addBlank();
            } else {
                m_repair->add(
                    {problem.kind == RunProblem::Kind::Error ? Level::Error : Level::Blocked,
                        problem.text,
                        {},
                        problem.line,
                        problem.count});
            }
        }
        m_repair->runSettled();
    }

    void askForFix(const QString& message, const ScriptedReply& reply)
    {
        m_script->addReply(reply);
        QSignalSpy ended(m_chat.get(), &ConversationController::replyEnded);
        m_repair->ask(message);
        QTRY_COMPARE(ended.size(), 1);
    }

    std::unique_ptr<ArtifactRepair> m_repair;
};

QTEST_GUILESS_MAIN(ArtifactRepairTest)
#include "tst_artifact_repair.moc"
