// SPDX-License-Identifier: MIT
// atelier-cli bench: how fast a model loads, reads and writes here. Medians over repetitions, after
// one that warms up.
#include "engine/api/loaded_model.h"
#include "engine/api/machine.h"
#include "engine/sampling/random.h"
#include "engine/tools/cli.h"
#include "engine/tools/cli_options.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace atelier::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kValues[] = {"--prompt",
    "--generate",
    "--depth",
    "--repeat",
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
constexpr std::string_view kFlags[] = {"--json", "--exact"};

struct BenchCommand
{
    std::string model;
    LoadOptions load;
    SessionOptions session;
    uint32_t prompt = 512;
    uint32_t generate = 128;
    uint32_t depth = 0;
    uint32_t repeat = 3;
    bool json = false;
};

struct Measured
{
    double loadSeconds = 0;
    double promptSeconds = 0;
    double generateSeconds = 0;
};

Result<BenchCommand> parse(std::span<char* const> words)
{
    const auto arguments = Arguments::parse(words, {kValues, kFlags});
    if (!arguments) {
        return arguments.error();
    }
    const Arguments& given = arguments.value();
    if (given.positional().size() != 1) {
        return Error{ErrorCode::InvalidUse, "bench needs one MODEL."};
    }
    BenchCommand command;
    command.model = given.positional()[0];
    command.json = given.has("--json");
    const auto load = loadOptions(given, "cpu");
    if (!load) {
        return load.error();
    }
    command.load = load.value();
    const auto session = sessionOptions(given, CacheType::F16);
    if (!session) {
        return session.error();
    }
    command.session = session.value();
    const struct
    {
        const char* option;
        uint32_t& value;
        int64_t low;
        int64_t high;
    } numbers[] = {
        {"--prompt", command.prompt, 1, 1 << 26},
        {"--generate", command.generate, 0, 1 << 26},
        {"--depth", command.depth, 0, 1 << 26},
        {"--repeat", command.repeat, 1, 1000},
    };
    for (const auto& number : numbers) {
        const auto parsed = given.integer(number.option, number.value, number.low, number.high);
        if (!parsed) {
            return parsed.error();
        }
        number.value = uint32_t(parsed.value());
    }
    return command;
}

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// Computes tokens in chunks behind `firstSlot`; the logits of the last one are wanted only then.
Status compute(ForwardPass& pass,
    std::span<const int32_t> tokens,
    uint32_t firstSlot,
    std::span<float> logits,
    std::stop_token stop)
{
    for (size_t at = 0; at < tokens.size();) {
        const size_t count = std::min<size_t>(tokens.size() - at, pass.chunkTokens());
        const bool isLast = at + count == tokens.size();
        const Status done = pass.run(tokens.subspan(at, count),
            firstSlot + uint32_t(at),
            isLast ? logits : std::span<float>(),
            stop);
        if (!done) {
            return done;
        }
        at += count;
    }
    return Done{};
}

// One repetition: a prompt read behind `depth` tokens, then a reply written behind the same depth.
Status measureOnce(ForwardPass& pass,
    const BenchCommand& command,
    uint32_t vocab,
    Measured& measured,
    std::stop_token stop)
{
    std::vector<int32_t> tokens(size_t(command.depth) + command.prompt);
    CounterRandom random(1); // what the tokens are does not matter to the time
    for (int32_t& token : tokens) {
        token = int32_t(random.below(vocab));
    }
    std::vector<float> logits(vocab);
    const auto past = std::span(tokens).first(command.depth);
    if (const Status done = compute(pass, past, 0, {}, stop); !done) {
        return done;
    }
    auto start = Clock::now();
    const auto prompt = std::span(tokens).subspan(command.depth);
    if (const Status done = compute(pass, prompt, command.depth, logits, stop); !done) {
        return done;
    }
    measured.promptSeconds = secondsSince(start);

    start = Clock::now();
    for (uint32_t i = 0; i < command.generate; ++i) {
        const auto best = std::max_element(logits.begin(), logits.end());
        const auto token = int32_t(best - logits.begin());
        if (const Status done = pass.run({&token, 1}, command.depth + i, logits, stop); !done) {
            return done;
        }
    }
    measured.generateSeconds = secondsSince(start);
    return Done{};
}

