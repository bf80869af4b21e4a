// SPDX-License-Identifier: MIT
#include "engine/base/program_folder.h"

namespace atelier {

Result<std::filesystem::path> programFolder()
{
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) {
        return Error{ErrorCode::Io, "The system does not say where this program lies."};
    }
    return program.parent_path();
}

} // namespace atelier
