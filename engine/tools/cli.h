// SPDX-License-Identifier: MIT
// atelier-cli: what its commands share. design.md 3 is the contract.
#pragma once

#include "engine/base/result.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atelier::cli {

inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1; // one clear line on stderr
inline constexpr int kUsage = 2;

// Command line after the command's name, split into positional words and --options. Commands
// declare what they know; anything else is wrong usage.
class Arguments
{
public:
    struct Known
    {
        std::span<const std::string_view> values; // "--prompt": takes the next word
        std::span<const std::string_view> flags;  // "--json": takes none
    };
    static Result<Arguments> parse(std::span<char* const> words, const Known& known);

    const std::vector<std::string>& positional() const { return m_positional; }
    bool has(std::string_view flag) const;
    std::optional<std::string> value(std::string_view option) const;
    std::vector<std::string> values(std::string_view option) const; // every time it was given
    // InvalidUse when the value is no number in [low, high].
    Result<int64_t> integer(
        std::string_view option, int64_t fallback, int64_t low, int64_t high) const;
    Result<double> number(std::string_view option, double fallback, double low, double high) const;

private:
    std::vector<std::string> m_positional;
    std::vector<std::pair<std::string, std::string>> m_values;
    std::vector<std::string> m_flags;
};

int fail(const Error& error);        // prints one line, returns kFailure, or kUsage for InvalidUse
int usage(std::string_view message); // prints it and the command's usage hint, returns kUsage
Result<std::string> readTextFile(const std::string& path); // Io with the reason

// One per command, each in a file of its own (cli_inspect.cpp, ...).
int runInspect(std::span<char* const> words);
int runTemplate(std::span<char* const> words);
int runTokenize(std::span<char* const> words);
int runDetokenize(std::span<char* const> words);
int runLogits(std::span<char* const> words);
int runGenerate(std::span<char* const> words);
int runBench(std::span<char* const> words);
int runQuantize(std::span<char* const> words);
int runDevices(std::span<char* const> words);
int runCheck(std::span<char* const> words);

} // namespace atelier::cli
