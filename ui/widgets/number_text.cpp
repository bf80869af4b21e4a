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

QString fileSize(qint64 bytes)
{
    const auto size = static_cast<double>(bytes);
    if (bytes < 1000)
        return QStringLiteral("%1 B").arg(bytes);
    if (bytes < 1000 * 1000)
        return QStringLiteral("%1 KB").arg(size / 1e3, 0, 'f', bytes < 10000 ? 1 : 0);
    return QStringLiteral("%1 MB").arg(size / 1e6, 0, 'f', 1);
}

} // namespace atelier
