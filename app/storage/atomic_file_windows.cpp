// SPDX-License-Identifier: MIT
#include "app/storage/atomic_file.h"

#include <QDir>

#include <algorithm>
#include <windows.h>

namespace atelier::platform {

namespace {

Error systemError(const char* what, const QString& path)
{
    const QString why = qt_error_string(int(GetLastError()));
    return {
        ErrorCode::Io, std::string(what) + " \"" + path.toStdString() + "\": " + why.toStdString()};
}

std::wstring native(const QString& path)
{
    return QDir::toNativeSeparators(path).toStdWString();
}

} // namespace

Status writeDurably(const QString& path, const QByteArray& bytes)
{
    const HANDLE handle = CreateFileW(native(path).c_str(),
        GENERIC_WRITE,
        0,
        nullptr,
        CREATE_NEW,
        FILE_ATTRIBUTE_NORMAL,
        nullptr);
    if (handle == INVALID_HANDLE_VALUE) {
        return systemError("Cannot create", path);
    }
    constexpr qsizetype kLargestWrite = 1 << 20;
    qsizetype written = 0;
    while (written < bytes.size()) {
        DWORD count = 0;
        const DWORD part = DWORD(std::min(bytes.size() - written, kLargestWrite));
        if (!WriteFile(handle, bytes.constData() + written, part, &count, nullptr) || count == 0) {
            const Error error = systemError("Cannot write", path);
            CloseHandle(handle);
            return error;
        }
        written += count;
    }
    if (!FlushFileBuffers(handle)) {
        const Error error = systemError("Cannot flush", path);
        CloseHandle(handle);
        return error;
    }
    CloseHandle(handle);
    return Done{};
}

Status replaceDurably(const QString& from, const QString& to)
{
    // WRITE_THROUGH returns once the rename is on the disk; folders need no flush of their own.
    if (!MoveFileExW(native(from).c_str(),
            native(to).c_str(),
            MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) {
        return systemError("Cannot replace", to);
    }
    return Done{};
}

} // namespace atelier::platform
