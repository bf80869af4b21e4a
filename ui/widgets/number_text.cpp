// SPDX-License-Identifier: MIT
#include "ui/widgets/number_text.h"

#include <QLocale>

namespace atelier {

QString tokensShort(int tokens)
{
    if (tokens < 1024)
        return QString::number(tokens);
    const double thousands = tokens / 1024.0;
    // A whole number needs no decimal, and from 100k on nobody reads it.
    const bool whole = tokens % 1024 == 0 || thousands >= 100;
    return QString::number(thousands, 'f', whole ? 0 : 1) + u'k';
}

QString tokensLong(int tokens)
{
    return QLocale(QLocale::English).toString(tokens);
}

QString gibibytes(qint64 bytes)
{
    return QString::number(static_cast<double>(bytes) / (1024.0 * 1024 * 1024), 'f', 1);
}

// As the cards in the transcript count: resources/web/src/shared/strings.ts.
QString fileSize(qint64 bytes)
{
    if (bytes < 1024)
        return QStringLiteral("%1 B").arg(bytes);
    const double kilobytes = static_cast<double>(bytes) / 1024;
    const double value = kilobytes < 1024 ? kilobytes : kilobytes / 1024;
    return QStringLiteral("%1 %2")
        .arg(value, 0, 'f', value < 10 ? 1 : 0)
        .arg(kilobytes < 1024 ? QLatin1String("KB") : QLatin1String("MB"));
}

} // namespace atelier
