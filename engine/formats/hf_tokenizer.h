// SPDX-License-Identifier: MIT
// The vocabulary of a Hugging Face folder, told in the keys of GGUF: from tokenizer.json, or from
// the tokenizer.model of GLM-4 (2024), which is a list of tiktoken ranks.
#pragma once

#include "engine/base/result.h"
#include "engine/formats/gguf_writer.h"
#include "engine/formats/json.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atelier::hf {

struct VocabularyTables
{
    std::vector<std::string> tokens; // by id, as GGUF spells them
    std::vector<int32_t> types;      // of GGUF's tokenizer.ggml.token_type; 0: there is no such id
    std::vector<std::string> merges; // "left right"
    std::string pattern;             // of the pre-tokenizer; empty: not stated
    bool takesWholePieces = false;   // "ignore_merges"
    bool isTiktoken = false;

    // Numbers and names of special tokens; grows the tables. False for ids beyond any vocabulary.
    bool addSpecial(uint64_t id, std::string_view name, bool isControl);
};

// Four times the largest vocabulary in use.
inline constexpr size_t kMaxVocabulary = size_t(1) << 20;

// Errors: InvalidFormat, Unsupported for kinds of tokenizers the engine does not have. `name` is
//         what to call the file, in quotes.
Result<VocabularyTables> readTokenizerJson(std::string_view text, const std::string& name);
Result<VocabularyTables> readTiktoken(std::string_view text, const std::string& name);

// Everything else that describes the tokenizer, each an object or null.
struct TokenizerFiles
{
    Json config;           // config.json
    Json generationConfig; // generation_config.json
    Json tokenizerConfig;  // tokenizer_config.json
    std::string chatTemplate;
};

// Writes tokenizer.ggml.* and tokenizer.chat_template, with padding up to `rows`, those of the
// embedding.
Status writeTokenizer(VocabularyTables tables,
    const TokenizerFiles& files,
    std::string_view architecture,
    uint64_t rows,
    gguf::MetadataWriter& out);

} // namespace atelier::hf
