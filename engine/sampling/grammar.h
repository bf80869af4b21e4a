// SPDX-License-Identifier: MIT
// Grammar: the language a reply must be in, as an automaton over bytes.
#pragma once

#include "engine/base/result.h"
#include "engine/sampling/grammar_rules.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace atelier {

// Every rule is a small automaton: from a state, bytes lead to other states, and calls enter
// another rule and come back to a state. Choices, repetitions and rules that may be empty are
// resolved here, so what a state lists is all that can come next from it. Characters are UTF-8
// sequences, so a text may be cut anywhere, even inside a character.
//
// Every state can reach the end of its rule, and no rule can call itself before it has read a
// byte. Immutable after creation.
//
// Threads: thread-safe.
class Grammar
{
public:
    struct ByteEdge
    {
        uint8_t first = 0;
        uint8_t last = 0; // inclusive
        uint32_t target = 0;
    };
    struct Call
    {
        uint32_t rule = 0;
        uint32_t back = 0; // the state after it
    };

    // InvalidUse says where the text is wrong, which rule calls itself first, which one can never
    // end, or that the grammar is too large.
    static Result<std::shared_ptr<const Grammar>> parse(std::string_view gbnf);
    static Result<std::shared_ptr<const Grammar>> create(const GrammarRules& rules);

    uint32_t stateCount() const { return uint32_t(m_states.size()); }
    // A rule calls only rules of a higher number before it has read a byte.
    uint32_t ruleCount() const { return uint32_t(m_entries.size()); }
    uint32_t root() const { return m_root; }
    uint32_t entry(uint32_t rule) const { return m_entries[rule]; }

    std::span<const ByteEdge> bytes(uint32_t state) const
    {
        const State& s = m_states[state];
        return std::span(m_bytes).subspan(s.firstByte, s.byteCount);
    }
    std::span<const Call> calls(uint32_t state) const
    {
        const State& s = m_states[state];
        return std::span(m_calls).subspan(s.firstCall, s.callCount);
    }
    bool ends(uint32_t state) const { return m_states[state].ends; } // the rule may end here
    // Nothing is left but to end: a call that comes back here need not come back.
    bool onlyEnds(uint32_t state) const
    {
        const State& s = m_states[state];
        return s.ends && s.byteCount == 0 && s.callCount == 0;
    }

    // Bytes of one class lead to the same states from everywhere.
    uint32_t byteClassCount() const { return m_byteClassCount; }
    uint32_t byteClass(uint8_t byte) const { return m_byteClasses[byte]; }

private:
    friend class GrammarBuilder;

    struct State
    {
        uint32_t firstByte = 0;
        uint32_t byteCount = 0;
        uint32_t firstCall = 0;
        uint32_t callCount = 0;
        bool ends = false;
    };

    Grammar() = default;

    std::vector<State> m_states;
    std::vector<ByteEdge> m_bytes;
    std::vector<Call> m_calls;
    std::vector<uint32_t> m_entries; // by rule
    uint32_t m_root = 0;
    std::array<uint8_t, 256> m_byteClasses{};
    uint32_t m_byteClassCount = 1;
};

} // namespace atelier
