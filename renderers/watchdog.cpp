// SPDX-License-Identifier: MIT
#include "renderers/watchdog.h"

#include "renderers/page_process.h"

#include <QWebEnginePage>
#include <QWebEngineScript>

namespace atelier {
namespace {

constexpr int kInterval = 250;     // ms between looks; a program can fill a gigabyte in one second
constexpr int kPingInterval = 500; // ms between questions: a frozen page is noticed within 3 s

} // namespace

Watchdog::Watchdog(QWebEnginePage& page) : m_page(page), m_alive(std::make_shared<bool>(true))
{
    m_timer.setInterval(kInterval);
    connect(&m_timer, &QTimer::timeout, this, &Watchdog::look);
}

Watchdog::~Watchdog()
{
    *m_alive = false;
}

void Watchdog::start()
{
    m_timer.start();
    ping();
}

void Watchdog::stop()
{
    m_timer.stop();
}

void Watchdog::ping()
{
    m_waiting = true;
    m_sincePing.start();
    // Its own world: a page cannot answer for itself, nor be seen being asked.
    m_page.runJavaScript(QStringLiteral("1"),
        QWebEngineScript::ApplicationWorld,
        [this, alive = m_alive](const QVariant&) {
            if (!*alive)
                return;
            m_waiting = false;
            if (m_unresponsive) {
                m_unresponsive = false;
                Q_EMIT responsive();
            }
        });
}

void Watchdog::look()
{
    const qint64 silence = m_sincePing.elapsed();
    if (!m_waiting && silence >= kPingInterval) {
        ping();
    } else if (m_waiting && silence >= kHopelessAfter) {
        stop();
        Q_EMIT hopeless();
        return;
    } else if (m_waiting && silence >= kUnresponsiveAfter && !m_unresponsive) {
        m_unresponsive = true;
        Q_EMIT unresponsive();
    }
    const qint64 pid = m_page.renderProcessPid();
    const qint64 memory = pid > 0 ? pageProcessMemory(pid) : 0; // that of its workers as well
    if (memory > kMostMemory) {
        stop();
        Q_EMIT tooLarge(memory);
    }
}

} // namespace atelier
