// SPDX-License-Identifier: MIT
// GrammarMatcher: follows a grammar through a text, byte by byte.
#pragma once

#include "engine/sampling/grammar.h"
#include "engine/sampling/sequence_table.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace atelier {

// After any text, the matcher is in a set of positions: states of the grammar, each with the frame
// it came from. A frame is one entry into a rule, and holds all positions that the rule may come
// back to; entries into a rule at the same place of the text share one frame, so that an ambiguous
// grammar costs a number of frames that grows with the text and not with the ways to read it.
//
// Frames and sets are kept once each and are known by numbers: the same situation has the same
// number, and a byte that was taken from it before is a look-up.
//
// Threads: one thread at a time.
class GrammarMatcher
{
public:
    using Set = uint32_t;
    static constexpr Set kDead = 0; // nothing can follow

    // A state with the frame of its rule.
    struct Position
    {
        uint32_t state = 0;
        uint32_t frame = 0;
    };

    explicit GrammarMatcher(std::shared_ptr<const Grammar> grammar);

    Set start(); // before the first byte

    Set next(Set set, uint8_t byte)
    {
        const size_t at = size_t(set) * m_grammar->byteClassCount() + m_grammar->byteClass(byte);
        const Set known = m_next[at];
        return known != kUnknown ? known : compute(set, byte);
    }

    bool canEnd(Set set) const { return m_flags[set] & kEnds; }    // the text is whole
    bool canGoOn(Set set) const { return m_flags[set] & kReads; }  // some byte may follow
    bool escapes(Set set) const { return m_flags[set] & kLeaves; } // see leaving()

    // The positions of a set from which a byte may be read.
    template <class Visit>
    void forEachPosition(Set set, Visit&& visit) const
    {
        for (const uint64_t word : m_sets.at(set)) {
            if (uint32_t(word >> 32) < m_grammar->stateCount()) {
                visit(unpack(word));
            }
        }
    }

    // A position on its own, whose rule has been entered from an unknown place: what can be read up
    // to the end of that rule does not depend on where. A set that has reached this end escapes().
    Set alone(uint32_t state);
    // Where the rule of `frame` comes back to.
    Set leaving(uint32_t frame);

    // False once following the grammar took too much work or memory, which only ambiguous grammars
    // can bring about; from then on every set is dead.
    bool inBounds() const { return !m_exhausted; }
    void setBudget(uint64_t steps) { m_budget = steps; } // for all that follows
    bool spend(uint64_t steps); // counts work of the caller; returns inBounds()

    // Words held by frames and sets; compact() forgets all but what `set` needs, and numbers anew.
    size_t words() const { return m_frames.words() + m_sets.words() + m_next.size() / 2; }
    Set compact(Set set);

private:
    static constexpr Set kUnknown = UINT32_MAX;
    static constexpr uint8_t kEnds = 1;
    static constexpr uint8_t kReads = 2;
    static constexpr uint8_t kLeaves = 4;

    static uint64_t pack(uint32_t state, uint32_t frame) { return uint64_t(state) << 32 | frame; }
    static Position unpack(uint64_t word) { return {uint32_t(word >> 32), uint32_t(word)}; }

    uint32_t endState() const { return m_grammar->stateCount(); }        // behind the root
    uint32_t escapeState() const { return m_grammar->stateCount() + 1; } // behind an unknown place

    void reset();
    Set compute(Set set, uint8_t byte);
    void add(uint64_t position);
    void returnFromRules();
    void callRules(uint64_t position);
    Set close();
    Set internSet();

    std::shared_ptr<const Grammar> m_grammar;
    SequenceTable m_frames; // by number: packed positions to come back to
    SequenceTable m_sets;   // by number: packed positions that read, and pseudo states; sorted
    std::vector<uint8_t> m_flags; // by set
    std::vector<Set> m_next;      // [set, byte class]
    uint64_t m_budget = UINT64_MAX;
    bool m_exhausted = false;

    // The set under construction.
    std::vector<uint64_t> m_work;
    std::vector<uint64_t> m_seen; // open addressing once m_work is large; packed + 1
    std::vector<std::vector<uint64_t>> m_callers; // by rule; empty between sets
    std::vector<uint32_t> m_called;               // rules with callers, a heap, lowest first
};

} // namespace atelier
