// SPDX-License-Identifier: MIT
#include "renderers/artifact_interceptor.h"

#include <QWebEngineUrlRequestInfo>

namespace atelier {

void ArtifactInterceptor::interceptRequest(QWebEngineUrlRequestInfo& info)
{
    const QUrl url = info.requestUrl();
    const QString scheme = url.scheme();
    const bool own = scheme == QStringLiteral("artifact") && url.host() == m_host;
    if (own || scheme == QStringLiteral("blob") || scheme == QStringLiteral("data"))
        return;
    info.block(true);
    Q_EMIT blocked(url);
}

} // namespace atelier
