// SPDX-License-Identifier: MIT
#include "engine/backends/backend_module.h"
#include "engine/base/text.h"

#include <dlfcn.h>

namespace atelier {

Result<void*> loadFunction(const std::filesystem::path& file, const char* function)
{
    // A path with a slash is taken as it is: the search path of libraries plays no part.
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* address = library != nullptr ? dlsym(library, function) : nullptr;
    if (address == nullptr) {
        const char* reason = dlerror();
        return Error{ErrorCode::Unsupported,
            utf8(file) + " cannot be used: " + (reason != nullptr ? reason : "it is empty") + "."};
    }
    return address;
}

} // namespace atelier
