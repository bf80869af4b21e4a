// SPDX-License-Identifier: MIT
// POSIX: mmap and madvise.
#include "engine/base/mapped_file_system.h"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <limits>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace atelier::system {

namespace {

Error reasonOf(int code)
{
    if (code == EACCES || code == EPERM) {
        return Error{ErrorCode::Io, "this account has no permission to read it."};
    }
    return Error{ErrorCode::Io, std::generic_category().message(code) + "."};
}

int openForReading(const std::filesystem::path& path)
{
    int file = -1;
    do {
        // A pipe put in the file's place since it was looked at must not block.
        file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    } while (file < 0 && errno == EINTR);
    return file;
}

} // namespace

Result<std::span<const std::byte>> mapFile(const std::filesystem::path& path)
{
    const int file = openForReading(path);
    if (file < 0) {
        return reasonOf(errno);
    }
    struct stat facts = {};
    if (::fstat(file, &facts) != 0) {
        const int code = errno;
        ::close(file);
        return reasonOf(code);
    }
    if (facts.st_size == 0 || !S_ISREG(facts.st_mode)) {
        ::close(file);
        return std::span<const std::byte>();
    }
    if (uint64_t(facts.st_size) > std::numeric_limits<size_t>::max()) {
        ::close(file);
        return reasonOf(EFBIG);
    }
    void* data = ::mmap(nullptr, size_t(facts.st_size), PROT_READ, MAP_PRIVATE, file, 0);
    const int code = errno;
    ::close(file); // the mapping keeps the file
    if (data == MAP_FAILED) {
        return reasonOf(code);
    }
    return std::span(static_cast<const std::byte*>(data), size_t(facts.st_size));
}

void unmapFile(std::span<const std::byte> bytes)
{
    if (!bytes.empty()) {
        ::munmap(const_cast<std::byte*>(bytes.data()), bytes.size());
    }
}

void adviseFile(std::span<const std::byte> bytes, FileAdvice advice)
{
    if (bytes.empty()) {
        return;
    }
    // posix_madvise wants whole pages.
    const auto page = uintptr_t(::sysconf(_SC_PAGESIZE));
    const auto begin = uintptr_t(bytes.data()) / page * page;
    const auto end = uintptr_t(bytes.data()) + bytes.size();
    const int flag = advice == FileAdvice::Sequential ? POSIX_MADV_SEQUENTIAL
                     : advice == FileAdvice::Random   ? POSIX_MADV_RANDOM
                                                      : POSIX_MADV_WILLNEED;
    ::posix_madvise(reinterpret_cast<void*>(begin), end - begin, flag);
}

} // namespace atelier::system
