// SPDX-License-Identifier: MIT
// Options that several commands of atelier-cli share, and Ctrl+C.
#pragma once

#include "engine/api/model.h"
#include "engine/tools/cli.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>
#include <vector>

namespace atelier::cli {

// Reads --backend, --threads, --isa and --exact.
Result<LoadOptions> loadOptions(const Arguments& arguments, std::string_view defaultBackend);
// Reads --context, --kv, --chunk, --yarn and what goes with it, --rope-base and --rope-linear.
Result<SessionOptions> sessionOptions(const Arguments& arguments, CacheType defaultCache);
// Reads --greedy, --temperature, --top-k and so on, down to --logit-bias.
Result<SamplingOptions> samplingOptions(const Arguments& arguments);

// Whitespace-separated token ids. InvalidFormat names the word that is none.
Result<std::vector<int32_t>> parseTokenIds(std::string_view text);

// While it lives, the first Ctrl+C asks token() to stop; a second one ends the program as usual.
//
// Threads: one at a time in a process, because a process has one signal handler.
class StopOnInterrupt
{
public:
    StopOnInterrupt();
    ~StopOnInterrupt();
    StopOnInterrupt(const StopOnInterrupt&) = delete;
    StopOnInterrupt& operator=(const StopOnInterrupt&) = delete;

    std::stop_token token() const { return m_stop.get_token(); }

private:
    std::stop_source m_stop;
    std::jthread m_watcher; // a signal handler may do almost nothing; this thread does it
};

} // namespace atelier::cli
