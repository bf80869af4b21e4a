// SPDX-License-Identifier: MIT
#include "engine/sampling/grammar_matcher.h"

#include "engine/base/check.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace atelier {

namespace {

constexpr size_t kMaxWords = 16u << 20; // 128 MiB; real grammars stay below a hundredth
constexpr size_t kLinearSearch = 24;    // up to here, looking at all is faster than hashing

size_t mixed(uint64_t value)
{
    return size_t((value * 0x9e3779b97f4a7c15u) >> 20);
}

} // namespace

GrammarMatcher::GrammarMatcher(std::shared_ptr<const Grammar> grammar)
    : m_grammar(std::move(grammar)),
      m_callers(m_grammar->ruleCount())
{
    reset();
}

// Frame 0 is around the root, frame 1 is the unknown place; set 0 is dead.
void GrammarMatcher::reset()
{
    m_frames.clear();
    m_sets.clear();
    m_flags.clear();
    m_next.clear();
    const uint64_t end = pack(endState(), 0);
    const uint64_t escape = pack(escapeState(), 0);
    m_frames.intern({&end, 1});
    m_frames.intern({&escape, 1});
    m_work.clear();
    internSet();
    std::fill(m_next.begin(), m_next.end(), kDead);
}

GrammarMatcher::Set GrammarMatcher::start()
{
    m_work.clear();
    const uint32_t root = m_grammar->root();
    m_callers[root].push_back(pack(endState(), 0));
    m_called.push_back(root);
    // A rule that is entered does not end before it has read; an empty text is the caller's to
    // know.
    if (m_grammar->ends(m_grammar->entry(root))) {
        m_work.push_back(pack(endState(), 0));
    }
    return close();
}

GrammarMatcher::Set GrammarMatcher::alone(uint32_t state)
{
    // Without what `state` calls and where it ends: those are positions of their own.
    m_work.assign(1, pack(state, 1));
    return internSet();
}

GrammarMatcher::Set GrammarMatcher::leaving(uint32_t frame)
{
    m_seen.clear();
    const auto back = m_frames.at(frame);
    m_work.assign(back.begin(), back.end());
    returnFromRules();
    for (size_t i = 0, count = m_work.size(); i < count; ++i) {
        callRules(m_work[i]);
    }
    return close();
}

GrammarMatcher::Set GrammarMatcher::compute(Set set, uint8_t byte)
{
    m_work.clear();
    m_seen.clear();
    for (const uint64_t word : m_sets.at(set)) {
        const Position position = unpack(word);
        if (position.state >= m_grammar->stateCount()) {
            continue;
        }
        const auto edges = m_grammar->bytes(position.state);
        for (const Grammar::ByteEdge& edge : edges) {
            if (byte >= edge.first && byte <= edge.last) {
                add(pack(edge.target, position.frame));
            }
        }
        if (!spend(edges.size())) {
            return kDead;
        }
    }
    returnFromRules();
    for (size_t i = 0, count = m_work.size(); i < count; ++i) {
        callRules(m_work[i]);
    }
    const Set result = close();
    m_next[size_t(set) * m_grammar->byteClassCount() + m_grammar->byteClass(byte)] = result;
    return result;
}

// Appends to m_work what is not in it yet.
void GrammarMatcher::add(uint64_t position)
{
    if (m_work.size() < kLinearSearch) {
        if (std::find(m_work.begin(), m_work.end(), position) == m_work.end()) {
            m_work.push_back(position);
        }
        return;
    }
    const auto insert = [this](uint64_t value) {
        const size_t mask = m_seen.size() - 1;
        size_t slot = mixed(value) & mask;
        for (; m_seen[slot] != 0; slot = (slot + 1) & mask) {
            if (m_seen[slot] == value + 1) {
                return false;
            }
        }
        m_seen[slot] = value + 1;
        return true;
    };
    if (m_seen.size() < m_work.size() * 2) {
        size_t slots = 64;
        while (slots < m_work.size() * 4) {
            slots *= 2;
        }
        m_seen.assign(slots, 0);
        for (const uint64_t known : m_work) {
            insert(known);
        }
    }
    if (insert(position)) {
        m_work.push_back(position);
    }
}

// Adds to m_work where the rules come back to that may end now, and so on.
void GrammarMatcher::returnFromRules()
{
    for (size_t i = 0; i < m_work.size() && !m_exhausted; ++i) {
        const Position position = unpack(m_work[i]);
        if (position.state >= m_grammar->stateCount() || !m_grammar->ends(position.state)) {
            continue;
        }
        const auto back = m_frames.at(position.frame);
        for (const uint64_t target : back) {
            add(target);
        }
        spend(back.size());
    }
}

