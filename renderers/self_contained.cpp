// SPDX-License-Identifier: MIT
#include "renderers/self_contained.h"

#include "renderers/artifact_view.h"
#include "renderers/cdn_rules.h"
#include "renderers/markup_tokenizer.h"
#include "renderers/page_tokens.h"
#include "renderers/runner_page.h"
#include "renderers/tag_attributes.h"
#include "renderers/title_finder.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSet>

namespace atelier {
namespace {

constexpr qsizetype kMostBytes = 64 * 1024 * 1024; // of libraries in one file
constexpr int kDeepest = 4;                        // style sheets that import one another
// Modules know each other by these names; the import map says what they stand for.
const QString kModules = QStringLiteral("https://modules.invalid/");

QString dataUrl(const QByteArray& mime, const QByteArray& data)
{
    return QStringLiteral("data:%1;base64,").arg(QString::fromLatin1(mime)) +
           QString::fromLatin1(data.toBase64());
}

QUrl addressOf(const QString& text)
{
    const QString address = text.trimmed();
    QUrl url(
        address.startsWith(QStringLiteral("//")) ? QStringLiteral("https:") + address : address);
    if (url.path().isEmpty() && !url.host().isEmpty())
        url.setPath(QStringLiteral("/")); // as a browser asks
    return url;
}

bool isOfNetwork(const QUrl& url)
{
    return url.scheme() == QStringLiteral("http") || url.scheme() == QStringLiteral("https");
}

/// Finds files of the library and keeps account of them.
class Shelf
{
public:
    explicit Shelf(const OfflineLibrary& library) : m_library(library) {}

    // The file that answers an address, with its query; empty: none does.
    QString fileFor(const QUrl& url) const
    {
        const std::optional<CdnRequest> request = isOfNetwork(url) ? cdnRequest(url) : std::nullopt;
        return request ? m_library.find(*request, url).file : QString();
    }

    OfflineLibrary::Content content(const QString& file)
    {
        const OfflineLibrary::Content content =
            m_library.content(file.section(u'?', 0, 0), file.section(u'?', 1));
        m_bytes += content.data.size();
        return m_bytes <= kMostBytes ? content : OfflineLibrary::Content();
    }

    // A style sheet with all that it names inside it.
    QByteArray style(const QString& css, const QString& file, int depth = 0)
    {
        static const QRegularExpression kUrl(
            QStringLiteral("(@import\\s+(?:url\\(\\s*)?|url\\(\\s*)([\"']?)([^\"')\\s;]+)\\2"));
        QString out;
        qsizetype copied = 0;
        auto matches = kUrl.globalMatch(css);
        while (matches.hasNext()) {
            const QRegularExpressionMatch match = matches.next();
            const QString inlined = asset(match.captured(3), file, depth);
            if (inlined.isEmpty())
                continue;
            out += QStringView(css).mid(copied, match.capturedStart(3) - copied);
            out += inlined;
            copied = match.capturedEnd(3);
        }
        out += QStringView(css).mid(copied);
        return out.toUtf8();
    }

    // Puts a module and all that it imports into the import map; returns its name there.
    QString module(const QString& file)
    {
        const QString name = kModules + file;
        if (m_modules.contains(name))
            return name;
        m_modules.insert(name, QString()); // they import one another in circles
        const OfflineLibrary::Content found = content(file);
        m_modules[name] = dataUrl("text/javascript", imports(found.data, file));
        return name;
    }

    bool hasModules() const { return !m_modules.isEmpty(); }
    const QHash<QString, QString>& modules() const { return m_modules; }

private:
    QString asset(const QString& address, const QString& file, int depth)
    {
        if (address.startsWith(QStringLiteral("data:")) || address.startsWith(u'#'))
            return {};
        QString found = fileFor(addressOf(address));
        if (found.isEmpty() && address.startsWith(QStringLiteral("lib://cdn/")))
            found = address.mid(10);
        else if (found.isEmpty() && !file.isEmpty() && !address.contains(QStringLiteral("://")))
            found = QUrl(QStringLiteral("lib://cdn/") + file).resolved(QUrl(address)).path().mid(1);
        if (found.isEmpty() || depth > kDeepest)
            return {};
        const OfflineLibrary::Content content = this->content(found);
        if (content.mime.isEmpty())
            return {};
        const bool css = content.mime.startsWith("text/css");
        return dataUrl(content.mime,
            css ? style(QString::fromUtf8(content.data), found, depth + 1) : content.data);
    }

