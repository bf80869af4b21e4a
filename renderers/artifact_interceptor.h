// SPDX-License-Identifier: MIT
// Decides every request of an artifact: its own page, a bundled library, or nothing.
#pragma once

#include <QUrl>
#include <QWebEngineUrlRequestInterceptor>

namespace atelier {

class OfflineLibrary;

/// Owner: the run. Threads: GUI thread only.
class ArtifactInterceptor final : public QWebEngineUrlRequestInterceptor
{
    Q_OBJECT

public:
    ArtifactInterceptor(const QString& host, const OfflineLibrary& library)
        : m_host(host),
          m_library(library)
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
};

} // namespace atelier
