// SPDX-License-Identifier: MIT
// What happens when a chat outgrows its context: YaRN, dropped turns, or a clear end.
#include "tests/support/npy.h"
#include "tests/support/tiny_engine.h"

#include <QTest>

using namespace atelier;
using namespace atelier::test;

namespace {

struct Talk
{
    explicit Talk(
        const GgufWriter& writer, const SessionOptions& options = {}, uint64_t freeBytes = 0)
        : model(loadTiny(writer, hooks, freeBytes).take()),
          session(Session::create(model, options).take())
    {
    }

    BackendHooks hooks;
    std::shared_ptr<Model> model;
    std::unique_ptr<Session> session;
};

TinyShape trainedFor(uint32_t context)
{
    TinyShape shape;
    shape.context = context;
    return shape;
}

SessionOptions automatic()
{
    SessionOptions options;
    options.yarnMode = YarnMode::Auto;
    return options;
}

SessionOptions slots(uint32_t context)
{
    SessionOptions options;
    options.contextTokens = context;
    return options;
}

std::map<int32_t, int32_t> endless()
{
    return {{tinyControl("<|assistant|>"), 'a'}, {'a', 'b'}, {'b', 'a'}};
}

// A chat of several turns whose user messages are `size` letters each.
GenerationRequest chat(int turns, size_t size, uint32_t maxTokens, WhenFull whenFull)
{
    GenerationRequest request = ask("", maxTokens);
    request.messages = {{Role::System, "be brief", {}}};
    for (int i = 0; i < turns; ++i) {
        if (i > 0) {
            request.messages.push_back({Role::Assistant, "ok", {}});
        }
        request.messages.push_back({Role::User, std::string(size, char('A' + i)), {}});
    }
    request.whenFull = whenFull;
    return request;
}

// The letters of user messages in the cache, each once: "AB" for the first two turns.
std::string lettersIn(const Session& session)
{
    std::string letters;
    for (const int32_t token : session.tokens()) {
        if (token >= 'A' && token <= 'Z' && letters.find(char(token)) == std::string::npos) {
            letters += char(token);
        }
    }
    return letters;
}

} // namespace

class TestSessionContext : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void autoTakesTheSmallestFactor_data();
    void autoTakesTheSmallestFactor();
    void autoRebuildsOnceAndStays();
    void autoGivesTheNumbersOfThatFactor();
    void autoBeginsAnewWithAnotherChat();
    void autoGrowsPlainPositionsFirst();
    void autoKeepsToItsBound();
    void autoKeepsToMemory();
    void autoStaysWhenNothingHelps();
    void offIgnoresTheFile();
    void explicitFactorWins();
    void yarnOptionsReachThePositions();
    void dropsTheOldestTurns();
    void dropsNothingUnlessAsked();
    void dropsWhileWriting();
    void droppedTurnsStayAway();
    void oneTurnTooManyIsFull();
    void fullSaysWhatWouldHelp();
};

void TestSessionContext::autoTakesTheSmallestFactor_data()
{
    QTest::addColumn<uint32_t>("maxTokens");
    QTest::addColumn<double>("factor"); // of a model trained for 100 tokens
    QTest::newRow("fits") << 50u << 1.0;
    QTest::newRow("a little more") << 120u << 1.5;
    QTest::newRow("twice") << 170u << 2.0;
    QTest::newRow("three times") << 240u << 3.0;
    QTest::newRow("four times") << 350u << 4.0;
}