    QByteArray imports(const QByteArray& script, const QString& file)
    {
        static const QRegularExpression kImport(QStringLiteral(
            "(\\bfrom\\s*|\\bimport\\s*\\(?\\s*)([\"'])(\\.{1,2}/[^\"']+|lib://cdn/[^\"']+)\\2"));
        const QString text = QString::fromUtf8(script);
        const QUrl base(QStringLiteral("lib://cdn/") + file);
        QString out;
        qsizetype copied = 0;
        auto matches = kImport.globalMatch(text);
        while (matches.hasNext()) {
            const QRegularExpressionMatch match = matches.next();
            out += QStringView(text).mid(copied, match.capturedStart(3) - copied);
            out += module(base.resolved(QUrl(match.captured(3))).path().mid(1));
            copied = match.capturedEnd(3);
        }
        out += QStringView(text).mid(copied);
        return out.toUtf8();
    }

    const OfflineLibrary& m_library;
    QHash<QString, QString> m_modules;
    qsizetype m_bytes = 0;
};

class Writer final : public MarkupSink
{
public:
    enum class Scripts { Kept, Dropped };

    Writer(Shelf& shelf, Scripts scripts) : m_shelf(shelf), m_still(scripts == Scripts::Dropped) {}

    // A module under a name of its own.
    void provide(const QString& name, const QString& address)
    {
        const QString file = m_shelf.fileFor(addressOf(address));
        if (file.isEmpty())
            m_missing.insert(address);
        else
            m_aliases.insert(name, m_shelf.module(file));
    }

    void text(QStringView text) override
    {
        if (m_still && m_raw == QStringLiteral("script"))
            return;
        if (m_raw == QStringLiteral("style") || m_raw == QStringLiteral("script"))
            m_rawText += text;
        else
            m_out += text;
    }

    void other(QStringView text) override
    {
        m_out += text;
        if (text.startsWith(QStringLiteral("<!doctype"), Qt::CaseInsensitive))
            m_top = m_out.size();
    }

    void startTag(const QString& raw, const QString& name, bool) override
    {
        if (!isDropped(name))
            m_out += rewritten(raw, name);
        if ((name == QStringLiteral("html") && m_top >= 0 && !m_inHead) ||
            name == QStringLiteral("head")) {
            m_top = m_out.size();
            m_inHead = m_inHead || name == QStringLiteral("head");
        }
        if (name == QStringLiteral("style") || name == QStringLiteral("script"))
            m_raw = name;
    }

    void endTag(const QString& raw, const QString& name) override
    {
        if (name == m_raw) {
            m_raw.clear();
            m_out += content(name, std::exchange(m_rawText, {}));
        }
        if (!isDropped(name))
            m_out += raw;
    }

    // `prelude` comes before anything that could load or run.
    QString take(const QString& prelude)
    {
        m_out += std::exchange(m_rawText, {});
        m_out.insert(std::max<qsizetype>(0, m_top), prelude);
        return m_out;
    }

    QStringList missing() const { return {m_missing.begin(), m_missing.end()}; }
    const QJsonObject& ownImports() const { return m_ownImports; }
    const QHash<QString, QString>& aliases() const { return m_aliases; }

private:
    // Of a page that only shows something: what could run or lead elsewhere.
    bool isDropped(const QString& name) const
    {
        static const QSet<QString> kDropped = {QStringLiteral("script"),
            QStringLiteral("meta"),
            QStringLiteral("base"),
            QStringLiteral("iframe"),
            QStringLiteral("object"),
            QStringLiteral("embed"),
            QStringLiteral("form")};
        return m_still && kDropped.contains(name);
    }

