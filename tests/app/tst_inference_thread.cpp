// SPDX-License-Identifier: MIT
#include "app/inference/inference_thread.h"
#include "app/inference/thread_reaper.h"
#include "tests/support/scripted_engine.h"

#include <QSignalSpy>
#include <QTest>

using namespace atelier;
using atelier::test::Script;
using atelier::test::ScriptedEngineFactory;
using atelier::test::ScriptedModel;
using atelier::test::ScriptedReply;

namespace {

struct Log
{
    explicit Log(InferenceThread& thread)
    {
        QObject::connect(
            &thread, &InferenceThread::textArrived, [this](RequestId id, TextBatch batch) {
                note(id, QStringLiteral("text"));
                text += batch.text;
                ++batches;
                tokens = batch.tokens;
            });
        QObject::connect(&thread,
            &InferenceThread::generationFinished,
            [this](RequestId id, const GenerationStats& result) {
                note(id, QStringLiteral("finished"));
                stats = result;
                ++endings;
            });
        QObject::connect(
            &thread, &InferenceThread::generationFailed, [this](RequestId id, const Error& what) {
                note(id, QStringLiteral("failed"));
                error = what;
                ++endings;
            });
        QObject::connect(&thread,
            &InferenceThread::promptProgressed,
            [this](RequestId id, const PromptProgress&) { note(id, QStringLiteral("prompt")); });
        QObject::connect(&thread,
            &InferenceThread::loadProgressed,
            [this](RequestId id, const LoadProgress&) { note(id, QStringLiteral("progress")); });
        QObject::connect(
            &thread, &InferenceThread::loaded, [this](RequestId id, const CurrentModel& model) {
                note(id, QStringLiteral("loaded"));
                loadedName = model.info.name;
                ++loads;
            });
        QObject::connect(
            &thread, &InferenceThread::loadFailed, [this](RequestId id, const Error& what) {
                note(id, QStringLiteral("load failed"));
                error = what;
                ++loads;
            });
    }

    void note(RequestId id, const QString& what)
    {
        const QString line = QStringLiteral("%1 %2").arg(id).arg(what);
        if (lines.isEmpty() || lines.last() != line) {
            lines << line;
        }
        wrongThread = wrongThread || QThread::currentThread() != qApp->thread();
    }

    QStringList lines;
    QString text;
    std::string loadedName;
    Error error;
    GenerationStats stats;
    uint32_t tokens = 0;
    int batches = 0;
    int endings = 0;
    int loads = 0;
    bool wrongThread = false;
};

const std::filesystem::path kModel = "one.gguf";
const std::filesystem::path kOther = "two.gguf";

} // namespace

class InferenceThreadTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_script = std::make_shared<Script>();
        m_script->addModel(kModel, {"One"});
        m_script->addModel(kOther, {"Two"});
        m_reaper = std::make_unique<ThreadReaper>();
        m_thread = std::make_unique<InferenceThread>(
            std::make_shared<ScriptedEngineFactory>(m_script), *m_reaper);
        m_log = std::make_unique<Log>(*m_thread);
    }

    void cleanup()
    {
        m_thread.reset();
        m_script->release(1000);
        QVERIFY(m_reaper->finish(std::chrono::seconds(5)));
    }

    void tellsProgressThenLoaded()
    {
        const RequestId id = m_thread->load({kModel, {}, {}});
        QTRY_COMPARE(m_log->loads, 1);
        QCOMPARE(m_log->loadedName, std::string("One"));
        const QStringList expected = {
            QStringLiteral("%1 progress").arg(id), QStringLiteral("%1 loaded").arg(id)};
        QCOMPARE(m_log->lines, expected);
    }

    void repliesInOrder()
    {
        loadModel(kModel);
        m_script->addReply({{"Hel", "lo"}, FinishReason::EndOfTurn, false, 2});
        m_script->addReply({{"again"}});
        const RequestId first = m_thread->generate(hello());
        const RequestId second = m_thread->generate(hello());
        QTRY_COMPARE(m_log->endings, 2);
        const QStringList expected = {
            QStringLiteral("%1 prompt").arg(first),
            QStringLiteral("%1 text").arg(first),
            QStringLiteral("%1 finished").arg(first),
            QStringLiteral("%1 text").arg(second),
            QStringLiteral("%1 finished").arg(second),
        };
        QCOMPARE(m_log->lines.mid(m_log->lines.size() - 5), expected);
        QCOMPARE(m_log->text, QStringLiteral("Helloagain"));
        QVERIFY(!m_log->wrongThread);
    }

    void batchesTextIntoFrames()
    {
        loadModel(kModel);
        ScriptedReply reply;
        reply.chunks.assign(5000, "字");
        m_script->addReply(reply);
        QElapsedTimer time;
        time.start();
        m_thread->generate(hello());
        QTRY_COMPARE(m_log->endings, 1);
        QCOMPARE(m_log->text.size(), 5000);
        QCOMPARE(m_log->tokens, 5000u);
        const qint64 frames = time.elapsed() / 16 + 2;
        QVERIFY2(m_log->batches <= frames,
            qPrintable(QStringLiteral("%1 batches in %2 frames").arg(m_log->batches).arg(frames)));
    }

    void stopsWhile_data()
    {
        QTest::addColumn<int>("releasedSteps");
        QTest::addColumn<QString>("text");
        QTest::newRow("reading the prompt") << 1 << QString();
        QTest::newRow("before the first word") << 2 << QString();
        QTest::newRow("writing") << 4 << QStringLiteral("ab");
    }

    void stopsWhile()
    {
        QFETCH(int, releasedSteps);
        QFETCH(QString, text);
        loadModel(kModel);
        m_script->addReply({{"a", "b", "c"}, FinishReason::EndOfTurn, true, 2});
        const RequestId id = m_thread->generate(hello());
        m_script->release(releasedSteps);
        QTRY_VERIFY(m_log->lines.contains(QStringLiteral("%1 prompt").arg(id)));
        QTRY_COMPARE(m_log->text, text);
        m_thread->stop(id);
        QTRY_COMPARE(m_log->endings, 1);
        QCOMPARE(m_log->stats.reason, FinishReason::Stopped);
        QCOMPARE(m_log->text, text);
    }

    void stopsAReplyThatHasNotBegun()
    {
        loadModel(kModel);
        m_script->addReply({{"a"}, FinishReason::EndOfTurn, true});
        m_script->addReply({{"never"}});
        const RequestId first = m_thread->generate(hello());
        const RequestId second = m_thread->generate(hello());
        m_thread->stop(second);
        m_thread->stop(first);
        QTRY_COMPARE(m_log->endings, 2);
        QCOMPARE(m_log->stats.reason, FinishReason::Stopped);
        QVERIFY(m_log->text.isEmpty());
        QVERIFY(m_script->requests().size() <= 1);
    }

    void failsWithoutAModel()
    {
        m_thread->generate(hello());
        QTRY_COMPARE(m_log->endings, 1);
        QCOMPARE(m_log->error.code, ErrorCode::InvalidUse);
    }

    void keepsTheModelWhenTheNextOneFails()
    {
        loadModel(kModel);
        ScriptedModel bad;
        bad.error = Error{ErrorCode::Truncated, "ends early"};
        m_script->addModel(kOther, bad);
        m_thread->load({kOther, {}, {}});
        QTRY_COMPARE(m_log->loads, 2);
        QCOMPARE(m_log->error.code, ErrorCode::Truncated);
        m_script->addReply({{"still here"}});
        m_thread->generate(hello());
        QTRY_COMPARE(m_log->text, QStringLiteral("still here"));
        QCOMPARE(m_script->openEngines(), 1);
    }

    void replacesTheModelOnlyWhenTheNewOneIsReady()
    {
        loadModel(kModel);
        ScriptedModel slow{"Two"};
        slow.paced = true;
        m_script->addModel(kOther, slow);
        m_thread->load({kOther, {}, {}});
        m_script->release(1);
        m_script->addReply({{"during the load"}});
        m_thread->generate(hello());
        QTRY_COMPARE(m_log->text, QStringLiteral("during the load"));
        QCOMPARE(m_log->loads, 1);
        m_script->release(3);
        QTRY_COMPARE(m_log->loads, 2);
        QCOMPARE(m_log->loadedName, std::string("Two"));
        QTRY_COMPARE(m_script->openEngines(), 1);
    }

    void cancelsALoad()
    {
        ScriptedModel slow{"Two"};
        slow.paced = true;
        m_script->addModel(kOther, slow);
        const RequestId id = m_thread->load({kOther, {}, {}});
        m_script->release(1);
        QTRY_VERIFY(m_log->lines.contains(QStringLiteral("%1 progress").arg(id)));
        m_thread->stop(id);
        QTRY_COMPARE(m_log->loads, 1);
        QCOMPARE(m_log->error.code, ErrorCode::Cancelled);
        QCOMPARE(m_script->openEngines(), 0);
    }

    void countsPromptsAndKeepsOnlyTheNewestRequest()
    {
        loadModel(kModel);
        m_script->addReply({{"a"}, FinishReason::EndOfTurn, true});
        QSignalSpy counted(m_thread.get(), &InferenceThread::promptsCounted);
        m_thread->generate(hello());
        QTRY_COMPARE(m_script->requests().size(), size_t(1));
        m_thread->countPrompts({{{Role::User, "old", {}}}});
        const RequestId newest =
            m_thread->countPrompts({{{Role::User, "abc", {}}}, {{Role::User, "", {}}}});
        m_script->release(2);
        QTRY_COMPARE(counted.size(), 1);
        QCOMPARE(counted[0][0].value<RequestId>(), newest);
        QCOMPARE(counted[0][1].value<std::vector<uint32_t>>(), (std::vector<uint32_t>{6, 3}));
    }

    void destructionDoesNotWaitForTheEngine()
    {
        loadModel(kModel);
        m_script->addReply({{"a"}, FinishReason::EndOfTurn, true});
        m_thread->generate(hello());
        QTRY_COMPARE(m_script->requests().size(), size_t(1));
        QElapsedTimer time;
        time.start();
        m_thread.reset();
        QVERIFY2(time.elapsed() < 100, qPrintable(QString::number(time.elapsed())));
        QVERIFY(m_reaper->finish(std::chrono::seconds(5)));
        QCOMPARE(m_script->openEngines(), 0);
    }

private:
    static GenerationRequest hello()
    {
        GenerationRequest request;
        request.messages = {{Role::User, "hello", {}}};
        return request;
    }

    void loadModel(const std::filesystem::path& path)
    {
        const int before = m_log->loads;
        m_thread->load({path, {}, {}});
        QTRY_COMPARE(m_log->loads, before + 1);
    }

    std::shared_ptr<Script> m_script;
    std::unique_ptr<ThreadReaper> m_reaper;
    std::unique_ptr<InferenceThread> m_thread;
    std::unique_ptr<Log> m_log;
};

QTEST_GUILESS_MAIN(InferenceThreadTest)
#include "tst_inference_thread.moc"