void TestSessionContext::autoTakesTheSmallestFactor()
{
    QFETCH(uint32_t, maxTokens);
    QFETCH(double, factor);
    Talk talk(scriptedModel(script("\nok"), trainedFor(100)), automatic());
    QCOMPARE(talk.session->contextTokens(), 100u);
    QCOMPARE(talk.session->yarnFactor(), 1.0);
    const Written reply = write(*talk.session, ask("hello", maxTokens)); // a prompt of 12 tokens
    QVERIFY(bool(reply.stats));
    QCOMPARE(reply.text, std::string("ok"));
    QCOMPARE(talk.session->yarnFactor(), factor);
    QCOMPARE(talk.session->contextTokens(), uint32_t(100 * factor));
    const auto* extended = first<ContextExtended>(reply);
    QCOMPARE(extended != nullptr, factor > 1.0);
    if (extended != nullptr) {
        QCOMPARE(extended->factor, factor);
        QCOMPARE(extended->contextTokens, uint32_t(100 * factor));
        QCOMPARE(reply.progress.front().done, 0u); // all is read again, visibly
    }
}

void TestSessionContext::autoRebuildsOnceAndStays()
{
    Talk talk(scriptedModel(script("\nok"), trainedFor(100)), automatic());
    GenerationRequest request = ask("hello", 20);
    write(*talk.session, request);
    request.maxTokens = 120;
    const Written grown = write(*talk.session, request);
    QVERIFY(first<ContextExtended>(grown) != nullptr);
    QCOMPARE(grown.stats.value().reusedTokens, 0u);
    // From now on the cache is used as ever, also where plain positions would do again.
    request.messages.push_back({Role::Assistant, "ok", {}});
    request.messages.push_back({Role::User, "more", {}});
    request.maxTokens = 10;
    const Written next = write(*talk.session, request);
    QVERIFY(first<ContextExtended>(next) == nullptr);
    QVERIFY(next.stats.value().reusedTokens > 10);
    QCOMPARE(talk.session->yarnFactor(), 1.5);
    // And goes on to the next factor when that is too little.
    request.maxTokens = 300;
    QCOMPARE(first<ContextExtended>(write(*talk.session, request))->factor, 4.0);
}

// Stretched by Auto or created so: the same network.
void TestSessionContext::autoGivesTheNumbersOfThatFactor()
{
    const GgufWriter file = randomModel(trainedFor(64));
    Talk talk(file, automatic());
    write(*talk.session, ask("any question", 100)); // needs two times
    QCOMPARE(talk.session->yarnFactor(), 2.0);
    SessionOptions fixed;
    fixed.yarn = YarnOptions{2.0, 0};
    fixed.contextTokens = 128;
    Talk other(file, fixed);
    std::vector<int32_t> tokens(120);
    for (size_t i = 0; i < tokens.size(); ++i) {
        tokens[i] = int32_t(i * 37 % 250);
    }
    QCOMPARE(talk.session->logits(tokens, {}).value(), other.session->logits(tokens, {}).value());
    fixed.yarn->factor = 1.5;
    fixed.contextTokens = 96;
    Talk less(file, fixed);
    tokens.resize(90);
    const auto a = less.session->logits(tokens, {}).value();
    QVERIFY(relativeError(talk.session->logits(tokens, {}).value(), a) > 1e-4);
}

void TestSessionContext::autoBeginsAnewWithAnotherChat()
{
    Talk talk(scriptedModel(script("\nok"), trainedFor(100)), automatic());
    write(*talk.session, ask("a long chat", 150));
    QVERIFY(talk.session->yarnFactor() > 1.0);
    const Written other = write(*talk.session, ask("another chat", 20));
    QCOMPARE(talk.session->yarnFactor(), 1.0);
    QCOMPARE(talk.session->contextTokens(), 100u);
    const auto* back = first<ContextExtended>(other);
    QVERIFY(back != nullptr);
    QCOMPARE(back->factor, 1.0);
    // So does clear().
    write(*talk.session, ask("another chat", 150));
    talk.session->clear();
    write(*talk.session, ask("another chat", 20));
    QCOMPARE(talk.session->yarnFactor(), 1.0);
}

void TestSessionContext::autoGrowsPlainPositionsFirst()
{
    SessionOptions options = automatic();
    Talk talk(scriptedModel(script("\nok"), trainedFor(131072)), options);
    QCOMPARE(talk.session->contextTokens(), 32768u);
    const Written reply = write(*talk.session, ask("hello", 50000));
    QCOMPARE(talk.session->yarnFactor(), 1.0);
    QVERIFY(talk.session->contextTokens() >= 50012u);
    QVERIFY(talk.session->contextTokens() < 70000u);
    QCOMPARE(first<ContextExtended>(reply)->factor, 1.0);
}

