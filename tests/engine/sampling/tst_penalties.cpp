// SPDX-License-Identifier: MIT
#include "engine/api/generation.h"
#include "engine/sampling/penalties.h"
#include "engine/sampling/random.h"

#include <QTest>

#include <cmath>

using namespace atelier;

using Tokens = std::vector<int32_t>;
using Logits = std::vector<float>;

namespace {

// Tokens 0..25 are letters, 26 is a newline, 27 a control token.
TokenTexts letters()
{
    static const std::string kLetters = "abcdefghijklmnopqrstuvwxyz\n";
    return {[](int32_t token) { return std::string_view(kLetters).substr(size_t(token), 1); },
        [](int32_t token) { return token == 27; }};
}

Tokens tokensOf(std::string_view text)
{
    Tokens tokens;
    for (const char c : text) {
        tokens.push_back(c == '\n' ? 26 : c == '#' ? 27 : c - 'a');
    }
    return tokens;
}

Logits after(const SamplingOptions& options, std::string_view history, Logits logits)
{
    Penalties penalties(options, letters());
    penalties.accept(tokensOf(history));
    penalties.apply(logits);
    return logits;
}

SamplingOptions dry(float multiplier, float base, uint32_t allowed, uint32_t window = 0)
{
    SamplingOptions options;
    options.dry.multiplier = multiplier;
    options.dry.base = base;
    options.dry.allowedLength = allowed;
    options.dry.window = window;
    return options;
}

// What DRY means, written down without any cleverness.
Logits naiveDry(const SamplingOptions& options, const Tokens& history)
{
    Logits penalties(28, 0.0f);
    const size_t window = options.dry.window == 0
                              ? history.size()
                              : std::min<size_t>(options.dry.window, history.size());
    const Tokens tail(history.end() - ptrdiff_t(window), history.end());
    for (size_t next = 1; next < tail.size(); ++next) { // tail[next] continued tail[..next)
        size_t run = 0;
        while (run < next && tail[next - 1 - run] == tail[tail.size() - 1 - run] &&
               tail[next - 1 - run] < 26) {
            ++run;
        }
        if (run >= std::max(options.dry.allowedLength, 1u) && tail[next] != 27) {
            float& penalty = penalties[size_t(tail[next])];
            const double exponent = double(run) - options.dry.allowedLength;
            const double grown = options.dry.multiplier * std::pow(options.dry.base, exponent);
            penalty = std::max(penalty, float(std::min(grown, 1e6))); // enough to rule it out
        }
    }
    return penalties;
}

} // namespace

class TestPenalties : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void offChangesNothing();
    void repetitionPushesDown();
    void presenceAndFrequencyCount();
    void windowForgets();
    void controlTokensAreLeftAlone();
    void dryGrowsWithTheRun_data();
    void dryGrowsWithTheRun();
    void dryIsWhatItMeans();
    void dryStaysFinite();
};

void TestPenalties::offChangesNothing()
{
    const Logits logits(28, 1.5f);
    QCOMPARE(after({}, "abcabcabc", logits), logits);
    QVERIFY(!Penalties({}, letters()).active());
}

void TestPenalties::repetitionPushesDown()
{
    SamplingOptions options;
    options.repetitionPenalty = 2.0f;
    const Logits result = after(options, "aab", {3.0f, -3.0f, 3.0f});
    QCOMPARE(result, (Logits{1.5f, -6.0f, 3.0f})); // once, however often it occurred
}

void TestPenalties::presenceAndFrequencyCount()
{
    SamplingOptions options;
    options.presencePenalty = 1.0f;
    options.frequencyPenalty = 0.25f;
    QCOMPARE(after(options, "aaab", {5.0f, 5.0f, 5.0f}), (Logits{3.25f, 3.75f, 5.0f}));
    options.presencePenalty = -1.0f; // the other way, for those who want it
    QCOMPARE(after(options, "a", {5.0f, 5.0f}), (Logits{5.75f, 5.0f}));
}

