// SPDX-License-Identifier: MIT
#include "engine/backends/backend_module.h"
#include "engine/base/text.h"

#include <windows.h>

namespace atelier {

Result<void*> loadFunction(const std::filesystem::path& file, const char* function)
{
    // What the module needs comes from its own folder or from the system, never from elsewhere.
    const HMODULE library = LoadLibraryExW(
        file.c_str(), nullptr, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
    const FARPROC address = library != nullptr ? GetProcAddress(library, function) : nullptr;
    if (address == nullptr) {
        return Error{ErrorCode::Unsupported,
            utf8(file) + " cannot be used (Windows error " + std::to_string(GetLastError()) + ")."};
    }
    return reinterpret_cast<void*>(address);
}

} // namespace atelier
