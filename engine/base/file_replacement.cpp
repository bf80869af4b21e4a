// SPDX-License-Identifier: MIT
#include "engine/base/file_replacement.h"

#include "engine/base/file_replacement_system.h"
#include "engine/base/sync_file.h"
#include "engine/base/text.h"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace atelier {

namespace {

Error cannotWrite(const std::filesystem::path& path, int code)
{
    return Error{ErrorCode::Io,
        utf8(path) + " cannot be written: " + std::generic_category().message(code) + "."};
}

} // namespace

Result<FileReplacement> FileReplacement::create(const std::filesystem::path& path)
{
    constexpr int kAttempts = 100; // names of temporary files left behind by a crash
    for (int i = 0; i < kAttempts; ++i) {
        std::filesystem::path temporary = path;
        temporary += std::string(".").append(std::to_string(i)).append(".part");
        if (std::FILE* file = createNewFile(temporary)) {
            return FileReplacement(
                path, std::move(temporary), std::unique_ptr<std::FILE, Close>(file));
        }
        if (errno != EEXIST) {
            break;
        }
    }
    return cannotWrite(path, errno);
}

FileReplacement::~FileReplacement()
{
    if (m_file) {
        m_file.reset();
        std::error_code ignored;
        std::filesystem::remove(m_temporary, ignored);
    }
}

Error FileReplacement::failed() const
{
    return cannotWrite(m_path, errno);
}

Status FileReplacement::write(std::span<const std::byte> bytes)
{
    check(m_file != nullptr, "a committed file is complete");
    if (std::fwrite(bytes.data(), 1, bytes.size(), m_file.get()) != bytes.size()) {
        return failed();
    }
    return Done{};
}

Status FileReplacement::commit()
{
    check(m_file != nullptr, "a file is committed once");
    // Close first: only the system's own buffers are left to sync then.
    Status done = std::fclose(m_file.release()) == 0 ? syncFile(m_temporary) : failed();
    if (done && !replaceFile(m_temporary, m_path)) {
        done = failed();
    }
    if (!done) {
        std::error_code ignored;
        std::filesystem::remove(m_temporary, ignored);
    }
    return done;
}

} // namespace atelier
