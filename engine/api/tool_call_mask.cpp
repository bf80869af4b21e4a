// SPDX-License-Identifier: MIT
#include "engine/api/tool_call_mask.h"

#include "engine/sampling/json_schema.h"
#include "engine/tokenizer/tokenizer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace atelier {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kAnyObject = R"({"type": "object"})";

ReplyParserOptions parserOptions(std::span<const Tool> tools)
{
    ReplyParserOptions options;
    for (const Tool& tool : tools) {
        options.tools.push_back(tool.name);
    }
    return options;
}

// Null when there is none, or its texts cannot begin with a bracket.
std::shared_ptr<const Grammar> objectGrammar(
    std::string_view schema, std::vector<std::string>& notes)
{
    auto made = grammarOfJsonSchema(schema);
    if (!made) {
        notes.push_back(made.error().message);
        return nullptr;
    }
    auto grammar = Grammar::parse(made.value().gbnf);
    if (!grammar) {
        notes.push_back(grammar.error().message);
        return nullptr;
    }
    GrammarMatcher matcher(grammar.value());
    if (matcher.next(matcher.start(), '{') == GrammarMatcher::kDead) {
        notes.emplace_back("The JSON schema is of no object.");
        return nullptr;
    }
    notes = std::move(made.value().notes);
    return grammar.take();
}

} // namespace

ToolGrammar grammarOfTool(const Tool& tool)
{
    ToolGrammar out;
    const Json definition = Json::parse(tool.definition, nullptr, /*allow_exceptions=*/false);
    const auto parameters =
        definition.is_object() ? definition.find("parameters") : definition.end();
    if (definition.is_object() && parameters != definition.end() && parameters->is_object() &&
        !parameters->empty()) {
        const std::string schema = parameters->dump(-1, ' ', false, Json::error_handler_t::replace);
        out.grammar = objectGrammar(schema, out.notes);
    }
    if (!out.grammar) {
        std::vector<std::string> none;
        out.grammar = objectGrammar(kAnyObject, none);
    }
    return out;
}

ToolCallMask::ToolCallMask(std::span<const Tool> tools,
    MakeTrie makeTrie,
    std::shared_ptr<const Tokenizer> tokenizer,
    std::optional<int32_t> separator)
    : m_makeTrie(std::move(makeTrie)),
      m_tokenizer(std::move(tokenizer)),
      m_separator(separator),
      m_parser(parserOptions(tools))
{
    for (const Tool& tool : tools) {
        m_grammars.try_emplace(tool.name, grammarOfTool(tool).grammar);
    }
}

bool ToolCallMask::allows(int32_t id)
{
    if (m_call) {
        return m_call->allows(id);
    }
    return !mayBeginCallIn(id) || !goesOnWrongly(m_tokenizer->tokenBytes(id));
}

void ToolCallMask::keepAllowed(std::vector<int32_t>& ids)
{
    if (m_call) {
        m_call->keepAllowed(ids);
    } else if (m_parser.mayBeginCall()) {
        std::erase_if(ids, [this](int32_t id) { return !allows(id); });
    }
}

void ToolCallMask::accept(int32_t id)
{
    if (m_tokenizer->isControl(id)) {
        if (m_call) {
            m_call->accept(id); // the end of the turn, where the arguments may end
        } else if (m_separator && id == *m_separator) {
            follow("\n"); // as it is shown
        }
        return;
    }
    follow(m_tokenizer->tokenBytes(id));
}

void ToolCallMask::acceptText(std::string_view bytes)
{
    follow(bytes);
}

// The grammar of the call that `events` begin, if they do.
std::shared_ptr<const Grammar> ToolCallMask::begunCall(const std::vector<ReplyEvent>& events) const
{
    for (const ReplyEvent& event : events) {
        if (const auto* begin = std::get_if<ToolCallBegin>(&event)) {
            const auto found = m_grammars.find(begin->name);
            return found != m_grammars.end() ? found->second : nullptr;
        }
    }
    return nullptr;
}

void ToolCallMask::follow(std::string_view bytes)
{
    for (size_t i = 0; i < bytes.size(); ++i) {
        const auto events = m_parser.push(bytes.substr(i, 1));
        if (const auto grammar = begunCall(events)) {
            m_call = std::make_unique<GrammarMask>(
                grammar, m_makeTrie(), m_tokenizer, m_tokenizer->stopTokens());
        }
        // Text that was there already may be wrong, and is let go.
        if (m_call && (!m_call->acceptText(bytes.substr(i, 1)) || m_call->mustEnd())) {
            m_call.reset();
        }
    }
}

// Whether the text of `id` may hold the first bracket of a call and something behind it.
bool ToolCallMask::mayBeginCallIn(int32_t id)
{
    if (!m_parser.mayBeginCall() || id < 0 || id >= m_tokenizer->vocabSize()) {
        return false;
    }
    if (m_goesOnBehindBrace.empty()) {
        m_goesOnBehindBrace.resize(size_t(m_tokenizer->vocabSize()));
        for (int32_t token = 0; token < m_tokenizer->vocabSize(); ++token) {
            const std::string_view bytes = m_tokenizer->tokenBytes(token);
            const size_t brace = bytes.find('{');
            m_goesOnBehindBrace[size_t(token)] = !m_tokenizer->isControl(token) &&
                                                 brace != std::string_view::npos &&
                                                 brace + 1 < bytes.size();
        }
    }
    return m_goesOnBehindBrace[size_t(id)];
}

bool ToolCallMask::goesOnWrongly(std::string_view bytes) const
{
    // A bracket begins a call behind the end of a line only, which may be in the token.
    const bool isLineOver = m_parser.awaitsArguments() ||
                            bytes.substr(0, bytes.find('{')).find('\n') != std::string_view::npos;
    if (!isLineOver) {
        return false;
    }
    ReplyParser parser = m_parser;
    for (size_t i = 0; i < bytes.size(); ++i) {
        const auto grammar = begunCall(parser.push(bytes.substr(i, 1)));
        if (!grammar) {
            continue;
        }
        GrammarMatcher matcher(grammar);
        auto set = matcher.start();
        for (; i < bytes.size() && !matcher.canEnd(set); ++i) {
            set = matcher.next(set, uint8_t(bytes[i]));
        }
        return set == GrammarMatcher::kDead;
    }
    return false;
}

} // namespace atelier
