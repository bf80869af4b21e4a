// SPDX-License-Identifier: MIT
// One running program per data folder; a second start hands its files over and ends.
#pragma once

#include "app/storage/data_paths.h"

#include <QLocalServer>
#include <QLockFile>
#include <QObject>
#include <QStringList>

namespace atelier {

/// The lock is held for as long as the object lives. A killed program's lock is taken over at once.
///
/// Owner: main(). Threads: GUI thread only.
class SingleInstance final : public QObject
{
    Q_OBJECT

public:
    explicit SingleInstance(const DataPaths& paths, QObject* parent = nullptr);

    /// True: this is the one; it listens from now on.
    bool acquire();

    /// Gives `files` to the running program. False when it does not answer within two seconds.
    bool handOver(const QStringList& files);

Q_SIGNALS:
    void filesReceived(const QStringList& files); // empty: only asked to come to the front

private:
    void onConnection();

    QString m_socketName;
    QLockFile m_lock;
    QLocalServer m_server;
};

} // namespace atelier
