// SPDX-License-Identifier: MIT
#include "app/storage/atomic_file.h"

#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

namespace atelier::platform {

namespace {

Error systemError(const char* what, const QString& path)
{
    const std::string why = std::strerror(errno);
    return {ErrorCode::Io, std::string(what) + " \"" + path.toStdString() + "\": " + why};
}

// Until the folder is flushed a power cut may forget that the file was renamed.
Status flushFolder(const QString& folder)
{
    const int handle = ::open(QFile::encodeName(folder).constData(), O_RDONLY | O_CLOEXEC);
    if (handle < 0) {
        return systemError("Cannot open the folder", folder);
    }
    const bool flushed = ::fsync(handle) == 0 || errno == EINVAL; // some network folders cannot
    const Error error = flushed ? Error{} : systemError("Cannot flush the folder", folder);
    ::close(handle);
    if (!flushed) {
        return error;
    }
    return Done{};
}

} // namespace

Status writeDurably(const QString& path, const QByteArray& bytes)
{
    const int handle =
        ::open(QFile::encodeName(path).constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (handle < 0) {
        return systemError("Cannot create", path);
    }
    qsizetype written = 0;
    while (written < bytes.size()) {
        const ssize_t count =
            ::write(handle, bytes.constData() + written, size_t(bytes.size() - written));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            const Error error = systemError("Cannot write", path);
            ::close(handle);
            return error;
        }
        written += count;
    }
    if (::fsync(handle) != 0) {
        const Error error = systemError("Cannot flush", path);
        ::close(handle);
        return error;
    }
    if (::close(handle) != 0) { // a full network disk may tell only now
        return systemError("Cannot close", path);
    }
    return Done{};
}

Status replaceDurably(const QString& from, const QString& to)
{
    const QByteArray target = QFile::encodeName(to);
    if (::rename(QFile::encodeName(from).constData(), target.constData()) != 0) {
        return systemError("Cannot replace", to);
    }
    return flushFolder(QFileInfo(to).absolutePath());
}

} // namespace atelier::platform
