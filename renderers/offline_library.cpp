// SPDX-License-Identifier: MIT
#include "renderers/offline_library.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QResource>
#include <QSet>
#include <algorithm>
#include <climits>
#include <cstdlib>

namespace atelier {
namespace {

constexpr char kRoot[] = ":/atelier/library/"; // of the pack, once it is registered
constexpr char kFileName[] = "atelier-library.rcc";
constexpr char kPythonName[] =
    "atelier-python.rcc";      // beside it; mapped, so it costs nothing unread
constexpr char kStub[] = "~/"; // lib://cdn/~/m/...: hands on what m/... exports
constexpr char kFonts[] = "fonts.css";
constexpr char kNothing[] = "nothing.js";

struct MimeType
{
    const char* suffix;
    const char* mime;
};
constexpr MimeType kMimeTypes[] = {
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"json", "application/json"},
    {"woff2", "font/woff2"},
    {"woff", "font/woff"},
    {"ttf", "font/ttf"},
    {"png", "image/png"},
    {"svg", "image/svg+xml"},
    {"wasm", "application/wasm"},
    {"txt", "text/plain; charset=utf-8"},
    {"zip", "application/zip"},
};

QByteArray mimeOf(const QString& file)
{
    const QString suffix = file.section(u'.', -1).toLower();
    for (const MimeType& type : kMimeTypes) {
        if (suffix == QLatin1String(type.suffix))
            return type.mime;
    }
    return "application/octet-stream";
}

QByteArray readFile(const QString& name)
{
    QFile file(QLatin1String(kRoot) + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// What distinguishes builds of one file from another: "chart.umd.min.js" is chart.js.
const QSet<QString>& buildWords()
{
    static const QSet<QString> kWords = {QStringLiteral("min"),
        QStringLiteral("umd"),
        QStringLiteral("prod"),
        QStringLiteral("production"),
        QStringLiteral("dev"),
        QStringLiteral("development"),
        QStringLiteral("global"),
        QStringLiteral("bundle"),
        QStringLiteral("cdn"),
        QStringLiteral("browser"),
        QStringLiteral("iife"),
        QStringLiteral("all"),
        QStringLiteral("full"),
        QStringLiteral("legacy"),
        QStringLiteral("slim"),
        QStringLiteral("runtime"),
        QStringLiteral("common"),
        QStringLiteral("web"),
        QStringLiteral("es5"),
        QStringLiteral("es6"),
        QStringLiteral("esm"),
        QStringLiteral("es"),
        QStringLiteral("esm-browser"),
        QStringLiteral("module"),
        QStringLiteral("pkgd")};
    return kWords;
}

struct FileName
{
    QString stem; // "chart"
    QString suffix;
    QSet<QString> words; // of the build
};

FileName nameOf(const QString& path)
{
    QStringList parts = path.section(u'/', -1).toLower().split(u'.');
    FileName name;
    if (parts.size() > 1)
        name.suffix = parts.takeLast();
    QStringList stem;
    for (const QString& part : parts) {
        if (buildWords().contains(part) && !stem.isEmpty())
            name.words.insert(part);
        else
            stem.append(part);
    }
    name.stem = stem.join(u'.');
    return name;
}

bool asksForModule(const QString& path)
{
    const FileName name = nameOf(path);
    return name.suffix == QStringLiteral("mjs") || name.words.contains(QStringLiteral("esm")) ||
           name.words.contains(QStringLiteral("es")) ||
           name.words.contains(QStringLiteral("module")) ||
           name.words.contains(QStringLiteral("esm-browser")) ||
           path.contains(QStringLiteral("/jsm/")) || path.startsWith(QStringLiteral("esm/")) ||
           path.contains(QStringLiteral("/esm/"));
}

// "chart.js", "chartjs" and "chart" are one word.
QString plainWord(QString name)
{
    name = name.section(u'/', -1).toLower();
    if (name.endsWith(QStringLiteral(".js")))
        name.chop(3);
    else if (name.endsWith(QStringLiteral("js")) && name.size() > 4)
        name.chop(2);
    return name.remove(u'-').remove(u'.').remove(u'_');
}

} // namespace

OfflineLibrary::OfflineLibrary(const QByteArray& index)
{
    const QJsonObject root = QJsonDocument::fromJson(index).object();
    const QJsonArray packages = root.value(QStringLiteral("packages")).toArray();
    for (const QJsonValue& value : packages) {
        const QJsonObject entry = value.toObject();
        Package package;
        package.name = entry.value(QStringLiteral("name")).toString();
        package.version = entry.value(QStringLiteral("version")).toString();
        package.main = entry.value(QStringLiteral("main")).toString();
        package.style = entry.value(QStringLiteral("style")).toString();
        package.module = entry.value(QStringLiteral("module")).toString();
        for (const QJsonValue& file : entry.value(QStringLiteral("files")).toArray())
            package.files.append(file.toString());
        const QJsonObject modules = entry.value(QStringLiteral("modules")).toObject();
        for (auto it = modules.begin(); it != modules.end(); ++it) {
            const QJsonObject module = it.value().toObject();
            const Module made = {module.value(QStringLiteral("file")).toString(),
                module.value(QStringLiteral("default")).toBool()};
            package.modules.insert(it.key(), made);
            m_defaultByModule.insert(made.file, made.hasDefault);
        }
        m_names.insert(package.name.toLower(), package.name);
        for (const QJsonValue& other : entry.value(QStringLiteral("also")).toArray())
            m_names.insert(other.toString().toLower(), package.name);
        m_packages.push_back(std::move(package));
    }
    const QJsonObject absent = root.value(QStringLiteral("absent")).toObject();
    for (auto it = absent.begin(); it != absent.end(); ++it)
        m_absent.insert(it.key().toLower(), it.value().toString());
    const QJsonObject fonts = root.value(QStringLiteral("fonts")).toObject();
    for (auto it = fonts.begin(); it != fonts.end(); ++it) {
        QList<FontFace> faces;
        for (const QJsonValue& value : it.value().toArray()) {
            const QJsonObject face = value.toObject();
            faces.append({face.value(QStringLiteral("file")).toString(),
                face.value(QStringLiteral("weight")).toString(),
                face.value(QStringLiteral("style")).toString()});
        }
        m_fonts.insert(it.key().toLower(), faces);
    }
}

OfflineLibrary::~OfflineLibrary()
{
    for (const QString& pack : m_packs)
        QResource::unregisterResource(pack);
}

std::shared_ptr<const OfflineLibrary> OfflineLibrary::open(const QString& file)
{
    QStringList packs;
    const QString python = QFileInfo(file).dir().filePath(QLatin1String(kPythonName));
    for (const QString& pack : {file, python}) {
        if (QFileInfo::exists(pack) && QResource::registerResource(pack))
            packs.append(pack);
    }
    auto library = std::make_shared<OfflineLibrary>(
        packs.isEmpty() ? QByteArray() : readFile(QStringLiteral("index.json")));
    library->m_packs = packs;
    return library;
}

std::shared_ptr<const OfflineLibrary> OfflineLibrary::openInstalled()
{
    const QString program = QCoreApplication::applicationDirPath();
    for (const char* place : {"/", "/../share/atelier/", "/../Resources/"}) {
        const QString file = program + QLatin1String(place) + QLatin1String(kFileName);
        if (QFileInfo::exists(file))
            return open(file);
    }
    return std::make_shared<OfflineLibrary>();
}

QStringList OfflineLibrary::names() const
{
    QStringList names;
    for (const Package& package : m_packages)
        names.append(package.name);
    names.sort(Qt::CaseInsensitive);
    names.removeDuplicates();
    return names;
}

QString OfflineLibrary::packageName(const QString& asked) const
{
    return m_names.value(asked.toLower());
}

// The bundled versions, best first.
std::vector<const OfflineLibrary::Package*> OfflineLibrary::inOrder(
    const QString& name, const CdnVersion& wanted) const
{
    struct Candidate
    {
        const Package* package;
        int distance;
    };
    std::vector<Candidate> candidates;
    for (const Package& package : m_packages) {
        if (package.name != name)
            continue;
        const CdnVersion own = cdnVersion(package.version);
        int distance = 0;
        if (wanted.major >= 0 && own.major != wanted.major)
            distance = 100000 * std::abs(own.major - wanted.major);
        else if (wanted.major == 0 && wanted.minor >= 0)
            distance = std::abs(own.minor - wanted.minor);
        candidates.push_back({&package, distance});
    }
    std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
        return a.distance < b.distance;
    });
    std::vector<const Package*> packages;
    for (const Candidate& candidate : candidates)
        packages.push_back(candidate.package);
    return packages;
}

