// SPDX-License-Identifier: MIT
#include "renderers/artifact_scheme_handler.h"

#include "renderers/cdn_rules.h"
#include "renderers/stream_device.h"

#include <QUrl>
#include <QWebEngineUrlRequestJob>

namespace atelier {
namespace {

// What the document needs it carries with it, or is bundled with the program.
// The hosts of CDNs are named because the policy is asked before the interceptor, which lets none
// of their requests out.
QByteArray policy(const QStringList& sources, const QString& mailbox)
{
    QByteArray hosts;
    for (const QString& host : cdnHosts())
        hosts += " https://" + host.toLatin1();
    const QByteArray allowed =
        sources.isEmpty() ? QByteArray() : ' ' + sources.join(u' ').toLatin1();
    hosts += allowed;
    return "sandbox allow-same-origin allow-scripts allow-forms allow-modals allow-downloads "
           "allow-pointer-lock; "
           "trusted-types *; default-src 'none'; "
           "script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob: data:" +
           hosts + "; style-src 'unsafe-inline' blob: data:" + hosts +
           "; font-src data: blob:" + hosts + "; img-src data: blob:" + hosts +
           "; media-src data: blob:" + allowed + "; connect-src data: blob:" + hosts +
           (mailbox.isEmpty() ? QByteArray() : ' ' + mailbox.toLatin1()) +
           "; worker-src blob: data:; child-src blob: data:; frame-src blob: data:; "
           "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

} // namespace

void ArtifactSchemeHandler::push(const QByteArray& bytes)
{
    if (m_device)
        m_device->push(bytes);
    else if (!m_served)
        m_waiting += bytes;
}

void ArtifactSchemeHandler::finish()
{
    m_finished = true;
    if (m_device)
        m_device->finish();
}

void ArtifactSchemeHandler::requestStarted(QWebEngineUrlRequestJob* job)
{
    const QUrl url = job->requestUrl();
    // The first load comes from the program, whose origin is empty or opaque.
    const QUrl initiator = job->initiator();
    const bool foreign = !initiator.isEmpty() && initiator.toString() != QStringLiteral("null");
    if (m_served || foreign || url.host() != m_host || url.path() != QStringLiteral("/") ||
        job->requestMethod() != "GET") {
        job->fail(QWebEngineUrlRequestJob::RequestDenied);
        return;
    }
    m_served = true;
    m_device = new StreamDevice;
    connect(job, &QObject::destroyed, m_device, &QObject::deleteLater);
#if QT_VERSION >= QT_VERSION_CHECK(6, 6, 0)
    job->setAdditionalResponseHeaders({{"Content-Security-Policy", policy(m_sources, m_mailbox)}});
    job->reply("text/html; charset=utf-8", m_device);
#else
    // Qt 6.4 copies what stands after charset= into the header block as it is. That breaks the
    // charset itself, so the document begins with a byte order mark. Fails closed: the prelude
    // stops a page without the policy, and a test looks at what that one denies.
    job->reply("text/html; charset=utf-8\ncontent-security-policy: " + policy(m_sources, m_mailbox),
        m_device);
#endif
    m_device->push("\xEF\xBB\xBF" + std::exchange(m_waiting, {}));
    if (m_finished)
        m_device->finish();
}

void RefusingSchemeHandler::requestStarted(QWebEngineUrlRequestJob* job)
{
    job->fail(QWebEngineUrlRequestJob::RequestDenied);
}

} // namespace atelier
