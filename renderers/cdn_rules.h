// SPDX-License-Identifier: MIT
// Reads the addresses of the CDNs that web pages load libraries from.
#pragma once

#include <QString>
#include <QStringList>
#include <QUrl>
#include <optional>

namespace atelier {

/// What an address asks for.
struct CdnRequest
{
    enum class What {
        Library,
        Fonts,   // a style sheet of Google Fonts: the families stand in the query
        Nothing, // polyfills, which the browser has: an empty script
    } what = What::Library;
    QString package;     // "chart.js", "@babel/standalone", "gh:mrdoob/three.js"; as it was written
    QString version;     // as written: "4", "^4.1.0", "latest", "r128"; may be empty
    QString path;        // inside the package, without a leading slash; may be empty
    bool module = false; // the CDN would have answered with an ES module
};

/// Whether the host is one that cdnRequest() knows.
bool isCdnHost(const QString& host);
QStringList cdnHosts(); // for the content security policy; without subdomains of their own

/// Nothing when the host is not a CDN, or when no library stands in the path. Never allocates more
/// than the address is long.
///
/// Threads: any. Needs Qt Core alone.
std::optional<CdnRequest> cdnRequest(const QUrl& url);

/// A version in numbers.
struct CdnVersion
{
    int major = -1; // -1: whichever is best, as for "latest"
    int minor = -1;
    int patch = -1;
};

/// "^4.1.0" -> 4, 1, 0; "r128" -> 0, 128; "latest" -> -1.
CdnVersion cdnVersion(const QString& text);

} // namespace atelier
