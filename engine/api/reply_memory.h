// SPDX-License-Identifier: MIT
// The exact tokens of replies, found again by their text.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

namespace atelier {

// Text can have many tokenizations, and a model does not always write the one a tokenizer picks.
// The next turn's prompt uses the tokens that were written, so that they are found in the cache.
//
// Threads: one thread at a time.
class ReplyMemory
{
public:
    // Replaces what was remembered for the same text. Forgets the oldest replies beyond a bound.
    void remember(const std::string& text, std::vector<int32_t> tokens);
    const std::vector<int32_t>* find(const std::string& text) const; // null when unknown
    void clear();

    // Oldest first.
    template <class Visit>
    void forEach(const Visit& visit) const
    {
        for (const std::string& text : m_order) {
            visit(text, m_tokens.at(text));
        }
    }

private:
    std::unordered_map<std::string, std::vector<int32_t>> m_tokens;
    std::deque<std::string> m_order; // oldest first; every key once
    size_t m_total = 0;              // tokens of all replies
};

} // namespace atelier
