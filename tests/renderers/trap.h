// SPDX-License-Identifier: MIT
// A server that no artifact may ever reach.
#pragma once

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QUdpSocket>

namespace atelier::test {

// Counts every connection and datagram that arrives on loopback.
struct Trap
{
    QTcpServer tcp;
    QUdpSocket udp;
    int connections = 0;
    int datagrams = 0;

    bool listen()
    {
        QObject::connect(&tcp, &QTcpServer::newConnection, &tcp, [this] {
            while (QTcpSocket* socket = tcp.nextPendingConnection()) {
                ++connections;
                socket->deleteLater();
            }
        });
        QObject::connect(&udp, &QUdpSocket::readyRead, &udp, [this] {
            char byte = 0;
            while (udp.hasPendingDatagrams()) {
                udp.readDatagram(&byte, 1);
                ++datagrams;
            }
        });
        return tcp.listen(QHostAddress::LocalHost) &&
               udp.bind(QHostAddress::LocalHost, tcp.serverPort());
    }

    // HOST in a page's source becomes this.
    QString fill(QString source) const
    {
        return source.replace(
            QStringLiteral("HOST"), QStringLiteral("127.0.0.1:%1").arg(tcp.serverPort()));
    }

    // A real connection is seen, so that 0 means something.
    bool works()
    {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, tcp.serverPort());
        const bool seen = QTest::qWaitFor([this] { return connections == 1; }, 5000);
        connections = 0;
        return seen;
    }
};

} // namespace atelier::test
