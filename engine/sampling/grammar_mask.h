// SPDX-License-Identifier: MIT
// GrammarMask: which tokens keep a reply within a grammar.
#pragma once

#include "engine/sampling/grammar_matcher.h"
#include "engine/sampling/token_mask.h"
#include "engine/sampling/token_trie.h"

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace atelier {

// Where a token leads inside one rule does not depend on how the rule was entered, so that part is
// found once for each state of the grammar; only tokens that go on behind the end of the rule are
// looked at anew in each situation. A situation met before is a look-up. With 151,552 tokens, the
// first visit to a place where nearly everything may follow takes a few milliseconds, all else
// microseconds.
//
// A token that ends the turn may come exactly where the grammar may end.
//
// Threads: one thread at a time; one per reply.
class GrammarMask final : public TokenMask
{
public:
    // Steps that one token may take: half a second or so. Real grammars take a hundredth of it,
    // and that once.
    static constexpr uint64_t kStepsPerToken = 100'000'000;

    // `stopTokens` are copied.
    GrammarMask(std::shared_ptr<const Grammar> grammar,
        std::shared_ptr<const TokenTrie> trie,
        std::shared_ptr<const Tokenizer> tokenizer,
        std::span<const int32_t> stopTokens,
        uint64_t stepsPerToken = kStepsPerToken);

    bool allows(int32_t id) override;
    void keepAllowed(std::vector<int32_t>& ids) override;
    void accept(int32_t id) override;

    // Takes text that is no token of its own, such as what the prompt already holds. False, and
    // nothing changed, when the grammar does not allow it.
    bool acceptText(std::string_view bytes);

    bool canEnd() const { return m_matcher.canEnd(m_set) && inBounds(); } // the text is whole
    bool mustEnd() const override
    {
        return canEnd() && !m_matcher.canGoOn(m_set);
    } // nothing may follow
    // False once the grammar took too much work to follow; nothing is allowed any more then.
    bool inBounds() const override { return m_matcher.inBounds(); }

private:
    using Set = GrammarMatcher::Set;

    // The tokens that stay within the rule of a state.
    struct Local
    {
        std::vector<int32_t> few;   // their ids, or
        std::vector<uint64_t> all;  // a bit for every id, where that is smaller
        std::vector<uint32_t> ends; // trie nodes behind whose text the rule may end
    };

    const std::vector<uint64_t>& mask();
    const Local& local(uint32_t state);
    Set advance(Set set, std::string_view bytes);
    template <class Reach>
    void walk(uint32_t node, Set set, Reach&& reach);
    bool isStop(int32_t id) const;
    void moveTo(Set set);

    GrammarMatcher m_matcher;
    std::shared_ptr<const TokenTrie> m_trie;
    std::shared_ptr<const Tokenizer> m_tokenizer;
    std::vector<int32_t> m_stopTokens;
    Set m_set;
    size_t m_maskWords;
    uint64_t m_stepsPerToken;
    std::unordered_map<uint32_t, Local> m_locals;           // by state
    size_t m_localWords = 0;                                // held by them
    std::unordered_map<Set, std::vector<uint64_t>> m_masks; // by set: a bit for every id
    std::vector<Set> m_path;                                // of walk(), by depth
};

} // namespace atelier
