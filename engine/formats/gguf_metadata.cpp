// SPDX-License-Identifier: MIT
#include "engine/formats/gguf_metadata.h"

#include "engine/base/text.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <variant>

namespace atelier::gguf {

namespace {

constexpr uint64_t kMaxKeyBytes = 65'535;          // the specification's limit
constexpr uint64_t kMinEntryBytes = 8 + 1 + 4 + 1; // key length, key, type, value
constexpr uint64_t kMinStringBytes = 8;
constexpr uint64_t kMinArrayBytes = 4 + 8;
constexpr int kMaxArrayDepth = 4; // no known file nests arrays at all

std::string keyField(std::string_view key)
{
    return "the metadata key " + shownName(key);
}

// Zero for strings and arrays, whose size is in the file.
uint64_t fixedBytes(ValueType type)
{
    switch (type) {
    case ValueType::U8:
    case ValueType::I8:
    case ValueType::Bool:
        return 1;
    case ValueType::U16:
    case ValueType::I16:
        return 2;
    case ValueType::U32:
    case ValueType::I32:
    case ValueType::F32:
        return 4;
    case ValueType::U64:
    case ValueType::I64:
    case ValueType::F64:
        return 8;
    case ValueType::String:
    case ValueType::Array:
        return 0;
    }
    return 0;
}

// Walks over values, checking them.
class ValueWalker
{
public:
    ValueWalker(const Source& source, Cursor& cursor, std::string_view key)
        : m_source(source),
          m_cursor(cursor),
          m_key(key)
    {
    }

    Result<ValueType> readType()
    {
        const auto number = m_cursor.read<uint32_t>();
        if (!number) {
            return truncated(4);
        }
        if (*number > uint32_t(ValueType::F64)) {
            return m_source.invalid(keyField(m_key) + " has the value type " +
                                    std::to_string(*number) + "; the known types are 0 to 12.");
        }
        return ValueType(*number);
    }

    Result<uint64_t> readCount()
    {
        const auto count = m_cursor.read<uint64_t>();
        if (!count) {
            return truncated(8);
        }
        return *count;
    }

    Status skip(ValueType type, uint64_t count, int depth)
    {
        if (type == ValueType::String) {
            return skipStrings(count);
        }
        if (type == ValueType::Array) {
            return skipArrays(count, depth);
        }
        const uint64_t start = m_cursor.at();
        const CheckedSize size = CheckedSize(fixedBytes(type)) * count;
        if (!m_cursor.skip(size)) {
            return truncated(size);
        }
        return type == ValueType::Bool ? checkBooleans(start, count) : Done{};
    }

private:
    Error truncated(CheckedSize size) const
    {
        return m_source.truncated(keyField(m_key), m_cursor.at(), size);
    }

    Status skipStrings(uint64_t count)
    {
        // A count that cannot be true is refused before the walk.
        if (const auto least = CheckedSize(kMinStringBytes) * count; !m_cursor.has(least)) {
            return truncated(least);
        }
        for (uint64_t i = 0; i < count; ++i) {
            const CheckedSize size = m_cursor.stringBytes();
            if (!m_cursor.skip(size)) {
                return truncated(size);
            }
        }
        return Done{};
    }

    Status skipArrays(uint64_t count, int depth)
    {
        if (depth >= kMaxArrayDepth) {
            return m_source.unsupported(keyField(m_key) + " nests arrays more than " +
                                        std::to_string(kMaxArrayDepth) + " deep.");
        }
        if (const auto least = CheckedSize(kMinArrayBytes) * count; !m_cursor.has(least)) {
            return truncated(least);
        }
        for (uint64_t i = 0; i < count; ++i) {
            const auto type = readType();
            if (!type) {
                return type.error();
            }
            const auto elements = readCount();
            if (!elements) {
                return elements.error();
            }
            if (auto status = skip(type.value(), elements.value(), depth + 1); !status) {
                return status;
            }
        }
        return Done{};
    }

    Status checkBooleans(uint64_t start, uint64_t count) const
    {
        for (const std::byte value : m_source.bytes.subspan(size_t(start), size_t(count))) {
            if (uint8_t(value) > 1) {
                return m_source.invalid(keyField(m_key) + " is a boolean, but its byte is " +
                                        std::to_string(int(value)) + ", neither 0 nor 1.");
            }
        }
        return Done{};
    }