Result<Measured> measure(LoadedModel& model, const BenchCommand& command, std::stop_token stop)
{
    const Hyperparameters& hyper = model.hyper();
    const uint32_t slots = command.depth + std::max(command.prompt, command.generate);
    SessionOptions session = command.session;
    session.contextTokens = slots;
    session.chunkTokens = std::min(session.chunkTokens, slots);
    const MemoryPlan plan = model.plan(session);
    if (plan.contextTokens < slots) {
        return Error{ErrorCode::ContextFull,
            "This needs a context of " + std::to_string(slots) + " tokens; the model has " +
                std::to_string(plan.contextTokens) + " (--yarn FACTOR stretches it).",
            slots,
            plan.contextTokens};
    }
    if (const Status fits = checkPlan(plan); !fits) {
        return fits.error();
    }
    const RopeSettings rope = sessionRope(hyper.rope, hyper.contextLength, session);
    if (const Status valid = validateRope(rope, hyper.headDim); !valid) {
        return valid.error();
    }
    const auto pass = ForwardPass::create(model.passParts(),
        makeRopeTable(rope),
        cacheShape(hyper, session.cacheType, slots),
        session.chunkTokens);
    if (!pass) {
        return pass.error();
    }
    std::vector<double> promptSeconds;
    std::vector<double> generateSeconds;
    for (uint32_t i = 0; i <= command.repeat; ++i) {
        Measured once;
        const Status done = measureOnce(*pass.value(), command, hyper.vocab, once, stop);
        if (!done) {
            return done.error();
        }
        if (i > 0) { // the first one warms up
            promptSeconds.push_back(once.promptSeconds);
            generateSeconds.push_back(once.generateSeconds);
        }
    }
    return Measured{0, median(promptSeconds), median(generateSeconds)};
}

void print(const BenchCommand& command, const ModelInfo& info, const Measured& measured)
{
    const double prefill = command.prompt / std::max(measured.promptSeconds, 1e-9);
    const double decode = command.generate / std::max(measured.generateSeconds, 1e-9);
    const uint64_t peak = readMachineInfo().processPeakBytes;
    if (!command.json) {
        std::printf("%s, %s, %s (%s), %u threads\n"
                    "prefill %u tokens at depth %u: %.1f tokens/s\n"
                    "decode %u tokens at depth %u: %.1f tokens/s\n"
                    "load %.2f s, first token %.3f s, peak memory %.1f MiB\n",
            info.name.c_str(),
            info.quantization.c_str(),
            info.backend.c_str(),
            info.kernels.c_str(),
            info.threads,
            command.prompt,
            command.depth,
            prefill,
            command.generate,
            command.depth,
            decode,
            measured.loadSeconds,
            measured.promptSeconds,
            double(peak) / (1 << 20));
        return;
    }
    const nlohmann::json object = {
        {"prefill_tok_s", prefill},
        {"decode_tok_s", decode},
        {"load_s", measured.loadSeconds},
        {"first_token_s", measured.promptSeconds},
        {"peak_rss_bytes", peak},
        {"backend", info.backend},
        {"device", info.deviceName},
        {"threads", info.threads},
        {"isa", info.kernels},
        {"model", info.name},
        {"quantization", info.quantization},
        {"prompt", command.prompt},
        {"generate", command.generate},
        {"depth", command.depth},
        {"repeat", command.repeat},
        {"exact", command.load.exact},
        {"kv",
            command.session.cacheType == CacheType::F32   ? "f32"
            : command.session.cacheType == CacheType::F16 ? "f16"
                                                          : "q8_0"},
        {"commit", ATELIER_COMMIT},
    };
    std::printf("%s\n", object.dump().c_str());
}

} // namespace

int runBench(std::span<char* const> words)
{
    const auto command = parse(words);
    if (!command) {
        return fail(command.error());
    }
    const StopOnInterrupt interrupt;
    const auto start = Clock::now();
    const auto model =
        Model::load(command.value().model, command.value().load, nullptr, interrupt.token());
    if (!model) {
        return fail(model.error());
    }
    const double loadSeconds = secondsSince(start);
    auto loaded = std::dynamic_pointer_cast<LoadedModel>(model.value());
    check(loaded != nullptr, "Model::load() gives a LoadedModel");
    auto measured = measure(*loaded, command.value(), interrupt.token());
    if (!measured) {
        return fail(measured.error());
    }
    measured.value().loadSeconds = loadSeconds;
    print(command.value(), model.value()->info(), measured.value());
    return kSuccess;
}

} // namespace atelier::cli
