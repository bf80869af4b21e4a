// SPDX-License-Identifier: MIT
// The one way an artifact may reach the network: for hosts that the user has allowed it.
#pragma once

#include <QHostAddress>
#include <QNetworkAccessManager>
#include <QPointer>
#include <QStringList>
#include <QUrl>

class QWebEngineUrlRequestJob;

namespace atelier {

/// Pages themselves stay without a network: what they may ask for is fetched here and handed in.
/// So there are no cookies, no credentials, no sockets and nothing but GET. A name that leads to
/// this machine or its neighbors is refused, unless the user has allowed that very address.
///
/// Owner: the run. Threads: GUI thread only. Errors: the job fails; refused() says why.
class NetworkGate final : public QObject
{
    Q_OBJECT

public:
    static constexpr qint64 kMostBytes = 32ll * 1024 * 1024; // of one answer
    static constexpr int kMostRedirects = 5;
    static constexpr int kPatience = 30000; // ms

    /// `hosts`: "example.org", or with a port, "127.0.0.1:8080".
    explicit NetworkGate(const QStringList& hosts);

    bool allows(const QUrl& url) const;
    QStringList sources() const; // for the content security policy
    /// lib://net/..., which stands for `url`.
    static QUrl address(const QUrl& url);
    void answer(QWebEngineUrlRequestJob* job);

Q_SIGNALS:
    void refused(const QUrl& url, const QString& why);

private:
    struct Fetch
    {
        QPointer<QWebEngineUrlRequestJob> job;
        QUrl url;
        int redirects = 0;
    };

    void look(const Fetch& fetch);
    void get(const Fetch& fetch, const QHostAddress& address);
    void refuse(const Fetch& fetch, const QString& why);

    const QStringList m_hosts; // in lower case
    QNetworkAccessManager m_network;
};

} // namespace atelier
