// SPDX-License-Identifier: MIT
// What comes before the draw: biases, penalties and a mask, in their order.
#include "engine/api/generation.h"
#include "engine/sampling/sampler.h"
#include "engine/sampling/token_mask.h"

#include <QTest>

#include <cmath>
#include <map>

using namespace atelier;

namespace {

// Allows ids of one parity, and remembers what it was told.
class ParityMask final : public TokenMask
{
public:
    bool allows(int32_t id) override
    {
        ++asked;
        return id % 2 == parity;
    }
    void keepAllowed(std::vector<int32_t>& ids) override
    {
        ++filtered;
        std::erase_if(ids, [&](int32_t id) { return id % 2 != parity; });
    }
    void accept(int32_t id) override { accepted.push_back(id); }

    int parity = 0;
    int asked = 0;
    int filtered = 0;
    std::vector<int32_t> accepted;
};

SamplingOptions greedy()
{
    SamplingOptions options;
    options.temperature = 0.0f;
    return options;
}

SamplingOptions softmax()
{
    SamplingOptions options;
    options.temperature = 1.0f;
    options.topP = 1.0f;
    return options;
}

int32_t drawOnce(Sampler& sampler, std::vector<float> logits)
{
    return sampler.draw(logits);
}

} // namespace

class TestSamplerChain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void biasMovesTheChoice();
    void biasOfMinus100Bans();
    void penaltiesSeePromptAndReply();
    void penaltiesApplyToGreedy();
    void maskRulesGreedy();
    void maskIsToldWhatWasDrawn();
    void maskedDrawsFollowTheProbabilities_data();
    void maskedDrawsFollowTheProbabilities();
    void maskWithATopK();
    void nothingAllowedIsNoDraw();
    void maskThatAllowsAllChangesNothing();
    void badOptionsAreNamed_data();
    void badOptionsAreNamed();
};

void TestSamplerChain::biasMovesTheChoice()
{
    SamplingOptions options = greedy();
    options.logitBias = {{2, 3.0f}, {0, -1.0f}};
    Sampler sampler(options, 1, {});
    QCOMPARE(drawOnce(sampler, {5.0f, 4.5f, 1.0f}), 1);
    QCOMPARE(drawOnce(sampler, {5.0f, 4.5f, 2.0f}), 2);
}

void TestSamplerChain::biasOfMinus100Bans()
{
    SamplingOptions options = softmax();
    options.logitBias = {{0, -100.0f}};
    Sampler sampler(options, 1, {});
    for (int i = 0; i < 200; ++i) {
        QCOMPARE(drawOnce(sampler, {1000.0f, 0.0f}), 1); // not merely 100 less
    }
    // Nothing makes a forbidden token possible.
    const std::vector<int32_t> forbidden = {1};
    options.logitBias = {{1, 100.0f}};
    Sampler other(options, 1, forbidden);
    QCOMPARE(drawOnce(other, {0.0f, 0.0f}), 0);
}

void TestSamplerChain::penaltiesSeePromptAndReply()
{
    SamplingOptions options = greedy();
    options.presencePenalty = 1.0f;
    Sampler sampler(options, 1, {});
    sampler.begin(std::vector<int32_t>{0});
    QCOMPARE(drawOnce(sampler, {2.0f, 1.9f, 1.5f}), 1); // 0 was in the prompt
    QCOMPARE(drawOnce(sampler, {2.0f, 1.9f, 1.5f}), 2); // 1 was drawn
}

void TestSamplerChain::penaltiesApplyToGreedy()
{
    SamplingOptions options = greedy();
    options.dry.multiplier = 4.0f;
    Sampler sampler(options, 1, {});
    sampler.begin(std::vector<int32_t>{0, 1, 2, 0, 1});
    QCOMPARE(drawOnce(sampler, {0.0f, 0.0f, 3.0f, 1.0f}), 3);
}

void TestSamplerChain::maskRulesGreedy()
{
    ParityMask mask;
    Sampler sampler(greedy(), 1, {}, {}, &mask);
    QCOMPARE(drawOnce(sampler, {1.0f, 2.0f, 3.0f}), 2);
    QCOMPARE(mask.filtered, 0); // the likeliest was allowed: one question is enough
    QCOMPARE(drawOnce(sampler, {1.0f, 9.0f, 0.5f, 8.0f}), 0);
    QCOMPARE(drawOnce(sampler, {1.0f, 9.0f, 1.0f}), 0); // equal ones by id
    QCOMPARE(mask.filtered, 2);
}

