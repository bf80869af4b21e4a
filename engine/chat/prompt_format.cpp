// SPDX-License-Identifier: MIT
#include "engine/chat/prompt_format.h"

#include "engine/chat/white_space.h"
#include "engine/formats/model_file.h"

#include <nlohmann/json.hpp>

#include <string_view>
#include <utility>

namespace atelier {

namespace {

constexpr std::string_view kThink = "<think>";

std::string_view textOf(const ModelFile& file, std::string_view key)
{
    return file.string(key).value_or(std::string_view());
}

std::vector<std::string> controlNames(const Tokenizer& tokenizer)
{
    std::vector<std::string> names;
    for (int32_t id = 0; id < tokenizer.vocabSize(); ++id) {
        if (tokenizer.isControl(id)) {
            names.emplace_back(tokenizer.tokenBytes(id));
        }
    }
    return names;
}

// bos_token and eos_token, as templates of other families write them.
TemplateVariables tokenVariables(const ModelFile& file, const Tokenizer& tokenizer)
{
    TemplateVariables variables;
    for (const char* kind : {"bos", "eos"}) {
        const auto id = file.unsignedInteger("tokenizer.ggml." + std::string(kind) + "_token_id");
        if (id && *id < uint64_t(tokenizer.vocabSize())) {
            const std::string name(tokenizer.tokenBytes(int32_t(*id)));
            variables[std::string(kind) + "_token"] =
                nlohmann::json(name).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        }
    }
    return variables;
}

// The text behind the last control token, when it opens the model's thoughts.
std::string begunReply(std::span<const PromptPiece> pieces)
{
    if (pieces.empty() || pieces.back().control || pieces.back().message >= 0) {
        return {};
    }
    const std::string_view text = pieces.back().text;
    const size_t at = text.rfind(kThink);
    const bool isLast =
        at != std::string_view::npos && stripped(text.substr(at + kThink.size())).empty();
    return isLast ? std::string(text.substr(at)) : std::string();
}

// `shown` goes on where the prompt ends, which may have begun it.
void appendBegunReply(std::string_view shown, size_t message, RenderedPrompt& prompt)
{
    const std::string_view begun = stripped(prompt.begun);
    if (!begun.empty() && shown.starts_with(begun)) {
        shown.remove_prefix(begun.size());
        // White space behind the opening is the prompt's already.
        const std::string_view space = std::string_view(prompt.begun).substr(begun.size());
        if (shown.starts_with(space)) {
            shown.remove_prefix(space.size());
        }
    }
    const bool isGlmTurn = !prompt.pieces.empty() && prompt.pieces.back().control &&
                           prompt.pieces.back().text == "<|assistant|>";
    // The newline that models of the family begin an answer with.
    std::string text = isGlmTurn ? "\n" : "";
    text += shown;
    prompt.pieces.push_back({std::move(text), false, int32_t(message)});
}

} // namespace

std::unique_ptr<PromptFormat> PromptFormat::create(
    const ModelFile& file, const Tokenizer& tokenizer)
{
    const std::string_view source = textOf(file, "tokenizer.chat_template");
    std::unique_ptr<PromptFormat> format(new PromptFormat(detectChatFamily(
        textOf(file, "general.architecture"), source, textOf(file, "general.name"))));
    format->m_controls = controlNames(tokenizer);
    format->m_variables = tokenVariables(file, tokenizer);
    if (!source.empty()) {
        auto created = ChatTemplate::create(std::string(source));
        if (created) {
            format->m_template = created.take();
        } else {
            format->m_note = format->fallbackNote(created.error());
        }
    }
    return format;
}

std::string PromptFormat::fallbackNote(const Error& error) const
{
    return error.message + " The built-in format (" + std::string(chatFamilyName(m_family)) +
           ") is used instead.";
}

RenderedPrompt PromptFormat::renderTurns(const TemplateInput& input) const
{
    RenderedPrompt prompt;
    prompt.note = m_note;
    if (m_template) {
        auto pieces = m_template->renderPieces(input, m_controls);
        if (pieces) {
            prompt.pieces = pieces.take();
            return prompt;
        }
        prompt.note = fallbackNote(pieces.error());
    }
    prompt.pieces = renderBuiltIn(m_family, input.messages, input.addGenerationPrompt, input.tools);
    return prompt;
}

Result<RenderedPrompt> PromptFormat::render(const PromptRequest& request) const
{
    const auto messages = request.messages;
    if (request.continueLast && (messages.empty() || messages.back().role != Role::Assistant)) {
        return Error{ErrorCode::InvalidUse, "Only a reply can be continued."};
    }
    TemplateInput input{messages, request.tools, request.addGenerationPrompt, m_variables};
    for (const auto& [name, value] : request.variables) {
        input.variables[name] = value;
    }
    if (!request.continueLast) {
        RenderedPrompt prompt = renderTurns(input);
        prompt.begun = begunReply(prompt.pieces);
        return prompt;
    }
    input.messages = messages.first(messages.size() - 1);
    input.addGenerationPrompt = true;
    RenderedPrompt prompt = renderTurns(input);
    prompt.begun = begunReply(prompt.pieces);
    appendBegunReply(shownText(messages.back()), messages.size() - 1, prompt);
    return prompt;
}

} // namespace atelier
