// SPDX-License-Identifier: MIT
#include "engine/sampling/grammar.h"

#include "engine/base/text.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace atelier {

namespace {

// A state takes about 200 bytes while the automaton is built, an edge 8.
constexpr size_t kMaxStates = 200'000;
constexpr size_t kMaxEdges = 4'000'000;

Error tooLarge()
{
    return Error{ErrorCode::InvalidUse,
        "The grammar is too large: its automaton has more than " + grouped(kMaxStates) +
            " states or " + grouped(kMaxEdges) +
            " transitions. Use smaller counts, or fewer alternatives."};
}

struct ByteRange
{
    uint8_t first = 0;
    uint8_t last = 0;
};

// The UTF-8 sequences of first to last, which have the same length, as sequences of byte ranges:
// cut where a continuation byte would not run through all of 80 to BF.
void splitUtf8(uint32_t first, uint32_t last, std::vector<std::vector<ByteRange>>& out)
{
    for (int i = 1; i < 4; ++i) {
        const uint32_t mask = (1u << (6 * i)) - 1; // of the last i continuation bytes
        if (last <= 0x7F || (first & ~mask) == (last & ~mask)) {
            break;
        }
        if ((first & mask) != 0) {
            splitUtf8(first, first | mask, out);
            splitUtf8((first | mask) + 1, last, out);
            return;
        }
        if ((last & mask) != mask) {
            splitUtf8(first, (last & ~mask) - 1, out);
            splitUtf8(last & ~mask, last, out);
            return;
        }
    }
    const std::string from = utf8Of(first);
    const std::string to = utf8Of(last);
    std::vector<ByteRange> sequence;
    for (size_t i = 0; i < from.size(); ++i) {
        sequence.push_back({uint8_t(from[i]), uint8_t(to[i])});
    }
    out.push_back(std::move(sequence));
}

std::vector<std::vector<ByteRange>> utf8Sequences(std::span<const CodePointRange> ranges)
{
    constexpr uint32_t kLasts[] = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF}; // of each length
    std::vector<std::vector<ByteRange>> out;
    for (const CodePointRange& range : ranges) {
        uint32_t first = range.first;
        for (const uint32_t longest : kLasts) {
            if (first <= longest && first <= range.last) {
                splitUtf8(first, std::min(range.last, longest), out);
                first = longest + 1;
            }
        }
    }
    return out;
}

} // namespace

// Builds the automaton from the back: what follows a piece exists before the piece, so that pieces
// lead to it directly and all ends of a choice share one state.
class GrammarBuilder
{
public:
    explicit GrammarBuilder(const GrammarRules& source) : m_source(source) {}

    Result<std::shared_ptr<const Grammar>> build()
    {
        for (const GrammarRules::Rule& rule : m_source.rules) {
            m_rules.push_back({rule.node, &rule});
        }
        for (size_t i = 0; i < m_rules.size() && !m_tooLarge; ++i) { // grows on the way
            m_current = i;
            m_rules[i].end = newState();
            m_drafts[m_rules[i].end].isEnd = true;
            const uint32_t entry = compile(m_rules[i].node, m_rules[i].end);
            m_rules[i].entry = entry;
        }
        if (m_tooLarge) {
            return tooLarge();
        }
        const std::vector<bool> canEnd = reachingTheEnd(true);
        for (const Rule& rule : m_rules) {
            if (!canEnd[rule.entry]) {
                return Error{ErrorCode::InvalidUse,
                    "The rule " + shownName(rule.source->name) +
                        " of the grammar can never end: every way through it needs the rule "
                        "itself again."};
            }
        }
        m_endsFreely = reachingTheEnd(false);
        if (const Status ordered = orderRules(); !ordered) {
            return ordered.error();
        }
        return finish();
    }

private:
    using Kind = GrammarNode::Kind;

    struct Draft
    {
        std::vector<Grammar::ByteEdge> bytes;
        std::vector<Grammar::Call> calls;
        std::vector<uint32_t> next; // reached without reading
        bool isEnd = false;
    };
    struct Rule
    {
        uint32_t node = 0;
        const GrammarRules::Rule* source = nullptr; // itself, or the one it was a part of
        uint32_t entry = 0;
        uint32_t end = 0;
        uint32_t number = 0; // in the finished grammar
    };

