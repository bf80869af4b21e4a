// SPDX-License-Identifier: MIT
#include "engine/api/reply_grammar.h"

#include "engine/api/loaded_model.h"
#include "engine/api/tool_call_mask.h"
#include "engine/sampling/grammar_mask.h"
#include "engine/sampling/json_schema.h"

#include <utility>

namespace atelier {

namespace {

// The grammar whose texts are those of `rules`, each also with a newline in front.
Result<std::shared_ptr<const Grammar>> withNewline(GrammarRules rules)
{
    using Kind = GrammarNode::Kind;
    const auto add = [&rules](GrammarNode node) {
        rules.nodes.push_back(std::move(node));
        return uint32_t(rules.nodes.size() - 1);
    };
    const uint32_t newline = add({.kind = Kind::Text, .text = "\n"});
    const uint32_t maybe =
        add({.kind = Kind::Repeat, .children = {newline}, .least = 0, .most = 1});
    const uint32_t root = add({.kind = Kind::Rule, .rule = rules.root});
    const uint32_t both = add({.kind = Kind::Sequence, .children = {maybe, root}});
    rules.root = uint32_t(rules.rules.size());
    rules.rules.push_back({"reply", both});
    return Grammar::create(rules);
}

} // namespace

Result<ReplyGrammar> replyGrammar(const GenerationRequest& request,
    const LoadedModel& model,
    std::string_view opening,
    std::string_view begun,
    bool newline)
{
    if (request.grammar.empty() && request.jsonSchema.empty()) {
        ReplyGrammar free{nullptr, newline};
        if (request.checksToolCalls && !request.tools.empty()) {
            auto mask = std::make_unique<ToolCallMask>(
                request.tools,
                [&model] { return model.tokenTrie(); },
                model.sharedTokenizer(),
                model.tokenizer().find("<|assistant|>"));
            mask->acceptText(opening);
            mask->acceptText(begun);
            free.mask = std::move(mask);
        }
        return free;
    }
    if (!request.grammar.empty() && !request.jsonSchema.empty()) {
        return Error{ErrorCode::InvalidUse,
            "A reply can be asked for by a grammar or by a JSON schema, not by both."};
    }
    std::string text = request.grammar;
    if (text.empty()) {
        auto made = grammarOfJsonSchema(request.jsonSchema);
        if (!made) {
            return made.error();
        }
        text = std::move(made.value().gbnf);
    }
    auto rules = GrammarRules::parse(text);
    if (!rules) {
        return rules.error();
    }
    auto grammar = Grammar::create(rules.value());
    if (!grammar) {
        return grammar.error();
    }
    ReplyGrammar out;
    GrammarMatcher first(grammar.value());
    out.allowsNewline = newline && first.next(first.start(), '\n') == GrammarMatcher::kDead;
    if (out.allowsNewline) {
        grammar = withNewline(rules.take());
        if (!grammar) {
            return grammar.error();
        }
    }
    auto mask = std::make_unique<GrammarMask>(
        grammar.take(), model.tokenTrie(), model.sharedTokenizer(), model.tokenizer().stopTokens());
    if (!mask->acceptText(begun)) {
        return Error{ErrorCode::InvalidUse,
            "The reply cannot go on: what it has so far is not what the grammar or JSON schema "
            "allows."};
    }
    out.mask = std::move(mask);
    return out;
}

Error nothingAllowed(const TokenMask& mask)
{
    if (!mask.inBounds()) {
        return Error{ErrorCode::InvalidUse,
            "The grammar can be read in too many ways to follow it here; write it so that each "
            "text has one reading."};
    }
    return Error{ErrorCode::InvalidUse,
        "The model has no token that the grammar allows here, or gave none of them a chance."};
}

} // namespace atelier
