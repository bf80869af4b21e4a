// SPDX-License-Identifier: MIT
#include "engine/tokenizer/tokenizer.h"

#include "engine/base/text.h"
#include "engine/formats/model_file.h"
#include "engine/tokenizer/byte_pairs.h"
#include "engine/tokenizer/pre_tokenizer.h"
#include "engine/tokenizer/special_tokens.h"
#include "engine/tokenizer/vocabulary.h"

#include <algorithm>
#include <array>
#include <utility>

namespace atelier {

namespace {

// Ends of a turn, for every model of the GLM-4 family, whatever its file says (glm-facts 9).
constexpr std::array<std::string_view, 3> kStopNames{
    "<|endoftext|>", "<|user|>", "<|observation|>"};
// A reply with several tool calls goes on after this one.
constexpr std::string_view kNeverStops = "<|assistant|>";
constexpr std::array<std::string_view, 3> kStopKeys{
    "tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"};
constexpr std::string_view kUnknownKey = "tokenizer.ggml.unknown_token_id";
constexpr std::array<std::string_view, 5> kOtherIdKeys{kUnknownKey,
    "tokenizer.ggml.bos_token_id",
    "tokenizer.ggml.padding_token_id",
    "tokenizer.ggml.separator_token_id",
    "tokenizer.ggml.mask_token_id"};

// The id under `key`, -1 when the file has none.
Result<int32_t> readId(const ModelFile& file, const Vocabulary& vocabulary, std::string_view key)
{
    const auto id = file.integer(key);
    if (!id) {
        return -1;
    }
    if (*id < 0 || *id >= vocabulary.size()) {
        return Error{ErrorCode::InvalidFormat,
            "The metadata key " + shownName(key) + " is " + std::to_string(*id) +
                ", outside the vocabulary of " + grouped(uint64_t(vocabulary.size())) + " tokens."};
    }
    return int32_t(*id);
}

std::vector<SpecialMatcher::Name> namesOf(
    const Vocabulary& vocabulary, std::initializer_list<TokenKind> kinds)
{
    std::vector<SpecialMatcher::Name> names;
    for (int32_t id = 0; id < vocabulary.size(); ++id) {
        if (std::ranges::find(kinds, vocabulary.kind(id)) != kinds.end()) {
            names.emplace_back(vocabulary.bytes(id), id);
        }
    }
    return names;
}

struct Merging
{
    BytePairs pairs;
    bool byRank = false;
};

// Vocabularies made with tiktoken number their tokens by rank. Their files list every way to split
// a token as a merge, more merges than tokens, or none; some old GLM-4 files have one per token
// and miss those that do not split in two (glm-facts 7). All others have one merge per token, and
// its place in the list is its rank.
Merging chooseMerging(const ModelFile& file, const Vocabulary& vocabulary, bool isGlm)
{
    const auto merges = file.strings("tokenizer.ggml.merges");
    if (!merges || merges->empty() || merges->size() > size_t(vocabulary.size())) {
        return {BytePairs::byRank(vocabulary), true};
    }
    BytePairs pairs = BytePairs::byMerges(vocabulary, *merges);
    if (isGlm && !pairs.isComplete()) {
        return {BytePairs::byRank(vocabulary), true};
    }
    return {std::move(pairs), false};
}

class BpeTokenizer final : public Tokenizer
{
public:
    struct Parts
    {
        std::unique_ptr<const Vocabulary> vocabulary;
        PreTokenizer preTokenizer;
        Merging merging;
        bool takesWholePieces = false; // a piece that is a token is that token, merges or not
        int32_t unknown = -1;
        std::vector<int32_t> stopTokens;
    };

    explicit BpeTokenizer(Parts parts)
        : m_parts(std::move(parts)),
          m_control(namesOf(*m_parts.vocabulary, {TokenKind::Control, TokenKind::Unknown})),
          m_inPrompts(namesOf(*m_parts.vocabulary,
              {TokenKind::Control, TokenKind::Unknown, TokenKind::UserDefined})),
          m_inText(namesOf(*m_parts.vocabulary, {TokenKind::UserDefined}))
    {
    }

    std::vector<int32_t> encode(std::string_view text, SpecialTokens special) const override
    {
        const SpecialMatcher& matcher = special == SpecialTokens::Parse ? m_inPrompts : m_inText;
        std::vector<int32_t> ids;
        ids.reserve(text.size() / 3 + 1);
        size_t at = 0;
        while (const auto match = matcher.next(text, at)) {
            encodeText(text.substr(at, match->at - at), ids);
            ids.push_back(match->id);
            at = match->at + match->size;
        }
        encodeText(text.substr(at), ids);
        return ids;
    }