void TestSessionContext::autoKeepsToItsBound()
{
    SessionOptions options = automatic();
    options.contextTokens = 180;
    Talk talk(scriptedModel(script("\nok"), trainedFor(100)), options);
    QCOMPARE(talk.session->contextTokens(), 100u);
    QCOMPARE(first<ContextExtended>(write(*talk.session, ask("hello", 160)))->contextTokens, 180u);
    options.contextTokens = 80; // asked for less than there is: nothing to stretch
    Talk small(scriptedModel(endless(), trainedFor(100)), options);
    const Written reply = write(*small.session, ask("hello", 160));
    QVERIFY(first<ContextExtended>(reply) == nullptr);
    QCOMPARE(reply.stats.value().reason, FinishReason::ContextFull);
}

void TestSessionContext::autoKeepsToMemory()
{
    BackendHooks hooks;
    const GgufWriter file = scriptedModel(endless(), trainedFor(1000));
    SessionOptions probe;
    probe.yarn = YarnOptions{2.0, 0};
    probe.contextTokens = 1700;
    const uint64_t enough = loadTiny(file, hooks).value()->plan(probe).total();
    Talk talk(file, automatic(), enough);
    // Two times reaches 2,000 tokens, of which 1,700 fit.
    const auto extended = write(*talk.session, ask("hello", 1600));
    QCOMPARE(first<ContextExtended>(extended)->factor, 2.0);
    QVERIFY(talk.session->contextTokens() >= 1612u);
    QVERIFY(talk.session->contextTokens() <= 1800u);
}

void TestSessionContext::autoStaysWhenNothingHelps()
{
    Talk talk(scriptedModel(script("\nok"), trainedFor(100)), automatic());
    // More than four times: the prompt fits as it is, so nothing changes for half a remedy.
    const Written reply = write(*talk.session, ask("hello", 5000));
    QCOMPARE(reply.text, std::string("ok"));
    QCOMPARE(talk.session->yarnFactor(), 1.0);
    // A prompt that needs it gets what there is.
    const Written longer = write(*talk.session, ask(std::string(300, 'x'), 5000));
    QVERIFY(bool(longer.stats));
    QCOMPARE(talk.session->yarnFactor(), 4.0);
    const Written never = write(*talk.session, ask(std::string(500, 'x'), 10));
    QVERIFY(!never.stats);
    QCOMPARE(never.stats.error().code, ErrorCode::ContextFull);
}

void TestSessionContext::offIgnoresTheFile()
{
    TinyShape shape = trainedFor(256);
    GgufWriter file = randomModel(shape);
    file.string("glm4.rope.scaling.type", "yarn");
    file.f32("glm4.rope.scaling.factor", 4.0f);
    file.u32("glm4.rope.scaling.original_context_length", 64);
    SessionOptions off;
    off.yarnMode = YarnMode::Off;
    Talk stretched(file);
    Talk plain(file, off);
    Talk never(randomModel(shape), slots(64));
    QCOMPARE(stretched.session->yarnFactor(), 4.0);
    QCOMPARE(stretched.session->contextTokens(), 256u);
    QCOMPARE(plain.session->yarnFactor(), 1.0);
    QCOMPARE(plain.session->contextTokens(), 64u);
    const std::vector<int32_t> tokens = {1, 5, 9, 200, 30, 31, 32, 33};
    QCOMPARE(plain.session->logits(tokens, {}).value(), never.session->logits(tokens, {}).value());
    QVERIFY(
        stretched.session->logits(tokens, {}).value() != plain.session->logits(tokens, {}).value());
}

