// SPDX-License-Identifier: MIT
#include "renderers/stream_device.h"

#include <algorithm>
#include <cstring>

namespace atelier {

StreamDevice::StreamDevice(QObject* parent) : QIODevice(parent)
{
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
}

void StreamDevice::push(const QByteArray& bytes)
{
    if (bytes.isEmpty())
        return;
    {
        const QMutexLocker lock(&m_mutex);
        m_bytes += bytes;
    }
    Q_EMIT readyRead();
}

void StreamDevice::finish()
{
    {
        const QMutexLocker lock(&m_mutex);
        m_finished = true;
    }
    Q_EMIT readyRead();
}

qint64 StreamDevice::bytesAvailable() const
{
    const QMutexLocker lock(&m_mutex);
    return m_bytes.size();
}

bool StreamDevice::atEnd() const
{
    const QMutexLocker lock(&m_mutex);
    return m_finished && m_bytes.isEmpty();
}

qint64 StreamDevice::readData(char* data, qint64 maxSize)
{
    const QMutexLocker lock(&m_mutex);
    if (m_bytes.isEmpty())
        return m_finished ? -1 : 0;
    const qint64 size = std::min<qint64>(maxSize, m_bytes.size());
    std::memcpy(data, m_bytes.constData(), static_cast<size_t>(size));
    m_bytes.remove(0, size);
    return size;
}

} // namespace atelier
