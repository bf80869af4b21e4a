// SPDX-License-Identifier: MIT
#include "renderers/tag_attributes.h"

namespace atelier {
namespace {

bool isSpace(QChar c)
{
    return c == u' ' || c == u'\n' || c == u'\t' || c == u'\r' || c == u'\f';
}

qsizetype skipSpace(const QString& tag, qsizetype at)
{
    while (at < tag.size() && isSpace(tag[at]))
        ++at;
    return at;
}

} // namespace

QList<TagAttribute> tagAttributes(const QString& tag)
{
    QList<TagAttribute> attributes;
    const qsizetype end = tag.endsWith(u'>') ? tag.size() - 1 : tag.size();
    qsizetype at = 1;
    while (at < end && !isSpace(tag[at]) && tag[at] != u'/')
        ++at; // the element's name
    for (;;) {
        while (at < end && (isSpace(tag[at]) || tag[at] == u'/'))
            ++at;
        if (at >= end)
            return attributes;
        TagAttribute attribute;
        attribute.start = at;
        ++at; // a name may begin with =
        while (at < end && !isSpace(tag[at]) && tag[at] != u'/' && tag[at] != u'=')
            ++at;
        attribute.nameEnd = at;
        attribute.end = at;
        attribute.name = tag.mid(attribute.start, at - attribute.start).toLower();
        const qsizetype equals = skipSpace(tag, at);
        if (equals < end && tag[equals] == u'=') {
            at = skipSpace(tag, equals + 1);
            qsizetype last = at;
            if (at < end && (tag[at] == u'"' || tag[at] == u'\'')) {
                last = tag.indexOf(tag[at], at + 1);
                last = last < 0 || last > end ? end : last;
                attribute.value = tag.mid(at + 1, last - at - 1);
                at = qMin(end, last + 1);
            } else {
                while (last < end && !isSpace(tag[last]))
                    ++last;
                attribute.value = tag.mid(at, last - at);
                at = last;
            }
            attribute.end = at;
        }
        attributes.append(attribute);
    }
}

} // namespace atelier
