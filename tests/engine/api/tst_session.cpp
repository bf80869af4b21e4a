// SPDX-License-Identifier: MIT
// Replies: their text, how they end, and what is reused of them.
#include "tests/support/npy.h"
#include "tests/support/tiny_engine.h"

#include <QTest>

using namespace atelier;
using namespace atelier::test;

using Strings = std::vector<std::string>;

namespace {

// A model with its one session.
struct Talk
{
    explicit Talk(const GgufWriter& writer, const SessionOptions& options = {})
        : model(loadTiny(writer, hooks).take()),
          session(Session::create(model, options).take())
    {
    }

    BackendHooks hooks;
    std::shared_ptr<Model> model;
    std::unique_ptr<Session> session;
};

SessionOptions slots(uint32_t context, uint32_t chunk = 512)
{
    SessionOptions options;
    options.contextTokens = context;
    options.chunkTokens = chunk;
    return options;
}

std::vector<int32_t> someTokens(size_t count)
{
    std::vector<int32_t> tokens(count);
    for (size_t i = 0; i < count; ++i) {
        tokens[i] = int32_t(i * 31 % 250);
    }
    return tokens;
}

std::map<int32_t, int32_t> endless() // "ababab..."
{
    return {{tinyControl("<|assistant|>"), 'a'}, {'a', 'b'}, {'b', 'a'}};
}

} // namespace

class TestSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void streamsTheReply();
    void stopTokensEnd_data();
    void stopTokensEnd();
    void assistantTokenDoesNotStop();
    void charactersStayWhole();
    void stopStringsEnd_data();
    void stopStringsEnd();
    void rawPromptsKeepTheirNewline();
    void lengthLimitEnds_data();
    void lengthLimitEnds();
    void fullContextEnds();
    void promptsThatDoNotFitAreRefused();
    void badRequestsAreRefused();
    void paddingIsNeverWritten();
    void sameSeedSameText();
    void promptIsReadInChunks();
    void nextTurnReusesTheCache();
    void reusedPrefixGivesTheSameReply();
    void exactTokensOfRepliesAreReused();
    void repliesCutByAStopStringAreReadAnew();
    void rawRepliesAreNoTurns();
    void cutRepliesGoOn();
    void repeatedPromptComputesOneToken();
    void clearForgets();
    void logitsMatchPrefillOfAnySize();
    void logitsCheckTheirTokens();
    void damagedWeightsGiveAMessage();
    void deviceErrorsComeThrough();
    void yarnChangesTheSession();
};

void TestSession::streamsTheReply()
{
    Talk talk(scriptedModel(script("\nHi, you")));
    const Written reply = write(*talk.session, ask("hello"));
    QVERIFY(bool(reply.stats));
    QCOMPARE(reply.text, std::string("Hi, you"));
    const GenerationStats& stats = reply.stats.value();
    QCOMPARE(stats.reason, FinishReason::EndOfTurn);
    QCOMPARE(stats.generatedTokens, 8u); // the newline counts, the stop token does not
    QCOMPARE(stats.reusedTokens, 0u);
    QCOMPARE(stats.promptTokens, talk.session->countPrompt(ask("hello").messages).value());
    QCOMPARE(reply.deltas.size(), size_t(7));
    QCOMPARE(reply.deltas.front().tokens, 2u);
    QCOMPARE(reply.deltas.back().tokens, 8u);
    QVERIFY(!reply.progressAfterText);
    QCOMPARE(reply.progress.front().done, 0u);
    QCOMPARE(reply.progress.back().done, stats.promptTokens);
    QCOMPARE(reply.progress.back().total, stats.promptTokens);
    QCOMPARE(talk.session->cachedTokens(), stats.promptTokens + 8);
}

void TestSession::stopTokensEnd_data()
{
    QTest::addColumn<QString>("token");
    QTest::addColumn<int>("reason");
    QTest::newRow("endoftext") << "<|endoftext|>" << int(FinishReason::EndOfTurn);
    QTest::newRow("user") << "<|user|>" << int(FinishReason::EndOfTurn);
    QTest::newRow("observation") << "<|observation|>" << int(FinishReason::ToolCall);
}

