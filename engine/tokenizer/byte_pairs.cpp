// SPDX-License-Identifier: MIT
#include "engine/tokenizer/byte_pairs.h"

#include "engine/tokenizer/byte_alphabet.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <queue>
#include <utility>

namespace atelier {

namespace {

// Below this a scan over all parts beats a heap, and nothing is allocated.
constexpr size_t kShortBytes = 64;
constexpr size_t kLongestBytes = size_t(1) << 20;

size_t slotOf(uint64_t pair)
{
    pair ^= pair >> 29;
    pair *= 0xbf58476d1ce4e5b9ull;
    return size_t(pair ^ pair >> 32);
}

uint64_t pairOf(int32_t left, int32_t right)
{
    return uint64_t(uint32_t(left)) << 32 | uint32_t(right);
}

void appendId(int32_t id, int32_t unknown, std::vector<int32_t>& ids)
{
    if (const int32_t known = id >= 0 ? id : unknown; known >= 0) {
        ids.push_back(known);
    }
}

} // namespace

BytePairs BytePairs::byRank(const Vocabulary& vocabulary)
{
    return BytePairs(vocabulary);
}

BytePairs BytePairs::byMerges(
    const Vocabulary& vocabulary, std::span<const std::string_view> merges)
{
    BytePairs pairs(vocabulary);
    pairs.m_slots.resize(std::bit_ceil(2 * merges.size() + 2)); // at most half full
    for (size_t rank = 0; rank < merges.size(); ++rank) {
        const std::string_view line = merges[rank];
        const size_t space = line.find(' ', 1); // in the alphabet a space is no byte's stand-in
        if (space == std::string_view::npos) {
            continue;
        }
        const auto left = bytesFromAlphabet(line.substr(0, space));
        const auto right = bytesFromAlphabet(line.substr(space + 1));
        if (!left || !right) {
            continue;
        }
        const int32_t leftId = vocabulary.findOrdinary(*left);
        const int32_t rightId = vocabulary.findOrdinary(*right);
        const int32_t id = vocabulary.findOrdinary(*left + *right);
        if (leftId >= 0 && rightId >= 0 && id >= 0) {
            pairs.insert(leftId, rightId, {uint32_t(rank), id});
        }
    }
    return pairs;
}

void BytePairs::insert(int32_t left, int32_t right, Join join)
{
    const uint64_t pair = pairOf(left, right);
    const size_t mask = m_slots.size() - 1;
    for (size_t i = slotOf(pair) & mask;; i = (i + 1) & mask) {
        if (m_slots[i].pair == pair) {
            return; // the first mention has the lower rank
        }
        if (m_slots[i].pair == kNoPair) {
            m_slots[i] = {pair, join};
            return;
        }
    }
}

bool BytePairs::isComplete() const
{
    std::vector<bool> isResult(size_t(m_vocabulary->size()));
    for (const Slot& slot : m_slots) {
        if (slot.pair != kNoPair) {
            isResult[size_t(slot.join.id)] = true;
        }
    }
    for (int32_t id = 0; id < m_vocabulary->size(); ++id) {
        const bool needsMerge = m_vocabulary->kind(id) == TokenKind::Normal &&
                                m_vocabulary->bytes(id).size() > 1 &&
                                m_vocabulary->findOrdinary(m_vocabulary->bytes(id)) == id;
        if (needsMerge && !isResult[size_t(id)]) {
            return false;
        }
    }
    return true;
}

BytePairs::Join BytePairs::findJoin(
    std::string_view piece, const Part& left, const Part& right) const
{
    if (m_slots.empty()) {
        const int32_t id =
            m_vocabulary->findOrdinary(piece.substr(left.begin, right.end - left.begin));
        return id < 0 ? Join{} : Join{uint32_t(id), id};
    }
    if (left.id < 0 || right.id < 0) {
        return {};
    }
    const uint64_t pair = pairOf(left.id, right.id);
    const size_t mask = m_slots.size() - 1;
    for (size_t i = slotOf(pair) & mask; m_slots[i].pair != kNoPair; i = (i + 1) & mask) {
        if (m_slots[i].pair == pair) {
            return m_slots[i].join;
        }
    }
    return {};
}

void BytePairs::encode(std::string_view piece, int32_t unknown, std::vector<int32_t>& ids) const
{
    while (!piece.empty()) {
        const std::string_view now = piece.substr(0, kLongestBytes);
        if (now.size() <= kShortBytes) {
            encodeShort(now, unknown, ids);
        } else {
            encodeLong(now, unknown, ids);
        }
        piece.remove_prefix(now.size());
    }
}

void BytePairs::encodeShort(
    std::string_view piece, int32_t unknown, std::vector<int32_t>& ids) const
{
    std::array<Part, kShortBytes> parts;
    size_t count = piece.size();
    for (uint32_t i = 0; i < count; ++i) {
        parts[i] = {i, i + 1, m_vocabulary->findOrdinary(piece.substr(i, 1)), {}};
    }
    for (size_t i = 0; i + 1 < count; ++i) {
        parts[i].join = findJoin(piece, parts[i], parts[i + 1]);
    }
    while (count > 1) {
        size_t best = 0;
        for (size_t i = 1; i + 1 < count; ++i) {
            if (parts[i].join.rank < parts[best].join.rank) {
                best = i;
            }
        }
        if (parts[best].join.rank == kNoRank) {
            break;
        }
        parts[best].id = parts[best].join.id;
        parts[best].end = parts[best + 1].end;
        std::copy(parts.begin() + best + 2, parts.begin() + count, parts.begin() + best + 1);
        --count;
        parts[best].join =
            best + 1 < count ? findJoin(piece, parts[best], parts[best + 1]) : Join{};
        if (best > 0) {
            parts[best - 1].join = findJoin(piece, parts[best - 1], parts[best]);
        }
    }
    for (size_t i = 0; i < count; ++i) {
        appendId(parts[i].id, unknown, ids);
    }
}

// The parts as a list linked by index, and a heap of the joins that were possible when they were
// pushed. An entry is out of date when its two parts have changed, which their bytes tell.
void BytePairs::encodeLong(std::string_view piece, int32_t unknown, std::vector<int32_t>& ids) const
{
    struct Candidate
    {
        uint32_t rank;
        uint32_t left; // index of the part
        uint32_t end;  // where the right part ended

        bool operator<(const Candidate& other) const // the top of the heap is the lowest
        {
            return rank != other.rank ? rank > other.rank : left > other.left;
        }
    };
    const uint32_t count = uint32_t(piece.size());
    std::vector<Part> parts(count);
    std::vector<uint32_t> next(count);
    std::vector<uint32_t> previous(count);
    for (uint32_t i = 0; i < count; ++i) {
        parts[i] = {i, i + 1, m_vocabulary->findOrdinary(piece.substr(i, 1)), {}};
        next[i] = i + 1;
        previous[i] = i - 1; // of the first: never followed
    }
    std::vector<Candidate> start;
    start.reserve(count);
    const auto candidateAt = [&](uint32_t left) -> std::optional<Candidate> {
        const uint32_t right = next[left];
        if (right == count) {
            parts[left].join = {};
            return std::nullopt;
        }
        parts[left].join = findJoin(piece, parts[left], parts[right]);
        if (parts[left].join.rank == kNoRank) {
            return std::nullopt;
        }
        return Candidate{parts[left].join.rank, left, parts[right].end};
    };
    for (uint32_t i = 0; i + 1 < count; ++i) {
        if (const auto candidate = candidateAt(i)) {
            start.push_back(*candidate);
        }
    }
    std::priority_queue<Candidate> heap(std::less<Candidate>(), std::move(start));
    while (!heap.empty()) {
        const Candidate top = heap.top();
        heap.pop();
        const uint32_t left = top.left;
        const uint32_t right = next[left];
        // A part that was joined to its left neighbor has no bytes of its own any more.
        const bool isCurrent = parts[left].begin != parts[left].end && right != count &&
                               parts[right].end == top.end && parts[left].join.rank == top.rank;
        if (!isCurrent) {
            continue;
        }
        parts[left].id = parts[left].join.id;
        parts[left].end = parts[right].end;
        parts[right].begin = parts[right].end;
        next[left] = next[right];
        if (next[left] != count) {
            previous[next[left]] = left;
        }
        if (const auto candidate = candidateAt(left)) {
            heap.push(*candidate);
        }
        if (left != 0) {
            if (const auto candidate = candidateAt(previous[left])) {
                heap.push(*candidate);
            }
        }
    }
    for (uint32_t i = 0; i != count; i = next[i]) {
        appendId(parts[i].id, unknown, ids);
    }
}

} // namespace atelier
