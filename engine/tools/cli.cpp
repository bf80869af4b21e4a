// SPDX-License-Identifier: MIT
#include "engine/tools/cli.h"

#include "engine/base/text.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace atelier::cli {

namespace {

template <class T>
Error notInRange(std::string_view option, const std::string& value, T low, T high)
{
    return Error{ErrorCode::InvalidUse,
        std::string(option) + " is " + shownName(value) + "; it must be a number from " +
            std::to_string(low) + " to " + std::to_string(high) + "."};
}

bool contains(std::span<const std::string_view> names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

Result<Arguments> Arguments::parse(std::span<char* const> words, const Known& known)
{
    Arguments arguments;
    bool optionsEnded = false;
    for (size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (optionsEnded || !word.starts_with("--")) {
            arguments.m_positional.emplace_back(word);
            continue;
        }
        if (word == "--") {
            optionsEnded = true;
            continue;
        }
        const size_t equals = word.find('=');
        const std::string_view name = word.substr(0, equals);
        const bool hasInlineValue = equals != std::string_view::npos;
        if (contains(known.flags, name) && !hasInlineValue) {
            arguments.m_flags.emplace_back(name);
        } else if (!contains(known.values, name)) {
            return Error{
                ErrorCode::InvalidUse, "The option " + shownName(word) + " is not known here."};
        } else if (hasInlineValue) {
            arguments.m_values.emplace_back(name, word.substr(equals + 1));
        } else if (i + 1 < words.size()) {
            arguments.m_values.emplace_back(name, words[++i]);
        } else {
            return Error{ErrorCode::InvalidUse, std::string(name) + " needs a value."};
        }
    }
    return arguments;
}

bool Arguments::has(std::string_view flag) const
{
    return std::find(m_flags.begin(), m_flags.end(), flag) != m_flags.end();
}

std::optional<std::string> Arguments::value(std::string_view option) const
{
    for (auto it = m_values.rbegin(); it != m_values.rend(); ++it) { // the last one given wins
        if (it->first == option) {
            return it->second;
        }
    }
    return std::nullopt;
}

std::vector<std::string> Arguments::values(std::string_view option) const
{
    std::vector<std::string> values;
    for (const auto& [name, given] : m_values) {
        if (name == option) {
            values.push_back(given);
        }
    }
    return values;
}

Result<int64_t> Arguments::integer(
    std::string_view option, int64_t fallback, int64_t low, int64_t high) const
{
    const auto text = value(option);
    if (!text) {
        return fallback;
    }
    int64_t number = 0;
    const char* end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || number < low || number > high) {
        return notInRange(option, *text, low, high);
    }
    return number;
}

Result<double> Arguments::number(
    std::string_view option, double fallback, double low, double high) const
{
    const auto text = value(option);
    if (!text) {
        return fallback;
    }
    double number = 0;
    const char* end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || !(number >= low && number <= high)) {
        return notInRange(option, *text, low, high);
    }
    return number;
}

int fail(const Error& error)
{
    std::fprintf(stderr, "atelier-cli: %s\n", error.message.c_str());
    return error.code == ErrorCode::InvalidUse ? kUsage : kFailure;
}

int usage(std::string_view message)
{
    std::fprintf(stderr,
        "atelier-cli: %.*s Run `atelier-cli --help` for the options.\n",
        int(message.size()),
        message.data());
    return kUsage;
}

Result<std::string> readTextFile(const std::string& path)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        return Error{ErrorCode::Io, path + " is a folder, not a file."};
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return Error{ErrorCode::Io, path + " cannot be opened for reading."};
    }
    std::string text(std::istreambuf_iterator<char>(file), {});
    if (file.bad()) {
        return Error{ErrorCode::Io, path + " cannot be read to its end."};
    }
    return text;
}

} // namespace atelier::cli
