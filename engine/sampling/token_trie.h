// SPDX-License-Identifier: MIT
// TokenTrie: the texts of a vocabulary, so that all tokens with one beginning are looked at
// together.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace atelier {

class Tokenizer;

// Ordinary tokens only: no control token, no padding, none without text. About 8 MiB and a fifth of
// a second for GLM-4's 151,552 tokens, so a model makes it once, when the first grammar needs it.
// Immutable after creation.
//
// Threads: thread-safe.
class TokenTrie
{
public:
    // In depth-first order: the first child of a node is the next one, and a node without children
    // is followed by `next`.
    struct Node
    {
        uint32_t next = 0;       // the first node that does not begin with this one
        uint32_t firstToken = 0; // tokens of this node and all below, up to those of `next`
        uint16_t depth = 0;      // bytes; the root, node 0, has none
        uint8_t byte = 0;        // the last one
    };

    static std::shared_ptr<const TokenTrie> create(const Tokenizer& tokenizer);

    uint32_t size() const { return m_nodes[0].next; }
    const Node& node(uint32_t index) const { return m_nodes[index]; }
    // The tokens whose text ends exactly at a node.
    std::span<const int32_t> tokensAt(uint32_t index) const
    {
        const uint32_t first = m_nodes[index].firstToken;
        return std::span(m_tokens).subspan(first, m_nodes[index + 1].firstToken - first);
    }
    uint32_t maxDepth() const { return m_maxDepth; }

private:
    TokenTrie() = default;

    std::vector<Node> m_nodes; // one more than size(), which ends the tokens
    std::vector<int32_t> m_tokens;
    uint32_t m_maxDepth = 0;
};

} // namespace atelier
