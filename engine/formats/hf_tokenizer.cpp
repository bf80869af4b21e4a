// SPDX-License-Identifier: MIT
#include "engine/formats/hf_tokenizer.h"

#include "engine/base/text.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "engine/tokenizer/vocabulary.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace atelier::hf {

namespace {

constexpr int32_t kNormal = int32_t(TokenKind::Normal);
constexpr int32_t kControl = int32_t(TokenKind::Control);
constexpr int32_t kUserDefined = int32_t(TokenKind::UserDefined);
constexpr int32_t kUnused = int32_t(TokenKind::Unused);

// GLM-4's, for a tokenizer.model that comes without tokenizer_config.json.
constexpr std::array<std::string_view, 14> kGlmSpecials{"<|endoftext|>",
    "[MASK]",
    "[gMASK]",
    "[sMASK]",
    "<sop>",
    "<eop>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|observation|>",
    "<|begin_of_image|>",
    "<|end_of_image|>",
    "<|begin_of_video|>",
    "<|end_of_video|>"};

// Both known patterns start with one of these, and differ in how many digits make a piece.
constexpr std::array<std::string_view, 2> kPatternStarts{
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|", "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|"};
constexpr std::string_view kThreeDigits = "|\\p{N}{1,3}|";
constexpr std::string_view kOneDigit = "|\\p{N}|";

Error invalid(const std::string& name, const std::string& what)
{
    return Error{ErrorCode::InvalidFormat, name + " is damaged: " + what};
}

int base64Digit(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

std::optional<std::string> fromBase64(std::string_view text)
{
    while (!text.empty() && text.back() == '=') {
        text.remove_suffix(1);
    }
    std::string bytes;
    uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const int digit = base64Digit(c);
        if (digit < 0) {
            return std::nullopt;
        }
        bits = (bits << 6 | uint32_t(digit)) & 0xFFFFFFu;
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes += char(bits >> count & 0xFFu);
        }
    }
    return bytes;
}

// The names that files of other models use for the parts this engine does not have.
Error unsupported(const std::string& name, const std::string& what)
{
    return Error{ErrorCode::Unsupported,
        name + " cannot be used: " + what + " This version reads byte-level BPE."};
}

std::optional<std::string> preTokenizerName(
    const VocabularyTables& tables, std::string_view architecture)
{
    const bool isLlama = architecture == "llama" || tables.takesWholePieces;
    if (tables.isTiktoken) {
        return "chatglm-bpe";
    }
    const std::string_view pattern = tables.pattern;
    const bool isKnown = std::ranges::any_of(
        kPatternStarts, [pattern](std::string_view start) { return pattern.starts_with(start); });
    if (isKnown && pattern.find(kThreeDigits) != std::string_view::npos) {
        const bool isGlm = architecture == "glm4" || architecture == "chatglm";
        return isLlama && !isGlm ? "llama-bpe" : "glm4";
    }
    if (isKnown && pattern.find(kOneDigit) != std::string_view::npos) {
        return "qwen2";
    }
    return std::nullopt;
}

// All ids that `value` names: a number, or a list of numbers.
std::vector<uint64_t> idsOf(const Json* value)
{
    std::vector<uint64_t> ids;
    if (value != nullptr && value->is_number_unsigned()) {
        ids.push_back(value->get<uint64_t>());
    }
    if (value != nullptr && value->is_array()) {
        for (const Json& item : *value) {
            if (item.is_number_unsigned()) {
                ids.push_back(item.get<uint64_t>());
            }
        }
    }
    return ids;
}

// What generation_config.json says holds; config.json is older.
std::vector<uint64_t> findIds(const TokenizerFiles& files, std::string_view key)
{
    auto ids = idsOf(member(files.generationConfig, key));
    return ids.empty() ? idsOf(member(files.config, key)) : ids;
}

void writeIds(const TokenizerFiles& files, size_t tokens, gguf::MetadataWriter& out)
{
    constexpr std::array<std::string_view, 3> kEnds{"tokenizer.ggml.eos_token_id",
        "tokenizer.ggml.eot_token_id",
        "tokenizer.ggml.eom_token_id"};
    const auto ends = findIds(files, "eos_token_id");
    for (size_t i = 0; i < std::min(ends.size(), kEnds.size()); ++i) {
        if (ends[i] < tokens) {
            out.u32(kEnds[i], uint32_t(ends[i]));
        }
    }
    for (const auto& [theirs, key] : {std::pair("bos_token_id", "tokenizer.ggml.bos_token_id"),
             std::pair("pad_token_id", "tokenizer.ggml.padding_token_id")}) {
        const auto ids = findIds(files, theirs);
        if (!ids.empty() && ids.front() < tokens) {
            out.u32(key, uint32_t(ids.front()));
        }
    }
    if (const auto adds = booleanMember(files.tokenizerConfig, "add_bos_token")) {
        out.boolean("tokenizer.ggml.add_bos_token", *adds);
    }
}

// tokenizer_config.json names the special tokens by id.
void addDeclaredSpecials(const Json& tokenizerConfig, VocabularyTables& tables)
{
    const Json* declared = member(tokenizerConfig, "added_tokens_decoder");
    if (declared == nullptr || !declared->is_object()) {
        if (tables.isTiktoken) {
            const size_t first = tables.tokens.size();
            for (size_t i = 0; i < kGlmSpecials.size(); ++i) {
                tables.addSpecial(first + i, kGlmSpecials[i], true);
            }
        }
        return;
    }
    for (const auto& [number, entry] : declared->items()) {
        uint64_t id = 0;
        const char* end = number.data() + number.size();
        const auto parsed = std::from_chars(number.data(), end, id);
        const auto content = stringMember(entry, "content");
        if (parsed.ec == std::errc() && parsed.ptr == end && content) {
            tables.addSpecial(id, *content, booleanMember(entry, "special").value_or(true));
        }
    }
}

} // namespace

