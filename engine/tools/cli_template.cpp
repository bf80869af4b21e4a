// SPDX-License-Identifier: MIT
// atelier-cli template: a conversation as the prompt that a model would read.
#include "engine/chat/prompt_format.h"
#include "engine/formats/model_file.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/tools/cli.h"
#include "engine/tools/cli_messages.h"

#include <cstdio>
#include <filesystem>

namespace atelier::cli {

// Writes the text alone, without a newline of its own: it is exact to the byte.
int runTemplate(std::span<char* const> words)
{
    static constexpr std::string_view kValues[] = {"--messages"};
    const auto parsed = Arguments::parse(words, {kValues, {}});
    if (!parsed) {
        return usage(parsed.error().message);
    }
    const auto path = parsed.value().value("--messages");
    if (parsed.value().positional().size() != 1 || !path) {
        return usage("template needs one MODEL and --messages.");
    }
    const auto conversation = readConversation(*path);
    if (!conversation) {
        return fail(conversation.error());
    }
    const auto file = openModel(std::filesystem::path(parsed.value().positional()[0]));
    if (!file) {
        return fail(file.error());
    }
    const auto tokenizer = Tokenizer::create(*file.value());
    if (!tokenizer) {
        return fail(tokenizer.error());
    }
    const auto format = PromptFormat::create(*file.value(), *tokenizer.value());
    PromptRequest request{conversation.value().messages, conversation.value().tools};
    request.addGenerationPrompt = conversation.value().addGenerationPrompt;
    const auto prompt = format->render(request);
    if (!prompt) {
        return fail(prompt.error());
    }
    const std::string text = promptText(prompt.value().pieces);
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (!prompt.value().note.empty()) {
        std::fprintf(stderr, "%s\n", prompt.value().note.c_str());
    }
    return kSuccess;
}

} // namespace atelier::cli
