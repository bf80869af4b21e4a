// SPDX-License-Identifier: MIT
// A response body that grows while it is read. The rules it keeps are those of Qt WebEngine 6.4,
// without which a page stays "loading" for ever: size() is 0, nothing yet reads as 0 bytes, the end
// reads as -1.
#pragma once

#include <QByteArray>
#include <QIODevice>
#include <QMutex>

namespace atelier {

/// Owner: whoever replies with it; delete it when the job is destroyed, never earlier.
/// Threads: push() and finish() on the GUI thread; read on Chromium's.
class StreamDevice final : public QIODevice
{
    Q_OBJECT

public:
    explicit StreamDevice(QObject* parent = nullptr);

    void push(const QByteArray& bytes);
    void finish();

    bool isSequential() const override { return true; }
    qint64 size() const override { return 0; }
    qint64 bytesAvailable() const override;
    bool atEnd() const override;

protected:
    qint64 readData(char* data, qint64 maxSize) override;
    qint64 writeData(const char*, qint64) override { return -1; }

private:
    mutable QMutex m_mutex;
    QByteArray m_bytes;
    bool m_finished = false;
};

} // namespace atelier
