// SPDX-License-Identifier: MIT
#include "engine/base/file_replacement_system.h"

#include <fcntl.h>
#include <unistd.h>

namespace atelier {

std::FILE* createNewFile(const std::filesystem::path& path)
{
    return std::fopen(path.c_str(), "wbx");
}

bool replaceFile(const std::filesystem::path& from, const std::filesystem::path& to)
{
    if (::rename(from.c_str(), to.c_str()) != 0) {
        return false;
    }
    // The new name is an entry of the folder. Some file systems refuse this; the file is there.
    const std::filesystem::path folder = to.has_parent_path() ? to.parent_path() : ".";
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) {
        ::fsync(descriptor);
        ::close(descriptor);
    }
    return true;
}

} // namespace atelier
