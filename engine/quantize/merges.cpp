// SPDX-License-Identifier: MIT
#include "engine/quantize/merges.h"

#include "engine/formats/model_file.h"
#include "engine/tokenizer/vocabulary.h"

#include <algorithm>
#include <string_view>

namespace atelier {

namespace {

bool startsCharacter(char byte)
{
    return (uint8_t(byte) & 0xC0u) != 0x80u;
}

} // namespace

std::vector<std::string> mergesOf(const ModelFile& file)
{
    const auto tokens = file.strings("tokenizer.ggml.tokens");
    const auto types = file.integers("tokenizer.ggml.token_type");
    if (file.string("tokenizer.ggml.model") != "gpt2" || !tokens) {
        return {};
    }
    const auto isOrdinary = [&](size_t i) {
        return !types || i >= types->size() || (*types)[i] == int32_t(TokenKind::Normal);
    };
    std::vector<std::string_view> ordinary;
    for (size_t i = 0; i < tokens->size(); ++i) {
        if (isOrdinary(i) && (*tokens)[i].size() <= Vocabulary::kMaxMergedBytes) {
            ordinary.push_back((*tokens)[i]);
        }
    }
    std::vector<std::string_view> sorted = ordinary;
    std::ranges::sort(sorted);
    std::vector<std::string> merges;
    for (const std::string_view token : ordinary) {
        for (size_t at = 1; at < token.size(); ++at) {
            const std::string_view left = token.substr(0, at);
            const std::string_view right = token.substr(at);
            if (startsCharacter(token[at]) && std::ranges::binary_search(sorted, left) &&
                std::ranges::binary_search(sorted, right)) {
                merges.push_back(std::string(left).append(" ").append(right));
            }
        }
    }
    return merges;
}

} // namespace atelier
