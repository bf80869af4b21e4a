// SPDX-License-Identifier: MIT
#include "renderers/network_gate.h"

#include <QBuffer>
#include <QHostInfo>
#include <QNetworkCookie>
#include <QNetworkCookieJar>
#include <QNetworkReply>
#include <QRegularExpression>
#include <QWebEngineUrlRequestJob>
#include <algorithm>

namespace atelier {
namespace {

bool isWeb(const QUrl& url)
{
    return url.scheme() == QStringLiteral("https") || url.scheme() == QStringLiteral("http");
}

int portOf(const QUrl& url)
{
    return url.port(url.scheme() == QStringLiteral("https") ? 443 : 80);
}

// An address anyone may be sent to; not this machine, its network, or none at all.
bool isPublic(const QHostAddress& address)
{
    constexpr const char* kInside[] = {"0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/3",
        "::/127",
        "64:ff9b::/96", // stands for an address of the old kind
        "2002::/16",
        "fc00::/7",
        "fe80::/9",
        "ff00::/8"};
    bool isV4 = false;
    const quint32 v4 = address.toIPv4Address(&isV4); // also of ::ffff:a.b.c.d
    const QHostAddress plain = isV4 ? QHostAddress(v4) : address;
    return !plain.isNull() &&
           std::none_of(std::begin(kInside), std::end(kInside), [&](auto subnet) {
               return plain.isInSubnet(QHostAddress::parseSubnet(QLatin1String(subnet)));
           });
}

// "text/css; charset=utf-8"; what a server adds is left out, line feeds above all.
QByteArray contentType(const QString& header)
{
    static const QRegularExpression kType(QStringLiteral("^\\s*([\\w.+-]+/[\\w.+-]+)"));
    static const QRegularExpression kCharset(QStringLiteral("charset=\"?([\\w-]+)"));
    const QRegularExpressionMatch type = kType.match(header);
    if (!type.hasMatch())
        return "application/octet-stream";
    const QRegularExpressionMatch charset = kCharset.match(header);
    QString text = type.captured(1);
    if (charset.hasMatch())
        text += QStringLiteral("; charset=") + charset.captured(1);
    return text.toLatin1();
}

class NoCookies final : public QNetworkCookieJar
{
public:
    using QNetworkCookieJar::QNetworkCookieJar;

    QList<QNetworkCookie> cookiesForUrl(const QUrl&) const override { return {}; }
    bool setCookiesFromUrl(const QList<QNetworkCookie>&, const QUrl&) override { return false; }
};

QStringList lowered(const QStringList& hosts)
{
    QStringList result;
    for (const QString& host : hosts) {
        static const QRegularExpression kHost(QStringLiteral("^[a-z0-9.:\\[\\]-]+$"));
        if (const QString one = host.trimmed().toLower(); kHost.match(one).hasMatch())
            result.append(one);
    }
    return result;
}

} // namespace

NetworkGate::NetworkGate(const QStringList& hosts) : m_hosts(lowered(hosts))
{
    m_network.setCookieJar(new NoCookies(&m_network));
}

bool NetworkGate::allows(const QUrl& url) const
{
    if (!isWeb(url) || !url.userInfo().isEmpty())
        return false;
    const QString host = url.host().toLower();
    const QString withPort = host + u':' + QString::number(portOf(url));
    const bool usual = url.port() < 0 || portOf(url) == portOf(QUrl(url.scheme() + "://x"));
    return std::any_of(m_hosts.begin(), m_hosts.end(), [&](const QString& allowed) {
        return allowed == withPort || (usual && allowed == host);
    });
}

QStringList NetworkGate::sources() const
{
    QStringList sources;
    for (const QString& host : m_hosts)
        sources << QStringLiteral("https://") + host << QStringLiteral("http://") + host;
    return sources;
}

QUrl NetworkGate::address(const QUrl& url)
{
    QUrl address(QStringLiteral("lib://net/"));
    address.setQuery(
        QString::fromLatin1(QUrl::toPercentEncoding(url.toString(QUrl::FullyEncoded))));
    return address;
}

void NetworkGate::answer(QWebEngineUrlRequestJob* job)
{
    const QString text =
        QUrl::fromPercentEncoding(job->requestUrl().query(QUrl::FullyEncoded).toLatin1());
    look({job, QUrl(text, QUrl::StrictMode), 0});
}

void NetworkGate::refuse(const Fetch& fetch, const QString& why)
{
    if (fetch.job)
        fetch.job->fail(QWebEngineUrlRequestJob::RequestDenied);
    Q_EMIT refused(fetch.url, why);
}

// Names are looked up here, and the connection goes to the very address that was looked at: a name
// that changes in between leads nowhere else.
void NetworkGate::look(const Fetch& fetch)
{
    if (!allows(fetch.url)) {
        refuse(fetch, tr("This artifact may not use %1.").arg(fetch.url.host()));
        return;
    }
    if (const QHostAddress literal(fetch.url.host()); !literal.isNull()) {
        get(fetch, literal);
        return;
    }
    QHostInfo::lookupHost(fetch.url.host(), this, [this, fetch](const QHostInfo& info) {
        const QList<QHostAddress> addresses = info.addresses();
        if (addresses.isEmpty()) {
            refuse(fetch, tr("%1 was not found.").arg(fetch.url.host()));
        } else if (!std::all_of(addresses.begin(), addresses.end(), isPublic)) {
            refuse(fetch, tr("%1 leads into the local network.").arg(fetch.url.host()));
        } else {
            get(fetch, addresses.front());
        }
    });
}

void NetworkGate::get(const Fetch& fetch, const QHostAddress& address)
{
    if (!fetch.job)
        return;
    QUrl url = fetch.url;
    url.setHost(address.toString());
    url.setFragment({});
    QNetworkRequest request(url);
    request.setPeerVerifyName(fetch.url.host());
    request.setRawHeader("Host", fetch.url.authority(QUrl::FullyEncoded).toLatin1());
    request.setRawHeader("User-Agent", "Atelier");
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setAttribute(
        QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    request.setTransferTimeout(kPatience);
    QNetworkReply* reply = m_network.get(request);
    connect(fetch.job, &QObject::destroyed, reply, &QNetworkReply::abort);
    connect(reply, &QNetworkReply::downloadProgress, reply, [reply](qint64 received, qint64 total) {
        if (std::max(received, total) > kMostBytes)
            reply->abort();
    });
    connect(reply, &QNetworkReply::finished, this, [this, fetch, reply] {
        reply->deleteLater();
        if (!fetch.job)
            return;
        const QUrl target = reply->attribute(QNetworkRequest::RedirectionTargetAttribute).toUrl();
        if (!target.isEmpty()) {
            if (fetch.redirects >= kMostRedirects)
                refuse(fetch, tr("It redirects in a circle."));
            else
                look({fetch.job, fetch.url.resolved(target), fetch.redirects + 1});
            return;
        }
        if (reply->error() != QNetworkReply::NoError) {
            refuse(fetch,
                reply->error() == QNetworkReply::OperationCanceledError
                    ? tr("More than %1 MiB, or no answer within %2 s.")
                          .arg(kMostBytes / 1024 / 1024)
                          .arg(kPatience / 1000)
                    : reply->errorString());
            return;
        }
        auto* body = new QBuffer(fetch.job);
        body->setData(reply->readAll());
        fetch.job->reply(
            contentType(reply->header(QNetworkRequest::ContentTypeHeader).toString()), body);
    });
}

} // namespace atelier
