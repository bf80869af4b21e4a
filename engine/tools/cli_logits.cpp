// SPDX-License-Identifier: MIT
// atelier-cli logits: the numbers behind a model's next-token choice, for every token of a file.
#include "engine/tools/cli.h"
#include "engine/tools/cli_options.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace atelier::cli {

namespace {

constexpr std::string_view kValues[] = {"--tokens",
    "--out",
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
constexpr std::string_view kFlags[] = {"--exact"};

// NumPy's .npy format, version 1.0: magic, length of the header, header padded to 64 bytes, data.
Status writeNpy(const std::string& path, std::span<const float> values, size_t rows)
{
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                         std::to_string(rows) + ", " + std::to_string(values.size() / rows) +
                         "), }";
    constexpr size_t kBefore = 10;
    header.resize((kBefore + header.size() + 1 + 63) / 64 * 64 - kBefore - 1, ' ');
    header += '\n';
    const char start[kBefore] = {'\x93',
        'N',
        'U',
        'M',
        'P',
        'Y',
        1,
        0,
        char(header.size() & 0xff),
        char(header.size() >> 8)};
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(start, sizeof start);
    file.write(header.data(), std::streamsize(header.size()));
    file.write(reinterpret_cast<const char*>(values.data()), std::streamsize(values.size_bytes()));
    if (!file.flush()) {
        return Error{ErrorCode::Io, path + " cannot be written."};
    }
    return Done{};
}

struct LogitsCommand
{
    std::string model;
    std::string out;
    std::vector<int32_t> tokens;
    LoadOptions load;
    SessionOptions session;
};

Result<LogitsCommand> parse(std::span<char* const> words)
{
    const auto arguments = Arguments::parse(words, {kValues, kFlags});
    if (!arguments) {
        return arguments.error();
    }
    const Arguments& given = arguments.value();
    const auto tokensFile = given.value("--tokens");
    const auto out = given.value("--out");
    if (given.positional().size() != 1 || !tokensFile || !out) {
        return Error{ErrorCode::InvalidUse, "logits needs a MODEL, --tokens FILE and --out FILE."};
    }
    const auto load = loadOptions(given, "cpu");
    if (!load) {
        return load.error();
    }
    const auto session = sessionOptions(given, CacheType::F32);
    if (!session) {
        return session.error();
    }
    const auto text = readTextFile(*tokensFile);
    if (!text) {
        return text.error();
    }
    auto tokens = parseTokenIds(text.value());
    if (!tokens) {
        return tokens.error();
    }
    LogitsCommand command{
        given.positional()[0], *out, tokens.take(), load.value(), session.value()};
    if (command.session.yarnMode == YarnMode::Auto) {
        return Error{ErrorCode::InvalidUse, "--yarn auto is for generate; write off or a factor."};
    }
    command.session.contextTokens = uint32_t(command.tokens.size());
    return command;
}

} // namespace

int runLogits(std::span<char* const> words)
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
    const auto& tokens = command.value().tokens;
    const auto logits = session.value()->logits(tokens, interrupt.token());
    if (!logits) {
        return fail(logits.error());
    }
    if (const Status written = writeNpy(command.value().out, logits.value(), tokens.size());
        !written) {
        return fail(written.error());
    }
    return kSuccess;
}

} // namespace atelier::cli
