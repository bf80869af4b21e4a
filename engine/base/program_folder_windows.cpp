// SPDX-License-Identifier: MIT
#include "engine/base/program_folder.h"

#include <windows.h>

#include <string>

namespace atelier {

Result<std::filesystem::path> programFolder()
{
    constexpr DWORD kLongestPath = 32'768; // of Windows, in UTF-16 units
    std::wstring path(kLongestPath, L'\0');
    const DWORD size = GetModuleFileNameW(nullptr, path.data(), kLongestPath);
    if (size == 0 || size >= kLongestPath) {
        return Error{ErrorCode::Io, "The system does not say where this program lies."};
    }
    path.resize(size);
    return std::filesystem::path(path).parent_path();
}

} // namespace atelier
