// SPDX-License-Identifier: MIT
#include "renderers/page_tokens.h"

#include <QFile>

// A static library's resources are only there once asked for, outside of any namespace.
static void initWebResources()
{
    Q_INIT_RESOURCE(atelier_web);
}

namespace atelier {

QByteArray webFile(const QString& name)
{
    initWebResources();
    QFile file(QStringLiteral(":/atelier/web/") + name);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return file.readAll();
}

QColor pageColor(const QString& name, bool dark)
{
    const QString text = QString::fromUtf8(webFile(QStringLiteral("tokens.css")));
    const QString block = dark ? QStringLiteral("\n[data-theme=\"dark\"]")
                               : QStringLiteral("\n[data-theme=\"light\"]");
    const QString wanted = QStringLiteral("--at-color-%1: ").arg(name);
    const qsizetype from = text.indexOf(wanted, text.indexOf(block));
    const qsizetype value = from + wanted.size();
    const qsizetype end = text.indexOf(QLatin1Char(';'), value);
    if (from < 0 || end < 0)
        return {};
    return QColor(text.mid(value, end - value));
}

} // namespace atelier