void TestSession::stopTokensEnd()
{
    QFETCH(QString, token);
    QFETCH(int, reason);
    Talk talk(scriptedModel(script("get\n{}", token.toStdString())));
    const Written reply = write(*talk.session, ask("call"));
    QVERIFY(bool(reply.stats));
    QCOMPARE(reply.text, std::string("get\n{}"));
    QCOMPARE(int(reply.stats.value().reason), reason);
}

void TestSession::assistantTokenDoesNotStop()
{
    auto next = script("one");
    next['e'] = tinyControl("<|assistant|>"); // ... which is followed by 'o' again
    Talk talk(scriptedModel(next));
    const Written reply = write(*talk.session, ask("twice", 9));
    QVERIFY(bool(reply.stats));
    QCOMPARE(reply.stats.value().reason, FinishReason::LengthLimit);
    QCOMPARE(reply.text, std::string("one\none\no")); // two control tokens of nine
}

void TestSession::charactersStayWhole()
{
    Talk talk(scriptedModel(script("\n\xc3\xa9\xe6\xbc\xa2")));
    const Written reply = write(*talk.session, ask("accents"));
    QCOMPARE(reply.text, std::string("é漢"));
    QCOMPARE(reply.deltas.size(), size_t(2));
    QCOMPARE(reply.deltas[0].text, std::string("é"));
    QCOMPARE(reply.deltas[1].text, std::string("漢"));
}

void TestSession::stopStringsEnd_data()
{
    QTest::addColumn<Strings>("stops");
    QTest::addColumn<QString>("expected");
    QTest::newRow("over tokens") << Strings{"cde"} << "ab";
    QTest::newRow("the earlier of two") << Strings{"fg", "de"} << "abc";
    QTest::newRow("never met") << Strings{"abd", "hi"} << "abcdefg";
    QTest::newRow("at once") << Strings{"a"} << "";
}

void TestSession::stopStringsEnd()
{
    QFETCH(Strings, stops);
    QFETCH(QString, expected);
    Talk talk(scriptedModel(script("\nabcdefg")));
    GenerationRequest request = ask("letters");
    request.stopStrings = stops;
    const Written reply = write(*talk.session, request);
    QVERIFY(bool(reply.stats));
    QCOMPARE(QString::fromStdString(reply.text), expected);
    QCOMPARE(reply.stats.value().reason, FinishReason::EndOfTurn);
}

void TestSession::rawPromptsKeepTheirNewline()
{
    auto next = script("\nabc");
    next['x'] = '\n';
    Talk talk(scriptedModel(next));
    GenerationRequest request = ask("");
    request.messages.clear();
    request.rawPrompt = "x";
    QCOMPARE(write(*talk.session, request).text, std::string("\nabc"));
    request.rawPrompt = "<|user|>x<|assistant|>"; // control tokens are parsed: a turn begins
    QCOMPARE(write(*talk.session, request).text, std::string("abc"));
}

void TestSession::lengthLimitEnds_data()
{
    QTest::addColumn<uint32_t>("limit");
    QTest::newRow("none") << 0u;
    QTest::newRow("one") << 1u;
    QTest::newRow("three") << 3u;
}

void TestSession::lengthLimitEnds()
{
    QFETCH(uint32_t, limit);
    Talk talk(scriptedModel(endless()));
    const Written reply = write(*talk.session, ask("on and on", limit));
    QVERIFY(bool(reply.stats));
    QCOMPARE(reply.stats.value().reason, FinishReason::LengthLimit);
    QCOMPARE(reply.stats.value().generatedTokens, limit);
    QCOMPARE(reply.text, std::string("aba").substr(0, limit));
}

void TestSession::fullContextEnds()
{
    Talk talk(scriptedModel(endless()), slots(40));
    const Written reply = write(*talk.session, ask("on and on", 1000));
    QVERIFY(bool(reply.stats));
    QCOMPARE(reply.stats.value().reason, FinishReason::ContextFull);
    QCOMPARE(talk.session->cachedTokens(), 40u);
    // The last token was drawn from the last slot and needs none itself.
    QCOMPARE(reply.stats.value().generatedTokens, 40 - reply.stats.value().promptTokens + 1);
    QCOMPARE(reply.text.size(), size_t(reply.stats.value().generatedTokens));
}

