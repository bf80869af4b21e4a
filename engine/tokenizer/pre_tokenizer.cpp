// SPDX-License-Identifier: MIT
#include "engine/tokenizer/pre_tokenizer.h"

#include "engine/base/text.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <cstdint>
#include <string>

namespace atelier {

namespace {

// Unicode's White_Space, which is what "\s" means in the patterns models were trained with. PCRE2's
// own \s adds U+180E.
#define ATELIER_SPACE                                                                              \
    "\\t-\\r "                                                                                     \
    "\\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}"

// `digits` is how many digits a piece may have. Source: tokenization_chatglm.py of GLM-4, and
// tokenizer.json of Llama 3 and Qwen2, which differ in the digits only.
#define ATELIER_PATTERN(digits)                                                                    \
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)"                                                                 \
    "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+"                                                               \
    "|\\p{N}" digits "| ?[^" ATELIER_SPACE "\\p{L}\\p{N}]+[\\r\\n]*"                               \
    "|[" ATELIER_SPACE "]*[\\r\\n]+"                                                               \
    "|[" ATELIER_SPACE "]+(?![^" ATELIER_SPACE "])"                                                \
    "|[" ATELIER_SPACE "]+"

struct KnownPattern
{
    std::string_view name; // tokenizer.ggml.pre
    const char* pattern;
};

constexpr const char* kThreeDigits = ATELIER_PATTERN("{1,3}");
constexpr const char* kOneDigit = ATELIER_PATTERN("");

constexpr std::array kPatterns{
    KnownPattern{"glm4", kThreeDigits},
    KnownPattern{"chatglm-bpe", kThreeDigits},
    KnownPattern{"llama-bpe", kThreeDigits},
    KnownPattern{"llama3", kThreeDigits},
    KnownPattern{"llama-v3", kThreeDigits},
    KnownPattern{"qwen2", kOneDigit},
    KnownPattern{"deepseek-r1-qwen", kOneDigit},
};

#undef ATELIER_PATTERN
#undef ATELIER_SPACE

// The patterns never need either: these only turn a fault into a worse split instead of a hang.
constexpr uint32_t kMatchLimit = 10'000'000;
constexpr uint32_t kHeapLimitKib = 64 * 1024;

} // namespace

struct PreTokenizer::Pattern
{
    ~Pattern()
    {
        pcre2_match_context_free(context);
        pcre2_code_free(code);
    }

    pcre2_code* code = nullptr;
    pcre2_match_context* context = nullptr;
};

PreTokenizer::PreTokenizer(std::unique_ptr<Pattern> pattern) : m_pattern(std::move(pattern)) {}
PreTokenizer::PreTokenizer(PreTokenizer&&) noexcept = default;
PreTokenizer& PreTokenizer::operator=(PreTokenizer&&) noexcept = default;
PreTokenizer::~PreTokenizer() = default;

Result<PreTokenizer> PreTokenizer::create(std::string_view name)
{
    const char* source = nullptr;
    std::string known;
    for (const KnownPattern& row : kPatterns) {
        if (row.name == name) {
            source = row.pattern;
        }
        known += (known.empty() ? "" : ", ") + std::string(row.name);
    }
    if (!source) {
        return Error{ErrorCode::Unsupported,
            "The model's pre-tokenizer is " + shownName(name) + ". This version knows " + known +
                "."};
    }
    auto pattern = std::make_unique<Pattern>();
    int code = 0;
    PCRE2_SIZE where = 0;
    pattern->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(source),
        PCRE2_ZERO_TERMINATED,
        PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED | PCRE2_NEVER_BACKSLASH_C,
        &code,
        &where,
        nullptr);
    pattern->context = pcre2_match_context_create(nullptr);
    if (!pattern->code || !pattern->context) {
        return Error{ErrorCode::Unsupported,
            "The library PCRE2 refuses the pre-tokenizer pattern (error " + std::to_string(code) +
                " at " + std::to_string(where) + "): it may have been built without Unicode."};
    }
    // Where code may not be generated at run time, the interpreter does the same, slower.
    pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE);
    pcre2_set_match_limit(pattern->context, kMatchLimit);
    pcre2_set_heap_limit(pattern->context, kHeapLimitKib);
    return PreTokenizer(std::move(pattern));
}

struct PreTokenizer::Run::State
{
    ~State() { pcre2_match_data_free(match); }

    const Pattern* pattern = nullptr;
    pcre2_match_data* match = nullptr;
    std::string_view text;
    size_t at = 0;
    size_t validEnd = 0; // text[at, validEnd) is UTF-8
};

PreTokenizer::Run::Run(const PreTokenizer& tokenizer, std::string_view text)
    : m_state(std::make_unique<State>())
{
    m_state->pattern = tokenizer.m_pattern.get();
    m_state->match = pcre2_match_data_create(1, nullptr);
    m_state->text = text;
}

PreTokenizer::Run::~Run() = default;

std::string_view PreTokenizer::Run::next()
{
    State& s = *m_state;
    const size_t start = s.at;
    if (start == s.text.size()) {
        return {};
    }
    if (start == s.validEnd) {
        while (s.validEnd < s.text.size()) {
            const size_t length = utf8SequenceLength(s.text, s.validEnd);
            if (length == 0) {
                break;
            }
            s.validEnd += length;
        }
    }
    if (start == s.validEnd) {
        do {
            ++s.validEnd;
        } while (s.validEnd < s.text.size() && utf8SequenceLength(s.text, s.validEnd) == 0);
        s.at = s.validEnd;
        return s.text.substr(start, s.at - start);
    }
    // UTF-8 was checked above, once; PCRE2 would check all of the text for every piece.
    const int found = s.match ? pcre2_match(s.pattern->code,
                                    reinterpret_cast<PCRE2_SPTR>(s.text.data()),
                                    s.validEnd,
                                    start,
                                    PCRE2_NO_UTF_CHECK,
                                    s.match,
                                    s.pattern->context)
                              : PCRE2_ERROR_NOMEMORY;
    const size_t end = found > 0 ? pcre2_get_ovector_pointer(s.match)[1] : start;
    // The pattern has a branch for every character. Should PCRE2 give up, the piece is one
    // character.
    s.at = end > start ? end : start + utf8SequenceLength(s.text, start);
    return s.text.substr(start, s.at - start);
}

} // namespace atelier
