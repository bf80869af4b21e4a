// SPDX-License-Identifier: MIT
#include "engine/sampling/token_trie.h"

#include "engine/tokenizer/tokenizer.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace atelier {

namespace {

// Longer texts are left out: their bytes can be written by shorter tokens. GLM-4's longest has 128.
constexpr size_t kMaxBytes = 1024;

} // namespace

std::shared_ptr<const TokenTrie> TokenTrie::create(const Tokenizer& tokenizer)
{
    std::vector<std::pair<std::string_view, int32_t>> tokens;
    tokens.reserve(size_t(std::max(tokenizer.vocabSize(), 0)));
    for (int32_t id = 0; id < tokenizer.vocabSize(); ++id) {
        const std::string_view text = tokenizer.tokenBytes(id);
        if (!tokenizer.isControl(id) && !tokenizer.isPadding(id) && !text.empty() &&
            text.size() <= kMaxBytes) {
            tokens.emplace_back(text, id);
        }
    }
    std::sort(tokens.begin(), tokens.end());

    std::shared_ptr<TokenTrie> trie(new TokenTrie);
    trie->m_tokens.reserve(tokens.size());
    trie->m_nodes.emplace_back();
    std::vector<uint32_t> path{0}; // the nodes of the text before, by depth
    const auto closeTo = [&](size_t depth) {
        for (; path.size() > depth + 1; path.pop_back()) {
            trie->m_nodes[path.back()].next = uint32_t(trie->m_nodes.size());
        }
    };
    std::string_view before;
    for (const auto& [text, id] : tokens) {
        const auto [end, mine] =
            std::mismatch(before.begin(), before.end(), text.begin(), text.end());
        closeTo(size_t(end - before.begin()));
        for (auto byte = mine; byte != text.end(); ++byte) {
            const auto depth = uint16_t(path.size());
            path.push_back(uint32_t(trie->m_nodes.size()));
            trie->m_nodes.push_back({0, uint32_t(trie->m_tokens.size()), depth, uint8_t(*byte)});
        }
        trie->m_tokens.push_back(id);
        trie->m_maxDepth = std::max(trie->m_maxDepth, uint32_t(text.size()));
        before = text;
    }
    closeTo(0);
    const auto size = uint32_t(trie->m_nodes.size());
    trie->m_nodes[0].next = size;
    trie->m_nodes.push_back({size, uint32_t(trie->m_tokens.size()), 0, 0});
    return trie;
}

} // namespace atelier
