// SPDX-License-Identifier: MIT
#include "app/single_instance.h"

#include <QDataStream>
#include <QLocalSocket>

namespace atelier {

namespace {

constexpr int kAnswerMs = 2000;
constexpr quint32 kMagic = 0x41746c31;      // "Atl1"
constexpr qint64 kLongestMessage = 1 << 20; // a socket is open to every program of this person

QByteArray encode(const QStringList& files)
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_4);
    stream << kMagic << files;
    return bytes;
}

} // namespace

SingleInstance::SingleInstance(const DataPaths& paths, QObject* parent)
    : QObject(parent),
      m_socketName(paths.socketName()),
      m_lock(paths.lock())
{
    m_lock.setStaleLockTime(0); // held for hours: only a dead process makes it stale
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::onConnection);
}

bool SingleInstance::acquire()
{
    if (!m_lock.tryLock(0)) {
        return false;
    }
    QLocalServer::removeServer(m_socketName); // a killed program's, as the lock was free
    m_server.listen(m_socketName); // without it the program works, but takes no files from others
    return true;
}

bool SingleInstance::handOver(const QStringList& files)
{
    QLocalSocket socket;
    socket.connectToServer(m_socketName);
    if (!socket.waitForConnected(kAnswerMs)) {
        return false;
    }
    socket.write(encode(files));
    // The other side answers one byte once it has understood.
    return socket.waitForBytesWritten(kAnswerMs) && socket.waitForReadyRead(kAnswerMs);
}

void SingleInstance::onConnection()
{
    while (QLocalSocket* socket = m_server.nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] {
            const QByteArray start = socket->peek(sizeof kMagic);
            const bool known = encode({}).startsWith(start);
            if (!known || socket->bytesAvailable() > kLongestMessage) {
                socket->abort();
                return;
            }
            QDataStream stream(socket);
            stream.setVersion(QDataStream::Qt_6_4);
            stream.startTransaction();
            quint32 magic = 0;
            QStringList files;
            stream >> magic >> files;
            if (!stream.commitTransaction()) {
                return; // more is to come
            }
            socket->write("k");
            socket->flush();
            socket->disconnectFromServer();
            Q_EMIT filesReceived(files);
        });
    }
}

} // namespace atelier
