// SPDX-License-Identifier: MIT
#include "engine/tokenizer/vocabulary.h"

#include "engine/base/text.h"
#include "engine/formats/model_file.h"
#include "engine/tokenizer/byte_alphabet.h"

#include <optional>
#include <string>

namespace atelier {

namespace {

constexpr size_t kMaxTokens = 4'194'304; // sixteen times the largest vocabulary in use

int hexDigit(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'A' && digit <= 'F') {
        return digit - 'A' + 10;
    }
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

// "<0x0A>": how some vocabularies write a byte token.
std::optional<char> byteFromName(std::string_view name)
{
    if (name.size() != 6 || !name.starts_with("<0x") || name[5] != '>') {
        return std::nullopt;
    }
    const int high = hexDigit(name[3]);
    const int low = hexDigit(name[4]);
    return high < 0 || low < 0 ? std::nullopt : std::optional(char(high * 16 + low));
}

} // namespace

Vocabulary::Vocabulary(size_t tokens, size_t bytes) : m_index(m_bytes, tokens)
{
    m_bytes.reserve(tokens, bytes);
    m_kinds.reserve(tokens);
}

Result<std::unique_ptr<const Vocabulary>> Vocabulary::create(const ModelFile& file)
{
    const auto tokens = file.strings("tokenizer.ggml.tokens");
    if (!tokens || tokens->empty()) {
        return Error{ErrorCode::InvalidFormat,
            "The model file has no vocabulary: the metadata key \"tokenizer.ggml.tokens\" is "
            "missing or no list of strings."};
    }
    if (tokens->size() > kMaxTokens) {
        return Error{ErrorCode::InvalidFormat,
            "The vocabulary has " + grouped(tokens->size()) + " tokens; the limit is " +
                grouped(kMaxTokens) + "."};
    }
    constexpr std::string_view kTypes = "tokenizer.ggml.token_type";
    const auto types = file.integers(kTypes);
    if (types && types->size() != tokens->size()) {
        return Error{ErrorCode::InvalidFormat,
            "The vocabulary has " + grouped(tokens->size()) + " tokens, but \"" +
                std::string(kTypes) + "\" has " + grouped(types->size()) + " entries."};
    }
    size_t bytes = 0;
    for (const std::string_view token : *tokens) {
        bytes += token.size();
    }
    std::unique_ptr<Vocabulary> vocabulary(new Vocabulary(tokens->size(), bytes));
    for (size_t i = 0; i < tokens->size(); ++i) {
        // Zero, "undefined", is what some converters write for ordinary tokens.
        const int32_t type = types && (*types)[i] != 0 ? (*types)[i] : int32_t(TokenKind::Normal);
        if (type < int32_t(TokenKind::Normal) || type > int32_t(TokenKind::Byte)) {
            return Error{ErrorCode::InvalidFormat,
                "Token " + grouped(i) + " has the type " + std::to_string(type) + " in \"" +
                    std::string(kTypes) + "\"; 1 to 6 are possible."};
        }
        vocabulary->append((*tokens)[i], TokenKind(type));
    }
    return std::unique_ptr<const Vocabulary>(std::move(vocabulary));
}

void Vocabulary::append(std::string_view text, TokenKind kind)
{
    const int32_t id = size();
    m_kinds.push_back(kind);
    if (kind == TokenKind::Unused) {
        m_bytes.append({});
        return;
    }
    if (kind != TokenKind::Normal && kind != TokenKind::Byte) {
        m_bytes.append(text); // names are written as they are
        return;
    }
    const auto single = kind == TokenKind::Byte ? byteFromName(text) : std::nullopt;
    const auto bytes = single ? std::string(1, *single) : bytesFromAlphabet(text);
    if (!bytes) {
        m_bytes.append(text); // outside the alphabet: shown as it is, never written by merging
        return;
    }
    m_bytes.append(*bytes);
    if (!bytes->empty() && bytes->size() <= kMaxMergedBytes) {
        m_index.insert(id);
    }
}

} // namespace atelier
