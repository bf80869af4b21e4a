// SPDX-License-Identifier: MIT
#include "renderers/partial_shape.h"

#include "renderers/tag_attributes.h"

namespace atelier {
namespace {

bool isSeparator(QChar c)
{
    return c == u' ' || c == u',' || c == u'\n' || c == u'\t' || c == u'\r';
}

// How many numbers a command takes; -1: no command.
int argumentCount(QChar command)
{
    switch (command.toLower().unicode()) {
    case u'z':
        return 0;
    case u'h':
    case u'v':
        return 1;
    case u'm':
    case u'l':
    case u't':
        return 2;
    case u's':
    case u'q':
        return 4;
    case u'c':
        return 6;
    case u'a':
        return 7;
    default:
        return -1;
    }
}

// Past the number at `at`, or `at` itself when there is none.
qsizetype numberEnd(const QString& text, qsizetype at, bool isFlag)
{
    if (isFlag)
        return at < text.size() && (text[at] == u'0' || text[at] == u'1') ? at + 1 : at;
    qsizetype end = at;
    const auto isDigit = [&](qsizetype i) {
        return i < text.size() && text[i] >= u'0' && text[i] <= u'9';
    };
    if (end < text.size() && (text[end] == u'-' || text[end] == u'+'))
        ++end;
    qsizetype digits = 0;
    for (; isDigit(end); ++end)
        ++digits;
    if (end < text.size() && text[end] == u'.') {
        for (++end; isDigit(end); ++end)
            ++digits;
    }
    if (digits == 0)
        return at;
    if (end < text.size() && (text[end] == u'e' || text[end] == u'E')) {
        qsizetype exponent = end + 1;
        if (exponent < text.size() && (text[exponent] == u'-' || text[exponent] == u'+'))
            ++exponent;
        if (isDigit(exponent)) {
            while (isDigit(exponent))
                ++exponent;
            end = exponent;
        }
    }
    return end;
}

// Whole pairs of numbers.
QString completePoints(const QString& points)
{
    qsizetype complete = 0;
    int count = 0;
    for (qsizetype at = 0; at < points.size();) {
        if (isSeparator(points[at])) {
            ++at;
            continue;
        }
        const qsizetype end = numberEnd(points, at, false);
        if (end == at || end == points.size())
            break; // the last number may go on
        at = end;
        if (++count % 2 == 0)
            complete = end;
    }
    return points.left(complete);
}

} // namespace

QString completeCommands(const QString& d)
{
    qsizetype complete = 0;
    QChar command;
    int count = 0; // numbers since the command, or since its last whole group
    for (qsizetype at = 0; at < d.size();) {
        if (isSeparator(d[at])) {
            ++at;
            continue;
        }
        if (argumentCount(d[at]) >= 0) {
            command = d[at];
            count = 0;
            ++at;
            if (argumentCount(command) == 0)
                complete = at;
            continue;
        }
        const int wanted = command.isNull() ? 0 : argumentCount(command);
        const bool isFlag = wanted == 7 && (count == 3 || count == 4);
        const qsizetype end = numberEnd(d, at, isFlag);
        // Nonsense, or a last number that may go on.
        if (wanted == 0 || end == at || end == d.size())
            break;
        at = end;
        if (++count == wanted) {
            complete = end;
            count = 0;
        }
    }
    return d.left(complete);
}

std::optional<PartialShape> partialShape(const QString& tag)
{
    PartialShape shape;
    for (const QString& name :
        {QStringLiteral("path"), QStringLiteral("polyline"), QStringLiteral("polygon")}) {
        if (tag.size() > name.size() + 1 && tag.startsWith(QLatin1Char('<') + name) &&
            isSeparator(tag[name.size() + 1]))
            shape.name = name;
    }
    if (shape.name.isEmpty())
        return std::nullopt;
    const QString outlineName =
        shape.name == QStringLiteral("path") ? QStringLiteral("d") : QStringLiteral("points");
    bool hasOutline = false;
    for (const TagAttribute& attribute : tagAttributes(tag)) {
        // A value is complete when something follows it, or its closing quote is there.
        const QChar last = tag[attribute.end - 1];
        const bool quoted = last == u'"' || last == u'\'';
        const qsizetype opening = attribute.end - 2 - attribute.value.size();
        const bool closed = quoted && opening >= attribute.nameEnd && tag[opening] == last;
        const bool whole = closed || attribute.end < tag.size();
        QString value = attribute.value;
        if (attribute.name == outlineName) {
            if (!whole)
                value = outlineName == QStringLiteral("d") ? completeCommands(value)
                                                           : completePoints(value);
            hasOutline = !value.isEmpty();
        } else if (!whole || attribute.name.startsWith(QLatin1String("on")) ||
                   attribute.name == QStringLiteral("id")) {
            continue;
        }
        if (!value.isEmpty())
            shape.attributes.append({attribute.name, value});
    }
    if (!hasOutline)
        return std::nullopt;
    return shape;
}

} // namespace atelier