    const Source& m_source;
    Cursor& m_cursor;
    std::string_view m_key;
};

Result<std::string_view> readKey(const Source& source, Cursor& cursor, uint64_t index)
{
    const std::string field = "metadata key number " + grouped(index + 1);
    const CheckedSize size = cursor.stringBytes();
    if (!size.fits(kMaxKeyBytes + 8)) {
        return source.invalid("the name of " + field + " is " + grouped((size - 8).valueOrMax()) +
                              " bytes long; the limit is " + grouped(kMaxKeyBytes) + ".");
    }
    const auto key = cursor.readString();
    if (!key) {
        return source.truncated(field, cursor.at(), size);
    }
    if (key->empty()) {
        return source.invalid(field + " has no name.");
    }
    return *key;
}

Result<Entry> readEntry(const Source& source, Cursor& cursor, uint64_t index)
{
    const auto key = readKey(source, cursor, index);
    if (!key) {
        return key.error();
    }
    Entry entry;
    entry.key = key.value();
    ValueWalker walker(source, cursor, entry.key);
    const auto type = walker.readType();
    if (!type) {
        return type.error();
    }
    entry.type = entry.elementType = type.value();
    entry.valueBegin = cursor.at();
    if (entry.type == ValueType::Array) {
        const auto elementType = walker.readType();
        if (!elementType) {
            return elementType.error();
        }
        const auto count = walker.readCount();
        if (!count) {
            return count.error();
        }
        entry.elementType = elementType.value();
        entry.count = count.value();
    }
    entry.at = cursor.at();
    if (auto status = walker.skip(entry.elementType, entry.count, 1); !status) {
        return status.error();
    }
    entry.valueEnd = cursor.at();
    return entry;
}

using Number = std::variant<std::monostate, uint64_t, int64_t, double>;

Number readNumber(Cursor& cursor, ValueType type)
{
    const auto wide = [](auto value, auto as) -> Number {
        return value ? Number(decltype(as)(*value)) : Number();
    };
    switch (type) {
    case ValueType::U8:
        return wide(cursor.read<uint8_t>(), uint64_t());
    case ValueType::U16:
        return wide(cursor.read<uint16_t>(), uint64_t());
    case ValueType::U32:
        return wide(cursor.read<uint32_t>(), uint64_t());
    case ValueType::U64:
        return wide(cursor.read<uint64_t>(), uint64_t());
    case ValueType::I8:
        return wide(cursor.read<int8_t>(), int64_t());
    case ValueType::I16:
        return wide(cursor.read<int16_t>(), int64_t());
    case ValueType::I32:
        return wide(cursor.read<int32_t>(), int64_t());
    case ValueType::I64:
        return wide(cursor.read<int64_t>(), int64_t());
    case ValueType::F32:
        return wide(cursor.read<float>(), double());
    case ValueType::F64:
        return wide(cursor.read<double>(), double());
    case ValueType::Bool:
    case ValueType::String:
    case ValueType::Array:
        break;
    }
    return {};
}

std::optional<int64_t> asInteger(const Number& number)
{
    if (const auto* value = std::get_if<int64_t>(&number)) {
        return *value;
    }
    if (const auto* value = std::get_if<uint64_t>(&number);
        value && std::in_range<int64_t>(*value)) {
        return int64_t(*value);
    }
    return std::nullopt;
}

std::optional<double> asDouble(const Number& number)
{
    if (const auto* value = std::get_if<double>(&number)) {
        return *value;
    }
    if (const auto* value = std::get_if<int64_t>(&number)) {
        return double(*value);
    }
    if (const auto* value = std::get_if<uint64_t>(&number)) {
        return double(*value);
    }
    return std::nullopt;
}

} // namespace

Result<Metadata> Metadata::read(const Source& source, Cursor& cursor, uint64_t count)
{
    if (count > kMaxKeys) {
        return source.invalid("it announces " + grouped(count) + " metadata keys; the limit is " +
                              grouped(kMaxKeys) + ".");
    }
    if (const auto least = CheckedSize(kMinEntryBytes) * count; !cursor.has(least)) {
        return source.truncated(
            "the list of " + grouped(count) + " metadata keys", cursor.at(), least);
    }
    Metadata metadata;
    metadata.m_bytes = source.bytes;
    metadata.m_entries.reserve(size_t(count));
    for (uint64_t i = 0; i < count; ++i) {
        auto entry = readEntry(source, cursor, i);
        if (!entry) {
            return entry.error();
        }
        metadata.m_entries.push_back(entry.value());
    }

    // Sorting finds duplicates, and then keys, whatever names a file was made of: no hash to flood.
    const auto& entries = metadata.m_entries;
    auto& order = metadata.m_byKey;
    order.resize(entries.size());
    std::iota(order.begin(), order.end(), 0u);
    const auto keyOf = [&entries](uint32_t index) { return entries[index].key; };
    std::ranges::sort(order, {}, keyOf);
    const auto twin = std::ranges::adjacent_find(order, {}, keyOf);
    if (twin != order.end()) {
        return source.invalid(keyField(keyOf(*twin)) + " appears twice.");
    }
    return metadata;
}

const Entry* Metadata::find(std::string_view key) const
{
    const auto keyOf = [this](uint32_t index) { return m_entries[index].key; };
    const auto found = std::ranges::lower_bound(m_byKey, key, {}, keyOf);
    return found != m_byKey.end() && keyOf(*found) == key ? &m_entries[*found] : nullptr;
}

const Entry* Metadata::findArray(std::string_view key) const
{
    const Entry* entry = find(key);
    return entry && entry->type == ValueType::Array ? entry : nullptr;
}

std::optional<std::string_view> Metadata::string(std::string_view key) const
{
    const Entry* entry = find(key);
    if (!entry || entry->type != ValueType::String) {
        return std::nullopt;
    }
    return Cursor(m_bytes, entry->at).readString();
}

std::optional<uint64_t> Metadata::unsignedInteger(std::string_view key) const
{
    const Entry* entry = find(key);
    if (!entry) {
        return std::nullopt;
    }
    Cursor cursor(m_bytes, entry->at);
    const Number number = readNumber(cursor, entry->type);
    if (const auto* value = std::get_if<uint64_t>(&number)) {
        return *value;
    }
    const auto* value = std::get_if<int64_t>(&number);
    return value && *value >= 0 ? std::optional(uint64_t(*value)) : std::nullopt;
}

std::optional<int64_t> Metadata::integer(std::string_view key) const
{
    const Entry* entry = find(key);
    if (!entry) {
        return std::nullopt;
    }
    Cursor cursor(m_bytes, entry->at);
    return asInteger(readNumber(cursor, entry->type));
}

std::optional<double> Metadata::number(std::string_view key) const
{
    const Entry* entry = find(key);
    if (!entry) {
        return std::nullopt;
    }
    Cursor cursor(m_bytes, entry->at);
    return asDouble(readNumber(cursor, entry->type));
}

std::optional<bool> Metadata::boolean(std::string_view key) const
{
    const Entry* entry = find(key);
    if (!entry || entry->type != ValueType::Bool) {
        return std::nullopt;
    }
    const auto value = Cursor(m_bytes, entry->at).read<uint8_t>();
    return value ? std::optional(*value != 0) : std::nullopt;
}

std::optional<StoredValue> Metadata::stored(std::string_view key) const
{
    const Entry* entry = find(key);
    if (!entry) {
        return std::nullopt;
    }
    const size_t size = size_t(entry->valueEnd - entry->valueBegin);
    return StoredValue{uint32_t(entry->type), m_bytes.subspan(size_t(entry->valueBegin), size)};
}

// The arrays below were walked when the file was opened. The mapped file may have changed since,
// so every read is checked again.
std::optional<std::vector<std::string_view>> Metadata::strings(std::string_view key) const
{
    const Entry* entry = findArray(key);
    if (!entry || entry->elementType != ValueType::String) {
        return std::nullopt;
    }
    Cursor cursor(m_bytes, entry->at);
    std::vector<std::string_view> values;
    values.reserve(size_t(entry->count));
    for (uint64_t i = 0; i < entry->count; ++i) {
        const auto value = cursor.readString();
        if (!value) {
            return std::nullopt;
        }
        values.push_back(*value);
    }
    return values;
}

std::optional<std::vector<int32_t>> Metadata::integers(std::string_view key) const
{
    const Entry* entry = findArray(key);
    if (!entry || fixedBytes(entry->elementType) == 0) {
        return std::nullopt;
    }
    Cursor cursor(m_bytes, entry->at);
    std::vector<int32_t> values;
    values.reserve(size_t(entry->count));
    for (uint64_t i = 0; i < entry->count; ++i) {
        const auto value = asInteger(readNumber(cursor, entry->elementType));
        if (!value || !std::in_range<int32_t>(*value)) {
            return std::nullopt;
        }
        values.push_back(int32_t(*value));
    }
    return values;
}

std::optional<std::vector<float>> Metadata::numbers(std::string_view key) const
{
    const Entry* entry = findArray(key);
    if (!entry || fixedBytes(entry->elementType) == 0) {
        return std::nullopt;
    }
    Cursor cursor(m_bytes, entry->at);
    std::vector<float> values;
    values.reserve(size_t(entry->count));
    for (uint64_t i = 0; i < entry->count; ++i) {
        const auto value = asDouble(readNumber(cursor, entry->elementType));
        if (!value) {
            return std::nullopt;
        }
        values.push_back(float(*value));
    }
    return values;
}

} // namespace atelier::gguf
