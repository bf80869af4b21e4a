// SPDX-License-Identifier: MIT
// Small vocabularies as model files, for tests of what reads or uses a tokenizer.
#pragma once

#include "engine/tokenizer/byte_alphabet.h"
#include "tests/support/gguf_writer.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atelier::test {

// Ids: 0 to 255 are the single bytes, then `words` in rank order, then `specials`.
struct VocabularyFile
{
    std::string pre = "glm4";
    std::vector<std::string> words;                           // bytes
    std::vector<std::pair<std::string, std::string>> merges;  // bytes left, bytes right
    std::vector<std::pair<std::string, int32_t>> specials = { // name, token type
        {"<|endoftext|>", 3},
        {"[MASK]", 3},
        {"[gMASK]", 3},
        {"[sMASK]", 3},
        {"<sop>", 3},
        {"<eop>", 3},
        {"<|system|>", 3},
        {"<|user|>", 3},
        {"<|assistant|>", 3},
        {"<|observation|>", 3}};
    int32_t padding = 4;

    int32_t wordId(size_t index) const { return int32_t(256 + index); }
    int32_t specialId(std::string_view name) const
    {
        for (size_t i = 0; i < specials.size(); ++i) {
            if (specials[i].first == name) {
                return int32_t(256 + words.size() + i);
            }
        }
        return -1;
    }

    GgufWriter writer() const
    {
        std::vector<std::string> tokens;
        std::vector<int32_t> types(256 + words.size(), 1);
        for (int byte = 0; byte < 256; ++byte) {
            tokens.push_back(bytesToAlphabet(std::string(1, char(byte))));
        }
        for (const std::string& word : words) {
            tokens.push_back(bytesToAlphabet(word));
        }
        for (const auto& [name, type] : specials) {
            tokens.push_back(name);
            types.push_back(type);
        }
        for (int32_t i = 0; i < padding; ++i) {
            tokens.push_back("[PAD" + std::to_string(tokens.size()) + "]");
            types.push_back(5);
        }
        std::vector<std::string> lines;
        for (const auto& [left, right] : merges) {
            lines.push_back(bytesToAlphabet(left) + " " + bytesToAlphabet(right));
        }
        GgufWriter file;
        file.string("general.architecture", "glm4");
        file.string("tokenizer.ggml.model", "gpt2");
        file.string("tokenizer.ggml.pre", pre);
        file.strings("tokenizer.ggml.tokens", tokens);
        file.i32s("tokenizer.ggml.token_type", types);
        if (!lines.empty()) {
            file.strings("tokenizer.ggml.merges", lines);
        }
        return file;
    }
};

} // namespace atelier::test