QString OfflineLibrary::fileOf(
    const Package& package, const CdnRequest& request, bool exactly) const
{
    if (package.files.contains(request.path))
        return request.path;
    if (exactly)
        return {};
    if (request.path.isEmpty())
        return package.main.isEmpty() ? package.style : package.main;
    const FileName wanted = nameOf(request.path);
    QString best;
    qsizetype bestScore = -1000;
    for (const QString& file : package.files) {
        const FileName name = nameOf(file);
        if (name.stem != wanted.stem || name.suffix != wanted.suffix)
            continue;
        const qsizetype shared = QSet<QString>(name.words).intersect(wanted.words).size();
        const qsizetype score = 4 * shared - name.words.size() - wanted.words.size();
        if (score > bestScore) {
            bestScore = score;
            best = file;
        }
    }
    if (!best.isEmpty())
        return best;
    const QString stand = wanted.suffix == QStringLiteral("css")  ? package.style
                          : wanted.suffix == QStringLiteral("js") ? package.main
                                                                  : QString();
    // Only what goes by the package's own name: a plugin is something else.
    const QString word = plainWord(wanted.stem);
    const bool isItself = word == plainWord(package.name) ||
                          word == plainWord(nameOf(stand).stem) ||
                          m_names.value(wanted.stem) == package.name ||
                          word == QStringLiteral("index") || word == QStringLiteral("all");
    return isItself ? stand : QString();
}

