// SPDX-License-Identifier: MIT
#include "engine/base/program_folder.h"

#include <mach-o/dyld.h>

#include <cstdint>
#include <string>

namespace atelier {

Result<std::filesystem::path> programFolder()
{
    uint32_t size = 0;
    _NSGetExecutablePath(nullptr, &size);
    std::string path(size, '\0');
    std::error_code error;
    if (_NSGetExecutablePath(path.data(), &size) == 0) {
        const auto program = std::filesystem::canonical(path.c_str(), error);
        if (!error) {
            return program.parent_path();
        }
    }
    return Error{ErrorCode::Io, "The system does not say where this program lies."};
}

} // namespace atelier
