// SPDX-License-Identifier: MIT
#include "renderers/artifact_interceptor.h"

#include "renderers/network_gate.h"
#include "renderers/offline_library.h"
#include "renderers/run_mailbox.h"

#include <QWebEngineUrlRequestInfo>

namespace atelier {

void ArtifactInterceptor::interceptRequest(QWebEngineUrlRequestInfo& info)
{
    const QUrl url = info.requestUrl();
    const QString scheme = url.scheme();
    const bool own = scheme == QStringLiteral("artifact") && url.host() == m_host;
    if (own || scheme == QStringLiteral("blob") || scheme == QStringLiteral("data"))
        return;
    using Info = QWebEngineUrlRequestInfo;
    const bool page = info.resourceType() == Info::ResourceTypeMainFrame ||
                      info.resourceType() == Info::ResourceTypeSubFrame ||
                      info.resourceType() == Info::ResourceTypeObject;
    if (!page && info.requestMethod() == "GET") {
        // What a redirected library asks for in its turn, its fonts for example.
        // A redirection to lib://net/ comes by here too; the gate asks for itself.
        if (scheme == QStringLiteral("lib"))
            return;
        if (m_hasMailbox && RunMailbox::isAddress(url)) {
            info.redirect(RunMailbox::redirected(url));
            return;
        }
        if (fromLibrary(info))
            return;
        if (m_gate.allows(url)) {
            info.redirect(NetworkGate::address(url));
            return;
        }
    }
    info.block(true);
    Q_EMIT blocked(url, {});
}

// Whether it was for a CDN, and so has been decided.
bool ArtifactInterceptor::fromLibrary(QWebEngineUrlRequestInfo& info)
{
    const QUrl url = info.requestUrl();
    const std::optional<CdnRequest> request = cdnRequest(url);
    if (!request)
        return false;
    const OfflineLibrary::Answer answer = m_library.find(*request, url);
    if (answer.file.isEmpty()) {
        info.block(true);
        Q_EMIT blocked(url, answer.hint);
        return true;
    }
    info.redirect(QUrl(QStringLiteral("lib://cdn/") + answer.file));
    if (!answer.note.isEmpty())
        Q_EMIT noted(answer.note);
    return true;
}

} // namespace atelier