void TestPenalties::windowForgets()
{
    SamplingOptions options;
    options.frequencyPenalty = 1.0f;
    options.penaltyWindow = 3;
    QCOMPARE(after(options, "aaabc", {0, 0, 0}), (Logits{-1, -1, -1}));
    QCOMPARE(after(options, "abcabcccc", {0, 0, 0}), (Logits{0, 0, -3}));
    options.penaltyWindow = 0;
    QCOMPARE(after(options, "aaabc", {0, 0, 0}), (Logits{-3, -1, -1}));
    // Piece by piece is the same as at once.
    options.penaltyWindow = 3;
    Penalties penalties(options, letters());
    for (const int32_t token : tokensOf("aaabc")) {
        penalties.accept({&token, 1});
    }
    Logits logits(3, 0.0f);
    penalties.apply(logits);
    QCOMPARE(logits, (Logits{-1, -1, -1}));
}

void TestPenalties::controlTokensAreLeftAlone()
{
    SamplingOptions options;
    options.repetitionPenalty = 2.0f;
    options.presencePenalty = 1.0f;
    options.dry.multiplier = 1.0f;
    const Logits logits(28, 4.0f);
    const Logits result = after(options, "ab#ab#ab", logits);
    QCOMPARE(result[27], 4.0f);
    QVERIFY(result[0] < 4.0f);
}

void TestPenalties::dryGrowsWithTheRun_data()
{
    QTest::addColumn<QString>("history");
    QTest::addColumn<char>("next");
    QTest::addColumn<float>("penalty");
    QTest::newRow("no repetition") << "abcdef" << 'a' << 0.0f;
    QTest::newRow("one is allowed") << "abxcb" << 'x' << 0.0f;
    QTest::newRow("two") << "abxab" << 'x' << 1.0f;
    QTest::newRow("three") << "abcxabc" << 'x' << 2.0f;
    QTest::newRow("four") << "abcdxabcd" << 'x' << 4.0f;
    QTest::newRow("the longest of two") << "bcxabcyabc" << 'y' << 2.0f;
    QTest::newRow("a newline ends the run") << "abcx\nzabc\nc" << 'x' << 0.0f;
    QTest::newRow("and shortens it") << "a\nbcx\nbc" << 'x' << 1.0f;
    QTest::newRow("periodic") << "ababab" << 'a' << 4.0f;
}

void TestPenalties::dryGrowsWithTheRun()
{
    QFETCH(QString, history);
    QFETCH(char, next);
    QFETCH(float, penalty);
    const Logits result = after(dry(1.0f, 2.0f, 2), history.toStdString(), Logits(28, 0.0f));
    QCOMPARE(-result[size_t(next - 'a')], penalty);
}

void TestPenalties::dryIsWhatItMeans()
{
    CounterRandom random(7);
    for (int round = 0; round < 400; ++round) {
        const auto options = dry(0.8f,
            1.75f,
            uint32_t(random.below(4)),
            random.below(3) == 0 ? uint32_t(random.below(30)) : 0);
        Tokens history(size_t(random.below(40)));
        const uint64_t letterCount = 1 + random.below(3);
        for (int32_t& token : history) {
            const uint64_t kind = random.below(12);
            token = kind == 0 ? 26 : kind == 1 ? 27 : int32_t(random.below(letterCount));
        }
        Penalties penalties(options, letters());
        penalties.accept(history);
        Logits logits(28, 0.0f);
        penalties.apply(logits);
        const Logits expected = naiveDry(options, history);
        for (size_t i = 0; i < logits.size(); ++i) {
            QVERIFY2(std::fabs(-logits[i] - expected[i]) <= 1e-5f * expected[i],
                qPrintable(QString("round %1 token %2: %3, expected %4")
                               .arg(round)
                               .arg(i)
                               .arg(-logits[i])
                               .arg(expected[i])));
        }
    }
}

void TestPenalties::dryStaysFinite()
{
    const Logits result = after(dry(5.0f, 10.0f, 2), std::string(5000, 'a'), Logits(28, 0.0f));
    QVERIFY(std::isfinite(result[0]));
    QVERIFY(result[0] < -1e5f);
}

QTEST_APPLESS_MAIN(TestPenalties)
#include "tst_penalties.moc"
