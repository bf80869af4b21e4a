// SPDX-License-Identifier: MIT
// Reading the bytes of a GGUF file without ever trusting them. Used by gguf*.cpp only.
#pragma once

#include "engine/base/checked_math.h"
#include "engine/base/result.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace atelier::gguf {

static_assert(std::endian::native == std::endian::little, "GGUF is read as it lies in the file");

// The file, and what to call it in messages.
struct Source
{
    std::span<const std::byte> bytes;
    std::string name; // "\"demo.gguf\"", quotes included

    Error invalid(const std::string& what) const; // InvalidFormat: `what` is a sentence's rest
    Error unsupported(const std::string& what) const;
    // Truncated: `field` needs `size` bytes at `offset`, and the file ends before that.
    Error truncated(const std::string& field, uint64_t offset, CheckedSize size) const;
};

// A position in the source. Every read checks what is left first; a failed read moves nothing.
class Cursor
{
public:
    explicit Cursor(std::span<const std::byte> bytes, uint64_t at = 0) : m_bytes(bytes), m_at(at) {}

    uint64_t at() const { return m_at; }
    uint64_t left() const { return m_bytes.size() - m_at; }
    bool has(CheckedSize size) const { return size.fits(left()); }

    bool skip(CheckedSize size)
    {
        if (!has(size)) {
            return false;
        }
        m_at += *size.value();
        return true;
    }

    template <class T>
    std::optional<T> read()
    {
        if (!has(sizeof(T))) {
            return std::nullopt;
        }
        T value;
        std::memcpy(&value, m_bytes.data() + m_at, sizeof value);
        m_at += sizeof value;
        return value;
    }

    // A length of 8 bytes, then that many characters.
    std::optional<std::string_view> readString()
    {
        const uint64_t start = m_at;
        const auto length = read<uint64_t>();
        if (!length || !has(*length)) {
            m_at = start;
            return std::nullopt;
        }
        const auto* characters = reinterpret_cast<const char*>(m_bytes.data() + m_at);
        m_at += *length;
        return std::string_view(characters, size_t(*length));
    }

    // What a string here would need: its length field, and its characters where that can be read.
    CheckedSize stringBytes() const
    {
        Cursor ahead = *this;
        const auto length = ahead.read<uint64_t>();
        return CheckedSize(8) + length.value_or(0);
    }

private:
    std::span<const std::byte> m_bytes;
    uint64_t m_at = 0; // never beyond the end
};

} // namespace atelier::gguf