bool VocabularyTables::addSpecial(uint64_t id, std::string_view name, bool isControl)
{
    if (id >= kMaxVocabulary) {
        return false;
    }
    if (id >= tokens.size()) {
        tokens.resize(size_t(id) + 1);
        types.resize(size_t(id) + 1);
    }
    tokens[size_t(id)] = name;
    types[size_t(id)] = isControl ? kControl : kUserDefined;
    return true;
}

Result<VocabularyTables> readTiktoken(std::string_view text, const std::string& name)
{
    VocabularyTables tables;
    tables.isTiktoken = true;
    size_t lines = 0;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (line.empty()) {
            continue;
        }
        const size_t space = std::min(line.find(' '), line.size());
        const auto bytes = fromBase64(line.substr(0, space));
        uint64_t rank = kMaxVocabulary;
        const std::string_view number = line.substr(std::min(space + 1, line.size()));
        const auto parsed = std::from_chars(number.data(), number.data() + number.size(), rank);
        const bool isRank = parsed.ec == std::errc() && parsed.ptr == number.data() + number.size();
        if (!bytes || bytes->empty() || !isRank || rank != lines || rank >= kMaxVocabulary) {
            return lines == 0
                       ? unsupported(name,
                             "it is no list of ranks, but a tokenizer of another kind (perhaps "
                             "SentencePiece).")
                       : invalid(name,
                             "line " + grouped(lines + 1) +
                                 " is no token in base64 and its rank, which must be " +
                                 grouped(lines) + ".");
        }
        tables.tokens.push_back(bytesToAlphabet(*bytes));
        tables.types.push_back(kNormal);
        ++lines;
    }
    if (lines == 0) {
        return invalid(name, "it holds no tokens.");
    }
    return tables;
}

Status writeTokenizer(VocabularyTables tables,
    const TokenizerFiles& files,
    std::string_view architecture,
    uint64_t rows,
    gguf::MetadataWriter& out)
{
    addDeclaredSpecials(files.tokenizerConfig, tables);
    const auto pre = preTokenizerName(tables, architecture);
    if (!pre) {
        return Error{ErrorCode::Unsupported,
            "The tokenizer cuts text by the pattern " + shownName(tables.pattern) +
                ", which this version does not know. It knows those of GLM-4, Llama 3 and Qwen2."};
    }
    const size_t size =
        std::max(tables.tokens.size(), size_t(std::min<uint64_t>(rows, kMaxVocabulary)));
    tables.tokens.resize(size);
    tables.types.resize(size);
    for (size_t id = 0; id < size; ++id) {
        if (tables.types[id] == 0) {
            tables.tokens[id] = "[PAD" + std::to_string(id) + "]";
            tables.types[id] = kUnused;
        }
    }
    out.string("tokenizer.ggml.model", "gpt2");
    out.string("tokenizer.ggml.pre", *pre);
    out.strings("tokenizer.ggml.tokens", tables.tokens);
    out.i32s("tokenizer.ggml.token_type", tables.types);
    if (!tables.merges.empty()) {
        out.strings("tokenizer.ggml.merges", tables.merges);
    }
    writeIds(files, size, out);
    if (!files.chatTemplate.empty()) {
        out.string("tokenizer.chat_template", files.chatTemplate);
    }
    return Done{};
}

} // namespace atelier::hf
