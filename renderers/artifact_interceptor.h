// SPDX-License-Identifier: MIT
// Blocks every request of an artifact but those that stay inside its own page.
#pragma once

#include <QUrl>
#include <QWebEngineUrlRequestInterceptor>

namespace atelier {

/// Owner: the run. Threads: GUI thread only.
class ArtifactInterceptor final : public QWebEngineUrlRequestInterceptor
{
    Q_OBJECT

public:
    explicit ArtifactInterceptor(const QString& host) : m_host(host) {}

    void interceptRequest(QWebEngineUrlRequestInfo& info) override;

Q_SIGNALS:
    void blocked(const QUrl& url);

private:
    const QString m_host;
};

} // namespace atelier
