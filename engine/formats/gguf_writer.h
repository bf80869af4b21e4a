// SPDX-License-Identifier: MIT
// Metadata in the form of GGUF, put together in memory: for model files whose metadata is made up
// from other ones, and for the head of a file to be written.
#pragma once

#include "engine/formats/gguf_metadata.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atelier::gguf {

// Appends little-endian numbers and strings.
class ByteSink
{
public:
    template <class T>
    void number(T value)
    {
        const auto* bytes = reinterpret_cast<const std::byte*>(&value);
        m_bytes.insert(m_bytes.end(), bytes, bytes + sizeof value);
    }
    void raw(std::span<const std::byte> bytes)
    {
        m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
    }
    void string(std::string_view text) // with its length before it
    {
        number(uint64_t(text.size()));
        raw(std::as_bytes(std::span(text.data(), text.size())));
    }
    void padTo(uint64_t alignment)
    {
        m_bytes.resize((m_bytes.size() + alignment - 1) / alignment * alignment);
    }

    const std::vector<std::byte>& bytes() const { return m_bytes; }
    std::vector<std::byte> take() { return std::move(m_bytes); }

private:
    std::vector<std::byte> m_bytes;
};

// Every key may be written once.
class MetadataWriter
{
public:
    void u32(std::string_view key, uint32_t value) { scalar(key, ValueType::U32, value); }
    void f32(std::string_view key, float value) { scalar(key, ValueType::F32, value); }
    void boolean(std::string_view key, bool value) { scalar(key, ValueType::Bool, uint8_t(value)); }
    void string(std::string_view key, std::string_view value)
    {
        begin(key, ValueType::String);
        m_sink.string(value);
    }
    template <class Strings> // a range of what converts to std::string_view
    void strings(std::string_view key, const Strings& values)
    {
        beginArray(key, ValueType::String, std::size(values));
        for (const std::string_view value : values) {
            m_sink.string(value);
        }
    }
    void i32s(std::string_view key, std::span<const int32_t> values)
    {
        beginArray(key, ValueType::I32, values.size());
        m_sink.raw(std::as_bytes(values));
    }
    void stored(std::string_view key, const StoredValue& value)
    {
        begin(key, ValueType(value.type));
        m_sink.raw(value.bytes);
    }

    uint64_t keys() const { return m_keys; }
    const std::vector<std::byte>& bytes() const { return m_sink.bytes(); }
    std::vector<std::byte> take() { return m_sink.take(); }

private:
    void begin(std::string_view key, ValueType type)
    {
        ++m_keys;
        m_sink.string(key);
        m_sink.number(uint32_t(type));
    }
    void beginArray(std::string_view key, ValueType elements, size_t count)
    {
        begin(key, ValueType::Array);
        m_sink.number(uint32_t(elements));
        m_sink.number(uint64_t(count));
    }
    template <class T>
    void scalar(std::string_view key, ValueType type, T value)
    {
        begin(key, type);
        m_sink.number(value);
    }

    ByteSink m_sink;
    uint64_t m_keys = 0;
};

} // namespace atelier::gguf
