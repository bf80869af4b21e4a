// SPDX-License-Identifier: MIT
#include "engine/tools/cli_options.h"

#include "engine/base/text.h"

#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <limits>

namespace atelier::cli {

namespace {

// The one global of the program: a signal handler is handed nothing. Atomic, because another thread
// reads it.
std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "or a signal handler may not touch it");

// A second interrupt ends the program at once.
void onInterrupt(int signal)
{
    const int error = errno; // of the call that was interrupted
    interrupted.store(true, std::memory_order_relaxed);
    std::signal(signal, SIG_DFL);
    errno = error;
}

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

} // namespace

Result<LoadOptions> loadOptions(const Arguments& arguments, std::string_view defaultBackend)
{
    LoadOptions options;
    options.backend = arguments.value("--backend").value_or(std::string(defaultBackend));
    options.isa = arguments.value("--isa").value_or("");
    const auto threads = arguments.integer("--threads", 0, 1, 1024);
    if (!threads) {
        return threads.error();
    }
    options.threads = uint32_t(threads.value());
    if (arguments.value("--gpu-layers")) {
        const auto layers = arguments.integer("--gpu-layers", 0, 0, 1 << 20);
        if (!layers) {
            return layers.error();
        }
        options.gpuLayers = uint32_t(layers.value());
    }
    options.exact = arguments.has("--exact");
    options.quantize = arguments.value("--quantize").value_or("");
    return options;
}

static Result<CacheType> cacheType(const Arguments& arguments, CacheType fallback)
{
    const auto name = arguments.value("--kv");
    if (!name) {
        return fallback;
    }
    if (*name == "f32") {
        return CacheType::F32;
    }
    if (*name == "f16") {
        return CacheType::F16;
    }
    if (*name == "q8_0") {
        return CacheType::Q8_0;
    }
    return Error{
        ErrorCode::InvalidUse, "--kv is " + shownName(*name) + "; it must be f32, f16 or q8_0."};
}

// FACTOR[:ORIGINAL_CONTEXT]
static Result<YarnOptions> yarnFactor(const std::string& text)
{
    YarnOptions yarn;
    const char* end = text.data() + text.size();
    auto parsed = std::from_chars(text.data(), end, yarn.factor);
    if (parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == ':') {
        parsed = std::from_chars(parsed.ptr + 1, end, yarn.originalContext);
    }
    if (parsed.ec != std::errc() || parsed.ptr != end || !(yarn.factor >= 1.0)) {
        return Error{ErrorCode::InvalidUse,
            "--yarn is " + shownName(text) +
                "; write off, auto, a factor of at least 1, or FACTOR:ORIGINAL_CONTEXT, as in "
                "4:32768."};
    }
    return yarn;
}

static Status readYarn(const Arguments& arguments, SessionOptions& options)
{
    const auto text = arguments.value("--yarn");
    if (text && *text != "off" && *text != "auto") {
        const auto yarn = yarnFactor(*text);
        if (!yarn) {
            return yarn.error();
        }
        options.yarn = yarn.value();
    }
    options.yarnMode = text == "off"    ? YarnMode::Off
                       : text == "auto" ? YarnMode::Auto
                                        : YarnMode::Given;
    constexpr struct
    {
        const char* option;
        std::optional<double> YarnOptions::*value;
        double low;
        double high;
    } kDetails[] = {
        {"--yarn-extrapolation", &YarnOptions::extrapolationFactor, 0.0, 1.0},
        {"--yarn-attention", &YarnOptions::attentionFactor, 1e-3, 1e3},
        {"--yarn-beta-fast", &YarnOptions::betaFast, 1e-3, 1e6},
        {"--yarn-beta-slow", &YarnOptions::betaSlow, 1e-3, 1e6},
    };
    for (const auto& detail : kDetails) {
        if (!arguments.value(detail.option)) {
            continue;
        }
        const auto number = arguments.number(detail.option, 0.0, detail.low, detail.high);
        if (!number) {
            return number.error();
        }
        if (options.yarnMode == YarnMode::Auto && !options.yarn) {
            options.yarn = YarnOptions{};
        }
        if (!options.yarn || options.yarnMode == YarnMode::Off) {
            return Error{ErrorCode::InvalidUse,
                std::string(detail.option) + " goes with --yarn FACTOR or --yarn auto only."};
        }
        (*options.yarn).*detail.value = number.value();
    }
    return Done{};
}

Result<SessionOptions> sessionOptions(const Arguments& arguments, CacheType defaultCache)
{
    SessionOptions options;
    const auto kv = cacheType(arguments, defaultCache);
    if (!kv) {
        return kv.error();
    }
    options.cacheType = kv.value();
    if (const Status yarn = readYarn(arguments, options); !yarn) {
        return yarn.error();
    }
    const auto context = arguments.integer("--context", 0, 1, 1 << 30);
    const auto chunk = arguments.integer("--chunk", 512, 1, 1 << 20);
    for (const auto* result : {&context, &chunk}) {
        if (!*result) {
            return result->error();
        }
    }
    options.contextTokens = uint32_t(context.value());
    options.chunkTokens = uint32_t(chunk.value());
    const auto base = arguments.number("--rope-base", 10000.0, 1.5, 1e12);
    const auto linear = arguments.number("--rope-linear", 1.0, 1.0 / 1024.0, 1024.0);
    for (const auto* result : {&base, &linear}) {
        if (!*result) {
            return result->error();
        }
    }
    if (arguments.value("--rope-base")) {
        options.ropeBase = base.value();
    }
    if (arguments.value("--rope-linear")) {
        options.linearFactor = linear.value();
    }
    return options;
}

