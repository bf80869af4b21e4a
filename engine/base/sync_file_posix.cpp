// SPDX-License-Identifier: MIT
// POSIX: fsync.
#include "engine/base/sync_file.h"

#include "engine/base/text.h"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace atelier {

Status syncFile(const std::filesystem::path& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && (::fsync(file) == 0 || errno == EINVAL); // some network
    const int code = errno;                                                   // folders cannot
    if (file >= 0) {
        ::close(file);
    }
    if (!synced) {
        return Error{ErrorCode::Io,
            "The file " + shownName(utf8(path)) +
                " cannot be written to the disk: " + std::generic_category().message(code) + "."};
    }
    return Done{};
}

} // namespace atelier