    uint32_t newState()
    {
        if (m_drafts.size() >= kMaxStates) {
            m_tooLarge = true;
            return 0; // any state: the grammar is refused
        }
        m_drafts.emplace_back();
        return uint32_t(m_drafts.size() - 1);
    }

    uint32_t callState(uint32_t rule, uint32_t back)
    {
        const uint32_t state = newState();
        m_drafts[state].calls.push_back({rule, back});
        return state;
    }

    // The state from which `node` is read and `next` reached.
    uint32_t compile(uint32_t nodeIndex, uint32_t next)
    {
        if (m_tooLarge) {
            return next;
        }
        const GrammarNode& node = m_source.nodes[nodeIndex];
        switch (node.kind) {
        case Kind::Text:
            for (size_t i = node.text.size(); i > 0 && !m_tooLarge; --i) {
                const auto byte = uint8_t(node.text[i - 1]);
                const uint32_t state = newState();
                m_drafts[state].bytes.push_back({byte, byte, next});
                next = state;
            }
            return next;
        case Kind::Class:
            return compileClass(node, next);
        case Kind::Sequence:
            for (size_t i = node.children.size(); i > 0; --i) {
                next = compile(node.children[i - 1], next);
            }
            return next;
        case Kind::Choice: {
            const uint32_t state = newState();
            for (const uint32_t child : node.children) {
                const uint32_t first = compile(child, next);
                m_drafts[state].next.push_back(first);
            }
            return state;
        }
        case Kind::Repeat:
            return compileRepeat(node, next);
        case Kind::Rule:
            return callState(node.rule, next);
        }
        return next;
    }

    uint32_t compileClass(const GrammarNode& node, uint32_t next)
    {
        // Sequences that end alike share their states.
        std::map<std::tuple<uint8_t, uint8_t, uint32_t>, uint32_t> shared;
        const uint32_t state = newState();
        for (const auto& sequence : utf8Sequences(node.ranges)) {
            uint32_t target = next;
            for (size_t i = sequence.size() - 1; i > 0; --i) {
                const auto [first, last] = sequence[i];
                const auto [found, isNew] = shared.try_emplace({first, last, target}, 0);
                if (isNew) {
                    found->second = newState();
                    m_drafts[found->second].bytes.push_back({first, last, target});
                }
                target = found->second;
            }
            m_drafts[state].bytes.push_back({sequence[0].first, sequence[0].last, target});
        }
        return state;
    }

    uint32_t compileRepeat(const GrammarNode& node, uint32_t next)
    {
        const uint32_t least = node.least;
        const bool unbounded = node.most == GrammarNode::kUnbounded;
        const uint32_t copies = unbounded ? std::max(least, 1u) : node.most;
        const uint32_t body = node.children.front();
        const bool byCall = copies > 1 && !isSmall(body);
        const uint32_t rule = byCall ? ruleOf(body) : 0;
        const auto once = [&](uint32_t after) {
            return byCall ? callState(rule, after) : compile(body, after);
        };
        uint32_t first = next;
        uint32_t rest = least;
        if (unbounded) {
            const uint32_t loop = newState();
            const uint32_t again = once(loop);
            m_drafts[loop].next = {again, next};
            first = least == 0 ? loop : again;
            rest = least == 0 ? 0 : least - 1;
        } else {
            for (uint32_t i = least; i < node.most && !m_tooLarge; ++i) {
                const uint32_t state = newState();
                const uint32_t taken = once(first);
                m_drafts[state].next = {taken, next};
                first = state;
            }
        }
        for (uint32_t i = 0; i < rest && !m_tooLarge; ++i) {
            first = once(first);
        }
        return first;
    }

    // Takes no more states than a call would.
    bool isSmall(uint32_t nodeIndex) const
    {
        const GrammarNode& node = m_source.nodes[nodeIndex];
        return node.kind == Kind::Rule || (node.kind == Kind::Text && node.text.size() == 1) ||
               (node.kind == Kind::Class && node.ranges.back().last < 0x80);
    }