void TestSessionContext::explicitFactorWins()
{
    GgufWriter file = randomModel(trainedFor(256));
    file.string("glm4.rope.scaling.type", "yarn");
    file.f32("glm4.rope.scaling.factor", 4.0f);
    file.u32("glm4.rope.scaling.original_context_length", 64);
    SessionOptions options;
    options.yarn = YarnOptions{2.0, 0};
    Talk talk(file, options);
    QCOMPARE(talk.session->yarnFactor(), 2.0);
    QCOMPARE(talk.session->contextTokens(), 128u); // two times what it was trained for
}

void TestSessionContext::yarnOptionsReachThePositions()
{
    const GgufWriter file = randomModel(trainedFor(64));
    const std::vector<int32_t> tokens = {1, 5, 9, 200, 30, 31, 32, 33, 40, 41, 42, 43};
    SessionOptions options = slots(64);
    options.yarn = YarnOptions{4.0, 0};
    const auto usual = Talk(file, options).session->logits(tokens, {}).value();
    const auto differs = [&](auto&& change) {
        SessionOptions changed = options;
        change(changed);
        return Talk(file, changed).session->logits(tokens, {}).value() != usual;
    };
    QVERIFY(!differs([](auto& o) { o.yarn->betaFast = 32.0; }));
    QVERIFY(!differs([](auto& o) { o.yarn->originalContext = 64; }));
    QVERIFY(differs([](auto& o) { o.yarn->factor = 3.0; }));
    QVERIFY(differs([](auto& o) { o.yarn->originalContext = 8; }));
    QVERIFY(differs([](auto& o) { o.yarn->attentionFactor = 1.0; }));
    QVERIFY(differs([](auto& o) { o.yarn->extrapolationFactor = 0.5; }));
    QVERIFY(differs([](auto& o) { o.yarn->betaFast = 0.2; }));
    QVERIFY(differs([](auto& o) { o.yarn->betaSlow = 8.0; }));
    QVERIFY(differs([](auto& o) { o.ropeBase = 20000.0; }));
    QVERIFY(differs([](auto& o) {
        o.yarn.reset();
        o.linearFactor = 4.0;
    }));
    options.linearFactor = 2.0; // both at once
    BackendHooks hooks;
    const auto refused = Session::create(loadTiny(file, hooks).value(), options);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::InvalidUse);
}

void TestSessionContext::dropsTheOldestTurns()
{
    Talk talk(scriptedModel(script("\nok"), trainedFor(256)), slots(160));
    const auto request = chat(5, 40, 5, WhenFull::DropOldestTurns);
    const Written reply = write(*talk.session, request);
    QVERIFY2(bool(reply.stats), reply.stats ? "" : reply.stats.error().message.c_str());
    QCOMPARE(reply.text, std::string("ok"));
    const auto* dropped = first<MessagesDropped>(reply);
    QVERIFY(dropped != nullptr);
    // Two turns: user, assistant, user, assistant; the system message stays.
    QCOMPARE(dropped->messages, (std::vector<uint32_t>{1, 2, 3, 4}));
    QCOMPARE(lettersIn(*talk.session), std::string("CDE"));
    QVERIFY(dropped->tokens > 80);
    const auto& tokens = talk.session->tokens();
    const std::string text = talk.model->tokenizer().decode(tokens);
    QVERIFY(text.find("be brief") != std::string::npos);
}

void TestSessionContext::dropsNothingUnlessAsked()
{
    Talk talk(scriptedModel(script("\nok"), trainedFor(256)), slots(160));
    const Written reply = write(*talk.session, chat(5, 40, 20, WhenFull::Stop));
    QVERIFY(!reply.stats);
    QCOMPARE(reply.stats.error().code, ErrorCode::ContextFull);
    QVERIFY(first<MessagesDropped>(reply) == nullptr);
    QCOMPARE(talk.hooks.runs, 0);
}

