// SPDX-License-Identifier: MIT
// atelier-cli generate: a reply, streamed to stdout; statistics go to stderr.
#include "engine/api/tool_call_mask.h"
#include "engine/base/text.h"
#include "engine/sampling/grammar.h"
#include "engine/sampling/json_schema.h"
#include "engine/tools/cli.h"
#include "engine/tools/cli_messages.h"
#include "engine/tools/cli_options.h"
#include "engine/tools/cli_reply.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <iostream>
#include <iterator>
#include <utility>

namespace atelier::cli {

namespace {

constexpr std::string_view kValues[] = {"--prompt",
    "--system",
    "--messages",
    "--tools",
    "--raw",
    "--raw-file",
    "--max-tokens",
    "--stop",
    "--temperature",
    "--top-k",
    "--top-p",
    "--min-p",
    "--repetition-penalty",
    "--presence-penalty",
    "--frequency-penalty",
    "--penalty-window",
    "--dry",
    "--dry-base",
    "--dry-allowed",
    "--dry-window",
    "--logit-bias",
    "--seed",
    "--alternatives",
    "--when-full",
    "--save",
    "--restore",
    "--grammar-file",
    "--json-schema",
    "--context",
    "--kv",
    "--chunk",
    "--yarn",
    "--yarn-extrapolation",
    "--yarn-attention",
    "--yarn-beta-fast",
    "--yarn-beta-slow",
    "--rope-base",
    "--rope-linear",
    "--backend",
    "--gpu-layers",
    "--threads",
    "--isa",
    "--quantize"};
constexpr std::string_view kFlags[] = {
    "--greedy", "--batch", "--exact", "--json", "--unchecked-calls"};

struct GenerateCommand
{
    std::string model;
    LoadOptions load;
    SessionOptions session;
    GenerationRequest request;
    bool batch = false;
    bool json = false;
    std::optional<std::string> restoreFrom;
    std::optional<std::string> saveTo;
};

// --tools takes the place of those that --messages brought. What their schemas say beyond what
// calls are held to is told on stderr.
Status readOfferedTools(const Arguments& given, GenerateCommand& command)
{
    if (const auto path = given.value("--tools")) {
        if (command.request.messages.empty()) {
            return Error{ErrorCode::InvalidUse, "--tools goes with --prompt or --messages."};
        }
        auto tools = readTools(*path);
        if (!tools) {
            return tools.error();
        }
        command.request.tools = tools.take();
    }
    command.request.checksToolCalls = !given.has("--unchecked-calls");
    for (const Tool& tool : command.request.tools) {
        for (const std::string& text : grammarOfTool(tool).notes) {
            std::fprintf(stderr, "note: tool %s: %s\n", tool.name.c_str(), text.c_str());
        }
    }
    return Done{};
}

// Exactly one of --prompt, --messages, --raw, --raw-file and --batch says what to continue.
Status readPrompt(const Arguments& given, GenerateCommand& command)
{
    int sources = given.has("--batch") ? 1 : 0;
    for (const char* option : {"--prompt", "--messages", "--raw", "--raw-file"}) {
        sources += given.value(option) ? 1 : 0;
    }
    if (sources != 1) {
        return Error{ErrorCode::InvalidUse,
            "generate needs one of --prompt, --messages, --raw, --raw-file or --batch."};
    }
    command.batch = given.has("--batch");
    command.json = given.has("--json");
    if (command.batch && command.json) {
        return Error{ErrorCode::InvalidUse, "--json goes with a single prompt, not with --batch."};
    }
    const auto system = given.value("--system");
    if (system && !given.value("--prompt")) {
        return Error{ErrorCode::InvalidUse, "--system goes with --prompt only."};
    }
    if (const auto prompt = given.value("--prompt")) {
        if (system) {
            command.request.messages.push_back({Role::System, *system, {}});
        }
        command.request.messages.push_back({Role::User, *prompt, {}});
    } else if (const auto messages = given.value("--messages")) {
        auto read = readConversation(*messages);
        if (!read) {
            return read.error();
        }
        command.request.messages = std::move(read.value().messages);
        command.request.tools = std::move(read.value().tools);
    } else if (const auto raw = given.value("--raw")) {
        command.request.rawPrompt = *raw;
    } else if (const auto rawFile = given.value("--raw-file")) {
        auto read = readTextFile(*rawFile);
        if (!read) {
            return read.error();
        }
        command.request.rawPrompt = read.take();
    }
    return readOfferedTools(given, command);
}

// What the reply must be. What a schema says beyond what is enforced is told on stderr.
Status readConstraint(const Arguments& given, GenerateCommand& command)
{
    const auto grammar = given.value("--grammar-file");
    const auto schema = given.value("--json-schema");
    if (grammar && schema) {
        return Error{ErrorCode::InvalidUse, "--grammar-file and --json-schema exclude each other."};
    }
    if (!grammar && !schema) {
        return Done{};
    }
    auto text = readTextFile(grammar ? *grammar : *schema);
    if (!text) {
        return text.error();
    }
    if (grammar) {
        command.request.grammar = text.take();
        const auto parsed = Grammar::parse(command.request.grammar);
        return parsed ? Status(Done{}) : parsed.error();
    }
    command.request.jsonSchema = text.take();
    const auto made = grammarOfJsonSchema(command.request.jsonSchema);
    if (!made) {
        return made.error();
    }
    for (const std::string& note : made.value().notes) {
        std::fprintf(stderr, "note: %s\n", note.c_str());
    }
    return Done{};
}

Result<GenerateCommand> parse(std::span<char* const> words)
{
    const auto arguments = Arguments::parse(words, {kValues, kFlags});
    if (!arguments) {
        return arguments.error();
    }
    const Arguments& given = arguments.value();
    if (given.positional().size() != 1) {
        return Error{ErrorCode::InvalidUse, "generate needs one MODEL."};
    }
    GenerateCommand command;
    command.model = given.positional()[0];
    const auto load = loadOptions(given, "auto");
    if (!load) {
        return load.error();
    }
    const auto session = sessionOptions(given, CacheType::F16);
    if (!session) {
        return session.error();
    }
    const auto sampling = samplingOptions(given);
    if (!sampling) {
        return sampling.error();
    }
    const auto maxTokens = given.integer("--max-tokens", 4096, 1, 1 << 30);
    const auto alternatives = given.integer("--alternatives", 0, 0, 10);
    for (const auto* result : {&maxTokens, &alternatives}) {
        if (!*result) {
            return result->error();
        }
    }
    const std::string whenFull = given.value("--when-full").value_or("stop");
    if (whenFull != "stop" && whenFull != "drop") {
        return Error{ErrorCode::InvalidUse,
            "--when-full is " + shownName(whenFull) +
                "; it must be stop, or drop (the oldest turns leave the prompt)."};
    }
    command.load = load.value();
    command.session = session.value();
    command.request.sampling = sampling.value();
    command.request.maxTokens = uint32_t(maxTokens.value());
    command.request.alternatives = uint32_t(alternatives.value());
    command.request.stopStrings = given.values("--stop");
    command.request.whenFull = whenFull == "drop" ? WhenFull::DropOldestTurns : WhenFull::Stop;
    command.restoreFrom = given.value("--restore");
    command.saveTo = given.value("--save");
    if (const Status prompt = readPrompt(given, command); !prompt) {
        return prompt.error();
    }
    if (const Status constraint = readConstraint(given, command); !constraint) {
        return constraint.error();
    }
    return command;
}

double perSecond(uint32_t count, double seconds)
{
    return seconds > 0 ? count / seconds : 0.0;
}

void printStats(const GenerationStats& stats)
{
    const uint32_t computed = stats.promptTokens - stats.reusedTokens;
    std::fprintf(stderr,
        "prompt: %u tokens (%u reused), %.2f s, %.1f tokens/s; reply: %u tokens, %.2f s, "
        "%.1f tokens/s; %s; seed %llu\n",
        stats.promptTokens,
        stats.reusedTokens,
        stats.promptSeconds,
        perSecond(computed, stats.promptSeconds),
        stats.generatedTokens,
        stats.decodeSeconds,
        perSecond(stats.generatedTokens, stats.decodeSeconds),
        reasonText(stats.reason),
        static_cast<unsigned long long>(stats.seed));
    if (!stats.promptNote.empty()) {
        std::fprintf(stderr, "%s\n", stats.promptNote.c_str());
    }
}

// One line of JSON on stderr for each token.
void print(const TokenAlternatives& alternatives)
{
    const auto object = [](const TokenAlternatives::Choice& choice) {
        return nlohmann::json{
            {"id", choice.token}, {"text", choice.bytes}, {"probability", choice.probability}};
    };
    nlohmann::json line = object(alternatives.drawn);
    line["index"] = alternatives.index;
    for (const auto& choice : alternatives.choices) {
        line["alternatives"].push_back(object(choice));
    }
    // Tokens may be parts of characters.
    const std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    std::fprintf(stderr, "%s\n", text.c_str());
}

void printEvent(const Event& event)
{
    if (const auto* delta = std::get_if<TextDelta>(&event)) {
        std::fwrite(delta->text.data(), 1, delta->text.size(), stdout);
        std::fflush(stdout);
    } else if (const auto* alternatives = std::get_if<TokenAlternatives>(&event)) {
        print(*alternatives);
    } else if (const auto* extended = std::get_if<ContextExtended>(&event)) {
        std::fprintf(stderr,
            "context: now %u tokens, YaRN %.3g; the prompt is read again\n",
            extended->contextTokens,
            extended->factor);
    } else if (const auto* dropped = std::get_if<MessagesDropped>(&event)) {
        std::fprintf(stderr,
            "context: full, %zu messages (%u tokens) left out\n",
            dropped->messages.size(),
            dropped->tokens);
    }
}

// Raw prompts from stdin, completions to stdout, each ended by a NUL. One that fails gives an empty
// completion and a line on stderr, so that the others keep their places.
int runBatch(Session& session, GenerationRequest request, std::stop_token stop)
{
    const std::string input(std::istreambuf_iterator<char>(std::cin), {});
    GenerationStats total;
    int result = kSuccess;
    for (size_t at = 0; at < input.size() && !stop.stop_requested();) {
        const size_t end = std::min(input.find('\0', at), input.size());
        request.rawPrompt = input.substr(at, end - at);
        at = end + 1;
        const auto stats = session.generate(request, printEvent, stop);
        if (!stats) {
            result = fail(stats.error());
        } else {
            total.promptTokens += stats.value().promptTokens;
            total.reusedTokens += stats.value().reusedTokens;
            total.generatedTokens += stats.value().generatedTokens;
            total.promptSeconds += stats.value().promptSeconds;
            total.decodeSeconds += stats.value().decodeSeconds;
            total.reason = stats.value().reason;
            total.seed = stats.value().seed;
        }
        std::fputc('\0', stdout);
        std::fflush(stdout);
    }
    printStats(total);
    return stop.stop_requested() ? kFailure : result;
}

// One JSON object on stdout once the reply is whole, in place of its text and the statistics.
Result<GenerationStats> generateJson(
    const Model& model, Session& session, const GenerationRequest& request, std::stop_token stop)
{
    std::vector<std::string> tools = model.info().ownTools;
    for (const Tool& tool : request.tools) {
        tools.push_back(tool.name);
    }
    ReplyJson reply(std::move(tools));
    auto stats = session.generate(
        request,
        [&reply](const Event& event) {
            if (const auto* delta = std::get_if<TextDelta>(&event)) {
                reply.add(delta->text);
            } else {
                printEvent(event);
            }
        },
        std::move(stop));
    if (stats) {
        std::printf("%s\n", reply.finish(stats.value()).dump(2).c_str());
    }
    return stats;
}

Result<GenerationStats> generateText(
    Session& session, const GenerationRequest& request, std::stop_token stop)
{
    auto stats = session.generate(request, printEvent, std::move(stop));
    std::fputc('\n', stdout);
    std::fflush(stdout);
    if (stats) {
        printStats(stats.value());
    }
    return stats;
}

} // namespace

int runGenerate(std::span<char* const> words)
{
    const auto command = parse(words);
    if (!command) {
        return fail(command.error());
    }
    const StopOnInterrupt interrupt;
    const auto model =
        Model::load(command.value().model, command.value().load, nullptr, interrupt.token());
    if (!model) {
        return fail(model.error());
    }
    const auto session = Session::create(model.value(), command.value().session);
    if (!session) {
        return fail(session.error());
    }
    if (const auto& from = command.value().restoreFrom) {
        const Status restored = session.value()->restore(*from, interrupt.token());
        if (!restored) {
            return fail(restored.error());
        }
    }
    if (command.value().batch) {
        return runBatch(*session.value(), command.value().request, interrupt.token());
    }
    const GenerationRequest& request = command.value().request;
    const auto stats =
        command.value().json
            ? generateJson(*model.value(), *session.value(), request, interrupt.token())
            : generateText(*session.value(), request, interrupt.token());
    if (!stats) {
        return fail(stats.error());
    }
    if (const auto& to = command.value().saveTo) {
        const Status saved = session.value()->save(*to, interrupt.token());
        if (!saved) {
            return fail(saved.error());
        }
    }
    return kSuccess;
}

} // namespace atelier::cli
