// SPDX-License-Identifier: MIT
#include "renderers/run_mailbox.h"

#include <QBuffer>
#include <QUrl>
#include <QWebEngineUrlRequestJob>
#include <algorithm>

namespace atelier {
namespace {

void reply(QWebEngineUrlRequestJob& job, const QByteArray& text)
{
    auto* buffer = new QBuffer(&job);
    buffer->setData(text);
    job.reply("text/plain; charset=utf-8", buffer);
}

} // namespace

QString RunMailbox::origin()
{
    return QStringLiteral("https://artifact.local");
}

bool RunMailbox::isAddress(const QUrl& url)
{
    return url.scheme() == QStringLiteral("https") &&
           url.host() == QStringLiteral("artifact.local") && url.port() == -1;
}

QUrl RunMailbox::redirected(const QUrl& url)
{
    QUrl own(QStringLiteral("lib://mail"));
    own.setPath(url.path());
    own.setQuery(url.query(QUrl::FullyEncoded));
    return own;
}

RunMailbox::RunMailbox()
{
    m_limit.setSingleShot(true);
    connect(&m_limit, &QTimer::timeout, this, &RunMailbox::deliver);
}

void RunMailbox::answer(QWebEngineUrlRequestJob* job)
{
    const QUrl url = job->requestUrl();
    const QString query = url.query(QUrl::FullyEncoded);
    if (job->requestMethod() != "GET") {
        job->fail(QWebEngineUrlRequestJob::RequestDenied);
    } else if (url.path() == QStringLiteral("/tell")) {
        if (query.size() <= kLongestLetter)
            tell(QUrl::fromPercentEncoding(query.toLatin1()));
        reply(*job, {});
    } else if (url.path() == QStringLiteral("/ask")) {
        ask(job, std::clamp(query.toInt(), 0, kLongestWait));
    } else {
        job->fail(QWebEngineUrlRequestJob::UrlNotFound);
    }
}

void RunMailbox::tell(const QString& letter)
{
    if (m_count >= kMostLetters)
        return;
    ++m_count;
    m_letters += QString(letter).replace(u'\n', u' ').replace(u'\r', u' ').toUtf8() + '\n';
    if (m_asking)
        deliver();
}

void RunMailbox::ask(QWebEngineUrlRequestJob* job, int ms)
{
    if (m_asking)
        deliver();
    m_asking = job;
    if (m_count > 0 || ms == 0)
        deliver();
    else
        m_limit.start(ms);
}

void RunMailbox::deliver()
{
    m_limit.stop();
    if (!m_asking)
        return;
    m_count = 0;
    reply(*m_asking, std::exchange(m_letters, {}));
    m_asking = nullptr;
}

} // namespace atelier