void TestSession::promptsThatDoNotFitAreRefused()
{
    Talk talk(scriptedModel(endless()), slots(40));
    const Written reply = write(*talk.session, ask(std::string(100, 'x')));
    QVERIFY(!reply.stats);
    QCOMPARE(reply.stats.error().code, ErrorCode::ContextFull);
    QCOMPARE(reply.stats.error().available, uint64_t(40));
    QVERIFY(reply.stats.error().needed > 100);
    QCOMPARE(talk.hooks.runs, 0);
    // One token of room is enough to begin.
    const uint32_t around = talk.session->countPrompt(ask("").messages).value();
    QVERIFY(bool(write(*talk.session, ask(std::string(39 - around, 'x'))).stats));
    QVERIFY(!write(*talk.session, ask(std::string(40 - around, 'x'))).stats);
}

void TestSession::badRequestsAreRefused()
{
    Talk talk(scriptedModel(endless()));
    GenerationRequest empty;
    QCOMPARE(write(*talk.session, empty).stats.error().code, ErrorCode::InvalidUse);
    GenerationRequest wrong = ask("x");
    wrong.sampling.topP = 2.0f;
    QCOMPARE(write(*talk.session, wrong).stats.error().code, ErrorCode::InvalidUse);
    QCOMPARE(talk.hooks.runs, 0);
}

void TestSession::paddingIsNeverWritten()
{
    TinyShape shape;
    const auto padding = int32_t(tinyVocab(shape)) - 1;
    // What the model wants most is padding; with it masked, every other token is equally likely
    // and the lowest id wins.
    Talk talk(scriptedModel({{tinyControl("<|assistant|>"), padding}}, shape));
    const Written reply = write(*talk.session, ask("x", 1));
    QVERIFY(bool(reply.stats));
    QCOMPARE(reply.stats.value().generatedTokens, 1u);
    QCOMPARE(reply.text, std::string(1, '\0'));
}

void TestSession::sameSeedSameText()
{
    Talk talk(randomModel());
    GenerationRequest request = ask("dice", 24);
    request.sampling = {1.0f, 0, 1.0f, 0.0f, 42};
    const Written first = write(*talk.session, request);
    talk.session->clear();
    const Written second = write(*talk.session, request);
    QCOMPARE(first.stats.value().seed, uint64_t(42));
    QCOMPARE(second.text, first.text);
    request.sampling.seed = 43;
    QVERIFY(write(*talk.session, request).text != first.text);
    // Without a seed, the one that was used is told, and gives the same text again.
    request.sampling.seed.reset();
    const Written any = write(*talk.session, request);
    const Written other = write(*talk.session, request);
    QVERIFY(any.stats.value().seed != other.stats.value().seed);
    request.sampling.seed = any.stats.value().seed;
    QCOMPARE(write(*talk.session, request).text, any.text);
}

void TestSession::promptIsReadInChunks()
{
    Talk talk(scriptedModel(script("\nok")), slots(256, 10));
    const Written reply = write(*talk.session, ask(std::string(60, 'x')));
    const uint32_t total = reply.stats.value().promptTokens;
    QCOMPARE(reply.progress.size(), size_t((total + 9) / 10 + 1));
    for (size_t i = 0; i < reply.progress.size(); ++i) {
        QCOMPARE(reply.progress[i].done, std::min(uint32_t(i) * 10, total));
        QCOMPARE(reply.progress[i].total, total);
    }
    QCOMPARE(reply.text, std::string("ok"));
}

void TestSession::nextTurnReusesTheCache()
{
    Talk talk(scriptedModel(script("\nok")));
    GenerationRequest request = ask("first question");
    const Written first = write(*talk.session, request);
    request.messages.push_back({Role::Assistant, first.text, {}});
    request.messages.push_back({Role::User, "second question", {}});
    talk.hooks.tokensEmbedded = 0;
    const Written second = write(*talk.session, request);
    const GenerationStats& stats = second.stats.value();
    // Everything of the first turn: its prompt and the three tokens of its reply.
    QCOMPARE(stats.reusedTokens, first.stats.value().promptTokens + 3);
    QCOMPARE(second.progress.front().reused, stats.reusedTokens);
    QCOMPARE(second.progress.front().done, stats.reusedTokens);
    QCOMPARE(talk.hooks.tokensEmbedded,
        size_t(stats.promptTokens - stats.reusedTokens + stats.generatedTokens));
}

