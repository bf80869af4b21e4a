// SPDX-License-Identifier: MIT
// The file a session is saved in.
//
//   bytes  0 ..  7   "ATELIERS"
//          8 .. 11   version, 1
//         12 .. 15   zero
//         16 .. 23   size of the record
//         24 .. 31   size of the cache rows
//         32 .. 39   checksum of bytes 0 .. 31 and the record
//   record           SessionRecord
//   cache rows       for each layer the keys of all tokens, then the values (kvRowBytes())
//   last 8 bytes     checksum of the cache rows
//
// Numbers are little-endian; checksums are XXH64. Input is hostile.
#pragma once

#include "engine/base/file_replacement.h"
#include "engine/base/mapped_file.h"
#include "engine/base/result.h"
#include "engine/ops/tensor.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace atelier {

// Everything but the cache rows.
struct SessionRecord
{
    struct Reply
    {
        std::string text;
        std::vector<int32_t> tokens;
    };

    uint64_t model = 0;             // modelHash()
    KvShape cache;                  // `slots` is the number of tokens
    double yarnFactor = 1.0;        // for people, and for YarnMode::Auto; these decide:
    std::vector<float> frequencies; // RopeTable
    float magnitude = 1.0f;
    std::vector<int32_t> tokens; // in the cache, at least one
    std::vector<Reply> replies;  // oldest first

    uint64_t cacheBytes() const
    {
        return uint64_t(2) * cache.layers * cache.slots * kvRowBytes(cache);
    }
};

std::vector<std::byte> encodeSessionRecord(const SessionRecord& record);
// InvalidFormat for anything that encodeSessionRecord() does not write.
Result<SessionRecord> decodeSessionRecord(std::span<const std::byte> bytes);

// `rows` fills the keys and values of a layer. Replaces `path` when all is written.
Status writeSessionFile(const std::filesystem::path& path,
    const SessionRecord& record,
    const std::function<Status(uint32_t layer, std::span<std::byte>, std::span<std::byte>)>& rows,
    std::stop_token stop);

// A file that is whole as far as its sizes and its record go.
class SessionFile
{
public:
    static Result<SessionFile> open(const std::filesystem::path& path);

    const SessionRecord& record() const { return m_record; }
    // Checks the rows against their checksum: reads all of them.
    Status verify(std::stop_token stop) const;
    std::span<const std::byte> keys(uint32_t layer) const { return rows(2 * layer); }
    std::span<const std::byte> values(uint32_t layer) const { return rows(2 * layer + 1); }

private:
    SessionFile(std::filesystem::path path, MappedFile file, SessionRecord record, size_t firstRow)
        : m_path(std::move(path)),
          m_file(std::move(file)),
          m_record(std::move(record)),
          m_firstRow(firstRow)
    {
    }

    std::span<const std::byte> rows(size_t index) const
    {
        const size_t bytes = m_record.tokens.size() * kvRowBytes(m_record.cache);
        return m_file.bytes().subspan(m_firstRow + index * bytes, bytes);
    }

    std::filesystem::path m_path;
    MappedFile m_file;
    SessionRecord m_record;
    size_t m_firstRow;
};

} // namespace atelier
