// SPDX-License-Identifier: MIT
#include "renderers/cdn_rules.h"

#include <QRegularExpression>
#include <algorithm>
#include <array>

namespace atelier {
namespace {

enum class Layout {
    Npm,       // PREFIX package@version/path
    Jsdelivr,  // npm/package@version/path, gh/owner/repository@version/path
    Folders,   // PREFIX package/version/path
    Modules,   // package@version/path, answered with an ES module
    Tailwind,  // version
    Jquery,    // jquery-3.7.1.min.js
    D3,        // d3.v7.min.js
    Plotly,    // plotly-2.35.0.min.js
    Threejs,   // build/three.js, examples/...: of the current version
    Awesome,   // PREFIX v6.0.0/css/all.css
    Kit,       // of Font Awesome: 0123456789.js
    Fonts,     // css?family=..., css2?family=..., icon?family=...
    Polyfills, // anything
    Nothing,   // known, but what it has is not bundled: font files, charts of its own
};

struct Host
{
    const char* name;
    Layout layout;
    const char* prefix; // of the paths that hold libraries
};

// The mirrors that are used in China are among them: they are what GLM-4 writes, too.
constexpr Host kHosts[] = {
    {"cdn.jsdelivr.net", Layout::Jsdelivr, ""},
    {"fastly.jsdelivr.net", Layout::Jsdelivr, ""},
    {"gcore.jsdelivr.net", Layout::Jsdelivr, ""},
    {"testingcf.jsdelivr.net", Layout::Jsdelivr, ""},
    {"cdn.jsdmirror.com", Layout::Jsdelivr, ""},
    {"unpkg.com", Layout::Npm, ""},
    {"www.unpkg.com", Layout::Npm, ""},
    {"npm.elemecdn.com", Layout::Npm, ""},
    {"unpkg.zhimg.com", Layout::Npm, ""},
    {"registry.npmmirror.com", Layout::Npm, ""},
    {"cdnjs.cloudflare.com", Layout::Folders, "ajax/libs/"},
    {"cdn.bootcdn.net", Layout::Folders, "ajax/libs/"},
    {"ajax.googleapis.com", Layout::Folders, "ajax/libs/"},
    {"cdn.bootcss.com", Layout::Folders, ""},
    {"cdn.staticfile.org", Layout::Folders, ""},
    {"cdn.staticfile.net", Layout::Folders, ""},
    {"lib.baomitu.com", Layout::Folders, ""},
    {"maxcdn.bootstrapcdn.com", Layout::Folders, ""},
    {"netdna.bootstrapcdn.com", Layout::Folders, ""},
    {"stackpath.bootstrapcdn.com", Layout::Folders, ""},
    {"esm.sh", Layout::Modules, ""},
    {"esm.run", Layout::Modules, ""},
    {"cdn.skypack.dev", Layout::Modules, ""},
    {"cdn.pika.dev", Layout::Modules, ""},
    {"jspm.dev", Layout::Modules, ""},
    {"ga.jspm.io", Layout::Modules, ""},
    {"cdn.tailwindcss.com", Layout::Tailwind, ""},
    {"code.jquery.com", Layout::Jquery, ""},
    {"ajax.aspnetcdn.com", Layout::Jquery, "ajax/jquery/"},
    {"d3js.org", Layout::D3, ""},
    {"www.d3js.org", Layout::D3, ""},
    {"cdn.plot.ly", Layout::Plotly, ""},
    {"threejs.org", Layout::Threejs, ""},
    {"www.threejs.org", Layout::Threejs, ""},
    {"use.fontawesome.com", Layout::Awesome, "releases/"},
    {"pro.fontawesome.com", Layout::Awesome, "releases/"},
    {"kit.fontawesome.com", Layout::Kit, ""},
    {"fonts.googleapis.com", Layout::Fonts, ""},
    {"fonts.googleapis.cn", Layout::Fonts, ""},
    {"fonts.loli.net", Layout::Fonts, ""},
    {"fonts.bunny.net", Layout::Fonts, ""},
    {"fonts.gstatic.com", Layout::Nothing, ""},
    {"polyfill.io", Layout::Polyfills, ""},
    {"cdn.polyfill.io", Layout::Polyfills, ""},
    {"polyfill-fastly.io", Layout::Polyfills, ""},
    {"www.gstatic.com", Layout::Nothing, ""},
    {"cdn.socket.io", Layout::Nothing, ""},
    {"cdn.datatables.net", Layout::Nothing, ""},
    {"aframe.io", Layout::Nothing, ""},
};

const Host* hostNamed(const QString& name)
{
    const auto found = std::find_if(std::begin(kHosts), std::end(kHosts), [&](const Host& host) {
        return name.compare(QLatin1String(host.name), Qt::CaseInsensitive) == 0;
    });
    return found == std::end(kHosts) ? nullptr : found;
}

CdnRequest of(const char* package, const QString& version, const QString& path)
{
    CdnRequest request;
    request.package = QLatin1String(package);
    request.version = version;
    request.path = path;
    return request;
}

// "@scope/name@1.2/a/b" -> package, version, path.
std::optional<CdnRequest> npm(const QString& text)
{
    static const QRegularExpression kForm(
        QStringLiteral("^((?:@[^/@]+/)?[^/@]+)(?:@([^/]*))?(?:/(.*))?$"),
        QRegularExpression::DotMatchesEverythingOption);
    const QRegularExpressionMatch match = kForm.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    CdnRequest request;
    request.package = match.captured(1);
    request.version = match.captured(2);
    request.path = match.captured(3);
    return request;
}

std::optional<CdnRequest> jsdelivr(const QString& path)
{
    const QString where = path.section(u'/', 0, 0);
    const QString rest = path.section(u'/', 1);
    if (where == QStringLiteral("npm")) {
        std::optional<CdnRequest> request = npm(rest);
        if (request && request->path == QStringLiteral("+esm")) {
            request->path.clear();
            request->module = true;
        } else if (request && request->path.endsWith(QStringLiteral("/+esm"))) {
            request->path.chop(5);
            request->module = true;
        }
        return request;
    }
    if (where == QStringLiteral("pyodide")) // pyodide/v0.26.1/full/pyodide.js
        return of("pyodide", rest.section(u'/', 0, 0).remove(u'v'), rest.section(u'/', 2));
    if (where != QStringLiteral("gh"))
        return std::nullopt;
    const QString repository = rest.section(u'/', 1, 1);
    CdnRequest request;
    request.package =
        QStringLiteral("gh:") + rest.section(u'/', 0, 0) + u'/' + repository.section(u'@', 0, 0);
    request.version = repository.section(u'@', 1);
    request.path = rest.section(u'/', 2);
    // The repository of built files keeps them one folder further down.
    if (request.path.startsWith(QStringLiteral("build/")) &&
        request.package.endsWith(QStringLiteral("cdn-release")))
        request.path.remove(0, 6);
    return request;
}

std::optional<CdnRequest> folders(const QString& path)
{
    CdnRequest request;
    request.package = path.section(u'/', 0, 0);
    request.version = path.section(u'/', 1, 1);
    request.path = path.section(u'/', 2);
    // cdnjs has a copy of polyfill.io too, and Google's has libraries without a version.
    if (request.package == QStringLiteral("polyfill"))
        request.what = CdnRequest::What::Nothing;
    if (request.path.isEmpty())
        request.path = std::exchange(request.version, {});
    return request;
}

// "v135/react@18.2.0/es2022/react.mjs", "pin/three@v0.1-x/mode=imports/optimized/three.js",
// "npm:react@18.2.0/index.js"
std::optional<CdnRequest> modules(QString path)
{
    static const QRegularExpression kLead(
        QStringLiteral("^(?:(?:v\\d+|stable|pin|-|npm:|gh/|\\*)/?)+(?=.)"));
    static const QRegularExpression kBuild(QStringLiteral(
        "(^|/)(?:(?:es20\\d\\d|esnext|deno|node|X-[^/]*|[^/]*mode=[^/]*|optimized)/)+"));
    path.remove(kLead);
    if (path.startsWith(u'*'))
        path.remove(0, 1); // esm.sh: no dependency is bundled
    std::optional<CdnRequest> request = npm(path);
    if (!request)
        return std::nullopt;
    request->path.replace(kBuild, QStringLiteral("\\1"));
    // esm.sh takes options after an ampersand, too.
    request->version = request->version.section(u'&', 0, 0);
    if (request->path == QStringLiteral("+esm"))
        request->path.clear();
    request->module = !request->path.endsWith(QStringLiteral(".css"));
    return request;
}

std::optional<CdnRequest> jquery(const QString& path)
{
    static const QRegularExpression kForm(
        QStringLiteral("^jquery-(\\d[\\d.]*|latest)((?:\\.slim)?(?:\\.min)?\\.js)$"),
        QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = kForm.match(path);
    if (match.hasMatch()) {
        const QString version = match.captured(1);
        return of("jquery",
            version.endsWith(u'.') ? version.chopped(1) : version,
            QStringLiteral("dist/jquery") + match.captured(2));
    }
    if (path.startsWith(QStringLiteral("ui/")))
        return of("jquery-ui", path.section(u'/', 1, 1), path.section(u'/', 2));
    return of("jquery-plugins", {}, path);
}

std::optional<CdnRequest> d3(const QString& path)
{
    static const QRegularExpression kForm(
        QStringLiteral("^(d3[\\w-]*)(?:\\.v(\\d+))?(?:\\.min)?\\.js$"));
    const QRegularExpressionMatch match = kForm.match(path);
    CdnRequest request = of("d3", match.captured(2), QStringLiteral("dist/d3.min.js"));
    if (match.hasMatch() && match.captured(1) != QStringLiteral("d3")) {
        request.package = match.captured(1); // d3-force.v3.min.js: a part of it
        request.path.clear();
    } else if (!match.hasMatch()) {
        request.path = path;
    }
    return request;
}

std::optional<CdnRequest> plotly(const QString& path)
{
    static const QRegularExpression kForm(
        QStringLiteral("^plotly(?:-[a-z0-9]+)*?-(\\d[\\d.]*\\d|latest)(?:\\.min)?\\.js$"));
    const QRegularExpressionMatch match = kForm.match(path);
    if (!match.hasMatch())
        return of("plotly.js-dist-min", {}, path);
    return of("plotly.js-dist-min", match.captured(1), QStringLiteral("plotly.min.js"));
}

std::optional<CdnRequest> byLayout(const Host& host, const QString& path)
{
    switch (host.layout) {
    case Layout::Npm:
        return npm(path);
    case Layout::Jsdelivr:
        return jsdelivr(path);
    case Layout::Folders:
        return folders(path);
    case Layout::Modules:
        return modules(path);
    case Layout::Tailwind:
        return of("tailwindcss", path, {});
    case Layout::Jquery:
        return jquery(path);
    case Layout::D3:
        return d3(path);
    case Layout::Plotly:
        return plotly(path);
    case Layout::Threejs:
        return of("three", {}, path);
    case Layout::Awesome:
        return of("@fortawesome/fontawesome-free", path.section(u'/', 0, 0), path.section(u'/', 1));
    case Layout::Kit:
        return of("@fortawesome/fontawesome-free", {}, QStringLiteral("js/kit.js"));
    case Layout::Fonts:
    case Layout::Polyfills: {
        CdnRequest request;
        request.what =
            host.layout == Layout::Fonts ? CdnRequest::What::Fonts : CdnRequest::What::Nothing;
        return request;
    }
    case Layout::Nothing:
        break;
    }
    return of("", {}, path);
}

} // namespace

bool isCdnHost(const QString& host)
{
    return hostNamed(host) != nullptr;
}

QStringList cdnHosts()
{
    QStringList names;
    for (const Host& host : kHosts)
        names.append(QLatin1String(host.name));
    return names;
}

std::optional<CdnRequest> cdnRequest(const QUrl& url)
{
    const Host* host = hostNamed(url.host());
    const bool web =
        url.scheme() == QStringLiteral("https") || url.scheme() == QStringLiteral("http");
    if (!host || !web)
        return std::nullopt;
    QString path = url.path(QUrl::FullyDecoded);
    while (path.startsWith(u'/'))
        path.remove(0, 1);
    while (path.endsWith(u'/'))
        path.chop(1);
    const QLatin1String prefix(host->prefix);
    if (!path.startsWith(prefix, Qt::CaseInsensitive))
        return of("", {}, path);
    std::optional<CdnRequest> request = byLayout(*host, path.mid(prefix.size()));
    if (!request)
        return of("", {}, path);
    // unpkg.com/package?module
    if (host->layout == Layout::Npm && url.query().split(u'&').contains(QStringLiteral("module")))
        request->module = true;
    return request;
}

CdnVersion cdnVersion(const QString& text)
{
    static const QRegularExpression kRevision(QStringLiteral("^r(\\d{1,6})"));
    static const QRegularExpression kNumbers(
        QStringLiteral("^[\\^~>=v\\s]*(\\d{1,6})(?:\\.(\\d{1,6}))?(?:\\.(\\d{1,6}))?"));
    CdnVersion version;
    if (const QRegularExpressionMatch match = kRevision.match(text); match.hasMatch()) {
        version.major = 0; // three.js counts like this
        version.minor = match.captured(1).toInt();
    } else if (const QRegularExpressionMatch numbers = kNumbers.match(text); numbers.hasMatch()) {
        const std::array<int*, 3> parts = {&version.major, &version.minor, &version.patch};
        for (int i = 0; i < 3; ++i) {
            if (!numbers.captured(i + 1).isEmpty())
                *parts[size_t(i)] = numbers.captured(i + 1).toInt();
        }
    }
    return version;
}

} // namespace atelier
