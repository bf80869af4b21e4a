// SPDX-License-Identifier: MIT
#include "engine/sampling/grammar_mask.h"

#include "engine/base/check.h"
#include "engine/tokenizer/tokenizer.h"

#include <algorithm>
#include <utility>

namespace atelier {

namespace {

constexpr size_t kMaxMasks = 128;          // 2.4 MiB with 151,552 tokens
constexpr size_t kMaxLocalWords = 4 << 20; // 32 MiB
constexpr size_t kFewIds = 256;            // cheaper one by one than by a mask that has to be made
constexpr size_t kMaxMatcherWords = 1 << 20;

void setBit(std::vector<uint64_t>& bits, int32_t id)
{
    bits[size_t(id) / 64] |= uint64_t(1) << (uint32_t(id) % 64);
}

bool hasBit(const std::vector<uint64_t>& bits, int32_t id)
{
    return id >= 0 && size_t(id) / 64 < bits.size() &&
           (bits[size_t(id) / 64] >> (uint32_t(id) % 64) & 1u) != 0;
}

} // namespace

GrammarMask::GrammarMask(std::shared_ptr<const Grammar> grammar,
    std::shared_ptr<const TokenTrie> trie,
    std::shared_ptr<const Tokenizer> tokenizer,
    std::span<const int32_t> stopTokens,
    uint64_t stepsPerToken)
    : m_matcher(std::move(grammar)),
      m_trie(std::move(trie)),
      m_tokenizer(std::move(tokenizer)),
      m_stopTokens(stopTokens.begin(), stopTokens.end()),
      m_set(m_matcher.start()),
      m_maskWords((size_t(m_tokenizer->vocabSize()) + 63) / 64),
      m_stepsPerToken(stepsPerToken),
      m_path(size_t(m_trie->maxDepth()) + 1)
{
}

bool GrammarMask::isStop(int32_t id) const
{
    return std::find(m_stopTokens.begin(), m_stopTokens.end(), id) != m_stopTokens.end();
}

bool GrammarMask::allows(int32_t id)
{
    if (isStop(id)) {
        return canEnd();
    }
    if (id < 0 || id >= m_tokenizer->vocabSize() || m_tokenizer->isControl(id) ||
        m_tokenizer->isPadding(id)) {
        return false;
    }
    const std::string_view bytes = m_tokenizer->tokenBytes(id);
    if (bytes.empty() || bytes.size() > m_trie->maxDepth()) {
        return false;
    }
    m_matcher.setBudget(m_stepsPerToken);
    return advance(m_set, bytes) != GrammarMatcher::kDead && inBounds();
}

void GrammarMask::keepAllowed(std::vector<int32_t>& ids)
{
    if (ids.size() <= kFewIds && m_masks.count(m_set) == 0) {
        std::erase_if(ids, [this](int32_t id) { return !allows(id); });
        return;
    }
    m_matcher.setBudget(m_stepsPerToken);
    const std::vector<uint64_t>& bits = mask();
    std::erase_if(ids, [&bits](int32_t id) { return !hasBit(bits, id); });
    if (!inBounds()) {
        ids.clear(); // the mask may lack some: rather nothing than something else
    }
}

void GrammarMask::accept(int32_t id)
{
    check(allows(id) || !inBounds(), "only a token that the grammar allows can be accepted");
    moveTo(isStop(id) ? GrammarMatcher::kDead : advance(m_set, m_tokenizer->tokenBytes(id)));
}

bool GrammarMask::acceptText(std::string_view bytes)
{
    m_matcher.setBudget(m_stepsPerToken);
    const Set set = advance(m_set, bytes);
    if (set == GrammarMatcher::kDead || !inBounds()) {
        return false;
    }
    moveTo(set);
    return true;
}

void GrammarMask::moveTo(Set set)
{
    m_set = set;
    if (m_matcher.words() > kMaxMatcherWords && m_matcher.inBounds()) {
        m_set = m_matcher.compact(m_set);
        m_masks.clear(); // known by numbers that have changed
    }
}

GrammarMask::Set GrammarMask::advance(Set set, std::string_view bytes)
{
    for (const char byte : bytes) {
        set = m_matcher.next(set, uint8_t(byte));
    }
    return set;
}

// Calls reach(node, set) for the nodes below `node` whose texts can be read from `set`, which is
// where the text of `node` has led.
template <class Reach>
void GrammarMask::walk(uint32_t node, Set set, Reach&& reach)
{
    const uint32_t end = m_trie->node(node).next;
    m_path[m_trie->node(node).depth] = set;
    for (uint32_t i = node + 1; i < end && m_matcher.spend(1);) {
        const TokenTrie::Node& child = m_trie->node(i);
        const Set after = m_matcher.next(m_path[child.depth - 1u], child.byte);
        if (after == GrammarMatcher::kDead) {
            i = child.next;
            continue;
        }
        m_path[child.depth] = after;
        reach(i, after);
        ++i;
    }
}

const GrammarMask::Local& GrammarMask::local(uint32_t state)
{
    const auto [found, isNew] = m_locals.try_emplace(state);
    Local& result = found->second;
    if (!isNew) {
        return result;
    }
    walk(0, m_matcher.alone(state), [&](uint32_t node, Set set) {
        const auto tokens = m_trie->tokensAt(node);
        result.few.insert(result.few.end(), tokens.begin(), tokens.end());
        if (m_matcher.escapes(set)) {
            result.ends.push_back(node);
        }
    });
    if (result.few.size() > m_maskWords * 2) {
        result.all.assign(m_maskWords, 0);
        for (const int32_t id : result.few) {
            setBit(result.all, id);
        }
        result.few = {};
    }
    m_localWords += (result.few.size() + result.ends.size()) / 2 + result.all.size() + 16;
    return result;
}

// A bit for every token that may follow m_set.
const std::vector<uint64_t>& GrammarMask::mask()
{
    if (m_masks.size() >= kMaxMasks) {
        m_masks.clear();
    }
    const auto [found, isNew] = m_masks.try_emplace(m_set);
    std::vector<uint64_t>& bits = found->second;
    if (!isNew) {
        return bits;
    }
    if (m_localWords > kMaxLocalWords) {
        m_locals.clear();
        m_localWords = 0;
    }
    bits.assign(m_maskWords, 0);
    std::vector<GrammarMatcher::Position> positions; // making sets below moves those of m_set
    m_matcher.forEachPosition(
        m_set, [&](GrammarMatcher::Position position) { positions.push_back(position); });
    for (const GrammarMatcher::Position& position : positions) {
        const Local& inside = local(position.state);
        for (size_t i = 0; i < inside.all.size(); ++i) {
            bits[i] |= inside.all[i];
        }
        for (const int32_t id : inside.few) {
            setBit(bits, id);
        }
        const Set behind = m_matcher.leaving(position.frame);
        if (inside.ends.empty() || !m_matcher.canGoOn(behind)) {
            continue;
        }
        for (const uint32_t node : inside.ends) {
            walk(node, behind, [&](uint32_t reached, Set) {
                for (const int32_t id : m_trie->tokensAt(reached)) {
                    setBit(bits, id);
                }
            });
        }
    }
    if (canEnd()) {
        for (const int32_t id : m_stopTokens) {
            if (id >= 0 && size_t(id) / 64 < bits.size()) {
                setBit(bits, id);
            }
        }
    }
    return bits;
}

} // namespace atelier
