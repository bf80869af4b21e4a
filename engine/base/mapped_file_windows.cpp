// SPDX-License-Identifier: MIT
// Windows: file mappings and PrefetchVirtualMemory.
#include "engine/base/mapped_file_system.h"

#include <windows.h>

#include <limits>
#include <string>
#include <system_error>

namespace atelier::system {

namespace {

Error reasonOf(DWORD code)
{
    if (code == ERROR_ACCESS_DENIED) {
        return Error{ErrorCode::Io, "this account has no permission to read it."};
    }
    if (code == ERROR_SHARING_VIOLATION) {
        return Error{ErrorCode::Io, "another program is using it."};
    }
    return Error{ErrorCode::Io, std::system_category().message(int(code))};
}

} // namespace

Result<std::span<const std::byte>> mapFile(const std::filesystem::path& path)
{
    // Others may read and rename the file; nobody may write to it while it is open here.
    const HANDLE file = ::CreateFileW(path.c_str(),
        GENERIC_READ,
        FILE_SHARE_READ | FILE_SHARE_DELETE,
        nullptr,
        OPEN_EXISTING,
        FILE_ATTRIBUTE_NORMAL,
        nullptr);
    if (file == INVALID_HANDLE_VALUE) {
        return reasonOf(::GetLastError());
    }
    LARGE_INTEGER size = {};
    if (!::GetFileSizeEx(file, &size)) {
        const DWORD code = ::GetLastError();
        ::CloseHandle(file);
        return reasonOf(code);
    }
    if (size.QuadPart == 0) {
        ::CloseHandle(file);
        return std::span<const std::byte>();
    }
    if (uint64_t(size.QuadPart) > std::numeric_limits<size_t>::max()) {
        ::CloseHandle(file);
        return reasonOf(ERROR_FILE_TOO_LARGE);
    }
    const HANDLE mapping = ::CreateFileMappingW(file, nullptr, PAGE_READONLY, 0, 0, nullptr);
    const DWORD mappingCode = ::GetLastError();
    ::CloseHandle(file); // the mapping keeps the file
    if (!mapping) {
        return reasonOf(mappingCode);
    }
    const void* data = ::MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
    const DWORD viewCode = ::GetLastError();
    ::CloseHandle(mapping); // the view keeps the mapping
    if (!data) {
        return reasonOf(viewCode);
    }
    return std::span(static_cast<const std::byte*>(data), size_t(size.QuadPart));
}

void unmapFile(std::span<const std::byte> bytes)
{
    if (!bytes.empty()) {
        ::UnmapViewOfFile(bytes.data());
    }
}

void adviseFile(std::span<const std::byte> bytes, FileAdvice advice)
{
    // Access patterns are chosen when a file is opened here; only reading ahead can be asked later.
    if (!bytes.empty() && advice == FileAdvice::WillNeed) {
        WIN32_MEMORY_RANGE_ENTRY range = {const_cast<std::byte*>(bytes.data()), bytes.size()};
        ::PrefetchVirtualMemory(::GetCurrentProcess(), 1, &range, 0);
    }
}

} // namespace atelier::system
