// SPDX-License-Identifier: MIT
// FileReplacement: a file that is either written completely or not at all.
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>

namespace atelier {

// Writes to a temporary file in the same folder, which takes the place of `path` on commit(), once
// its bytes are on the disk. Destroyed without commit(), it leaves no trace and the old file as it
// was.
//
// Owner:   whoever writes. Move-only.
// Threads: one thread at a time.
// Errors:  Io with the path and the reason.
class FileReplacement
{
public:
    static Result<FileReplacement> create(const std::filesystem::path& path);

    FileReplacement(FileReplacement&& other) noexcept = default;
    FileReplacement& operator=(FileReplacement&&) = delete;
    FileReplacement(const FileReplacement&) = delete;
    FileReplacement& operator=(const FileReplacement&) = delete;
    ~FileReplacement();

    Status write(std::span<const std::byte> bytes);
    Status commit();

private:
    struct Close
    {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    FileReplacement(std::filesystem::path path,
        std::filesystem::path temporary,
        std::unique_ptr<std::FILE, Close> file)
        : m_path(std::move(path)),
          m_temporary(std::move(temporary)),
          m_file(std::move(file))
    {
    }

    Error failed() const; // with errno's reason

    std::filesystem::path m_path;
    std::filesystem::path m_temporary;
    std::unique_ptr<std::FILE, Close> m_file; // null after commit()
};

} // namespace atelier
