// SPDX-License-Identifier: MIT
// Windows: FlushFileBuffers.
#include "engine/base/sync_file.h"

#include "engine/base/text.h"

#include <system_error>
#include <windows.h>

namespace atelier {

Status syncFile(const std::filesystem::path& path)
{
    const HANDLE file = ::CreateFileW(path.c_str(),
        GENERIC_READ | GENERIC_WRITE, // flushing needs the right to write
        FILE_SHARE_READ,
        nullptr,
        OPEN_EXISTING,
        FILE_ATTRIBUTE_NORMAL,
        nullptr);
    const bool synced = file != INVALID_HANDLE_VALUE && ::FlushFileBuffers(file) != 0;
    const DWORD code = ::GetLastError();
    if (file != INVALID_HANDLE_VALUE) {
        ::CloseHandle(file);
    }
    if (!synced) {
        return Error{ErrorCode::Io,
            "The file " + shownName(utf8(path)) + " cannot be written to the disk: " +
                std::system_category().message(int(code)) + "."};
    }
    return Done{};
}

} // namespace atelier
