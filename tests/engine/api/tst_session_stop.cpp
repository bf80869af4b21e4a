// SPDX-License-Identifier: MIT
// Stopping: a reply that is stopped leaves a session that goes on as if nothing had happened.
#include "tests/support/tiny_engine.h"

#include <QTest>

#include <chrono>
#include <future>
#include <thread>

using namespace atelier;
using namespace atelier::test;

namespace {

SessionOptions slots(uint32_t context, uint32_t chunk)
{
    SessionOptions options;
    options.contextTokens = context;
    options.chunkTokens = chunk;
    return options;
}

// From run number `run` on, the backend is asked to stop while it computes, and obeys. What it had
// begun to write is undefined, so the slots of that run get other contents first.
std::function<Status(std::span<const Op>, std::stop_token)> stopAtRun(
    BackendHooks& hooks, int run, std::stop_source& stop)
{
    return [&hooks, run, &stop](auto, const std::stop_token& token) -> Status {
        if (hooks.runs == run) {
            stop.request_stop();
        }
        if (token.stop_requested()) {
            return Error{ErrorCode::Cancelled, "Stopped."};
        }
        return Done{};
    };
}

} // namespace

class TestSessionStop : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stoppedBeforeItBegins();
    void stoppedWhileReading_data();
    void stoppedWhileReading();
    void stoppedWhileWriting_data();
    void stoppedWhileWriting();
    void stoppedFromTheCallback();
    void stoppedWhileWaiting();
    void sessionsTakeTurns();
    void stopsSoonInALongPrompt();
};

void TestSessionStop::stoppedBeforeItBegins()
{
    BackendHooks hooks;
    const auto model = loadTiny(randomModel(), hooks);
    const auto session = Session::create(model.value(), {});
    std::stop_source stop;
    stop.request_stop();
    const Written reply = write(*session.value(), ask("x"), stop.get_token());
    QVERIFY(bool(reply.stats));
    QCOMPARE(reply.stats.value().reason, FinishReason::Stopped);
    QCOMPARE(reply.stats.value().generatedTokens, 0u);
    QCOMPARE(hooks.runs, 0);
    QVERIFY(!session.value()->logits(std::vector<int32_t>{1}, stop.get_token()));
}

void TestSessionStop::stoppedWhileReading_data()
{
    QTest::addColumn<int>("run");
    QTest::newRow("first chunk") << 1;
    QTest::newRow("third chunk") << 3;
}

void TestSessionStop::stoppedWhileReading()
{
    QFETCH(int, run);
    const auto request = ask(std::string(60, 'x'), 10);
    BackendHooks hooks;
    BackendHooks otherHooks;
    const auto model = loadTiny(randomModel(), hooks);
    const auto session = Session::create(model.value(), slots(256, 10));
    std::stop_source stop;
    hooks.beforeRun = stopAtRun(hooks, run, stop);
    const Written stopped = write(*session.value(), request, stop.get_token());
    QVERIFY(bool(stopped.stats));
    QCOMPARE(stopped.stats.value().reason, FinishReason::Stopped);
    QVERIFY(stopped.text.empty());
    QCOMPARE(session.value()->cachedTokens(), uint32_t(run - 1) * 10);

    hooks.beforeRun = nullptr;
    const Written again = write(*session.value(), request);
    QCOMPARE(again.stats.value().reusedTokens, uint32_t(run - 1) * 10);
    const auto other = loadTiny(randomModel(), otherHooks);
    const auto fresh = Session::create(other.value(), slots(256, 10));
    QCOMPARE(again.text, write(*fresh.value(), request).text);
}

void TestSessionStop::stoppedWhileWriting_data()
{
    QTest::addColumn<int>("run"); // the first reads the prompt
    QTest::newRow("first token") << 2;
    QTest::newRow("sixth token") << 7;
}

void TestSessionStop::stoppedWhileWriting()
{
    QFETCH(int, run);
    auto request = ask("count", 40);
    BackendHooks hooks;
    const auto model = loadTiny(scriptedModel(script("\n0123456789")), hooks);
    const auto session = Session::create(model.value(), {});
    std::stop_source stop;
    hooks.beforeRun = stopAtRun(hooks, run, stop);
    const Written stopped = write(*session.value(), request, stop.get_token());
    QVERIFY(bool(stopped.stats));
    QCOMPARE(stopped.stats.value().reason, FinishReason::Stopped);
    // One token is drawn before each run; the newline is not shown.
    QCOMPARE(stopped.stats.value().generatedTokens, uint32_t(run - 1));
    QCOMPARE(stopped.text, std::string("0123456789").substr(0, size_t(run - 2)));

    // What was written stays part of the conversation and of the cache; the token whose run was
    // stopped is computed again.
    hooks.beforeRun = nullptr;
    request.messages.push_back({Role::Assistant, stopped.text, {}});
    request.messages.push_back({Role::User, "go on", {}});
    const Written next = write(*session.value(), request);
    QVERIFY(bool(next.stats));
    if (!stopped.text.empty()) {
        QCOMPARE(next.stats.value().reusedTokens,
            stopped.stats.value().promptTokens + uint32_t(run) - 2);
    }
    QCOMPARE(next.text, std::string("0123456789"));
}