    QString rewritten(const QString& raw, const QString& name)
    {
        static const QSet<QString> kDropped = {
            QStringLiteral("integrity"), QStringLiteral("crossorigin"), QStringLiteral("nonce")};
        const bool isScript = name == QStringLiteral("script");
        const bool isLink = name == QStringLiteral("link");
        const QString type =
            isScript ? markupAttribute(raw, QStringLiteral("type")).trimmed().toLower() : QString();
        m_isImportMap = type == QStringLiteral("importmap");
        QString out;
        qsizetype copied = 0;
        for (const TagAttribute& attribute : tagAttributes(raw)) {
            const bool loads = (isScript && attribute.name == QStringLiteral("src")) ||
                               (isLink && attribute.name == QStringLiteral("href"));
            const bool drop = (isScript || isLink) && kDropped.contains(attribute.name);
            const bool pictures = attribute.name == QStringLiteral("src") && !isScript;
            if (drop || m_isImportMap) {
                out += QStringView(raw).mid(copied, attribute.start - copied);
                // The page has one import map, and that is ours.
                if (m_isImportMap && attribute.name == QStringLiteral("type"))
                    out += QStringLiteral("type=\"application/json\"");
                copied = attribute.end;
            } else if (loads || pictures) {
                const QString inlined =
                    replacement(decodedMarkup(attribute.value), loads, type, isLink, raw);
                if (inlined.isEmpty())
                    continue;
                out += QStringView(raw).mid(copied, attribute.start - copied);
                out += attribute.name + QStringLiteral("=\"%1\"").arg(inlined);
                copied = attribute.end;
            }
        }
        return out + raw.mid(copied);
    }

    QString replacement(
        const QString& value, bool loads, const QString& type, bool isLink, const QString& raw)
    {
        const QUrl url = addressOf(value);
        if (!isOfNetwork(url))
            return {};
        const QString rel =
            isLink ? markupAttribute(raw, QStringLiteral("rel")).toLower() : QString();
        if (isLink && !rel.contains(QStringLiteral("stylesheet")))
            return {}; // a hint to connect early, an icon
        const QString file = loads ? m_shelf.fileFor(url) : QString();
        if (file.isEmpty()) {
            m_missing.insert(url.toDisplayString());
            return {};
        }
        if (type == QStringLiteral("module"))
            return m_shelf.modules().value(m_shelf.module(file));
        const OfflineLibrary::Content content = m_shelf.content(file);
        if (content.mime.isEmpty()) {
            m_missing.insert(url.toDisplayString());
            return {};
        }
        if (isLink)
            return dataUrl("text/css", m_shelf.style(QString::fromUtf8(content.data), file));
        return dataUrl("text/javascript", content.data);
    }

    QString content(const QString& element, const QString& text)
    {
        if (element == QStringLiteral("style"))
            return QString::fromUtf8(m_shelf.style(text, {}));
        if (m_isImportMap) {
            const QJsonObject map = QJsonDocument::fromJson(text.toUtf8()).object();
            m_ownImports = map.value(QStringLiteral("imports")).toObject();
            for (const QJsonValue& value : std::as_const(m_ownImports))
                alias(value.toString());
            return text;
        }
        static const QRegularExpression kAddress(
            QStringLiteral("[\"'](https?://[^\"'\\s]{3,500})[\"']"));
        auto matches = kAddress.globalMatch(text);
        while (matches.hasNext())
            alias(matches.next().captured(1));
        return text;
    }

    // An address in a script may be a module's.
    void alias(const QString& address)
    {
        const QUrl url = addressOf(address);
        const QString file = m_shelf.fileFor(url);
        if (!file.isEmpty() && !m_aliases.contains(address) && m_aliases.size() < 200)
            m_aliases.insert(address, m_shelf.module(file));
    }

