// SPDX-License-Identifier: MIT
#include "engine/base/text.h"

#include "engine/base/check.h"

#include <array>
#include <cstdio>

namespace atelier {

namespace {

constexpr size_t kQuotedBytes = 80;

uint8_t byteAt(std::string_view text, size_t at)
{
    return uint8_t(text[at]);
}

bool isContinuation(std::string_view text, size_t at)
{
    return at < text.size() && (byteAt(text, at) & 0xC0u) == 0x80u;
}

} // namespace

std::string utf8(const std::filesystem::path& path)
{
    const std::u8string text = path.u8string();
    return std::string(text.begin(), text.end());
}

std::string fileNameUtf8(const std::filesystem::path& path)
{
    return utf8(path.filename());
}

std::string shownName(std::string_view name)
{
    std::string out = "\"";
    for (size_t at = 0; at < name.size();) {
        if (at >= kQuotedBytes) {
            out += "…";
            break;
        }
        const size_t length = utf8SequenceLength(name, at);
        const uint8_t first = byteAt(name, at);
        const bool isControl = first < 0x20 || first == 0x7F ||
                               (length == 2 && first == 0xC2 && byteAt(name, at + 1) < 0xA0);
        if (length == 0 || isControl) {
            out += '?';
        } else {
            out += name.substr(at, length);
        }
        at += length == 0 ? 1 : length;
    }
    return out + '"';
}

std::string grouped(uint64_t number)
{
    std::string digits = std::to_string(number);
    for (size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, 1, ',');
    }
    return digits;
}

std::string readableBytes(uint64_t bytes)
{
    if (bytes < 1024) {
        return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
    }
    static constexpr std::array kUnits{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = double(bytes) / 1024;
    size_t unit = 0;
    while (value >= 1023.95 && unit + 1 < kUnits.size()) { // 1023.95 would print as 1024.0
        value /= 1024;
        ++unit;
    }
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %s", value, kUnits[unit]);
    return text;
}

// The table of well-formed sequences: Unicode 15, table 3-7.
size_t utf8SequenceLength(std::string_view text, size_t at)
{
    check(at < text.size(), "a sequence must start inside the text");
    const uint8_t first = byteAt(text, at);
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xC2 || first > 0xF4 || !isContinuation(text, at + 1)) {
        return 0;
    }
    if (first < 0xE0) {
        return 2;
    }
    const uint8_t second = byteAt(text, at + 1);
    const bool isOverlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool isOutside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
    if (isOverlong || isOutside || !isContinuation(text, at + 2)) {
        return 0;
    }
    if (first < 0xF0) {
        return 3;
    }
    return isContinuation(text, at + 3) ? 4 : 0;
}

} // namespace atelier
