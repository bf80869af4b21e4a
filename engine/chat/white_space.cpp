// SPDX-License-Identifier: MIT
#include "engine/chat/white_space.h"

#include <cstddef>
#include <cstdint>

namespace atelier {

namespace {

constexpr std::string_view kWideSpaces[] = {"\xC2\x85", // next line
    "\xC2\xA0",
    "\xE1\x9A\x80",
    "\xE2\x80\x80", // U+2000 to U+200A
    "\xE2\x80\x81",
    "\xE2\x80\x82",
    "\xE2\x80\x83",
    "\xE2\x80\x84",
    "\xE2\x80\x85",
    "\xE2\x80\x86",
    "\xE2\x80\x87",
    "\xE2\x80\x88",
    "\xE2\x80\x89",
    "\xE2\x80\x8A",
    "\xE2\x80\xA8",
    "\xE2\x80\xA9",
    "\xE2\x80\xAF",
    "\xE2\x81\x9F",
    "\xE3\x80\x80"};

bool isNarrowSpace(char c)
{
    const auto byte = uint8_t(c);
    return byte == ' ' || (byte >= 0x09 && byte <= 0x0D) || (byte >= 0x1C && byte <= 0x1F);
}

size_t spaceAtStart(std::string_view text)
{
    if (!text.empty() && isNarrowSpace(text.front())) {
        return 1;
    }
    for (const std::string_view space : kWideSpaces) {
        if (text.starts_with(space)) {
            return space.size();
        }
    }
    return 0;
}

size_t spaceAtEnd(std::string_view text)
{
    if (!text.empty() && isNarrowSpace(text.back())) {
        return 1;
    }
    for (const std::string_view space : kWideSpaces) {
        if (text.ends_with(space)) {
            return space.size();
        }
    }
    return 0;
}

} // namespace

std::string_view stripped(std::string_view text)
{
    for (size_t bytes = spaceAtStart(text); bytes > 0; bytes = spaceAtStart(text)) {
        text.remove_prefix(bytes);
    }
    for (size_t bytes = spaceAtEnd(text); bytes > 0; bytes = spaceAtEnd(text)) {
        text.remove_suffix(bytes);
    }
    return text;
}

} // namespace atelier
