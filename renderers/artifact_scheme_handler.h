// SPDX-License-Identifier: MIT
// Answers the one request of an artifact's run: its document, streamed.
#pragma once

#include <QByteArray>
#include <QPointer>
#include <QStringList>
#include <QWebEngineUrlSchemeHandler>

namespace atelier {

class StreamDevice;

/// Serves artifact://<host>/ once, with the policy that holds the page (its
/// origin is opaque by the scheme). Everything
/// else fails: runs cannot read each other, and none can be loaded twice.
///
/// Owner: the run. Threads: GUI thread only.
class ArtifactSchemeHandler final : public QWebEngineUrlSchemeHandler
{
    Q_OBJECT

public:
    /// `sources`: of the network, for the policy. `mailbox`: an origin that requests may go to, or
    /// nothing.
    ArtifactSchemeHandler(
        const QString& host, const QStringList& sources, const QString& mailbox = {})
        : m_host(host),
          m_sources(sources),
          m_mailbox(mailbox)
    {
    }

    void push(const QByteArray& bytes);
    void finish();
    void requestStarted(QWebEngineUrlRequestJob* job) override;

private:
    const QString m_host;
    const QStringList m_sources;
    const QString m_mailbox;
    QByteArray m_waiting; // before the request
    QPointer<StreamDevice> m_device;
    bool m_served = false;
    bool m_finished = false;
};

/// Refuses every request: for the program's own schemes, which an artifact must not open. Without a
/// handler Chromium ends the whole program when a page goes to one of them.
class RefusingSchemeHandler final : public QWebEngineUrlSchemeHandler
{
    Q_OBJECT

public:
    void requestStarted(QWebEngineUrlRequestJob* job) override;
};

} // namespace atelier
