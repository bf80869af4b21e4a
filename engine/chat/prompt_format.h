// SPDX-License-Identifier: MIT
// How one model wants its conversations written: by its own template, or by a built-in format where
// that cannot be used.
#pragma once

#include "engine/base/result.h"
#include "engine/chat/chat_family.h"
#include "engine/chat/chat_template.h"
#include "engine/chat/prompt.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace atelier {

class ModelFile;

struct RenderedPrompt
{
    std::vector<PromptPiece> pieces;
    // What the prompt already says of the reply to come, without the white space in front:
    // "<think>", or nothing. Belongs to the reply as people see it.
    std::string begun;
    std::string note; // why the built-in format was used although the model has a template
};

struct PromptRequest
{
    std::span<const Message> messages;
    std::span<const Tool> tools = {};
    // The last message is an assistant's that was cut short: the prompt ends with its text.
    bool continueLast = false;
    bool addGenerationPrompt = true; // otherwise the prompt ends with the last message
    TemplateVariables variables = {};
};

// Threads: thread-safe.
class PromptFormat
{
public:
    // What detects the format and renders it, from general.*, tokenizer.chat_template and the
    // control tokens. A template that is wrong is no error here: note() says so, and the built-in
    // format of the family is used.
    static std::unique_ptr<PromptFormat> create(const ModelFile& file, const Tokenizer& tokenizer);

    ChatFamily family() const { return m_family; }
    bool usesTemplate() const { return m_template != nullptr; }
    const std::string& note() const { return m_note; } // empty when all is well

    // InvalidUse when the last message is no reply but should go on.
    Result<RenderedPrompt> render(const PromptRequest& request) const;

private:
    explicit PromptFormat(ChatFamily family) : m_family(family) {}

    RenderedPrompt renderTurns(const TemplateInput& input) const;
    std::string fallbackNote(const Error& error) const;

    ChatFamily m_family;
    std::unique_ptr<ChatTemplate> m_template; // null when there is none, or none that works
    std::vector<std::string> m_controls;      // names of the vocabulary
    TemplateVariables m_variables;            // bos_token, eos_token
    std::string m_note;
};

} // namespace atelier