    std::string_view tokenBytes(int32_t id) const override
    {
        return vocabulary().contains(id) ? vocabulary().bytes(id) : std::string_view();
    }

    int32_t vocabSize() const override { return vocabulary().size(); }

    bool isControl(int32_t id) const override
    {
        return vocabulary().contains(id) && (vocabulary().kind(id) == TokenKind::Control ||
                                                vocabulary().kind(id) == TokenKind::Unknown);
    }

    bool isPadding(int32_t id) const override
    {
        return !vocabulary().contains(id) || vocabulary().kind(id) == TokenKind::Unused;
    }

    std::optional<int32_t> find(std::string_view name) const override
    {
        return m_control.find(name);
    }

    std::span<const int32_t> stopTokens() const override { return m_parts.stopTokens; }

private:
    const Vocabulary& vocabulary() const { return *m_parts.vocabulary; }

    void encodeText(std::string_view text, std::vector<int32_t>& ids) const
    {
        if (text.empty()) {
            return;
        }
        PreTokenizer::Run run(m_parts.preTokenizer, text);
        for (std::string_view piece = run.next(); !piece.empty(); piece = run.next()) {
            const int32_t whole = m_parts.takesWholePieces ? vocabulary().findOrdinary(piece) : -1;
            if (whole >= 0) {
                ids.push_back(whole);
            } else {
                m_parts.merging.pairs.encode(piece, m_parts.unknown, ids);
            }
        }
    }

    Parts m_parts;
    SpecialMatcher m_control;
    SpecialMatcher m_inPrompts;
    SpecialMatcher m_inText;
};

Result<std::vector<int32_t>> findStopTokens(const ModelFile& file, const Vocabulary& vocabulary)
{
    const SpecialMatcher control(namesOf(vocabulary, {TokenKind::Control}));
    std::vector<int32_t> stops;
    for (const std::string_view name : kStopNames) {
        if (const auto id = control.find(name)) {
            stops.push_back(*id);
        }
    }
    for (const std::string_view key : kStopKeys) {
        const auto id = readId(file, vocabulary, key);
        if (!id) {
            return id.error();
        }
        if (id.value() >= 0 && control.find(kNeverStops) != id.value()) {
            stops.push_back(id.value());
        }
    }
    std::ranges::sort(stops);
    stops.erase(std::unique(stops.begin(), stops.end()), stops.end());
    return stops;
}

} // namespace

Result<std::shared_ptr<const Tokenizer>> Tokenizer::create(const ModelFile& file)
{
    const auto model = file.string("tokenizer.ggml.model");
    if (model != "gpt2") {
        return Error{ErrorCode::Unsupported,
            model ? "The model's tokenizer is of the kind " + shownName(*model) +
                        ". This version knows \"gpt2\" (byte-level BPE)."
                  : std::string("The model file has no tokenizer: the metadata key "
                                "\"tokenizer.ggml.model\" is missing.")};
    }
    // GLM-4 is what a file without a name most likely is.
    const std::string_view pre = file.string("tokenizer.ggml.pre").value_or("glm4");
    auto preTokenizer = PreTokenizer::create(pre);
    if (!preTokenizer) {
        return preTokenizer.error();
    }
    auto vocabulary = Vocabulary::create(file);
    if (!vocabulary) {
        return vocabulary.error();
    }
    const Vocabulary& words = *vocabulary.value();
    auto stops = findStopTokens(file, words);
    if (!stops) {
        return stops.error();
    }
    int32_t unknown = -1;
    for (const std::string_view key : kOtherIdKeys) {
        const auto id = readId(file, words, key);
        if (!id) {
            return id.error();
        }
        unknown = key == kUnknownKey ? id.value() : unknown;
    }
    Merging merging = chooseMerging(file, words, pre == "glm4" || pre == "chatglm-bpe");
    const bool takesWholePieces = merging.byRank || pre.starts_with("llama");
    return std::shared_ptr<const Tokenizer>(new BpeTokenizer({vocabulary.take(),
        preTokenizer.take(),
        std::move(merging),
        takesWholePieces,
        unknown,
        stops.take()}));
}

std::string Tokenizer::decode(std::span<const int32_t> ids) const
{
    std::string bytes;
    for (const int32_t id : ids) {
        bytes += tokenBytes(id);
    }
    return bytes;
}

} // namespace atelier
