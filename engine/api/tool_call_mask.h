// SPDX-License-Identifier: MIT
// ToolCallMask: keeps the arguments of tool calls within the tools' schemas, and the rest free.
#pragma once

#include "engine/chat/reply_parser.h"
#include "engine/chat/tool.h"
#include "engine/sampling/grammar_mask.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atelier {

// The grammar of a tool's arguments: an object as its "parameters" say, or any object where they
// say nothing or what no grammar can be made of.
struct ToolGrammar
{
    std::shared_ptr<const Grammar> grammar;
    std::vector<std::string> notes; // for people: what is not enforced
};
ToolGrammar grammarOfTool(const Tool& tool);

// Reads along with the parser that will read the reply, so that both agree on what is a call: from
// the first bracket behind the line with a tool's name on, only tokens that keep the arguments
// right are allowed; once they are whole, everything is again. Other text is not touched, but for
// tokens that would begin a call and go on wrongly in one.
//
// Threads: one thread at a time; one per reply.
class ToolCallMask final : public TokenMask
{
public:
    using MakeTrie = std::function<std::shared_ptr<const TokenTrie>()>;

    // `makeTrie` is called when the first call begins. `separator` is the control token between
    // calls, <|assistant|>.
    ToolCallMask(std::span<const Tool> tools,
        MakeTrie makeTrie,
        std::shared_ptr<const Tokenizer> tokenizer,
        std::optional<int32_t> separator);

    bool allows(int32_t id) override;
    void keepAllowed(std::vector<int32_t>& ids) override;
    void accept(int32_t id) override;
    bool inBounds() const override { return !m_call || m_call->inBounds(); }

    // Text of the reply that is there already. Arguments in it are taken as they are.
    void acceptText(std::string_view bytes);

private:
    void follow(std::string_view bytes);
    std::shared_ptr<const Grammar> begunCall(const std::vector<ReplyEvent>& events) const;
    bool mayBeginCallIn(int32_t id);
    bool goesOnWrongly(std::string_view bytes) const;

    std::map<std::string, std::shared_ptr<const Grammar>, std::less<>> m_grammars; // by tool
    MakeTrie m_makeTrie;
    std::shared_ptr<const Tokenizer> m_tokenizer;
    std::optional<int32_t> m_separator;
    ReplyParser m_parser;
    std::unique_ptr<GrammarMask> m_call;   // null outside arguments
    std::vector<bool> m_goesOnBehindBrace; // by token; empty until it is asked for
};

} // namespace atelier
