// SPDX-License-Identifier: MIT
// Any grammar and any text: the matcher says of every beginning of the text what trying everything
// says, and the mask allows exactly the tokens whose bytes the matcher takes.
#include "engine/sampling/grammar_mask.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/support/grammar_oracle.h"
#include "tests/support/vocabulary_file.h"

#include <memory>
#include <numeric>

namespace {

using namespace atelier;

std::shared_ptr<const Tokenizer> makeTokenizer()
{
    test::VocabularyFile vocabulary;
    vocabulary.words = {"ab", "abc", "aa", "ba", "bb", "\xE4\xB8", "\xB8\xAD", "\"a", "a\"", "a,b"};
    const auto bytes = vocabulary.writer().bytes();
    const auto file = parseGguf(bytes);
    check(bool(file), "the vocabulary file must be right");
    return Tokenizer::create(*file.value()).take();
}

// A grammar of a few rules that is mostly right.
class Writer
{
public:
    explicit Writer(fuzz::Choices& choices) : m_choices(choices) {}

    std::string grammar()
    {
        static constexpr const char* kNames[] = {"root", "r1", "r2", "r3"};
        m_rules = 1 + m_choices.below(4);
        std::string out;
        for (uint32_t i = 0; i < m_rules; ++i) {
            out += std::string(kNames[i]) + " ::= " + choice(0) + "\n";
        }
        return out;
    }

private:
    std::string choice(int depth)
    {
        std::string out = sequence(depth);
        for (uint32_t i = m_choices.below(3); i > 0; --i) {
            out += " | " + sequence(depth);
        }
        return out;
    }

    std::string sequence(int depth)
    {
        std::string out;
        for (uint32_t i = m_choices.below(4); i > 0; --i) {
            static constexpr const char* kRepeats[] = {
                "", "", "", "*", "+", "?", "{2}", "{1,}", "{0,3}", "{2,4}", "{0}"};
            out += item(depth) + kRepeats[m_choices.below(11)] + " ";
        }
        return out;
    }

    std::string item(int depth)
    {
        static constexpr const char* kItems[] = {"\"a\"",
            "\"ab\"",
            "\"b\"",
            "\"中\"",
            "[a-b]",
            "[^a]",
            "[中-龥]",
            "[^\\x00-\\u4E2C]",
            "\"\\\"\"",
            "[,a\\\"]",
            "."};
        const uint32_t kind = m_choices.below(16);
        if (kind < 11) {
            return kItems[kind];
        }
        if (kind < 14) {
            const uint32_t rule = m_choices.below(m_rules);
            return rule == 0 ? "root" : "r" + std::to_string(rule);
        }
        return depth < 4 ? "(" + choice(depth + 1) + ")" : "\"a\"";
    }

    fuzz::Choices& m_choices;
    uint32_t m_rules = 1;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    static const auto tokenizer = makeTokenizer();
    static const auto trie = TokenTrie::create(*tokenizer);
    fuzz::Choices choices(data, size);
    const bool raw = choices.below(4) == 1;
    const std::string text = choices.text(20);
    const std::string gbnf = raw ? choices.rest() : Writer(choices).grammar();
    const auto rules = GrammarRules::parse(gbnf);
    if (!rules) {
        check(!rules.error().message.empty(), "an error must say something");
        return 0;
    }
    const auto grammar = Grammar::create(rules.value());
    if (!grammar) {
        check(!grammar.error().message.empty(), "an error must say something");
        return 0;
    }
    GrammarMatcher matcher(grammar.value());
    GrammarMask mask(grammar.value(), trie, tokenizer, tokenizer->stopTokens());
    test::GrammarOracle oracle(rules.value());
    const bool small = rules.value().nodes.size() < 200;
    std::vector<int32_t> all(size_t(tokenizer->vocabSize()));
    std::iota(all.begin(), all.end(), 0);
    auto set = matcher.start();
    for (size_t length = 0;; ++length) {
        const auto answer = small ? oracle.ask(std::string_view(text).substr(0, length))
                                  : test::GrammarOracle::Answer{};
        const bool alive = set != GrammarMatcher::kDead;
        check(!small || alive == answer.begins, "the matcher must follow every beginning");
        check(!small || matcher.canEnd(set) == answer.matches, "the matcher must know the end");
        if (!alive) {
            break;
        }
        check(matcher.canGoOn(set) || matcher.canEnd(set), "something must be able to follow");
        std::vector<int32_t> allowed = all;
        mask.keepAllowed(allowed);
        std::vector<int32_t> taken;
        std::ranges::copy_if(
            all, std::back_inserter(taken), [&](int32_t id) { return mask.allows(id); });
        check(allowed == taken, "a mask must allow what the matcher takes");
        if (length == text.size()) {
            break;
        }
        set = matcher.next(set, uint8_t(text[length]));
        if (length % 5 == 3) {
            set = matcher.compact(set);
        }
        check(mask.acceptText(std::string_view(text).substr(length, 1)) ==
                  (set != GrammarMatcher::kDead),
            "a mask must take what the matcher takes");
    }
    return 0;
}