// TOKEN:BIAS[,TOKEN:BIAS ...]
static Result<std::vector<LogitBias>> logitBias(const std::string& text)
{
    std::vector<LogitBias> biases;
    const char* at = text.data();
    const char* end = at + text.size();
    while (at < end) {
        LogitBias bias;
        auto parsed = std::from_chars(at, end, bias.token);
        if (parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == ':') {
            parsed = std::from_chars(parsed.ptr + 1, end, bias.bias);
        } else {
            parsed.ec = std::errc::invalid_argument;
        }
        if (parsed.ec != std::errc() || (parsed.ptr != end && *parsed.ptr != ',')) {
            return Error{ErrorCode::InvalidUse,
                "--logit-bias is " + shownName(text) +
                    "; write TOKEN:BIAS, several with commas between, as in 13:-2.5,42:-100."};
        }
        biases.push_back(bias);
        at = parsed.ptr == end ? end : parsed.ptr + 1;
    }
    return biases;
}

Result<SamplingOptions> samplingOptions(const Arguments& arguments)
{
    SamplingOptions options;
    const struct
    {
        const char* option;
        float& value;
        double low;
        double high;
    } numbers[] = {
        {"--temperature", options.temperature, 0.0, 100.0},
        {"--top-p", options.topP, 1e-6, 1.0},
        {"--min-p", options.minP, 0.0, 1.0},
        {"--repetition-penalty", options.repetitionPenalty, 0.1, 10.0},
        {"--presence-penalty", options.presencePenalty, -100.0, 100.0},
        {"--frequency-penalty", options.frequencyPenalty, -100.0, 100.0},
        {"--dry", options.dry.multiplier, 0.0, 100.0},
        {"--dry-base", options.dry.base, 1.0, 100.0},
    };
    for (const auto& number : numbers) {
        const auto parsed =
            arguments.number(number.option, double(number.value), number.low, number.high);
        if (!parsed) {
            return parsed.error();
        }
        number.value = float(parsed.value());
    }
    const auto topK = arguments.integer("--top-k", options.topK, 0, 1 << 30);
    const auto window = arguments.integer("--penalty-window", options.penaltyWindow, 0, 1 << 30);
    const auto allowed = arguments.integer("--dry-allowed", options.dry.allowedLength, 0, 1 << 20);
    const auto dryWindow = arguments.integer("--dry-window", options.dry.window, 0, 1 << 30);
    const auto seed = arguments.integer("--seed", 0, 0, std::numeric_limits<int64_t>::max());
    for (const auto* result : {&topK, &window, &allowed, &dryWindow, &seed}) {
        if (!*result) {
            return result->error();
        }
    }
    options.topK = int32_t(topK.value());
    options.penaltyWindow = uint32_t(window.value());
    options.dry.allowedLength = uint32_t(allowed.value());
    options.dry.window = uint32_t(dryWindow.value());
    if (arguments.value("--seed")) {
        options.seed = uint64_t(seed.value());
    }
    if (arguments.has("--greedy")) {
        options.temperature = 0.0f;
    }
    for (const std::string& text : arguments.values("--logit-bias")) {
        const auto biases = logitBias(text);
        if (!biases) {
            return biases.error();
        }
        options.logitBias.insert(
            options.logitBias.end(), biases.value().begin(), biases.value().end());
    }
    return options;
}

Result<std::vector<int32_t>> parseTokenIds(std::string_view text)
{
    std::vector<int32_t> ids;
    for (size_t at = 0; at < text.size();) {
        if (isSpace(text[at])) {
            ++at;
            continue;
        }
        size_t end = at;
        while (end < text.size() && !isSpace(text[end])) {
            ++end;
        }
        const std::string_view word = text.substr(at, end - at);
        int32_t id = 0;
        const auto parsed = std::from_chars(word.data(), word.data() + word.size(), id);
        if (parsed.ec != std::errc() || parsed.ptr != word.data() + word.size()) {
            return Error{ErrorCode::InvalidFormat, shownName(word) + " is not a token id."};
        }
        ids.push_back(id);
        at = end;
    }
    return ids;
}

StopOnInterrupt::StopOnInterrupt()
{
    interrupted.store(false, std::memory_order_relaxed);
    std::signal(SIGINT, onInterrupt);
    m_watcher = std::jthread([stop = m_stop](std::stop_token ended) mutable {
        while (!ended.stop_requested()) {
            if (interrupted.load(std::memory_order_relaxed)) {
                stop.request_stop();
                return;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    });
}

StopOnInterrupt::~StopOnInterrupt()
{
    std::signal(SIGINT, SIG_DFL);
}

} // namespace atelier::cli
