// SPDX-License-Identifier: MIT
#include "ui/widgets/theme_tokens.h"

#include <QRegularExpression>

namespace atelier {
namespace {

/// Whether a block with this selector applies: every attribute in brackets has to hold.
bool selectorApplies(const QString& selector, const ThemeTokens::Conditions& conditions)
{
    static const QRegularExpression attribute(QStringLiteral(R"(\[([a-z-]+)\|?="([a-z-]+)\"\])"));
    auto matches = attribute.globalMatch(selector);
    while (matches.hasNext()) {
        const auto match = matches.next();
        const QString name = match.captured(1);
        const QString value = match.captured(2);
        if (name == QLatin1String("data-theme") &&
            (value == QLatin1String("dark")) != conditions.dark)
            return false;
        if (name == QLatin1String("lang") && !(value == QLatin1String("zh") && conditions.chinese))
            return false;
        if (name == QLatin1String("data-motion") && !conditions.reducedMotion)
            return false;
        if (name == QLatin1String("data-contrast") && !conditions.moreContrast)
            return false;
    }
    return true;
}

/// "#RRGGBB" or "rgba(r, g, b, a)" with a in [0, 1].
QColor parseColor(const QString& text)
{
    static const QRegularExpression rgba(
        QStringLiteral(R"(^rgba\(\s*(\d+),\s*(\d+),\s*(\d+),\s*([0-9.]+)\s*\)$)"));
    const auto match = rgba.match(text);
    if (!match.hasMatch())
        return QColor(text);
    QColor color(match.captured(1).toInt(), match.captured(2).toInt(), match.captured(3).toInt());
    color.setAlphaF(static_cast<float>(match.captured(4).toDouble()));
    return color;
}

} // namespace

ThemeTokens ThemeTokens::parse(const QString& css, const Conditions& conditions)
{
    ThemeTokens tokens;
    bool inComment = false;
    bool inBlock = false;
    bool applies = false;
    for (QStringView line : QStringView(css).split(u'\n')) {
        line = line.trimmed();
        if (inComment || line.startsWith(QLatin1String("/*"))) {
            inComment = !line.contains(QLatin1String("*/"));
            continue;
        }
        if (line.endsWith(u'{')) {
            inBlock = true;
            applies = selectorApplies(line.chopped(1).trimmed().toString(), conditions);
        } else if (line == QLatin1String("}")) {
            inBlock = false;
        } else if (inBlock && applies && line.startsWith(QLatin1String("--at-"))) {
            const qsizetype colon = line.indexOf(u':');
            const qsizetype semicolon = line.lastIndexOf(u';');
            if (colon > 0 && semicolon > colon)
                tokens.m_values.insert(line.sliced(5, colon - 5).trimmed().toUtf8(),
                    line.sliced(colon + 1, semicolon - colon - 1).trimmed().toString());
        }
    }
    return tokens;
}

QColor ThemeTokens::color(QByteArrayView name) const
{
    const QString value = m_values.value(QByteArrayLiteral("color-") + name.toByteArray());
    return value.isEmpty() ? QColor() : parseColor(value);
}

double ThemeTokens::number(QByteArrayView name) const
{
    static const QRegularExpression pattern(QStringLiteral(R"(^(-?[0-9.]+)(px|ms)?$)"));
    return pattern.match(m_values.value(name.toByteArray())).captured(1).toDouble();
}

QStringList ThemeTokens::fonts(QByteArrayView name) const
{
    QStringList families;
    for (const QString& part : m_values.value(name.toByteArray()).split(u',', Qt::SkipEmptyParts)) {
        QString family = part.trimmed();
        families.append(family.remove(u'"'));
    }
    return families;
}

QList<ShadowLayer> ThemeTokens::shadow(QByteArrayView name) const
{
    // "0 2px 8px rgba(...), 0 1px 2px rgba(...)": offsets, blur, color.
    static const QRegularExpression layer(
        QStringLiteral(R"((-?[0-9.]+)(?:px)?\s+(-?[0-9.]+)(?:px)?\s+([0-9.]+)(?:px)?\s+)"
                       R"((rgba\([^)]*\)|#[0-9A-Fa-f]{6}))"));
    QList<ShadowLayer> layers;
    auto matches = layer.globalMatch(m_values.value(name.toByteArray()));
    while (matches.hasNext()) {
        const auto match = matches.next();
        layers.append({match.captured(1).toDouble(),
            match.captured(2).toDouble(),
            match.captured(3).toDouble(),
            parseColor(match.captured(4))});
    }
    return layers;
}

} // namespace atelier
