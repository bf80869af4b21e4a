// SPDX-License-Identifier: MIT
// Light or dark, followed from the system or chosen: colors, style sheet and page appearance from
// the one token file (resources/styles/tokens.css).
#pragma once

#include "renderers/theme.h"

#include <QColor>
#include <QObject>
#include <QString>

class QApplication;

namespace atelier {

/// Owner: main(). Threads: GUI thread only.
class ThemeController final : public QObject
{
    Q_OBJECT

public:
    explicit ThemeController(QApplication& application, QObject* parent = nullptr);
    ~ThemeController() override;

    void setTheme(const QString& theme);       // "light", "dark", or empty: the system's
    void setLanguage(const QString& language); // "en", "zh-CN": resolved, never empty
    const PageAppearance& appearance() const;

    QColor color(const char* token) const; // "text-secondary", "accent-soft"
    int pixels(const char* token) const;   // "size-header", "radius-m", "layout-sidebar"

Q_SIGNALS:
    void appearanceChanged(const atelier::PageAppearance& appearance);
};

} // namespace atelier
