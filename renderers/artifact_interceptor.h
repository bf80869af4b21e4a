// SPDX-License-Identifier: MIT
// Decides every request of an artifact: its own page, a bundled library, what the user
// has allowed, or nothing.
#pragma once

#include <QUrl>
#include <QWebEngineUrlRequestInterceptor>

namespace atelier {

class NetworkGate;
class OfflineLibrary;

/// Owner: the run. Threads: GUI thread only.
class ArtifactInterceptor final : public QWebEngineUrlRequestInterceptor
{
    Q_OBJECT

public:
    ArtifactInterceptor(const QString& host,
        const OfflineLibrary& library,
        const NetworkGate& gate,
        bool hasMailbox)
        : m_host(host),
          m_library(library),
          m_gate(gate),
          m_hasMailbox(hasMailbox)
    {
    }

    void interceptRequest(QWebEngineUrlRequestInfo& info) override;

Q_SIGNALS:
    void blocked(const QUrl& url, const QString& hint); // hint: why, and what there is instead
    void noted(const QString& note);                    // a library stands in for another version

private:
    bool fromLibrary(QWebEngineUrlRequestInfo& info);

    const QString m_host;
    const OfflineLibrary& m_library;
    const NetworkGate& m_gate;
    const bool m_hasMailbox;
};

} // namespace atelier
