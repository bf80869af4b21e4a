// SPDX-License-Identifier: MIT
// tokenizer.json is large (GLM-4's has a million values), so it is read as a stream: what a
// vocabulary needs is kept, the rest passes by.
#include "engine/formats/hf_tokenizer.h"

#include "engine/base/text.h"
#include "engine/tokenizer/vocabulary.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

namespace atelier::hf {

namespace {

constexpr size_t kMaxBytes = size_t(128) << 20;
constexpr size_t kMaxDepth = 64;
constexpr size_t kMaxMerges = size_t(1) << 20;
constexpr std::string_view kInList = "[]"; // stands for the place in a list

class Handler final : public nlohmann::json_sax<Json>
{
public:
    explicit Handler(const std::string& name) : m_name(name) {}

    const std::optional<Error>& error() const { return m_error; }
    VocabularyTables& tables() { return m_tables; }
    const std::string& modelType() const { return m_modelType; }
    const std::string& normalizer() const { return m_normalizer; }
    size_t patterns() const { return m_patterns; }

    bool null() override { return true; }
    bool boolean(bool value) override
    {
        if (isAt({"model", "ignore_merges"})) {
            m_tables.takesWholePieces = value;
        } else if (isAt({"added_tokens", kInList, "special"})) {
            m_added.isControl = value;
        }
        return true;
    }
    bool number_integer(number_integer_t) override // negative
    {
        return !isToken() || fail("the token " + shownName(m_path.back()) + " has no number.");
    }
    bool number_unsigned(number_unsigned_t value) override
    {
        if (isAt({"added_tokens", kInList, "id"})) {
            m_added.id = value;
        }
        return !isToken() || addToken(m_path.back(), value);
    }
    bool number_float(number_float_t, const string_t&) override { return number_integer(0); }
    bool string(string_t& value) override;
    bool binary(binary_t&) override { return true; }
    bool start_object(size_t) override
    {
        if (isAt({"added_tokens", kInList})) {
            m_added = {};
        }
        return push({});
    }
    bool key(string_t& name) override
    {
        m_path.back() = std::move(name);
        return true;
    }
    bool end_object() override
    {
        m_path.pop_back();
        return !isAt({"added_tokens", kInList}) || addSpecial();
    }
    bool start_array(size_t) override
    {
        m_pair.clear();
        return push(std::string(kInList));
    }
    bool end_array() override
    {
        const bool isPair = isAt({"model", "merges", kInList, kInList});
        m_path.pop_back();
        return !isPair || addPair();
    }
    bool parse_error(size_t position, const std::string&, const Json::exception&) override
    {
        m_error = notJson(m_name, position);
        return false;
    }

private:
    struct Added
    {
        std::optional<uint64_t> id;
        std::string content;
        bool isControl = false;
    };

    bool isAt(std::initializer_list<std::string_view> place) const
    {
        return std::ranges::equal(m_path, place);
    }
    bool isToken() const
    {
        return m_path.size() == 3 && m_path[0] == "model" && m_path[1] == "vocab";
    }
    bool push(std::string place)
    {
        m_path.push_back(std::move(place));
        return m_path.size() <= kMaxDepth ||
               fail("it nests lists and objects more than " + grouped(kMaxDepth) + " deep.");
    }
    bool fail(const std::string& what)
    {
        m_error = Error{ErrorCode::InvalidFormat, m_name + " is damaged: " + what};
        return false;
    }

    bool addToken(const std::string& token, uint64_t id);
    bool addSpecial();
    bool addMerge(std::string line);
    bool addPair();

