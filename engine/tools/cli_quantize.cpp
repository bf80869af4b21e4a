// SPDX-License-Identifier: MIT
// atelier-cli quantize: a smaller copy of a model.
#include "engine/base/text.h"
#include "engine/quantize/quantize_model.h"
#include "engine/tools/cli.h"
#include "engine/tools/cli_options.h"

#include <chrono>
#include <cstdio>
#include <filesystem>

namespace atelier::cli {

namespace {

constexpr std::string_view kValues[] = {"--type", "--threads"};
constexpr std::string_view kFlags[] = {"--overwrite"};
constexpr double kReportedSteps = 10; // lines of progress

struct QuantizeCommand
{
    std::filesystem::path source;
    std::filesystem::path destination;
    QuantizeOptions options;
};

Result<QuantizeCommand> parse(std::span<char* const> words)
{
    const auto arguments = Arguments::parse(words, {kValues, kFlags});
    if (!arguments) {
        return arguments.error();
    }
    const Arguments& given = arguments.value();
    const auto type = given.value("--type");
    if (given.positional().size() != 2 || !type) {
        return Error{ErrorCode::InvalidUse,
            "quantize needs a model SRC, a file DST to write, and --type TYPE."};
    }
    const auto threads = given.integer("--threads", 0, 1, 1024);
    if (!threads) {
        return threads.error();
    }
    return QuantizeCommand{given.positional()[0],
        given.positional()[1],
        {*type, uint32_t(threads.value()), given.has("--overwrite")}};
}

} // namespace

int runQuantize(std::span<char* const> words)
{
    const auto command = parse(words);
    if (!command) {
        return usage(command.error().message);
    }
    const StopOnInterrupt interrupt;
    const auto source = openModel(command.value().source);
    if (!source) {
        return fail(source.error());
    }
    const auto start = std::chrono::steady_clock::now();
    int reported = 0;
    const auto summary = quantizeModel(
        source.value(),
        command.value().destination,
        command.value().options,
        [&reported](const QuantizeProgress& progress) {
            const int step = int(progress.fraction * kReportedSteps);
            if (step > reported) {
                reported = step;
                std::printf("%3.0f %%  tensor %zu of %zu\n",
                    100.0 * progress.fraction,
                    progress.number,
                    progress.tensors);
                std::fflush(stdout);
            }
        },
        interrupt.token());
    if (!summary) {
        return fail(summary.error());
    }
    const QuantizeSummary& facts = summary.value();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (facts.wasQuantized) {
        std::printf("The source was quantized already: its lost precision does not come back.\n");
    }
    if (facts.fallbacks > 0) {
        std::printf(
            "%zu tensors have rows that need a format of smaller blocks.\n", facts.fallbacks);
    }
    std::printf("%s: %s, %.2f bits per weight, %.1f s\n",
        shownName(fileNameUtf8(command.value().destination)).c_str(),
        readableBytes(facts.bytes).c_str(),
        8.0 * double(facts.bytes) / double(facts.parameters),
        seconds.count());
    return kSuccess;
}

} // namespace atelier::cli
