// SPDX-License-Identifier: MIT
#include "engine/tools/cli_options.h"

#include "engine/base/text.h"

#include <charconv>
#include <chrono>
#include <csignal>

namespace atelier::cli {

namespace {

// The one global of the program: a signal handler is handed nothing.
volatile std::sig_atomic_t interrupted = 0;

void onInterrupt(int signal)
{
    interrupted = 1;
    std::signal(signal, SIG_DFL);
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
    options.exact = arguments.has("--exact");
    return options;
}

Result<CacheType> cacheType(const Arguments& arguments, CacheType fallback)
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

Result<std::optional<YarnOptions>> yarnOptions(const Arguments& arguments)
{
    const auto text = arguments.value("--yarn");
    if (!text) {
        return std::optional<YarnOptions>();
    }
    YarnOptions yarn;
    const char* end = text->data() + text->size();
    auto parsed = std::from_chars(text->data(), end, yarn.factor);
    if (parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == ':') {
        parsed = std::from_chars(parsed.ptr + 1, end, yarn.originalContext);
    }
    if (parsed.ec != std::errc() || parsed.ptr != end || !(yarn.factor >= 1.0)) {
        return Error{ErrorCode::InvalidUse,
            "--yarn is " + shownName(*text) +
                "; write a factor of at least 1, or FACTOR:ORIGINAL_CONTEXT, as in 4:32768."};
    }
    return std::optional(yarn);
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
    interrupted = 0;
    std::signal(SIGINT, onInterrupt);
    m_watcher = std::jthread([stop = m_stop](std::stop_token ended) mutable {
        while (!ended.stop_requested()) {
            if (interrupted != 0) {
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
