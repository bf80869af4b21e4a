// SPDX-License-Identifier: MIT
#include "app/core/quoted_source.h"

#include <QRegularExpression>

#include <algorithm>

namespace atelier {

QString fenceFor(const QString& source)
{
    static const QRegularExpression kTicks(QStringLiteral("`{3,}"));
    qsizetype longest = 2;
    auto matches = kTicks.globalMatch(source);
    while (matches.hasNext()) {
        longest = std::max(longest, matches.next().capturedLength());
    }
    return QString(longest + 1, QLatin1Char('`'));
}

QString quotedSource(const QString& source, const QString& language)
{
    const QString fence = fenceFor(source);
    return fence + language + QLatin1Char('\n') + source +
           (source.endsWith(QLatin1Char('\n')) ? QString() : QStringLiteral("\n")) + fence;
}

QString fenceLanguage(const ReplyPart& part)
{
    if (!part.language.isEmpty()) {
        return part.language;
    }
    return part.kind == ArtifactKind::Svg    ? QStringLiteral("svg")
           : part.kind == ArtifactKind::Html ? QStringLiteral("html")
                                             : QString();
}

} // namespace atelier