void TestSessionContext::dropsWhileWriting()
{
    Talk talk(scriptedModel(endless(), trainedFor(256)), slots(160));
    // Three turns fit, with little room for a reply of a hundred tokens.
    const auto request = chat(3, 40, 100, WhenFull::DropOldestTurns);
    const Written reply = write(*talk.session, request);
    QVERIFY(bool(reply.stats));
    QCOMPARE(reply.stats.value().reason, FinishReason::LengthLimit);
    QCOMPARE(reply.stats.value().generatedTokens, 100u);
    std::string expected;
    while (expected.size() < 100) {
        expected += "ab";
    }
    QCOMPARE(reply.text, expected); // not a letter lost or twice
    QVERIFY(first<MessagesDropped>(reply) != nullptr);
    QCOMPARE(lettersIn(*talk.session), std::string("C"));
    QVERIFY(talk.session->cachedTokens() <= 160u);
    // When no more can go, it ends as any full context does.
    const Written longer = write(*talk.session, chat(3, 40, 1000, WhenFull::DropOldestTurns));
    QCOMPARE(longer.stats.value().reason, FinishReason::ContextFull);
    QVERIFY(first<ContextFilled>(longer) != nullptr);
    QCOMPARE(first<ContextFilled>(longer)->droppableMessages, 0u);
}

void TestSessionContext::droppedTurnsStayAway()
{
    Talk talk(scriptedModel(script("\nok"), trainedFor(256)), slots(160));
    auto request = chat(4, 40, 20, WhenFull::DropOldestTurns);
    const Written before = write(*talk.session, request);
    const auto gone = first<MessagesDropped>(before)->messages;
    request.messages.push_back({Role::Assistant, "ok", {}});
    request.messages.push_back({Role::User, "Z", {}});
    const Written after = write(*talk.session, request);
    QVERIFY(first<MessagesDropped>(after) != nullptr); // said each time
    QCOMPARE(first<MessagesDropped>(after)->messages, gone);
    QVERIFY(after.stats.value().reusedTokens + 8 > before.stats.value().promptTokens);
    // Another chat has all of its turns.
    const Written other = write(*talk.session, ask("hello", 20));
    QVERIFY(first<MessagesDropped>(other) == nullptr);
}

void TestSessionContext::oneTurnTooManyIsFull()
{
    Talk talk(scriptedModel(script("\nok"), trainedFor(256)), slots(100));
    const Written reply = write(*talk.session, chat(3, 120, 20, WhenFull::DropOldestTurns));
    QVERIFY(!reply.stats);
    QCOMPARE(reply.stats.error().code, ErrorCode::ContextFull);
    // A raw prompt has no turns.
    GenerationRequest raw = ask("", 5);
    raw.messages.clear();
    raw.rawPrompt = std::string(200, 'x');
    raw.whenFull = WhenFull::DropOldestTurns;
    QCOMPARE(write(*talk.session, raw).stats.error().code, ErrorCode::ContextFull);
}

void TestSessionContext::fullSaysWhatWouldHelp()
{
    Talk talk(scriptedModel(endless(), trainedFor(100)));
    const Written reply = write(*talk.session, chat(4, 40, 20, WhenFull::Stop));
    const auto* full = first<ContextFilled>(reply);
    QVERIFY(full != nullptr);
    QCOMPARE(full->contextTokens, 100u);
    QCOMPARE(uint64_t(full->neededTokens), reply.stats.error().needed);
    QCOMPARE(full->droppableMessages, 6u);
    QCOMPARE(full->yarnFactor, 2.0);
    // In the middle of a reply.
    const Written long1 = write(*talk.session, ask("hello", 1000));
    QCOMPARE(long1.stats.value().reason, FinishReason::ContextFull);
    QCOMPARE(first<ContextFilled>(long1)->yarnFactor, 1.5);
    QCOMPARE(first<ContextFilled>(long1)->droppableMessages, 0u);
    // A smaller context than the model has was asked for.
    Talk small(scriptedModel(endless(), trainedFor(100)), slots(50));
    QCOMPARE(first<ContextFilled>(write(*small.session, ask("hello", 1000)))->yarnFactor, 1.0);
}

QTEST_APPLESS_MAIN(TestSessionContext)
#include "tst_session_context.moc"
