// SPDX-License-Identifier: MIT
// The part of MappedFile that is the same on every system.
#include "engine/base/mapped_file_system.h"

#include "engine/base/text.h"

#include <system_error>
#include <utility>

namespace atelier {

namespace {

Error refusal(const std::filesystem::path& path, const std::string& why)
{
    return Error{ErrorCode::Io, "The file " + shownName(utf8(path)) + " cannot be opened: " + why};
}

} // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path)
{
    std::error_code failed;
    const auto status = std::filesystem::status(path, failed);
    if (status.type() == std::filesystem::file_type::not_found) {
        return refusal(path, "it does not exist. It may have been moved or renamed.");
    }
    if (failed) {
        return refusal(path, failed.message() + ".");
    }
    if (std::filesystem::is_directory(status)) {
        return refusal(path, "it is a folder. Choose a file in it.");
    }
    // Devices and pipes may block or have no end.
    if (!std::filesystem::is_regular_file(status)) {
        return refusal(path, "it is a device or a pipe, not a file on a disk.");
    }
    const auto mapped = system::mapFile(path);
    if (!mapped) {
        return refusal(path, mapped.error().message);
    }
    if (mapped.value().empty()) {
        return refusal(path, "it is empty (0 bytes). Copy or download it again.");
    }
    MappedFile file;
    file.m_data = mapped.value().data();
    file.m_size = mapped.value().size();
    return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : m_data(std::exchange(other.m_data, nullptr)),
      m_size(std::exchange(other.m_size, 0))
{
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept
{
    if (this != &other) {
        system::unmapFile(bytes());
        m_data = std::exchange(other.m_data, nullptr);
        m_size = std::exchange(other.m_size, 0);
    }
    return *this;
}

MappedFile::~MappedFile()
{
    system::unmapFile(bytes());
}

void MappedFile::expectSequentialRead() const
{
    system::adviseFile(bytes(), system::FileAdvice::Sequential);
}

void MappedFile::expectRandomRead() const
{
    system::adviseFile(bytes(), system::FileAdvice::Random);
}

void MappedFile::prefetch(size_t offset, size_t size) const
{
    if (offset < m_size) {
        const size_t clipped = size < m_size - offset ? size : m_size - offset;
        system::adviseFile(bytes().subspan(offset, clipped), system::FileAdvice::WillNeed);
    }
}

} // namespace atelier
