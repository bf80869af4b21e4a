// SPDX-License-Identifier: MIT
#include "engine/base/file_replacement_system.h"

#include <cerrno>

#include <windows.h>

namespace atelier {

std::FILE* createNewFile(const std::filesystem::path& path)
{
    return ::_wfopen(path.c_str(), L"wbx");
}

bool replaceFile(const std::filesystem::path& from, const std::filesystem::path& to)
{
    if (::MoveFileExW(
            from.c_str(), to.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) == 0) {
        errno = ::GetLastError() == ERROR_ACCESS_DENIED ? EACCES : EIO;
        return false;
    }
    return true;
}

} // namespace atelier
