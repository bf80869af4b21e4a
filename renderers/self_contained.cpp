// SPDX-License-Identifier: MIT
#include "renderers/self_contained.h"

#include "renderers/cdn_rules.h"
#include "renderers/markup_tokenizer.h"
#include "renderers/tag_attributes.h"
#include "renderers/title_finder.h"

#include <QHash>
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
    explicit Writer(Shelf& shelf) : m_shelf(shelf) {}

    void text(QStringView text) override
    {
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

// What the artifact had stored; a page that has stored something since keeps that.
QString keptStorage(const QJsonObject& storage)
{
    const QJsonObject local = storage.value(QStringLiteral("local")).toObject();
    if (local.isEmpty())
        return {};
    return QStringLiteral("<script>try{if(!localStorage.length)for(const[k,v]of Object.entries(%1))"
                          "localStorage.setItem(k,v)}catch{}</script>")
        .arg(QString::fromUtf8(QJsonDocument(local).toJson(QJsonDocument::Compact))
                 .replace(u'<', QStringLiteral("\\u003c")));
}

} // namespace

SelfContainedPage selfContainedPage(ArtifactKind kind,
    const QString& source,
    const QString& title,
    const QJsonObject& storage,
    const OfflineLibrary& library)
{
    QString page = source;
    if (kind == ArtifactKind::Svg) {
        page = QStringLiteral("<!doctype html><html><head><meta charset=\"utf-8\"><title>%1</title>"
                              "<style>html,body{margin:0;height:100%}body>svg{display:block;"
                              "width:100%;height:100%}</style></head><body>%2</body></html>\n")
                   .arg(title.toHtmlEscaped(), source);
    }
    Shelf shelf(library);
    Writer writer(shelf);
    MarkupTokenizer tokenizer(writer);
    tokenizer.push(page);
    tokenizer.finish();
    const QString prelude =
        QStringLiteral(
            "<meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" "
            "content=\"default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; "
            "style-src 'unsafe-inline' data: blob:; img-src data: blob:; font-src data:; "
            "media-src data: blob:; connect-src data: blob:; worker-src data: blob:; "
            "form-action 'none'\">") +
        keptStorage(storage) + importMap(shelf, writer);
    return {writer.take(prelude), writer.missing()};
}

} // namespace atelier