QString OfflineLibrary::moduleOf(const Package& package, const CdnRequest& request) const
{
    if (package.module.isEmpty())
        return {};
    const QString& path = request.path;
    for (const QString& key : {path,
             path + QStringLiteral(".js"),
             path + QStringLiteral(".mjs"),
             path.endsWith(QStringLiteral(".js"))    ? path.chopped(3)
             : path.endsWith(QStringLiteral(".mjs")) ? path.chopped(4)
                                                     : path}) {
        const auto found = package.modules.constFind(key);
        if (!key.isEmpty() && found != package.modules.constEnd())
            return found->file;
    }
    const FileName name = nameOf(path);
    const QString word = plainWord(name.stem);
    const bool isItself =
        path.isEmpty() || word == plainWord(package.name) || word == QStringLiteral("index") ||
        name.stem == QStringLiteral("dev.index") || word == plainWord(nameOf(package.main).stem) ||
        word == plainWord(nameOf(package.module).stem);
    return isItself ? package.modules.value(package.module).file : QString();
}

OfflineLibrary::Answer OfflineLibrary::find(const CdnRequest& request, const QUrl& url) const
{
    if (isEmpty())
        return {{}, {}, tr("The bundled libraries are missing: reinstall Atelier.")};
    if (request.what == CdnRequest::What::Nothing)
        return {QLatin1String(kNothing), {}, {}};
    if (request.what == CdnRequest::What::Fonts)
        return {QLatin1String(kFonts) + u'?' + url.query(QUrl::FullyEncoded), {}, {}};
    const QString name = packageName(request.package);
    if (name.isEmpty()) {
        const QString why = m_absent.value(request.package.toLower());
        const QString what = request.package.isEmpty() ? url.host() : request.package;
        return {{},
            {},
            (why.isEmpty() ? tr("%1 is not bundled.").arg(what) : why) + u' ' +
                tr("Bundled: %1.").arg(names().join(QStringLiteral(", ")))};
    }
    const CdnVersion wanted = cdnVersion(request.version);
    const std::vector<const Package*> packages = inOrder(name, wanted);
    const Package* found = nullptr;
    QString file;
    const auto take = [&](const Package* package, const QString& taken) {
        if (file.isEmpty() && !taken.isEmpty()) {
            found = package;
            file = taken;
        }
    };
    if (wanted.major < 0 && !request.module && !request.path.isEmpty()) {
        // A version that has the very file is what the author had in mind.
        for (const Package* package : packages) {
            if (const QString exact = fileOf(*package, request, true); !exact.isEmpty())
                take(package, QStringLiteral("p/%1@%2/%3").arg(name, package->version, exact));
        }
    }
    for (const Package* package : packages) {
        const bool module = request.module || asksForModule(request.path);
        if (module) {
            if (const QString made = moduleOf(*package, request); !made.isEmpty())
                take(package, QLatin1String(kStub) + made);
        }
        if (!request.module) {
            if (const QString made = fileOf(*package, request, module); !made.isEmpty())
                take(package, QStringLiteral("p/%1@%2/%3").arg(name, package->version, made));
        }
    }
    // A module need not be called one.
    for (const Package* package : packages) {
        if (const QString made = moduleOf(*package, request); !made.isEmpty())
            take(package, QLatin1String(kStub) + made);
    }
    if (!found) {
        return {{},
            {},
            tr("%1 %2 is bundled, but without %3.")
                .arg(name,
                    packages.front()->version,
                    request.path.isEmpty() ? tr("an ES module") : request.path)};
    }
    const CdnVersion own = cdnVersion(found->version);
    const bool same =
        wanted.major < 0 || (own.major == wanted.major &&
                                (own.major > 0 || wanted.minor < 0 || own.minor == wanted.minor));
    QString note;
    if (!same)
        note = tr("%1 %2 stands in for version %3.").arg(name, found->version, request.version);
    return {file, note, {}};
}

OfflineLibrary::Content OfflineLibrary::content(const QString& file, const QString& query) const
{
    if (file == QLatin1String(kNothing))
        return {"\n", mimeOf(file)};
    if (file == QLatin1String(kFonts))
        return {fontsCss(query), mimeOf(file)};
    if (file.startsWith(QLatin1String(kStub))) {
        // Addresses that mean the same module must give the same instance of it: two Reacts in one
        // page do not work. So each hands on the exports of the one.
        const QString module = file.mid(int(qstrlen(kStub)));
        const auto found = m_defaultByModule.constFind(module);
        if (found == m_defaultByModule.constEnd())
            return {};
        const QString from = QStringLiteral("from\"lib://cdn/%1\";").arg(module);
        QString text = QStringLiteral("export*") + from;
        if (*found)
            text += QStringLiteral("export{default}") + from;
        return {text.toUtf8(), mimeOf(file)};
    }
    const bool clean =
        !file.contains(QStringLiteral("..")) && !file.startsWith(u'/') && !file.contains(u'\\');
    QFile source(QLatin1String(kRoot) + file);
    if (!clean || QFileInfo(source).isDir() || !source.open(QIODevice::ReadOnly))
        return {};
    return {source.readAll(), mimeOf(file)};
}

} // namespace atelier
