// SPDX-License-Identifier: MIT
// BytePairs: byte pair encoding of one piece of text.
#pragma once

#include "engine/tokenizer/vocabulary.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace atelier {

// Starts with single bytes and joins the neighbors of lowest rank, leftmost first, until none can
// be joined. What a rank is differs:
//
//   byRank    the id of the token with the joined bytes (tiktoken; GLM-4, Llama 3)
//   byMerges  the place of the pair in the file's list of merges
//
// Threads:  thread-safe. Lifetime: the vocabulary outlives it.
class BytePairs
{
public:
    static BytePairs byRank(const Vocabulary& vocabulary);

    // `merges` are lines "left right" in the byte alphabet. Lines that name no tokens are skipped.
    static BytePairs byMerges(
        const Vocabulary& vocabulary, std::span<const std::string_view> merges);

    // True when every ordinary token of several bytes is the result of some merge.
    bool isComplete() const;

    // Appends the ids of `piece`. Bytes that have no token are `unknown`, or left out if that is
    // -1. Time is O(n log n). Pieces above 1 MiB are cut there, to bound memory.
    void encode(std::string_view piece, int32_t unknown, std::vector<int32_t>& ids) const;

private:
    struct Join
    {
        uint32_t rank = kNoRank;
        int32_t id = -1;
    };
    struct Slot
    {
        uint64_t pair = kNoPair;
        Join join;
    };
    struct Part // bytes [begin, end) of the piece
    {
        uint32_t begin = 0;
        uint32_t end = 0;
        int32_t id = -1;
        Join join; // with the part after it
    };

    explicit BytePairs(const Vocabulary& vocabulary) : m_vocabulary(&vocabulary) {}

    void insert(int32_t left, int32_t right, Join join);
    Join findJoin(std::string_view piece, const Part& left, const Part& right) const;
    void encodeShort(std::string_view piece, int32_t unknown, std::vector<int32_t>& ids) const;
    void encodeLong(std::string_view piece, int32_t unknown, std::vector<int32_t>& ids) const;

    static constexpr uint32_t kNoRank = UINT32_MAX;
    static constexpr uint64_t kNoPair = UINT64_MAX; // no id is negative

    const Vocabulary* m_vocabulary;
    std::vector<Slot> m_slots; // open addressing; empty: by rank
};

} // namespace atelier