void TestSessionStop::stoppedFromTheCallback()
{
    BackendHooks hooks;
    const auto model = loadTiny(scriptedModel(script("\n0123456789")), hooks);
    const auto session = Session::create(model.value(), {});
    std::stop_source stop;
    const Written reply =
        write(*session.value(), ask("count"), stop.get_token(), [&](const Event& event) {
            const auto* delta = std::get_if<TextDelta>(&event);
            if (delta != nullptr && delta->text == "3") {
                stop.request_stop();
            }
        });
    QCOMPARE(reply.text, std::string("0123"));
    QCOMPARE(reply.stats.value().reason, FinishReason::Stopped);
}

void TestSessionStop::stoppedWhileWaiting()
{
    BackendHooks hooks;
    const auto model = loadTiny(scriptedModel(script("\nok")), hooks);
    const auto busy = Session::create(model.value(), {});
    const auto waiting = Session::create(model.value(), {});
    std::promise<void> entered;
    std::promise<void> release;
    auto released = release.get_future();
    hooks.beforeRun = [&](auto, auto) -> Status {
        if (hooks.runs == 1) {
            entered.set_value();
            released.wait();
        }
        return Done{};
    };
    std::thread worker([&] { write(*busy.value(), ask("x")); });
    entered.get_future().wait();
    std::stop_source stop;
    std::thread stopper([&] { stop.request_stop(); });
    const Written reply = write(*waiting.value(), ask("y"), stop.get_token());
    stopper.join();
    release.set_value();
    worker.join();
    QVERIFY(bool(reply.stats));
    QCOMPARE(reply.stats.value().reason, FinishReason::Stopped);
    QVERIFY(reply.progress.empty()); // it never had its turn
    hooks.beforeRun = nullptr;
    QCOMPARE(write(*waiting.value(), ask("y")).text, std::string("ok"));
}

void TestSessionStop::sessionsTakeTurns()
{
    BackendHooks hooks;
    const auto model = loadTiny(randomModel(), hooks);
    std::atomic<int> inside = 0;
    std::atomic<bool> overlapped = false;
    hooks.beforeRun = [&](auto, auto) -> Status {
        overlapped = overlapped || ++inside > 1;
        std::this_thread::yield();
        --inside;
        return Done{};
    };
    std::vector<std::string> texts(3);
    std::vector<std::thread> threads;
    for (std::string& text : texts) {
        threads.emplace_back([&text, &model] {
            const auto session = Session::create(model.value(), {});
            text = write(*session.value(), ask("the same question", 10)).text;
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    QVERIFY(!overlapped);
    QVERIFY(texts[0] == texts[1] && texts[1] == texts[2]);
}

// With the real backend, no hook: the stop comes from another thread at some point of a prompt
// that takes far longer to read than a stop may take.
void TestSessionStop::stopsSoonInALongPrompt()
{
    TinyShape shape;
    shape.hidden = 512;
    shape.ffn = 2048;
    shape.layers = 8;
    shape.context = 8192;
    BackendHooks hooks;
    const auto model = loadTiny(randomModel(shape), hooks);
    const auto session = Session::create(model.value(), slots(8192, 8192));
    std::stop_source stop;
    std::promise<void> reading;
    std::chrono::steady_clock::time_point asked;
    std::thread stopper([&] {
        reading.get_future().wait();
        asked = std::chrono::steady_clock::now();
        stop.request_stop();
    });
    hooks.beforeRun = [&](auto, auto) -> Status {
        reading.set_value();
        return Done{};
    };
    const Written reply = write(*session.value(), ask(std::string(8000, 'x')), stop.get_token());
    const auto took = std::chrono::steady_clock::now() - asked;
    stopper.join();
    QCOMPARE(reply.stats.value().reason, FinishReason::Stopped);
    // 50 ms is the promise; a loaded machine with sanitizers gets ten times that.
    QVERIFY(took < std::chrono::milliseconds(500));
}

QTEST_APPLESS_MAIN(TestSessionStop)
#include "tst_session_stop.moc"
