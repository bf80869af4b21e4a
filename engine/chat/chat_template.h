// SPDX-License-Identifier: MIT
// A model's own chat template: messages to the prompt it was trained on, whatever the model.
#pragma once

#include "engine/base/result.h"
#include "engine/chat/conversation_json.h"
#include "engine/chat/jinja_engine.h"
#include "engine/chat/message.h"
#include "engine/chat/prompt.h"
#include "engine/chat/tool.h"

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace atelier {

// More variables of a template, by name; values are JSON: {"enable_thinking", "false"}.
using TemplateVariables = std::map<std::string, std::string>;

struct TemplateInput
{
    std::span<const Message> messages;
    std::span<const Tool> tools = {};
    bool addGenerationPrompt = true;
    TemplateVariables variables = {};
};

// Threads: thread-safe; renderings wait for each other.
class ChatTemplate
{
public:
    // Errors as JinjaEngine::create().
    static Result<std::unique_ptr<ChatTemplate>> create(
        std::string source, const JinjaLimits& limits = {});

    // The text as the template writes it. For people: control tokens that were typed by a person
    // look like those of the template.
    Result<std::string> render(const TemplateInput& input);

    // The same text in pieces. `controlTokens` are the names the vocabulary knows; only those that
    // the template itself wrote become control tokens. What a person, a tool or a tool's
    // description says stays text: in it, such names are replaced by marks that nobody can guess
    // while the template runs. A second rendering, with a mark for each whole message, must have
    // the same control tokens, and tells which text is whose.
    //
    // InvalidFormat when the template fails, or when it takes texts apart so that its control
    // tokens cannot be told from typed ones.
    Result<std::vector<PromptPiece>> renderPieces(
        const TemplateInput& input, std::span<const std::string> controlTokens);

private:
    ChatTemplate(std::unique_ptr<JinjaEngine> engine, const TemplateDialect& dialect)
        : m_engine(std::move(engine)),
          m_dialect(dialect)
    {
    }

    Result<std::string> renderMarked(const TemplateInput& input, const TextMarks& marks);

    std::mutex m_mutex;
    std::unique_ptr<JinjaEngine> m_engine; // guarded by m_mutex
    TemplateDialect m_dialect;
};

} // namespace atelier
