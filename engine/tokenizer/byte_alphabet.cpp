// SPDX-License-Identifier: MIT
#include "engine/tokenizer/byte_alphabet.h"

#include <array>
#include <cstdint>

namespace atelier {

namespace {

constexpr uint16_t kFirstExtra = 256;
constexpr uint16_t kAlphabetEnd = 256 + 68; // 68 byte values are not printable

constexpr bool standsForItself(uint32_t byte)
{
    return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

struct Alphabet
{
    std::array<uint16_t, 256> characters{};
    std::array<int16_t, kAlphabetEnd> bytes{};
};

constexpr Alphabet makeAlphabet()
{
    Alphabet alphabet;
    for (int16_t& byte : alphabet.bytes) {
        byte = -1;
    }
    uint16_t extra = kFirstExtra;
    for (uint32_t byte = 0; byte < 256; ++byte) {
        const uint16_t character = standsForItself(byte) ? uint16_t(byte) : extra++;
        alphabet.characters[byte] = character;
        alphabet.bytes[character] = int16_t(byte);
    }
    return alphabet;
}

constexpr Alphabet kAlphabet = makeAlphabet();
static_assert(kAlphabet.bytes[kAlphabetEnd - 1] == 173);

} // namespace

std::optional<std::string> bytesFromAlphabet(std::string_view token)
{
    std::string bytes;
    bytes.reserve(token.size());
    for (size_t at = 0; at < token.size(); ++at) {
        uint32_t character = uint8_t(token[at]);
        if (character >= 0x80) { // the alphabet ends below U+0800: two bytes at most
            const bool isPair = (character & 0xE0u) == 0xC0u && at + 1 < token.size() &&
                                (uint8_t(token[at + 1]) & 0xC0u) == 0x80u;
            if (!isPair) {
                return std::nullopt;
            }
            ++at;
            character = (character & 0x1Fu) << 6 | (uint8_t(token[at]) & 0x3Fu);
        }
        if (character >= kAlphabetEnd || kAlphabet.bytes[character] < 0) {
            return std::nullopt;
        }
        bytes += char(kAlphabet.bytes[character]);
    }
    return bytes;
}

std::string bytesToAlphabet(std::string_view bytes)
{
    std::string token;
    token.reserve(bytes.size() + bytes.size() / 4);
    for (const char byte : bytes) {
        const uint16_t character = kAlphabet.characters[uint8_t(byte)];
        if (character < 0x80) {
            token += char(character);
        } else {
            token += char(0xC0u | character >> 6);
            token += char(0x80u | (character & 0x3Fu));
        }
    }
    return token;
}

} // namespace atelier
