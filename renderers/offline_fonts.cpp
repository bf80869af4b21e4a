// SPDX-License-Identifier: MIT
// Answers Google Fonts: a style sheet whose fonts are bundled or the system's.
#include "renderers/offline_library.h"

#include <QRegularExpression>
#include <QUrlQuery>

namespace atelier {
namespace {

constexpr qsizetype kMostFamilies = 30;

// The first of these that the system has. Each list ends with fonts of Linux.
QStringList systemFonts(const QString& family)
{
    static const QRegularExpression kChinese(QStringLiteral(
        "\\b(SC|TC|HK|ZCOOL|Ma Shan Zheng|Liu Jian|Zhi Mang|Long Cang|LXGW|Noto \\w+ CJK)\\b"));
    static const QRegularExpression kJapanese(
        QStringLiteral("\\b(JP|M PLUS|Zen|Kosugi|Sawarabi)\\b"));
    static const QRegularExpression kMono(QStringLiteral("\\b(Mono|Code|Consol\\w*|Courier)\\b"),
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression kHand(QStringLiteral(
        "\\b(Script|Hand|Handwriting|Pacifico|Caveat|Lobster|Satisfy|Cookie|Courgette|Dancing|"
        "Sacramento|Parisienne|Kalam|Shadows|Indie|Gloria|Comic|Cursive|Vibes|Marker)"));
    static const QRegularExpression kSerif(
        QStringLiteral("\\b(Serif|Slab|Playfair|Lora|Merriweather|Garamond|Baskerville|Bodoni|"
                       "Crimson|Cormorant|Spectral|Libre Caslon|Cinzel|Vollkorn|Bitter|Times|"
                       "Georgia|Arvo|Cardo|Old Standard|DM Serif|Fraunces|Newsreader)"));
    if (kChinese.match(family).hasMatch() || kJapanese.match(family).hasMatch()) {
        const QString region = kJapanese.match(family).hasMatch()      ? QStringLiteral("JP")
                               : family.contains(QStringLiteral("TC")) ? QStringLiteral("TC")
                                                                       : QStringLiteral("SC");
        const bool serif = kSerif.match(family).hasMatch();
        return {serif ? QStringLiteral("Noto Serif CJK ") + region
                      : QStringLiteral("Noto Sans CJK ") + region,
            QStringLiteral("Noto Sans CJK ") + region,
            serif ? QStringLiteral("Songti SC") : QStringLiteral("PingFang SC"),
            serif ? QStringLiteral("SimSun") : QStringLiteral("Microsoft YaHei")};
    }
    if (kMono.match(family).hasMatch())
        return {QStringLiteral("Menlo"),
            QStringLiteral("Consolas"),
            QStringLiteral("Liberation Mono"),
            QStringLiteral("DejaVu Sans Mono"),
            QStringLiteral("Noto Sans Mono")};
    if (kHand.match(family).hasMatch())
        return {QStringLiteral("Snell Roundhand"),
            QStringLiteral("Segoe Script"),
            QStringLiteral("Comic Sans MS"),
            QStringLiteral("URW Chancery L"),
            QStringLiteral("Z003")};
    if (kSerif.match(family).hasMatch())
        return {QStringLiteral("Georgia"),
            QStringLiteral("Times New Roman"),
            QStringLiteral("Liberation Serif"),
            QStringLiteral("Noto Serif"),
            QStringLiteral("DejaVu Serif")};
    return {QStringLiteral("Helvetica Neue"),
        QStringLiteral("Segoe UI"),
        QStringLiteral("Arial"),
        QStringLiteral("Liberation Sans"),
        QStringLiteral("Noto Sans"),
        QStringLiteral("DejaVu Sans")};
}

struct IconFont
{
    const char* family; // as Google names it
    const char* name;   // of the class
    const char* file;
};
constexpr IconFont kIconFonts[] = {
    {"Material Icons", "material-icons", "material-icons"},
    {"Material Icons Outlined", "material-icons-outlined", "material-icons-outlined"},
    {"Material Icons Round", "material-icons-round", "material-icons-round"},
    {"Material Icons Sharp", "material-icons-sharp", "material-icons-sharp"},
    {"Material Icons Two Tone", "material-icons-two-tone", "material-icons-two-tone"},
    // Most symbols have the name of an icon.
    {"Material Symbols Outlined", "material-symbols-outlined", "material-icons-outlined"},
    {"Material Symbols Rounded", "material-symbols-rounded", "material-icons-round"},
    {"Material Symbols Sharp", "material-symbols-sharp", "material-icons-sharp"},
};

// The families of "family=A:wght@400&family=B|C:400".
QStringList familiesOf(const QString& query)
{
    QStringList families;
    for (const QString& part : query.split(u'&')) {
        if (!part.startsWith(QStringLiteral("family=")))
            continue;
        QString value = part.mid(7);
        value.replace(u'+', u' ');
        value = QUrl::fromPercentEncoding(value.toUtf8());
        for (const QString& one : value.split(u'|')) {
            static const QRegularExpression kOdd(QStringLiteral("[^\\w \\-]"));
            const QString family = one.section(u':', 0, 0).remove(kOdd).trimmed();
            if (!family.isEmpty() && families.size() < kMostFamilies)
                families.append(family);
        }
    }
    return families;
}

} // namespace

// What a family's rule says; `rule` has the place for where it comes from.
QString OfflineLibrary::faceOf(const QString& family, const QString& rule) const
{
    const auto bundled = m_fonts.constFind(family.toLower());
    QString css;
    if (bundled != m_fonts.constEnd()) {
        for (const FontFace& face : *bundled) {
            css += rule.arg(family,
                face.style,
                face.weight,
                QStringLiteral("url(lib://cdn/%1) format(\"woff2\")").arg(face.file));
        }
        return css;
    }
    QStringList sources = {QStringLiteral("local(\"%1\")").arg(family)};
    for (const QString& font : systemFonts(family))
        sources.append(QStringLiteral("local(\"%1\")").arg(font));
    css +=
        rule.arg(family, QStringLiteral("normal"), QStringLiteral("100 900"), sources.join(u','));
    return css;
}

QByteArray OfflineLibrary::fontsCss(const QString& query) const
{
    const QString rule = QStringLiteral(
        "@font-face{font-family:\"%1\";font-style:%2;font-weight:%3;font-display:swap;src:%4}\n");
    QString css;
    for (const QString& family : familiesOf(query)) {
        const auto icons =
            std::find_if(std::begin(kIconFonts), std::end(kIconFonts), [&](const IconFont& font) {
                return family.compare(QLatin1String(font.family), Qt::CaseInsensitive) == 0;
            });
        if (icons == std::end(kIconFonts)) {
            css += faceOf(family, rule);
            continue;
        }
        CdnRequest request;
        request.package = QStringLiteral("material-icons");
        request.path = QStringLiteral("iconfont/%1.woff2").arg(QLatin1String(icons->file));
        css += rule.arg(QLatin1String(icons->family),
            QStringLiteral("normal"),
            QStringLiteral("100 900"),
            QStringLiteral("url(lib://cdn/%1) format(\"woff2\")").arg(find(request, {}).file));
        css += QStringLiteral(
            ".%1{font-family:\"%2\";font-weight:normal;font-style:normal;font-size:24px;"
            "line-height:1;letter-spacing:normal;text-transform:none;display:inline-block;"
            "white-space:nowrap;word-wrap:normal;direction:ltr;"
            "-webkit-font-feature-settings:\"liga\";-webkit-font-smoothing:antialiased}\n")
                   .arg(QLatin1String(icons->name), QLatin1String(icons->family));
    }
    return css.toUtf8();
}

} // namespace atelier
