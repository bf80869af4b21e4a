// SPDX-License-Identifier: MIT
#include "ui/widgets/theme_controller.h"

#include "ui/widgets/icons.h"
#include "ui/widgets/system_appearance.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QPalette>
#include <QRegularExpression>
#include <QStyleFactory>
#include <QStyleHints>
#include <QWidget>
#include <algorithm>
#include <cmath>

namespace atelier {
namespace {

QString readResource(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// "system-ui" and its like become the platform's font; families that are not installed go, so
/// that Qt does not search for them at every lookup.
QStringList installedFamilies(const QStringList& tokens, QFontDatabase::SystemFont kind)
{
    QStringList families = {QFontDatabase::systemFont(kind).family()};
    for (const QString& family : tokens) {
        if (QFontDatabase::hasFamily(family) && !families.contains(family))
            families.append(family);
    }
    return families;
}

} // namespace

ThemeController::ThemeController(QApplication& application, QObject* parent)
    : QObject(parent),
      m_application(application),
      m_system(new SystemAppearance(this)),
      m_paletteWasDark(QGuiApplication::palette().color(QPalette::Window).lightness() < 128),
      m_css(readResource(QStringLiteral(":/ui/styles/tokens.css"))),
      m_styleTemplate(readResource(QStringLiteral(":/ui/styles/window.qss")))
{
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    connect(m_system, &SystemAppearance::changed, this, &ThemeController::apply);
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(
        QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this] { apply(); });
#endif
    apply();
}

ThemeController::~ThemeController() = default;

void ThemeController::setTheme(const QString& theme)
{
    m_theme = theme;
    apply();
}

void ThemeController::setLanguage(const QString& language)
{
    m_appearance.language = language;
    apply();
}

void ThemeController::setTextScale(double scale)
{
    m_textScale = std::clamp(scale, 0.8, 2.0);
    apply();
}

bool ThemeController::systemIsDark() const
{
    if (const auto dark = m_system->dark())
        return *dark;
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    const Qt::ColorScheme scheme = QGuiApplication::styleHints()->colorScheme();
    if (scheme != Qt::ColorScheme::Unknown)
        return scheme == Qt::ColorScheme::Dark;
#endif
    return m_paletteWasDark;
}

void ThemeController::apply()
{
    m_appearance.dark = m_theme.isEmpty() ? systemIsDark() : m_theme == QLatin1String("dark");
    m_appearance.reducedMotion = m_system->reducedMotion();
    m_appearance.textScale = m_textScale;
    ThemeTokens::Conditions conditions;
    conditions.dark = m_appearance.dark;
    conditions.chinese = m_appearance.language.startsWith(QLatin1String("zh"));
    conditions.reducedMotion = m_appearance.reducedMotion;
    conditions.moreContrast = m_system->moreContrast();
    m_tokens = ThemeTokens::parse(m_css, conditions);
    m_uiFamilies = installedFamilies(m_tokens.fonts("font-ui"), QFontDatabase::GeneralFont);
    m_monoFamilies = installedFamilies(m_tokens.fonts("font-mono"), QFontDatabase::FixedFont);

    QApplication::setFont(font("body"));
    QApplication::setPalette(makePalette());
    m_application.setStyleSheet(makeStyleSheet());
    Q_EMIT appearanceChanged(m_appearance);
}

QPalette ThemeController::makePalette() const
{
    QPalette palette;
    palette.setColor(QPalette::Window, color("window"));
    palette.setColor(QPalette::WindowText, color("text"));
    palette.setColor(QPalette::Base, color("surface"));
    palette.setColor(QPalette::AlternateBase, color("sunken"));
    palette.setColor(QPalette::Text, color("text"));
    palette.setColor(QPalette::PlaceholderText, color("text-tertiary"));
    palette.setColor(QPalette::Button, color("surface"));
    palette.setColor(QPalette::ButtonText, color("text"));
    palette.setColor(QPalette::BrightText, color("danger"));
    palette.setColor(QPalette::ToolTipBase, color("surface"));
    palette.setColor(QPalette::ToolTipText, color("text"));
    palette.setColor(QPalette::Highlight, color("selection"));
    palette.setColor(QPalette::HighlightedText, color("text"));
    palette.setColor(QPalette::Link, color("accent"));
    palette.setColor(QPalette::LinkVisited, color("accent"));
    palette.setColor(QPalette::Light, color("surface"));
    palette.setColor(QPalette::Midlight, color("border-subtle"));
    palette.setColor(QPalette::Mid, color("border"));
    palette.setColor(QPalette::Dark, color("border-control"));
    palette.setColor(QPalette::Shadow, color("border-control"));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, color("text-disabled"));
    return palette;
}

QString ThemeController::makeStyleSheet() const
{
    // "@color-text" is a token; "@scaled(28)" a length that grows with the text.
    static const QRegularExpression reference(
        QStringLiteral(R"(@(?:scaled\(([0-9.]+)\)|([a-z][a-z0-9-]*)))"));
    QString sheet;
    qsizetype end = 0;
    auto matches = reference.globalMatch(m_styleTemplate);
    while (matches.hasNext()) {
        const auto match = matches.next();
        sheet += QStringView(m_styleTemplate).sliced(end, match.capturedStart() - end);
        end = match.capturedEnd();
        const QByteArray name = match.captured(2).toUtf8();
        if (name.isEmpty())
            sheet += QString::number(scaled(match.captured(1).toDouble())) + QLatin1String("px");
        else if (name.startsWith("color-"))
            sheet += color(name.constData() + 6).name(QColor::HexArgb);
        else if (name == "font-mono")
            sheet += u'"' + m_monoFamilies.join(QStringLiteral("\", \"")) + u'"';
        else if (name.startsWith("text-"))
            sheet += QString::number(scaled(m_tokens.number(name))) + QLatin1String("px");
        else
            sheet += m_tokens.values().value(name);
    }
    sheet += QStringView(m_styleTemplate).sliced(end);
    return sheet;
}

QColor ThemeController::color(const char* token) const
{
    return m_tokens.color(token);
}

int ThemeController::pixels(const char* token) const
{
    return static_cast<int>(std::lround(m_tokens.number(token)));
}

int ThemeController::scaled(double pixels) const
{
    return static_cast<int>(std::lround(pixels * m_textScale));
}

QFont ThemeController::font(const char* size, Weight weight) const
{
    const QByteArray base = QByteArrayLiteral("text-") + size;
    QFont font(m_uiFamilies);
    font.setPixelSize(scaled(m_tokens.number(base + "-size")));
    font.setWeight(weight == Weight::Regular  ? QFont::Normal
                   : weight == Weight::Medium ? QFont::Medium
                                              : QFont::DemiBold);
    return font;
}

QFont ThemeController::monoFont() const
{
    QFont font(m_monoFamilies);
    font.setStyleHint(QFont::Monospace);
    font.setPixelSize(scaled(12));
    return font;
}

QList<ShadowLayer> ThemeController::shadow(const char* token) const
{
    return m_tokens.shadow(token);
}

QIcon ThemeController::icon(const QString& name, const char* token) const
{
    return tintedIcon(name, color(token), color("text-disabled"));
}

void applyTheme(QWidget& root, const ThemeController& theme)
{
    if (auto* themed = dynamic_cast<Themed*>(&root))
        themed->setTheme(theme);
    const auto children = root.findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly);
    for (QWidget* child : children)
        applyTheme(*child, theme);
}

} // namespace atelier
