// SPDX-License-Identifier: MIT
#include "engine/api/session_file.h"

#include "engine/base/checksum.h"
#include "engine/base/text.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace atelier {

namespace {

constexpr std::string_view kMagic = "ATELIERS";
constexpr uint32_t kVersion = 1;
constexpr size_t kHeaderBytes = 40;
// Above any model there is (hyperparameters.cpp), so that products below cannot overflow.
constexpr uint32_t kMaxLayers = 1024;
constexpr uint32_t kMaxHeads = 4096;
constexpr uint32_t kMaxHeadDim = 1024;
constexpr uint32_t kMaxTokens = 1u << 26;
// Between questions to a stop token: 4 ms at 2 GB/s.
constexpr size_t kPieceBytes = size_t(8) << 20;

class Writer
{
public:
    template <class T>
    void number(const T& value)
    {
        bytes(std::as_bytes(std::span(&value, 1)));
    }
    template <class T>
    void list(const T& values)
    {
        number(uint64_t(values.size()));
        bytes(std::as_bytes(std::span(values)));
    }
    void bytes(std::span<const std::byte> value)
    {
        m_bytes.insert(m_bytes.end(), value.begin(), value.end());
    }
    std::vector<std::byte> take() { return std::move(m_bytes); }

private:
    std::vector<std::byte> m_bytes;
};

// Reads what Writer wrote; after the first thing that does not fit, everything is empty.
class Reader
{
public:
    explicit Reader(std::span<const std::byte> bytes) : m_left(bytes) {}

    template <class T>
    T number()
    {
        T value{};
        const auto from = take(sizeof(T));
        if (!from.empty()) {
            std::memcpy(&value, from.data(), sizeof(T));
        }
        return value;
    }
    template <class T>
    T list()
    {
        using Item = typename T::value_type;
        const auto count = number<uint64_t>();
        T values;
        if (count > m_left.size() / sizeof(Item)) {
            m_failed = true;
            return values;
        }
        const auto from = take(size_t(count) * sizeof(Item));
        values.resize(from.size() / sizeof(Item));
        if (!from.empty()) {
            std::memcpy(values.data(), from.data(), from.size());
        }
        return values;
    }
    size_t left() const { return m_left.size(); }
    bool failed() const { return m_failed; }

private:
    std::span<const std::byte> take(size_t count)
    {
        m_failed = m_failed || count > m_left.size();
        if (m_failed) {
            return {};
        }
        const auto taken = m_left.first(count);
        m_left = m_left.subspan(count);
        return taken;
    }

    std::span<const std::byte> m_left;
    bool m_failed = false;
};

Error damaged(const std::filesystem::path& path)
{
    return Error{ErrorCode::InvalidFormat,
        "The saved conversation state " + utf8(path) +
            " is damaged. The conversation itself is not in it, and can be read again."};
}

Error stopped()
{
    return Error{ErrorCode::Cancelled, "Stopped."};
}

bool isWithin(uint32_t value, uint32_t high)
{
    return value >= 1 && value <= high;
}

std::array<std::byte, kHeaderBytes> header(std::span<const std::byte> record, uint64_t cacheBytes)
{
    std::array<std::byte, kHeaderBytes> bytes{};
    const uint64_t recordBytes = record.size();
    std::memcpy(bytes.data(), kMagic.data(), kMagic.size());
    std::memcpy(bytes.data() + 8, &kVersion, sizeof kVersion);
    std::memcpy(bytes.data() + 16, &recordBytes, sizeof recordBytes);
    std::memcpy(bytes.data() + 24, &cacheBytes, sizeof cacheBytes);
    Checksum checksum;
    checksum.update(std::span(bytes).first(32));
    checksum.update(record);
    const uint64_t value = checksum.value();
    std::memcpy(bytes.data() + 32, &value, sizeof value);
    return bytes;
}

} // namespace

std::vector<std::byte> encodeSessionRecord(const SessionRecord& record)
{
    Writer writer;
    writer.number(record.model);
    writer.number(uint32_t(record.cache.type));
    writer.number(record.cache.layers);
    writer.number(record.cache.heads);
    writer.number(record.cache.headDim);
    writer.number(record.yarnFactor);
    writer.number(record.magnitude);
    writer.list(record.frequencies);
    writer.list(record.tokens);
    writer.number(uint64_t(record.replies.size()));
    for (const SessionRecord::Reply& reply : record.replies) {
        writer.list(reply.text);
        writer.list(reply.tokens);
    }
    return writer.take();
}