void TestSession::reusedPrefixGivesTheSameReply()
{
    Talk talk(randomModel(), slots(256, 16));
    Talk fresh(randomModel(), slots(256, 16));
    GenerationRequest request = ask("a question that is long enough to share", 12);
    write(*talk.session, request);
    // Another branch of the same conversation, then back.
    request.messages[0].content = "a question that is long enough to differ";
    const Written branch = write(*talk.session, request);
    QVERIFY(branch.stats.value().reusedTokens > 10);
    QVERIFY(branch.stats.value().reusedTokens < branch.stats.value().promptTokens);
    const Written expected = write(*fresh.session, request);
    QCOMPARE(expected.stats.value().reusedTokens, 0u);
    QCOMPARE(branch.text, expected.text);
}

void TestSession::exactTokensOfRepliesAreReused()
{
    // The model writes "a" and "b", where a tokenizer would pick the token "ab".
    TinyShape shape;
    shape.words = {"ab"};
    Talk talk(scriptedModel(script("\nab"), shape));
    GenerationRequest request = ask("spell it");
    const Written first = write(*talk.session, request);
    QCOMPARE(first.stats.value().generatedTokens, 3u);
    request.messages.push_back({Role::Assistant, "ab", {}});
    request.messages.push_back({Role::User, "again", {}});
    const Written second = write(*talk.session, request);
    QCOMPARE(second.stats.value().reusedTokens, first.stats.value().promptTokens + 3);
    // In a session that did not write it, the same text is one token and the prompt is shorter.
    Talk other(scriptedModel(script("\nab"), shape));
    QCOMPARE(other.session->countPrompt(request.messages).value() + 1,
        talk.session->countPrompt(request.messages).value());
}

void TestSession::repliesCutByAStopStringAreReadAnew()
{
    Talk talk(scriptedModel(script("\nabcd")));
    GenerationRequest request = ask("letters");
    request.stopStrings = {"c"};
    const Written first = write(*talk.session, request);
    QCOMPARE(first.text, std::string("ab"));
    request.messages.push_back({Role::Assistant, "ab", {}});
    request.messages.push_back({Role::User, "more", {}});
    Talk fresh(scriptedModel(script("\nabcd")));
    // The prompt holds what was visible, not the "c" that the model wrote after it.
    QCOMPARE(talk.session->countPrompt(request.messages).value(),
        fresh.session->countPrompt(request.messages).value());
    QCOMPARE(write(*talk.session, request).stats.value().reusedTokens,
        first.stats.value().promptTokens + 3);
}

// A raw completion has no newline of its own; a message of the same text has.
void TestSession::rawRepliesAreNoTurns()
{
    auto next = script("\nok");
    next['x'] = 'o';
    Talk talk(scriptedModel(next));
    GenerationRequest raw = ask("");
    raw.messages.clear();
    raw.rawPrompt = "x";
    QCOMPARE(write(*talk.session, raw).text, std::string("ok"));
    GenerationRequest chat = ask("hello");
    chat.messages.push_back({Role::Assistant, "ok", {}});
    const uint32_t before = Talk(scriptedModel(next)).session->countPrompt(chat.messages).value();
    QCOMPARE(talk.session->countPrompt(chat.messages).value(), before);
}

void TestSession::cutRepliesGoOn()
{
    TinyShape shape;
    shape.words = {"bc", "de"}; // what a tokenizer would write for what the model spells
    Talk talk(scriptedModel(script("\nabcdef"), shape));
    GenerationRequest request = ask("letters", 3);
    const Written begun = write(*talk.session, request);
    QCOMPARE(begun.text, std::string("ab"));
    request.messages.push_back({Role::Assistant, begun.text, {}});
    request.continueLast = true;
    request.maxTokens = 64;
    const Written rest = write(*talk.session, request);
    QCOMPARE(rest.text, std::string("cdef"));
    QCOMPARE(rest.stats.value().promptTokens, begun.stats.value().promptTokens + 3);
    QCOMPARE(rest.stats.value().reusedTokens, begun.stats.value().promptTokens + 2);
    // The whole reply is remembered as one, token for token.
    request.continueLast = false;
    request.messages.back().content = "abcdef";
    request.messages.push_back({Role::User, "more", {}});
    const Written next = write(*talk.session, request);
    QCOMPARE(next.stats.value().reusedTokens, begun.stats.value().promptTokens + 7);
    // Leading newlines of a rest belong to it.
    Talk newline(scriptedModel(script("ab\ncd")));
    request = ask("lines", 2);
    QCOMPARE(write(*newline.session, request).text, std::string("ab"));
    request.messages.push_back({Role::Assistant, "ab", {}});
    request.continueLast = true;
    request.maxTokens = 64;
    QCOMPARE(write(*newline.session, request).text, std::string("\ncd"));
    // Only a reply can go on.
    request.messages.pop_back();
    QCOMPARE(write(*newline.session, request).stats.error().code, ErrorCode::InvalidUse);
}

