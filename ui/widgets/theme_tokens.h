// SPDX-License-Identifier: MIT
// The design tokens of resources/styles/tokens.css as values: colors, sizes, fonts, shadows.
#pragma once

#include <QByteArray>
#include <QColor>
#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>

namespace atelier {

struct ShadowLayer
{
    double dx = 0;
    double dy = 0;
    double blur = 0; // pixels
    QColor color;
    bool operator==(const ShadowLayer&) const = default;
};

/// One table, resolved for one set of conditions. A later block wins over an earlier one, as in
/// CSS.
///
/// Owner: ThemeController. Threads: immutable after parse(), so any.
/// Errors: a name that the file does not have gives an invalid color, 0, or an empty list.
class ThemeTokens
{
public:
    struct Conditions
    {
        bool dark = false;
        bool chinese = false;
        bool reducedMotion = false;
        bool moreContrast = false;
    };

    /// Reads blocks [1] to [4] line by line: one declaration a line, literal values only.
    static ThemeTokens parse(const QString& css, const Conditions& conditions);

    QColor color(QByteArrayView name) const;              // "text", "accent-soft"
    double number(QByteArrayView name) const;             // "size-header"; px, ms or plain
    QStringList fonts(QByteArrayView name) const;         // "font-ui"
    QList<ShadowLayer> shadow(QByteArrayView name) const; // "shadow-2"

    const QHash<QByteArray, QString>& values() const { return m_values; } // "color-text": "#1B1F1E"

private:
    QHash<QByteArray, QString> m_values;
};

} // namespace atelier