    Shelf& m_shelf;
    QString m_out;
    const bool m_still;
    QString m_raw; // the element whose text is collected
    QString m_rawText;
    qsizetype m_top = 0;
    bool m_inHead = false;
    bool m_isImportMap = false;
    QSet<QString> m_missing;
    QJsonObject m_ownImports;
    QHash<QString, QString> m_aliases; // address -> name in the import map
};

QString importMap(const Shelf& shelf, const Writer& writer)
{
    QJsonObject imports = writer.ownImports();
    for (const QString& key : imports.keys()) {
        const QString name = writer.aliases().value(imports.value(key).toString());
        if (!name.isEmpty())
            imports.insert(key, shelf.modules().value(name));
    }
    for (auto it = writer.aliases().begin(); it != writer.aliases().end(); ++it)
        imports.insert(it.key(), shelf.modules().value(it.value()));
    for (auto it = shelf.modules().begin(); it != shelf.modules().end(); ++it)
        imports.insert(it.key(), it.value());
    if (imports.isEmpty())
        return {};
    const QJsonObject map{{QStringLiteral("imports"), imports}};
    return QStringLiteral("<script type=\"importmap\">%1</script>")
        .arg(QString::fromUtf8(QJsonDocument(map).toJson(QJsonDocument::Compact))
                 .replace(u'<', QStringLiteral("\\u003c")));
}

// JSON inside a script.
QString literal(const QJsonDocument& json)
{
    return QString::fromUtf8(json.toJson(QJsonDocument::Compact))
        .replace(u'<', QStringLiteral("\\u003c"))
        .replace(QChar(0x2028), QStringLiteral("\\u2028"))
        .replace(QChar(0x2029), QStringLiteral("\\u2029"));
}

// What the artifact had stored; a page that has stored something since keeps that.
QString keptStorage(const QJsonObject& storage)
{
    const QJsonObject local = storage.value(QStringLiteral("local")).toObject();
    const QJsonArray databases = storage.value(QStringLiteral("databases")).toArray();
    QString script;
    if (!local.isEmpty()) {
        script = QStringLiteral("try{if(!localStorage.length)for(const[k,v]of Object.entries(%1))"
                                "localStorage.setItem(k,v)}catch{}")
                     .arg(literal(QJsonDocument(local)));
    }
    if (!databases.isEmpty()) {
        script += QString::fromUtf8(webFile(QStringLiteral("restore.js"))) +
                  QStringLiteral(";atelierRestore(%1);delete self.atelierRestore")
                      .arg(literal(QJsonDocument(databases)));
    }
    return script.isEmpty() ? QString() : QStringLiteral("<script>%1</script>").arg(script);
}

// Files by the addresses that a runner loads them from.
QString filesScript(Shelf& shelf, const QStringList& addresses)
{
    QJsonObject files;
    for (const QString& address : addresses) {
        const QString file = shelf.fileFor(addressOf(address));
        const OfflineLibrary::Content content = shelf.content(file);
        if (!file.isEmpty() && !content.mime.isEmpty())
            files.insert(address, dataUrl("text/javascript", content.data));
    }
    return QStringLiteral("<script>atelierFiles=%1</script>").arg(literal(QJsonDocument(files)));
}

// What the runner of JavaScript loads for globals that a source uses.
QStringList globalsOf(const QString& source)
{
    QStringList addresses;
    const QJsonArray all =
        QJsonDocument::fromJson(webFile(QStringLiteral("run/globals.json"))).array();
    for (const QJsonValue& entry : all) {
        if (QRegularExpression(entry.toArray().at(0).toString()).match(source).hasMatch())
            addresses.append(entry.toArray().at(1).toString());
    }
    return addresses;
}

// The packages that a source asks for, under the names that its runner knows them by.
void provideModules(Writer& writer, ArtifactKind kind, const QString& source)
{
    const QString host = QStringLiteral("https://esm.sh/");
    static const QRegularExpression kImport(QStringLiteral(
        "(?:\\bfrom\\s*|\\bimport\\s*\\(?\\s*|\\brequire\\s*\\(\\s*)([\"'])([^\"'\\n]{1,200})\\1"));
    static const QRegularExpression kOther(
        QStringLiteral("^(https?:|data:|blob:|\\.{0,2}/|@/)|\\.(css|scss|less)$"));
    QStringList names;
    if (kind == ArtifactKind::React) {
        names = {QStringLiteral("react"),
            QStringLiteral("react-dom"),
            QStringLiteral("react-dom/client")};
    }
    auto matches = kImport.globalMatch(source);
    while (matches.hasNext() && names.size() < 100) {
        const QString name = matches.next().captured(2);
        if (!kOther.match(name).hasMatch())
            names.append(name);
        else if (name.startsWith(QStringLiteral("http")))
            writer.provide(name, name);
    }
    names.removeDuplicates();
    for (const QString& name : std::as_const(names))
        writer.provide(kind == ArtifactKind::React ? host + name : name, host + name);
}

// The page of a runner, with what it loads from lib://run/ inside it.
QString inlinedRunner(ArtifactKind kind, const QString& source, const QString& title)
{
    static const QRegularExpression kScript(
        QStringLiteral("<script src=\"lib://(run/\\w+\\.js)\"[^>]*></script>"));
    static const QRegularExpression kSheet(QStringLiteral("<link [^>]*lib://run/[^>]*>"));
    QString page = runnerPage(kind);
    const QRegularExpressionMatch sheet = kSheet.match(page);
    page.replace(sheet.capturedStart(),
        sheet.capturedLength(),
        QStringLiteral("<title>") + title.toHtmlEscaped() +
            QStringLiteral("</title><style data-atelier-own>") +
            QString::fromUtf8(webFile(QStringLiteral("run/runners.css"))) +
            QStringLiteral("</style>"));
    const QRegularExpressionMatch script = kScript.match(page);
    page.replace(script.capturedStart(),
        script.capturedLength(),
        QStringLiteral("<script src=\"%1\"></script>")
            .arg(dataUrl("text/javascript", webFile(script.captured(1)))));
    return page + source.toHtmlEscaped() + runnerPageEnd(QStringLiteral("run")) +
           QStringLiteral("</body></html>\n");
}

QString pageOf(
    ArtifactKind kind, const QString& source, const QString& title, const QString& rendered)
{
    if (kind == ArtifactKind::Svg) {
        return QStringLiteral("<!doctype html><html><head><meta charset=\"utf-8\"><title>%1</title>"
                              "<style>html,body{margin:0;height:100%}body>svg{display:block;"
                              "width:100%;height:100%}</style></head><body>%2</body></html>\n")
            .arg(title.toHtmlEscaped(), source);
    }
    if (kind == ArtifactKind::Html)
        return source;
    if (pageSourceOf(kind) == PageSource::Source)
        return inlinedRunner(kind, source, title);
    const QString style = QStringLiteral("<style>") +
                          QString::fromUtf8(webFile(QStringLiteral("run/runners.css"))) +
                          QStringLiteral("</style>");
    return QStringLiteral("<!doctype html><html data-theme=\"light\"><head><title>%1</title>")
               .arg(title.toHtmlEscaped()) +
           style + QStringLiteral("</head><body>") + rendered + QStringLiteral("</body></html>\n");
}

} // namespace

PageSource pageSourceOf(ArtifactKind kind)
{
    switch (kind) {
    case ArtifactKind::Html:
    case ArtifactKind::Svg:
    case ArtifactKind::JavaScript:
    case ArtifactKind::React:
        return PageSource::Source;
    case ArtifactKind::Markdown:
    case ArtifactKind::Mermaid:
    case ArtifactKind::Csv:
    case ArtifactKind::Json:
        return PageSource::Rendered;
    case ArtifactKind::Python:
    case ArtifactKind::Code:
        break;
    }
    return PageSource::None;
}

SelfContainedPage selfContainedPage(ArtifactKind kind,
    const QString& source,
    const QString& title,
    const QJsonObject& storage,
    const OfflineLibrary& library,
    const QString& rendered)
{
    const PageSource from = pageSourceOf(kind);
    if (from == PageSource::None || (from == PageSource::Rendered && rendered.isEmpty()))
        return {};
    const bool still = from == PageSource::Rendered;
    Shelf shelf(library);
    Writer writer(shelf, still ? Writer::Scripts::Dropped : Writer::Scripts::Kept);
    MarkupTokenizer tokenizer(writer);
    tokenizer.push(pageOf(kind, source, title, rendered));
    tokenizer.finish();
    QString files;
    if (kind == ArtifactKind::React || kind == ArtifactKind::JavaScript) {
        provideModules(writer, kind, source);
        files = filesScript(shelf,
            kind == ArtifactKind::React ? QStringList{QStringLiteral("https://cdn.tailwindcss.com")}
                                        : globalsOf(source));
    }
    const QString scripts = still ? QStringLiteral("'none'")
                                  : QStringLiteral("'unsafe-inline' 'unsafe-eval' data: blob:");
    const QString prelude =
        QStringLiteral("<meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" "
                       "content=\"default-src 'none'; script-src %1; "
                       "style-src 'unsafe-inline' data: blob:; img-src data: blob:; "
                       "font-src data:; media-src data: blob:; connect-src data: blob:; "
                       "worker-src data: blob:; form-action 'none'\">")
            .arg(scripts) +
        (still ? QString() : keptStorage(storage) + importMap(shelf, writer) + files);
    return {writer.take(prelude),
        writer.missing(),
        leftOutOfStorage(storage.value(QStringLiteral("left")).toObject())};
}

} // namespace atelier