    // A rule of its own for a part that is repeated by count.
    uint32_t ruleOf(uint32_t nodeIndex)
    {
        const auto [found, isNew] = m_parts.try_emplace(nodeIndex, uint32_t(m_rules.size()));
        if (isNew) {
            m_rules.push_back({nodeIndex, m_rules[m_current].source});
        }
        return found->second;
    }

    // Which states reach the end of their rule, reading bytes or without reading any.
    std::vector<bool> reachingTheEnd(bool reading) const
    {
        struct CallSite
        {
            uint32_t state = 0;
            Grammar::Call call;
        };
        std::vector<std::vector<uint32_t>> before(m_drafts.size());
        std::vector<std::vector<CallSite>> byBack(m_drafts.size());
        std::vector<std::vector<CallSite>> byEntry(m_drafts.size());
        for (uint32_t state = 0; state < m_drafts.size(); ++state) {
            for (const uint32_t next : m_drafts[state].next) {
                before[next].push_back(state);
            }
            for (const Grammar::ByteEdge& edge : m_drafts[state].bytes) {
                if (reading) {
                    before[edge.target].push_back(state);
                }
            }
            for (const Grammar::Call& call : m_drafts[state].calls) {
                byBack[call.back].push_back({state, call});
                byEntry[m_rules[call.rule].entry].push_back({state, call});
            }
        }
        std::vector<bool> reaches(m_drafts.size());
        std::vector<uint32_t> work;
        const auto mark = [&](uint32_t state) {
            if (!reaches[state]) {
                reaches[state] = true;
                work.push_back(state);
            }
        };
        for (const Rule& rule : m_rules) {
            mark(rule.end);
        }
        while (!work.empty()) {
            const uint32_t state = work.back();
            work.pop_back();
            for (const uint32_t earlier : before[state]) {
                mark(earlier);
            }
            for (const CallSite& site : byBack[state]) {
                if (reaches[m_rules[site.call.rule].entry]) {
                    mark(site.state);
                }
            }
            for (const CallSite& site : byEntry[state]) {
                if (reaches[site.call.back]) {
                    mark(site.state);
                }
            }
        }
        return reaches;
    }

    // Calls visit(state) for `from` and everything reached from it without reading.
    template <class Visit>
    void visitFreely(uint32_t from, Visit&& visit)
    {
        m_visited.resize(m_drafts.size(), 0);
        const uint32_t stamp = ++m_stamp;
        std::vector<uint32_t> work{from};
        m_visited[from] = stamp;
        const auto reach = [&](uint32_t state) {
            if (m_visited[state] != stamp) {
                m_visited[state] = stamp;
                work.push_back(state);
            }
        };
        while (!work.empty()) {
            const uint32_t state = work.back();
            work.pop_back();
            visit(state);
            for (const uint32_t next : m_drafts[state].next) {
                reach(next);
            }
            for (const Grammar::Call& call : m_drafts[state].calls) {
                if (m_endsFreely[m_rules[call.rule].entry]) {
                    reach(call.back);
                }
            }
            m_work += 1 + m_drafts[state].next.size() + m_drafts[state].calls.size();
        }
    }

    // Numbers the rules so that a call before the first byte goes to a higher number. InvalidUse
    // when they call each other in a circle.
    Status orderRules()
    {
        std::vector<std::vector<uint32_t>> callees(m_rules.size());
        for (uint32_t i = 0; i < m_rules.size(); ++i) {
            visitFreely(m_rules[i].entry, [&](uint32_t state) {
                for (const Grammar::Call& call : m_drafts[state].calls) {
                    callees[i].push_back(call.rule);
                }
            });
            if (m_work > kMaxEdges * 4) {
                return tooLarge();
            }
        }
        enum class Mark : uint8_t { New, Open, Done };
        std::vector<Mark> marks(m_rules.size(), Mark::New);
        auto number = uint32_t(m_rules.size());
        std::vector<std::pair<uint32_t, size_t>> path; // rule, its next callee
        for (uint32_t start = 0; start < m_rules.size(); ++start) {
            if (marks[start] == Mark::New) {
                marks[start] = Mark::Open;
                path.push_back({start, 0});
            }
            while (!path.empty()) {
                auto& [rule, next] = path.back();
                if (next == callees[rule].size()) {
                    marks[rule] = Mark::Done;
                    m_rules[rule].number = --number;
                    path.pop_back();
                    continue;
                }
                const uint32_t callee = callees[rule][next++];
                if (marks[callee] == Mark::Open) {
                    return Error{ErrorCode::InvalidUse,
                        "The rule " + shownName(m_rules[callee].source->name) +
                            " of the grammar calls itself before it has read anything (left "
                            "recursion). Write the repetition with * or +, or put what is read "
                            "first in front."};
                }
                if (marks[callee] == Mark::New) {
                    marks[callee] = Mark::Open;
                    path.push_back({callee, 0});
                }
            }
        }
        return Done{};
    }