    const std::string& m_name;
    std::vector<std::string> m_path;
    VocabularyTables m_tables;
    Added m_added;
    std::vector<std::string> m_pair; // a merge that is written as a list
    std::string m_modelType;
    std::string m_normalizer;
    size_t m_patterns = 0;
    std::optional<Error> m_error;
};

bool Handler::string(string_t& value)
{
    if (isAt({"model", "type"})) {
        m_modelType = value;
    } else if (isAt({"model", "merges", kInList})) {
        return addMerge(std::move(value));
    } else if (isAt({"model", "merges", kInList, kInList})) {
        if (m_pair.size() < 3) { // a third one is a mistake, and more of them tell nothing new
            m_pair.push_back(std::move(value));
        }
    } else if (isAt({"added_tokens", kInList, "content"})) {
        m_added.content = std::move(value);
    } else if (isAt({"normalizer", "type"})) {
        m_normalizer = value;
    } else if (m_path.size() > 1 && m_path.front() == "pre_tokenizer" && m_path.back() == "Regex") {
        ++m_patterns;
        m_tables.pattern = std::move(value);
    } else if (isToken()) {
        return fail("the token " + shownName(m_path.back()) + " has no number.");
    }
    return true;
}

bool Handler::addToken(const std::string& token, uint64_t id)
{
    if (id >= kMaxVocabulary) {
        return fail("the token " + shownName(token) + " has the number " + grouped(id) +
                    "; the limit is " + grouped(kMaxVocabulary) + ".");
    }
    auto& [tokens, types, merges, pattern, takesWhole, isTiktoken] = m_tables;
    if (id >= tokens.size()) {
        tokens.resize(size_t(id) + 1);
        types.resize(size_t(id) + 1);
    }
    if (types[size_t(id)] == int32_t(TokenKind::Normal)) {
        return fail("the tokens " + shownName(tokens[size_t(id)]) + " and " + shownName(token) +
                    " have the same number, " + grouped(id) + ".");
    }
    if (types[size_t(id)] == 0) { // else it was declared as a special token before
        tokens[size_t(id)] = token;
        types[size_t(id)] = int32_t(TokenKind::Normal);
    }
    return true;
}

bool Handler::addSpecial()
{
    if (!m_added.id || m_added.content.empty()) {
        return fail("an entry of \"added_tokens\" lacks \"id\" or \"content\".");
    }
    return m_tables.addSpecial(*m_added.id, m_added.content, m_added.isControl) ||
           fail("the token " + shownName(m_added.content) + " has the number " +
                grouped(*m_added.id) + "; the limit is " + grouped(kMaxVocabulary) + ".");
}

bool Handler::addMerge(std::string line)
{
    m_tables.merges.push_back(std::move(line));
    return m_tables.merges.size() <= kMaxMerges ||
           fail("it has more than " + grouped(kMaxMerges) + " merges.");
}

bool Handler::addPair()
{
    if (m_pair.size() != 2) {
        return fail("merge number " + grouped(m_tables.merges.size() + 1) + " is no pair.");
    }
    return addMerge(std::move(m_pair[0] += " " + m_pair[1]));
}

} // namespace

Result<VocabularyTables> readTokenizerJson(std::string_view text, const std::string& name)
{
    if (text.size() > kMaxBytes) {
        return Error{ErrorCode::InvalidFormat,
            name + " is " + readableBytes(text.size()) + " long; the limit is " +
                readableBytes(kMaxBytes) + "."};
    }
    Handler handler(name);
    if (!Json::sax_parse(text, &handler)) {
        return handler.error().value_or(notJson(name, 0));
    }
    const auto unsupported = [&name](const std::string& what) {
        return Error{ErrorCode::Unsupported, name + " cannot be used: " + what};
    };
    if (handler.modelType() != "BPE") {
        return unsupported("its tokenizer is of the kind " + shownName(handler.modelType()) +
                           ". This version reads \"BPE\".");
    }
    // Qwen2's texts are to be composed (NFC) first; nearly all text is, and llama.cpp leaves it so.
    if (!handler.normalizer().empty() && handler.normalizer() != "NFC") {
        return unsupported("it changes text by " + shownName(handler.normalizer()) +
                           " before cutting it, which this version cannot.");
    }
    if (handler.patterns() != 1) {
        return unsupported("it cuts text by " + grouped(handler.patterns()) +
                           " patterns; this version knows tokenizers with one.");
    }
    if (handler.tables().tokens.empty()) {
        return Error{ErrorCode::InvalidFormat, name + " is damaged: it holds no tokens."};
    }
    return std::move(handler.tables());
}

} // namespace atelier::hf