Result<SessionRecord> decodeSessionRecord(std::span<const std::byte> bytes)
{
    Reader reader(bytes);
    SessionRecord record;
    record.model = reader.number<uint64_t>();
    const auto type = reader.number<uint32_t>();
    record.cache.layers = reader.number<uint32_t>();
    record.cache.heads = reader.number<uint32_t>();
    record.cache.headDim = reader.number<uint32_t>();
    record.yarnFactor = reader.number<double>();
    record.magnitude = reader.number<float>();
    record.frequencies = reader.list<std::vector<float>>();
    record.tokens = reader.list<std::vector<int32_t>>();
    const auto replies = reader.number<uint64_t>();
    for (uint64_t i = 0; i < replies && !reader.failed(); ++i) {
        auto text = reader.list<std::string>();
        record.replies.push_back({std::move(text), reader.list<std::vector<int32_t>>()});
    }
    const size_t tokens = record.tokens.size();
    if (reader.failed() || reader.left() > 0 || type > uint32_t(KvType::Q8_0) ||
        !isWithin(record.cache.layers, kMaxLayers) || !isWithin(record.cache.heads, kMaxHeads) ||
        !isWithin(record.cache.headDim, kMaxHeadDim) || tokens < 1 || tokens > kMaxTokens) {
        return Error{ErrorCode::InvalidFormat, "The record of a saved session is damaged."};
    }
    record.cache.type = KvType(type);
    record.cache.slots = uint32_t(tokens);
    return record;
}

Status writeSessionFile(const std::filesystem::path& path,
    const SessionRecord& record,
    const std::function<Status(uint32_t layer, std::span<std::byte>, std::span<std::byte>)>& rows,
    std::stop_token stop)
{
    auto file = FileReplacement::create(path);
    if (!file) {
        return file.error();
    }
    const auto encoded = encodeSessionRecord(record);
    if (auto written = file.value().write(header(encoded, record.cacheBytes())); !written) {
        return written;
    }
    if (auto written = file.value().write(encoded); !written) {
        return written;
    }
    Checksum checksum;
    std::vector<std::byte> keys(record.tokens.size() * kvRowBytes(record.cache));
    std::vector<std::byte> values(keys.size());
    for (uint32_t layer = 0; layer < record.cache.layers; ++layer) {
        if (stop.stop_requested()) {
            return stopped();
        }
        if (auto read = rows(layer, keys, values); !read) {
            return read;
        }
        for (const auto* part : {&keys, &values}) {
            checksum.update(*part);
            if (auto written = file.value().write(*part); !written) {
                return written;
            }
        }
    }
    const uint64_t sum = checksum.value();
    if (auto written = file.value().write(std::as_bytes(std::span(&sum, 1))); !written) {
        return written;
    }
    return file.value().commit();
}

Result<SessionFile> SessionFile::open(const std::filesystem::path& path)
{
    auto mapped = MappedFile::open(path);
    if (!mapped) {
        return mapped.error();
    }
    const auto bytes = mapped.value().bytes();
    if (bytes.size() < kMagic.size() ||
        std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) {
        return Error{ErrorCode::InvalidFormat, utf8(path) + " is not a saved conversation state."};
    }
    if (bytes.size() < kHeaderBytes) {
        return damaged(path);
    }
    Reader reader(bytes.subspan(kMagic.size()));
    const auto version = reader.number<uint32_t>();
    reader.number<uint32_t>();
    const auto recordBytes = reader.number<uint64_t>();
    const auto cacheBytes = reader.number<uint64_t>();
    if (version != kVersion) {
        return Error{ErrorCode::Unsupported,
            utf8(path) + " was saved as version " + std::to_string(version) +
                " of its format; this build reads version " + std::to_string(kVersion) + "."};
    }
    const size_t rest = bytes.size() - kHeaderBytes;
    if (rest < sizeof(uint64_t) || recordBytes > rest - sizeof(uint64_t) ||
        cacheBytes != rest - sizeof(uint64_t) - recordBytes) {
        return damaged(path);
    }
    const auto encoded = bytes.subspan(kHeaderBytes, size_t(recordBytes));
    const auto expected = header(encoded, cacheBytes);
    if (!std::equal(expected.begin(), expected.end(), bytes.begin())) {
        return damaged(path);
    }
    auto record = decodeSessionRecord(encoded);
    if (!record || record.value().cacheBytes() != cacheBytes) {
        return damaged(path);
    }
    return SessionFile(path, mapped.take(), record.take(), kHeaderBytes + size_t(recordBytes));
}

Status SessionFile::verify(std::stop_token stop) const
{
    auto left = m_file.bytes().subspan(m_firstRow, size_t(m_record.cacheBytes()));
    Checksum checksum;
    while (!left.empty()) {
        if (stop.stop_requested()) {
            return stopped();
        }
        const size_t count = std::min(left.size(), kPieceBytes);
        checksum.update(left.first(count));
        left = left.subspan(count);
    }
    uint64_t expected = 0;
    std::memcpy(&expected, m_file.bytes().last(sizeof expected).data(), sizeof expected);
    return checksum.value() == expected ? Status(Done{}) : Status(damaged(m_path));
}

} // namespace atelier
