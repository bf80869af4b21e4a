// SPDX-License-Identifier: MIT
#include "app/core/element_request.h"

#include "app/core/quoted_source.h"

#include <QCoreApplication>
#include <QStringList>

namespace atelier {

namespace {

constexpr int kTail = 30;                // of the lines that are quoted, those from the end
constexpr qsizetype kLongestLine = 2000; // characters; a picture in a data: URL says nothing

class Words // gives the texts below a context for translators
{
    Q_DECLARE_TR_FUNCTIONS(ElementRequest)
};

QString shortened(const QString& quote)
{
    QStringList lines = quote.split(QLatin1Char('\n'));
    if (!lines.isEmpty() && lines.last().isEmpty()) {
        lines.removeLast();
    }
    if (lines.size() > kMostQuoted) {
        const QStringList tail = lines.mid(lines.size() - kTail);
        lines = lines.mid(0, kMostQuoted - kTail - 1);
        lines << QStringLiteral("…") << tail;
    }
    for (QString& line : lines) {
        if (line.size() > kLongestLine) {
            line = line.left(kLongestLine) + QStringLiteral("…");
        }
    }
    return lines.join(QLatin1Char('\n'));
}

QString place(const ChosenElement& element)
{
    return element.line == element.lastLine
               ? Words::tr("line %1").arg(element.line)
               : Words::tr("lines %1 to %2").arg(element.line).arg(element.lastLine);
}

QString reach(ElementWish::Scope scope)
{
    switch (scope) {
    case ElementWish::Scope::Alike:
        return Words::tr("Change this element and every one like it in the same way. Leave "
                         "everything else as it is.");
    case ElementWish::Scope::Whole:
        return Words::tr("Change whatever has to change in the whole artifact so that it fits.");
    case ElementWish::Scope::Element:
        break;
    }
    return Words::tr("Change only this element. Leave everything else as it is.");
}

} // namespace

QString elementRequest(const ElementWish& wish, const WishedVersion& version)
{
    const ChosenElement& element = wish.element;
    QStringList lines;
    lines << wish.wish << QString();
    const QString title = version.title.simplified();
    const QString number = QString::number(version.number);
    const QString where = title.isEmpty() ? Words::tr("version %1").arg(number)
                                          : Words::tr("“%1”, version %2").arg(title, number);
    //: %1: "button#go.primary". %2: “Counter”, version 1. %3: lines 4 to 9.
    lines << Words::tr("This is about the element %1 in %2, %3:")
                 .arg(QStringLiteral("`%1`").arg(QString(element.name).remove(QLatin1Char('`'))),
                     where,
                     place(element));
    if (element.scripted) {
        lines << QString()
              << Words::tr("A script makes this element. The lines are those of the nearest "
                           "element that is written in the source, <%1>.")
                     .arg(element.written);
    }
    lines << QString() << quotedSource(shortened(wish.quote), version.language) << QString()
          << reach(wish.scope);
    if (!version.source.isEmpty()) {
        lines << QString() << Words::tr("This is its source:") << QString()
              << quotedSource(version.source, version.language);
    }
    lines << QString() << Words::tr("Answer with the complete source in one code block.");
    return lines.join(QLatin1Char('\n'));
}

} // namespace atelier
