// SPDX-License-Identifier: MIT
// The typed keys of a GGUF file. Values stay in the file; only their places are kept.
#pragma once

#include "engine/formats/gguf_source.h"
#include "engine/formats/model_file.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atelier::gguf {

// Numbered by the GGUF specification.
enum class ValueType : uint32_t {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    Bool,
    String,
    Array,
    U64,
    I64,
    F64,
};

// Files of language models have some dozens of keys; this allows a thousand times more.
inline constexpr uint64_t kMaxKeys = 65'536;

struct Entry
{
    std::string_view key;
    ValueType type = ValueType::U8;
    ValueType elementType = ValueType::U8; // of an array
    uint64_t count = 1;                    // elements of an array
    uint64_t at = 0;                       // of the value; of an array's first element
    uint64_t valueBegin = 0;               // of all that is stored for the value
    uint64_t valueEnd = 0;
};

// Threads: thread-safe; nothing changes after reading.
class Metadata
{
public:
    // Reads `count` keys at the cursor and leaves it behind them.
    static Result<Metadata> read(const Source& source, Cursor& cursor, uint64_t count);

    const std::vector<Entry>& entries() const { return m_entries; } // in file order
    const Entry* find(std::string_view key) const;

    std::optional<std::string_view> string(std::string_view key) const;
    std::optional<uint64_t> unsignedInteger(std::string_view key) const;
    std::optional<int64_t> integer(std::string_view key) const;
    std::optional<double> number(std::string_view key) const;
    std::optional<bool> boolean(std::string_view key) const;
    std::optional<std::vector<std::string_view>> strings(std::string_view key) const;
    std::optional<std::vector<int32_t>> integers(std::string_view key) const;
    std::optional<std::vector<float>> numbers(std::string_view key) const;

    std::optional<StoredValue> stored(std::string_view key) const;

private:
    const Entry* findArray(std::string_view key) const;

    std::span<const std::byte> m_bytes;
    std::vector<Entry> m_entries;
    std::vector<uint32_t> m_byKey; // indices of m_entries, sorted by key
};

} // namespace atelier::gguf