void GrammarMatcher::callRules(uint64_t packed)
{
    const Position position = unpack(packed);
    if (position.state >= m_grammar->stateCount()) {
        return;
    }
    for (const Grammar::Call& call : m_grammar->calls(position.state)) {
        auto& callers = m_callers[call.rule];
        if (callers.empty()) {
            m_called.push_back(call.rule);
            std::push_heap(m_called.begin(), m_called.end(), std::greater<>());
        }
        if (m_grammar->onlyEnds(call.back)) {
            // Comes back to where this rule comes back to: lists do not pile up frames.
            const auto back = m_frames.at(position.frame);
            callers.insert(callers.end(), back.begin(), back.end());
            spend(back.size());
        } else {
            callers.push_back(pack(call.back, position.frame));
        }
    }
    spend(m_grammar->calls(position.state).size());
}

// Enters the called rules, from callers to callees, so that every frame is complete when it is
// made. A rule that may be empty is passed by its callers themselves, so none ends here.
GrammarMatcher::Set GrammarMatcher::close()
{
    while (!m_called.empty()) {
        std::pop_heap(m_called.begin(), m_called.end(), std::greater<>());
        const uint32_t rule = m_called.back();
        m_called.pop_back();
        auto& callers = m_callers[rule];
        if (!m_exhausted) {
            std::sort(callers.begin(), callers.end());
            callers.erase(std::unique(callers.begin(), callers.end()), callers.end());
            const uint64_t entered = pack(m_grammar->entry(rule), m_frames.intern(callers));
            spend(callers.size());
            m_work.push_back(entered);
            callRules(entered);
        }
        callers.clear();
    }
    return m_exhausted ? kDead : internSet();
}

// What only calls or ends has done so, and is left out.
GrammarMatcher::Set GrammarMatcher::internSet()
{
    uint8_t flags = 0;
    std::erase_if(m_work, [&](uint64_t word) {
        const Position position = unpack(word);
        if (position.state < m_grammar->stateCount()) {
            const bool reads = !m_grammar->bytes(position.state).empty();
            flags |= reads ? kReads : 0;
            return !reads;
        }
        flags |= position.state == endState() ? kEnds : kLeaves;
        return false;
    });
    std::sort(m_work.begin(), m_work.end());
    m_work.erase(std::unique(m_work.begin(), m_work.end()), m_work.end());
    const Set set = m_sets.intern(m_work);
    if (set == m_flags.size()) {
        m_flags.push_back(flags);
        m_next.resize(m_next.size() + m_grammar->byteClassCount(), kUnknown);
        if (words() > kMaxWords) {
            m_exhausted = true;
        }
    }
    return m_exhausted ? kDead : set;
}

bool GrammarMatcher::spend(uint64_t steps)
{
    m_exhausted = m_exhausted || steps >= m_budget;
    m_budget -= std::min(steps, m_budget);
    return !m_exhausted;
}

GrammarMatcher::Set GrammarMatcher::compact(Set set)
{
    if (set == kDead) {
        reset();
        return kDead;
    }
    const auto positions = m_sets.at(set);
    std::vector<uint64_t> kept(positions.begin(), positions.end());
    // A frame is made after those it refers to, so one pass down finds all that are needed, and one
    // pass up makes them anew.
    const SequenceTable old = std::exchange(m_frames, {});
    std::vector<bool> needed(old.size());
    std::vector<uint32_t> renamed(old.size());
    for (const uint64_t word : kept) {
        needed[unpack(word).frame] = true;
    }
    for (uint32_t i = old.size(); i-- > 0;) {
        for (const uint64_t word : needed[i] ? old.at(i) : std::span<const uint64_t>()) {
            needed[unpack(word).frame] = true;
        }
    }
    reset();
    const auto rename = [&](uint64_t word) {
        return pack(unpack(word).state, renamed[unpack(word).frame]);
    };
    std::vector<uint64_t> frame;
    for (uint32_t i = 0; i < old.size(); ++i) {
        if (needed[i]) {
            frame.clear();
            for (const uint64_t word : old.at(i)) {
                frame.push_back(rename(word));
            }
            std::sort(frame.begin(), frame.end());
            renamed[i] = m_frames.intern(frame);
        }
    }
    m_work.clear();
    for (const uint64_t word : kept) {
        m_work.push_back(rename(word));
    }
    return internSet();
}

} // namespace atelier
