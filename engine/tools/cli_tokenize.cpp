// SPDX-License-Identifier: MIT
// atelier-cli tokenize and detokenize: text to token ids and back.
#include "engine/base/text.h"
#include "engine/formats/model_file.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/tools/cli.h"
#include "engine/tools/cli_options.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace atelier::cli {

namespace {

Result<std::shared_ptr<const Tokenizer>> openTokenizer(const std::string& model)
{
    const auto file = openModel(std::filesystem::path(model));
    if (!file) {
        return file.error();
    }
    return Tokenizer::create(*file.value());
}

std::string joined(const std::vector<int32_t>& ids)
{
    std::string text;
    for (const int32_t id : ids) {
        text += text.empty() ? "" : " ";
        text += std::to_string(id);
    }
    return text;
}

// [{"text": ...}, ...] to [[ids], ...].
Result<std::string> tokenizeJson(
    const std::string& path, const Tokenizer& tokenizer, SpecialTokens special)
{
    const auto text = readTextFile(path);
    if (!text) {
        return text.error();
    }
    const auto list = nlohmann::json::parse(text.value(), nullptr, false);
    if (!list.is_array()) {
        return Error{ErrorCode::InvalidFormat, path + " is not a JSON list of {\"text\": ...}."};
    }
    auto out = nlohmann::json::array();
    for (const auto& item : list) {
        const auto entry = item.is_object() ? item.find("text") : item.end();
        if (entry == item.end() || !entry->is_string()) {
            return Error{ErrorCode::InvalidFormat,
                "Entry " + std::to_string(out.size() + 1) + " of " + path + " has no \"text\"."};
        }
        out.push_back(tokenizer.encode(entry->get_ref<const std::string&>(), special));
    }
    return out.dump();
}

} // namespace

int runTokenize(std::span<char* const> words)
{
    static constexpr std::string_view kValues[] = {"--text", "--file", "--json"};
    static constexpr std::string_view kFlags[] = {"--special"};
    const auto parsed = Arguments::parse(words, {kValues, kFlags});
    if (!parsed) {
        return usage(parsed.error().message);
    }
    const Arguments& arguments = parsed.value();
    const auto sources = std::ranges::count_if(
        kValues, [&](std::string_view option) { return arguments.value(option).has_value(); });
    if (arguments.positional().size() != 1 || sources != 1) {
        return usage("tokenize needs one MODEL and one of --text, --file and --json.");
    }
    const auto tokenizer = openTokenizer(arguments.positional()[0]);
    if (!tokenizer) {
        return fail(tokenizer.error());
    }
    const auto special = arguments.has("--special") ? SpecialTokens::Parse : SpecialTokens::AsText;
    if (const auto path = arguments.value("--json")) {
        const auto lists = tokenizeJson(*path, *tokenizer.value(), special);
        if (!lists) {
            return fail(lists.error());
        }
        std::printf("%s\n", lists.value().c_str());
        return kSuccess;
    }
    const auto path = arguments.value("--file");
    const auto text = path ? readTextFile(*path) : Result<std::string>(*arguments.value("--text"));
    if (!text) {
        return fail(text.error());
    }
    std::printf("%s\n", joined(tokenizer.value()->encode(text.value(), special)).c_str());
    return kSuccess;
}

// Writes the text alone, without a newline of its own, so that tokenize and detokenize are inverse.
int runDetokenize(std::span<char* const> words)
{
    static constexpr std::string_view kValues[] = {"--ids"};
    const auto parsed = Arguments::parse(words, {kValues, {}});
    if (!parsed) {
        return usage(parsed.error().message);
    }
    const auto list = parsed.value().value("--ids");
    if (parsed.value().positional().size() != 1 || !list) {
        return usage("detokenize needs one MODEL and --ids.");
    }
    const auto ids = parseTokenIds(*list);
    if (!ids) {
        return fail(ids.error());
    }
    const auto tokenizer = openTokenizer(parsed.value().positional()[0]);
    if (!tokenizer) {
        return fail(tokenizer.error());
    }
    const int32_t tokens = tokenizer.value()->vocabSize();
    for (const int32_t id : ids.value()) {
        if (id < 0 || id >= tokens) {
            return fail({ErrorCode::InvalidFormat,
                "There is no token " + std::to_string(id) + ": the vocabulary ends at " +
                    std::to_string(tokens - 1) + "."});
        }
    }
    const std::string text = tokenizer.value()->decode(ids.value());
    std::fwrite(text.data(), 1, text.size(), stdout);
    return kSuccess;
}

} // namespace atelier::cli
