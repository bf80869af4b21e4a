// SPDX-License-Identifier: MIT
// The attributes of a start tag, where they stand and what they say. Needs Qt Core alone.
#pragma once

#include <QList>
#include <QString>

namespace atelier {

struct TagAttribute
{
    QString name;        // in lower case
    QString value;       // as written, without quotes
    qsizetype start = 0; // of the name in the tag
    qsizetype nameEnd = 0;
    qsizetype end = 0; // past the value and its closing quote
};

/// `tag` from < to >.
QList<TagAttribute> tagAttributes(const QString& tag);

} // namespace atelier
