// SPDX-License-Identifier: MIT
// Vocabulary: what every token id stands for, as a model file says it.
#pragma once

#include "engine/base/result.h"
#include "engine/tokenizer/byte_strings.h"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace atelier {

class ModelFile;

// Numbered by GGUF's tokenizer.ggml.token_type.
enum class TokenKind : uint8_t {
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4, // its text counts as one token wherever it appears
    Unused = 5,      // padding of the embedding table
    Byte = 6,
};

// Immutable after creation. Not movable: the index refers to the strings.
//
// Threads: thread-safe.
class Vocabulary
{
public:
    // InvalidFormat when tokens are missing, too many, or do not agree with their types.
    static Result<std::unique_ptr<const Vocabulary>> create(const ModelFile& file);

    Vocabulary(const Vocabulary&) = delete;
    Vocabulary& operator=(const Vocabulary&) = delete;

    int32_t size() const { return int32_t(m_kinds.size()); }
    bool contains(int32_t id) const { return id >= 0 && id < size(); }
    TokenKind kind(int32_t id) const { return m_kinds[size_t(id)]; }

    // What the token adds to the text; the name of a control token. Empty for padding.
    std::string_view bytes(int32_t id) const { return m_bytes.at(size_t(id)); }

    // The ordinary token with exactly these bytes, or -1. Only tokens of up to kMaxMergedBytes are
    // found: longer ones are never written by merging.
    int32_t findOrdinary(std::string_view bytes) const
    {
        return bytes.size() <= kMaxMergedBytes ? m_index.find(bytes) : -1;
    }

    // Bounds the work for one pair in a hostile vocabulary. GLM-4's longest token has 128 bytes.
    static constexpr size_t kMaxMergedBytes = 1024;

private:
    Vocabulary(size_t tokens, size_t bytes);

    void append(std::string_view text, TokenKind kind);

    ByteStrings m_bytes;
    std::vector<TokenKind> m_kinds;
    ByteStringIndex m_index; // of ordinary tokens
};

} // namespace atelier