void TestSession::repeatedPromptComputesOneToken()
{
    Talk talk(randomModel());
    const Written first = write(*talk.session, ask("again", 8));
    const Written second = write(*talk.session, ask("again", 8));
    QCOMPARE(second.stats.value().reusedTokens, second.stats.value().promptTokens - 1);
    QCOMPARE(second.text, first.text);
}

void TestSession::clearForgets()
{
    Talk talk(scriptedModel(script("\nok")));
    write(*talk.session, ask("hello"));
    QVERIFY(talk.session->cachedTokens() > 0);
    talk.session->clear();
    QCOMPARE(talk.session->cachedTokens(), 0u);
    QCOMPARE(write(*talk.session, ask("hello")).stats.value().reusedTokens, 0u);
}

void TestSession::logitsMatchPrefillOfAnySize()
{
    const auto tokens = someTokens(50);
    Talk whole(randomModel(), slots(64, 64));
    Talk pieces(randomModel(), slots(64, 7));
    const auto a = whole.session->logits(tokens, {});
    const auto b = pieces.session->logits(tokens, {});
    QVERIFY(bool(a) && bool(b));
    QCOMPARE(a.value().size(), tokens.size() * tinyVocab({}));
    QVERIFY(relativeError(b.value(), a.value()) <= 1e-4);
    QCOMPARE(whole.session->cachedTokens(), 50u);
}

void TestSession::logitsCheckTheirTokens()
{
    Talk talk(randomModel(), slots(8));
    const auto codeOf = [&](const std::vector<int32_t>& tokens) {
        const auto result = talk.session->logits(tokens, {});
        return result ? -1 : int(result.error().code);
    };
    QCOMPARE(codeOf({}), int(ErrorCode::InvalidUse));
    QCOMPARE(codeOf({-1}), int(ErrorCode::InvalidUse));
    QCOMPARE(codeOf({int32_t(tinyVocab({}))}), int(ErrorCode::InvalidUse));
    QCOMPARE(codeOf(std::vector<int32_t>(9, 1)), int(ErrorCode::ContextFull));
    QCOMPARE(codeOf(std::vector<int32_t>(8, 1)), -1);
}

void TestSession::damagedWeightsGiveAMessage()
{
    GgufWriter file = randomModel();
    file.vectorF32("output_norm.weight", std::vector<float>(64, NAN));
    Talk talk(file);
    for (const float temperature : {0.0f, 1.0f}) {
        GenerationRequest request = ask("x");
        request.sampling.temperature = temperature;
        const Written reply = write(*talk.session, request);
        QVERIFY(!reply.stats);
        QCOMPARE(reply.stats.error().code, ErrorCode::InvalidFormat);
        QVERIFY(reply.stats.error().message.find("damaged") != std::string::npos);
    }
}

void TestSession::deviceErrorsComeThrough()
{
    Talk talk(scriptedModel(script("\nok")));
    talk.hooks.beforeRun = [](auto, auto) -> Status {
        return Error{ErrorCode::DeviceLost, "The device is gone."};
    };
    const Written reply = write(*talk.session, ask("x"));
    QVERIFY(!reply.stats);
    QCOMPARE(reply.stats.error().code, ErrorCode::DeviceLost);
}

void TestSession::yarnChangesTheSession()
{
    const auto tokens = someTokens(30);
    Talk plain(randomModel());
    SessionOptions options = slots(64);
    options.yarn = YarnOptions{4.0, 16};
    Talk stretched(randomModel(), options);
    const auto a = plain.session->logits(tokens, {});
    QVERIFY(relativeError(stretched.session->logits(tokens, {}).value(), a.value()) > 1e-3);
}

QTEST_APPLESS_MAIN(TestSession)
#include "tst_session.moc"
