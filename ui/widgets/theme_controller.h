// SPDX-License-Identifier: MIT
// Light or dark, followed from the system or chosen: colors, style sheet and page appearance from
// the one token file (resources/styles/tokens.css).
#pragma once

#include "renderers/theme.h"
#include "ui/widgets/theme_tokens.h"

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QString>

class QApplication;

namespace atelier {

class SystemAppearance;

/// Owner: main(). Threads: GUI thread only.
class ThemeController final : public QObject
{
    Q_OBJECT

public:
    enum class Weight { Regular, Medium, Semibold };

    explicit ThemeController(QApplication& application, QObject* parent = nullptr);
    ~ThemeController() override;

    void setTheme(const QString& theme);       // "light", "dark", or empty: the system's
    void setLanguage(const QString& language); // "en", "zh-CN": resolved, never empty
    void setTextScale(double scale);           // on top of the system's; [0.8, 2]
    QString theme() const { return m_theme; }
    double textScale() const { return m_textScale; }
    const PageAppearance& appearance() const { return m_appearance; }

    QColor color(const char* token) const; // "text-secondary", "accent-soft"
    int pixels(const char* token) const;   // "size-header", "radius-m", "layout-sidebar"
    int scaled(double pixels) const;       // grows with the text: rows and controls
    QFont font(const char* size, Weight weight = Weight::Regular) const; // "body", "caption"
    QFont monoFont() const;
    QList<ShadowLayer> shadow(const char* token) const; // "shadow-2"
    QIcon icon(const QString& name, const char* token = "text-secondary") const;
    const ThemeTokens& tokens() const { return m_tokens; }

Q_SIGNALS:
    void appearanceChanged(const atelier::PageAppearance& appearance);

private:
    bool systemIsDark() const;
    void apply();
    QPalette makePalette() const;
    QString makeStyleSheet() const;

    QApplication& m_application;
    SystemAppearance* m_system; // owned by this
    bool m_paletteWasDark;      // before this program set its own
    QString m_css;
    QString m_styleTemplate;
    QString m_theme;
    double m_textScale = 1;
    PageAppearance m_appearance;
    ThemeTokens m_tokens;
    QStringList m_uiFamilies;
    QStringList m_monoFamilies;
};

/// A widget that draws with tokens. The window hands the theme down once and after each change.
class Themed
{
public:
    virtual ~Themed() = default;
    void setTheme(const ThemeController& theme)
    {
        m_theme = &theme;
        themeChanged();
    }

protected:
    virtual void themeChanged() = 0;
    const ThemeController* m_theme = nullptr; // not owned; null until the first setTheme()
};

/// Hands `theme` to `root` and every widget below it.
void applyTheme(QWidget& root, const ThemeController& theme);

} // namespace atelier
