// SPDX-License-Identifier: MIT
// MappedFile: a whole file as read-only memory, without reading it.
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace atelier {

// Owner:   one; it can be moved. Spans of bytes() die with it.
// Threads: thread-safe.
// Errors:  Io with the path and the reason: missing, a folder, not readable, empty, not a regular
//          file, or what the system says. The file must not shrink while it is mapped: reading
//          pages that are gone ends the program on every system.
class MappedFile
{
public:
    static Result<MappedFile> open(const std::filesystem::path& path);

    MappedFile() = default; // no file, no bytes
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    std::span<const std::byte> bytes() const { return {m_data, m_size}; }

    // Hints; they change speed, never contents.
    void expectSequentialRead() const;               // the whole file, front to back
    void expectRandomRead() const;                   // weights used in place
    void prefetch(size_t offset, size_t size) const; // clipped to the file

private:
    const std::byte* m_data = nullptr;
    size_t m_size = 0;
};

} // namespace atelier
