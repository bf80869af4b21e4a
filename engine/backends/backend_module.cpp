// SPDX-License-Identifier: MIT
#include "engine/backends/backend_module.h"

#include "engine/base/program_folder.h"
#include "engine/base/text.h"

namespace atelier {

namespace {

Result<const BackendModule*> moduleOfProgram(std::string_view backend)
{
    const auto folder = programFolder();
    return folder ? loadBackendModule(folder.value(), backend) : folder.error();
}

} // namespace

std::string backendModuleFile(std::string_view backend)
{
#if defined(_WIN32)
    return "atelier_" + std::string(backend) + ".dll";
#elif defined(__APPLE__)
    return "libatelier_" + std::string(backend) + ".dylib";
#else
    return "libatelier_" + std::string(backend) + ".so";
#endif
}

Result<const BackendModule*> loadBackendModule(
    const std::filesystem::path& folder, std::string_view backend)
{
    const std::filesystem::path file = folder / backendModuleFile(backend);
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        return Error{ErrorCode::Unsupported,
            "The backend \"" + std::string(backend) +
                "\" is not part of this installation: there "
                "is no " +
                utf8(file) + "."};
    }
    const auto function = loadFunction(file, kBackendModuleFunction);
    if (!function) {
        return function.error();
    }
    const auto* module = reinterpret_cast<const BackendModule* (*)()>(function.value())();
    if (module == nullptr || module->version != kBackendModuleVersion ||
        std::string_view(module->build) != ATELIER_BUILD_ID) {
        return Error{ErrorCode::Unsupported,
            utf8(file) + " belongs to another build of this program. Install both together."};
    }
    return module;
}

Result<std::unique_ptr<Backend>> createFromModule(
    std::string_view backend, const BackendOptions& options)
{
    const auto module = moduleOfProgram(backend);
    return module ? module.value()->create(options) : module.error();
}

Result<std::vector<DeviceInfo>> listFromModule(std::string_view backend)
{
    const auto module = moduleOfProgram(backend);
    return module ? module.value()->list() : module.error();
}

} // namespace atelier
