// SPDX-License-Identifier: MIT
// Text to token ids and back.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atelier {

class ModelFile;

enum class SpecialTokens : uint8_t {
    AsText, // "<|user|>" in the input is ordinary characters: use this for anything a person typed
    Parse,  // control tokens in the input become their ids: prompts made by this program
};

// Byte-level BPE. Immutable after creation.
//
// Threads: thread-safe.
class Tokenizer
{
public:
    virtual ~Tokenizer() = default;

    // Reads tokenizer.ggml.* of a GGUF. Unsupported names the tokenizer model it met.
    static Result<std::shared_ptr<const Tokenizer>> create(const ModelFile& file);

    // Invalid UTF-8 is encoded byte by byte, so that every input has a tokenization and
    // decode(encode(x)) == x for vocabularies that have all 256 bytes.
    virtual std::vector<int32_t> encode(std::string_view text, SpecialTokens special) const = 0;

    // The bytes of one token: may be part of a UTF-8 sequence. Empty for ids out of range and
    // padding. Control tokens give their name ("<|user|>").
    virtual std::string_view tokenBytes(int32_t id) const = 0;
    std::string decode(std::span<const int32_t> ids) const;

    virtual int32_t vocabSize() const = 0;                                // including padding ids
    virtual bool isControl(int32_t id) const = 0;                         // never shown as text
    virtual bool isPadding(int32_t id) const = 0;                         // never sampled
    virtual std::optional<int32_t> find(std::string_view name) const = 0; // a control token's id
    virtual std::span<const int32_t> stopTokens() const = 0; // end of turn, for this vocabulary
};

// Turns token bytes into whole UTF-8 characters. A sequence split over tokens is held back until it
// is complete; bytes that can never become valid turn into U+FFFD.
class Utf8Stream
{
public:
    std::string push(std::string_view bytes); // the characters that are complete now
    std::string finish();                     // what is left, replaced if it is incomplete

private:
    std::string m_pending; // at most 3 bytes
};

} // namespace atelier
