// SPDX-License-Identifier: MIT
#include "renderers/app_scheme_handler.h"

#include "renderers/page_tokens.h"

#include <QBuffer>
#include <QUrl>
#include <QWebEngineUrlRequestJob>

namespace atelier {
namespace {

QByteArray htmlFor(QByteArray html, const PageAppearance& appearance)
{
    const QByteArray root =
        QStringLiteral("<html lang=\"%1\" data-theme=\"%2\" data-motion=\"%3\">")
            .arg(appearance.language.toHtmlEscaped(),
                appearance.dark ? QStringLiteral("dark") : QStringLiteral("light"),
                appearance.reducedMotion ? QStringLiteral("reduced") : QStringLiteral("full"))
            .toUtf8();
    return html.replace("<html lang=\"en\" data-theme=\"light\" data-motion=\"full\">", root);
}

} // namespace

void AppSchemeHandler::requestStarted(QWebEngineUrlRequestJob* job)
{
    const QUrl url = job->requestUrl();
    const QString name = url.path().mid(1);
    QByteArray content = webFile(name);
    if (url.host() != QStringLiteral("chat") || content.isEmpty()) {
        job->fail(QWebEngineUrlRequestJob::UrlNotFound);
        return;
    }
    QByteArray type = "text/plain";
    if (name.endsWith(QLatin1String(".html"))) {
        type = "text/html; charset=utf-8";
        content = htmlFor(content, m_appearance);
    } else if (name.endsWith(QLatin1String(".js"))) {
        type = "text/javascript; charset=utf-8";
    } else if (name.endsWith(QLatin1String(".css"))) {
        type = "text/css; charset=utf-8";
    }
    auto* buffer = new QBuffer(job);
    buffer->setData(content);
    buffer->open(QIODevice::ReadOnly);
    job->reply(type, buffer);
}

} // namespace atelier