void TestSamplerChain::maskIsToldWhatWasDrawn()
{
    ParityMask mask;
    Sampler sampler(softmax(), 3, {}, {}, &mask);
    std::vector<int32_t> drawn;
    for (int i = 0; i < 20; ++i) {
        mask.parity = i % 2;
        drawn.push_back(drawOnce(sampler, std::vector<float>(10, 0.0f)));
        QCOMPARE(drawn.back() % 2, i % 2);
    }
    QCOMPARE(mask.accepted, drawn);
}

void TestSamplerChain::maskedDrawsFollowTheProbabilities_data()
{
    QTest::addColumn<float>("excluded"); // logit of a token the mask excludes
    QTest::newRow("below") << -1.0f;
    QTest::newRow("above") << 12.0f;
    QTest::newRow("so far above that nothing else would weigh anything") << 90.0f;
}

// Excluded tokens take no share of the probability, wherever they stand.
void TestSamplerChain::maskedDrawsFollowTheProbabilities()
{
    QFETCH(float, excluded);
    ParityMask mask;
    Sampler sampler(softmax(), 11, {}, {}, &mask);
    std::map<int32_t, int> counts;
    constexpr int kDraws = 20000;
    for (int i = 0; i < kDraws; ++i) {
        ++counts[drawOnce(sampler, {float(std::log(0.7)), excluded, float(std::log(0.3))})];
    }
    QCOMPARE(counts.count(1), size_t(0));
    QVERIFY(std::abs(counts[0] - 0.7 * kDraws) < 5 * std::sqrt(0.21 * kDraws));
}

void TestSamplerChain::maskWithATopK()
{
    SamplingOptions options = softmax();
    options.topK = 2; // of the allowed ones
    ParityMask mask;
    Sampler sampler(options, 5, {}, {}, &mask);
    std::map<int32_t, int> counts;
    for (int i = 0; i < 500; ++i) {
        ++counts[drawOnce(sampler, {1.0f, 3.0f, 1.1f, 3.0f, 0.9f})];
    }
    QCOMPARE(counts.size(), size_t(2));
    QVERIFY(counts[0] > 0 && counts[2] > 0);
}

void TestSamplerChain::nothingAllowedIsNoDraw()
{
    ParityMask mask;
    for (const SamplingOptions& options : {greedy(), softmax()}) {
        Sampler sampler(options, 1, {}, {}, &mask);
        QCOMPARE(drawOnce(sampler, {-INFINITY, 2.0f}), -1);
    }
    QVERIFY(mask.accepted.empty());
}

void TestSamplerChain::maskThatAllowsAllChangesNothing()
{
    class AllMask final : public TokenMask
    {
        bool allows(int32_t) override { return true; }
        void keepAllowed(std::vector<int32_t>&) override {}
        void accept(int32_t) override {}
    } mask;
    SamplingOptions options = softmax();
    options.topP = 0.9f;
    options.minP = 0.01f;
    Sampler with(options, 42, {}, {}, &mask);
    Sampler without(options, 42, {});
    CounterRandom random(3);
    for (int i = 0; i < 200; ++i) {
        std::vector<float> logits(300);
        for (float& logit : logits) {
            logit = float(random.below(1000)) / 50.0f;
        }
        QCOMPARE(drawOnce(with, logits), drawOnce(without, logits));
    }
}

void TestSamplerChain::badOptionsAreNamed_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<SamplingOptions>("options");
    const auto row = [](const char* name, auto&& change) {
        SamplingOptions options;
        change(options);
        QTest::addRow("%s", name) << QString(name) << options;
    };
    row("Repetition penalty", [](auto& o) { o.repetitionPenalty = 0.0f; });
    row("Presence penalty", [](auto& o) { o.presencePenalty = NAN; });
    row("Frequency penalty", [](auto& o) { o.frequencyPenalty = 101.0f; });
    row("DRY multiplier", [](auto& o) { o.dry.multiplier = -1.0f; });
    row("DRY base", [](auto& o) { o.dry.base = INFINITY; });
    row("Logit bias", [](auto& o) { o.logitBias = {{1, NAN}}; });
    row("outside the vocabulary", [](auto& o) { o.logitBias = {{50, 1.0f}}; });
    row("the token -1", [](auto& o) { o.logitBias = {{-1, 1.0f}}; });
}

void TestSamplerChain::badOptionsAreNamed()
{
    QFETCH(QString, name);
    QFETCH(SamplingOptions, options);
    const Status valid = validateSampling(options, 50);
    QVERIFY(!valid);
    QCOMPARE(valid.error().code, ErrorCode::InvalidUse);
    QVERIFY2(QString::fromStdString(valid.error().message).contains(name),
        valid.error().message.c_str());
    QVERIFY(bool(validateSampling({}, 50)));
}

QTEST_APPLESS_MAIN(TestSamplerChain)
#include "tst_sampler_chain.moc"
