// SPDX-License-Identifier: MIT
#include "renderers/library_scheme_handler.h"

#include "renderers/network_gate.h"
#include "renderers/offline_library.h"
#include "renderers/page_tokens.h"
#include "renderers/run_mailbox.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QPointer>
#include <QRegularExpression>
#include <QThreadPool>
#include <QUrl>
#include <QWebEngineUrlRequestJob>

namespace atelier {
namespace {

void answer(QWebEngineUrlRequestJob& job, const OfflineLibrary::Content& content)
{
    if (content.mime.isEmpty()) {
        job.fail(QWebEngineUrlRequestJob::UrlNotFound);
        return;
    }
    auto* buffer = new QBuffer(&job);
    buffer->setData(content.data);
    job.reply(content.mime, buffer);
}

// What runs in renderers/runner_page.h.
OfflineLibrary::Content runnerFile(const QString& name)
{
    static const QRegularExpression kPlain(QStringLiteral("^[a-z]+\\.(js|css)$"));
    const QRegularExpressionMatch match = kPlain.match(name);
    const QByteArray data =
        match.hasMatch() ? webFile(QStringLiteral("run/") + name) : QByteArray();
    if (data.isEmpty())
        return {};
    return {data,
        match.captured(1) == QStringLiteral("js") ? "text/javascript; charset=utf-8"
                                                  : "text/css; charset=utf-8"};
}

} // namespace

void LibrarySchemeHandler::requestStarted(QWebEngineUrlRequestJob* job)
{
    const QUrl url = job->requestUrl();
    if (url.host() == QStringLiteral("net") && job->requestMethod() == "GET") {
        m_gate.answer(job);
        return;
    }
    if (url.host() == QStringLiteral("mail") && m_mailbox) {
        m_mailbox->answer(job);
        return;
    }
    if (url.host() == QStringLiteral("run") && job->requestMethod() == "GET") {
        answer(*job, runnerFile(url.path().mid(1)));
        return;
    }
    if (url.host() != QStringLiteral("cdn") || job->requestMethod() != "GET") {
        job->fail(QWebEngineUrlRequestJob::RequestDenied);
        return;
    }
    const QString file = url.path(QUrl::FullyDecoded).mid(1);
    const QString query = url.query(QUrl::FullyEncoded);
    QThreadPool::globalInstance()->start([library = m_library, file, query, job = QPointer(job)] {
        const OfflineLibrary::Content content = library->content(file, query);
        // The page may be gone by then, and its job with it; so may the handler.
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [content, job] {
                if (job)
                    answer(*job, content);
            },
            Qt::QueuedConnection);
    });
}

} // namespace atelier