    // States that are waited in: where a rule begins, and behind a byte or a call.
    std::vector<bool> waitingStates() const
    {
        std::vector<bool> waiting(m_drafts.size());
        for (const Rule& rule : m_rules) {
            waiting[rule.entry] = true;
        }
        for (const Draft& draft : m_drafts) {
            for (const Grammar::ByteEdge& edge : draft.bytes) {
                waiting[edge.target] = true;
            }
            for (const Grammar::Call& call : draft.calls) {
                waiting[call.back] = true;
            }
        }
        return waiting;
    }

    Result<std::shared_ptr<const Grammar>> finish()
    {
        const std::shared_ptr<Grammar> out(new Grammar);
        const std::vector<bool> waiting = waitingStates();
        out->m_states.resize(m_drafts.size());
        for (uint32_t i = 0; i < m_drafts.size(); ++i) {
            if (!waiting[i]) {
                continue;
            }
            Grammar::State& state = out->m_states[i];
            state.firstByte = uint32_t(out->m_bytes.size());
            state.firstCall = uint32_t(out->m_calls.size());
            visitFreely(i, [&](uint32_t reached) {
                const Draft& draft = m_drafts[reached];
                out->m_bytes.insert(out->m_bytes.end(), draft.bytes.begin(), draft.bytes.end());
                for (const Grammar::Call& call : draft.calls) {
                    out->m_calls.push_back({m_rules[call.rule].number, call.back});
                }
                state.ends = state.ends || draft.isEnd;
            });
            state.byteCount = uint32_t(out->m_bytes.size()) - state.firstByte;
            state.callCount = uint32_t(out->m_calls.size()) - state.firstCall;
            if (m_work > kMaxEdges * 4 || out->m_bytes.size() + out->m_calls.size() > kMaxEdges) {
                return tooLarge();
            }
        }
        out->m_entries.resize(m_rules.size());
        for (const Rule& rule : m_rules) {
            out->m_entries[rule.number] = rule.entry;
        }
        out->m_root = m_rules[m_source.root].number;
        classifyBytes(*out);
        return std::shared_ptr<const Grammar>(out);
    }

    static void classifyBytes(Grammar& grammar)
    {
        std::array<bool, 257> begins{};
        for (const Grammar::ByteEdge& edge : grammar.m_bytes) {
            begins[edge.first] = true;
            begins[edge.last + 1u] = true;
        }
        uint32_t current = 0;
        for (size_t byte = 0; byte < 256; ++byte) {
            current += byte > 0 && begins[byte] ? 1 : 0;
            grammar.m_byteClasses[byte] = uint8_t(current);
        }
        grammar.m_byteClassCount = current + 1;
    }

    const GrammarRules& m_source;
    std::vector<Rule> m_rules; // those of the source first
    std::vector<Draft> m_drafts;
    std::map<uint32_t, uint32_t> m_parts; // node to rule
    size_t m_current = 0;                 // the rule that is compiled
    bool m_tooLarge = false;
    std::vector<bool> m_endsFreely; // by state: without reading
    std::vector<uint32_t> m_visited;
    uint32_t m_stamp = 0;
    size_t m_work = 0; // steps of visitFreely()
};

Result<std::shared_ptr<const Grammar>> Grammar::parse(std::string_view gbnf)
{
    const auto rules = GrammarRules::parse(gbnf);
    return rules ? create(rules.value()) : rules.error();
}

Result<std::shared_ptr<const Grammar>> Grammar::create(const GrammarRules& rules)
{
    return GrammarBuilder(rules).build();
}

} // namespace atelier
