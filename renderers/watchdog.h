// SPDX-License-Identifier: MIT
// Notices when a page stops answering or takes too much memory. Qt WebEngine has no signal for
// either.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>

class QWebEnginePage;

namespace atelier {

/// Owner: the run; must not outlive the page. Threads: GUI thread only.
class Watchdog final : public QObject
{
    Q_OBJECT

public:
    static constexpr int kUnresponsiveAfter = 2000;             // ms without an answer
    static constexpr int kHopelessAfter = 15000;                // ms
    static constexpr qint64 kMostMemory = 1536ll * 1024 * 1024; // bytes: 1.5 GiB

    explicit Watchdog(QWebEnginePage& page);
    ~Watchdog() override;

    void start(); // once the page's process runs
    void stop();

Q_SIGNALS:
    void unresponsive();
    void responsive(); // again
    void hopeless();
    void tooLarge(qint64 bytes);

private:
    void look();
    void ping();

    QWebEnginePage& m_page;
    QTimer m_timer;
    QElapsedTimer m_sincePing;
    std::shared_ptr<bool> m_alive; // answers may come after this object, or never
    bool m_waiting = false;
    bool m_unresponsive = false;
};

} // namespace atelier
